// NATS over WebSocket: its text protocol as a stream that frames cut anywhere.
#include "load/protocols.hpp"

#include <charconv>

namespace marchwire::load {
namespace {

constexpr std::string_view line_end = "\r\n";

class NatsProtocol final : public Protocol {
public:
    using Protocol::Protocol;

    [[nodiscard]] std::string target(const Link&) const override { return "/"; }

    void opened(Link& link) override {
        std::string said = R"(CONNECT {"verbose":false,"pedantic":false,"lang":"c","version":"1","protocol":1})";
        said += line_end;
        for (const Followed& feed : link.follows) said += subscribe(feed.topic);
        said += "PING\r\n";  // its answer says that all before was done
        put_client_frame(link.out, opcode_binary, said);
        link.awaited = 1;
    }

    void received(Link& link, const Frame& frame, std::int64_t now) override {
        std::string_view left = frame.payload;
        if (!link.stream.empty()) {
            link.stream.append(frame.payload);
            left = link.stream;
        }
        while (take_one(link, left, now)) {
        }
        std::string rest(left);
        link.stream.swap(rest);
    }

    void publish(Link& link, const Stamp& stamp) override {
        std::string said = "PUB " + topic_name(stamp.topic) + " " + std::to_string(payload_bytes);
        said.append(line_end).append(payload_of(stamp)).append(line_end);
        put_client_frame(link.out, opcode_binary, said);
    }

    void change_topic(Link& link, Followed& feed, std::uint32_t topic) override {
        const std::string said = "UNSUB " + std::to_string(feed.topic + 1) + "\r\n" + subscribe(topic);
        put_client_frame(link.out, opcode_binary, said);
        feed = {};
        feed.topic = topic;
    }

private:
    /// The number of a subscription is its topic's plus one.
    [[nodiscard]] static std::string subscribe(std::uint32_t topic) {
        return "SUB " + topic_name(topic) + " " + std::to_string(topic + 1) + "\r\n";
    }

    /// Takes one operation off `left`; false when it is not all there.
    [[nodiscard]] bool take_one(Link& link, std::string_view& left, std::int64_t now) {
        const auto end = left.find(line_end);
        if (end == std::string_view::npos) return false;
        const std::string_view line = left.substr(0, end);
        if (line.starts_with("MSG ")) return take_message(link, left, line, now);
        left.remove_prefix(end + line_end.size());
        if (line == "PING") put_client_frame(link.out, opcode_binary, "PONG\r\n");
        if (line == "PONG") answered(link);
        if (line.starts_with("-ERR")) tally_.wrong("NATS: " + std::string(line));
        return true;
    }

    [[nodiscard]] bool take_message(Link& link, std::string_view& left, std::string_view line, std::int64_t now) {
        std::size_t size = 0;
        const auto word = line.substr(line.rfind(' ') + 1);
        std::from_chars(word.data(), word.data() + word.size(), size);
        const std::size_t begin = line.size() + line_end.size();
        if (left.size() < begin + size + line_end.size()) return false;
        tally_.delivered_by_number(link, left.substr(begin, size), now);
        left.remove_prefix(begin + size + line_end.size());
        return true;
    }
};

}  // namespace

std::unique_ptr<Protocol> make_nats(const Plan& plan, Tally& tally) {
    return std::make_unique<NatsProtocol>(plan, tally);
}

}  // namespace marchwire::load
