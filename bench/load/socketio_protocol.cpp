// Socket.IO's clients: Engine.IO 4 over WebSocket, one event each way.
//   server  0{...}  open      client  40            server  40{...}  connected        2  ping, answered by  3
//   client  42["s","topic"]  subscribe, answered by the same    42["u","topic"]    42["p","topic","payload"]
//   server  42["m","payload"]
#include "load/protocols.hpp"

namespace marchwire::load {
namespace {

constexpr std::string_view event_begin = R"(42["m",")";
constexpr std::string_view event_end = R"("])";

class SocketIoProtocol final : public Protocol {
public:
    using Protocol::Protocol;

    [[nodiscard]] std::string target(const Link&) const override { return "/socket.io/?EIO=4&transport=websocket"; }

    void opened(Link& link) override { link.awaited = 1 + static_cast<std::uint32_t>(link.follows.size()); }

    void received(Link& link, const Frame& frame, std::int64_t now) override {
        const std::string_view said = frame.payload;
        if (said.starts_with(event_begin) && said.ends_with(event_end)) {
            const auto size = said.size() - event_begin.size() - event_end.size();
            return tally_.delivered_by_number(link, said.substr(event_begin.size(), size), now);
        }
        if (said == "2") return put_client_frame(link.out, opcode_text, "3");
        if (said.starts_with("0")) return put_client_frame(link.out, opcode_text, "40");
        if (said.starts_with("40")) {
            for (const Followed& feed : link.follows) put_event(link, "s", topic_name(feed.topic));
            return answered(link);
        }
        if (said.starts_with(R"(42["s")")) return answered(link);
        tally_.wrong("Socket.IO said something else: " + std::string(said.substr(0, 20)));
    }

    void publish(Link& link, const Stamp& stamp) override {
        put_event(link, "p", topic_name(stamp.topic) + R"(",")" + payload_of(stamp));
    }

    void change_topic(Link& link, Followed& feed, std::uint32_t topic) override {
        put_event(link, "u", topic_name(feed.topic));
        put_event(link, "s", topic_name(topic));
        feed = {};
        feed.topic = topic;
    }

private:
    static void put_event(Link& link, const char* name, const std::string& argument) {
        put_client_frame(link.out, opcode_text, std::string(R"(42[")") + name + R"(",")" + argument + R"("])");
    }
};

}  // namespace

std::unique_ptr<Protocol> make_socketio(const Plan& plan, Tally& tally) {
    return std::make_unique<SocketIoProtocol>(plan, tally);
}

}  // namespace marchwire::load
