// MQTT 3.1.1 over WebSocket at QoS 0: packets as a stream that frames cut anywhere.
#include "load/protocols.hpp"

namespace marchwire::load {
namespace {

constexpr unsigned packet_connack = 2;
constexpr unsigned packet_publish = 3;
constexpr unsigned packet_suback = 9;

void put_text(std::string& out, std::string_view text) {
    out.push_back(static_cast<char>(text.size() >> 8U));
    out.push_back(static_cast<char>(text.size() & 0xFFU));
    out.append(text);
}

std::string packet(unsigned first, std::string_view body) {
    std::string out(1, static_cast<char>(first));
    std::size_t left = body.size();
    do {
        const auto more = left > 127 ? 0x80U : 0U;
        out.push_back(static_cast<char>((left & 0x7FU) | more));
        left >>= 7U;
    } while (left != 0);
    return out.append(body);
}

struct Packet {
    unsigned kind = 0;
    std::string_view body;
};

/// Takes one packet off `left`; false when it is not all there.
bool take_packet(std::string_view& left, Packet& taken) {
    std::size_t size = 0;
    std::size_t head = 1;
    for (unsigned shift = 0; head < left.size() && head < 5; shift += 7) {
        const auto byte = static_cast<unsigned char>(left[head++]);
        size |= static_cast<std::size_t>(byte & 0x7FU) << shift;
        if (byte >= 0x80) continue;
        if (left.size() < head + size) return false;
        taken.kind = static_cast<unsigned char>(left[0]) >> 4U;
        taken.body = left.substr(head, size);
        left.remove_prefix(head + size);
        return true;
    }
    return false;
}

class MqttProtocol final : public Protocol {
public:
    using Protocol::Protocol;

    [[nodiscard]] std::string target(const Link&) const override { return "/"; }
    [[nodiscard]] std::string subprotocol() const override { return "mqtt"; }

    void opened(Link& link) override {
        std::string body;
        put_text(body, "MQTT");
        body.push_back(4);     // 3.1.1
        body.push_back(2);     // a clean session
        body.append(2, '\0');  // no keep-alive
        put_text(body, "load-" + std::to_string(link.index));
        put_client_frame(link.out, opcode_binary, packet(0x10, body));
        link.awaited = 1;
        for (const Followed& feed : link.follows) {
            subscribe(link, feed.topic);
            ++link.awaited;
        }
    }

    void received(Link& link, const Frame& frame, std::int64_t now) override {
        std::string_view left = frame.payload;
        if (!link.stream.empty()) {
            link.stream.append(frame.payload);
            left = link.stream;
        }
        for (Packet taken; take_packet(left, taken);) take(link, taken, now);
        std::string rest(left);
        link.stream.swap(rest);
    }

    void publish(Link& link, const Stamp& stamp) override {
        std::string body;
        put_text(body, topic_name(stamp.topic));
        body += payload_of(stamp);
        put_client_frame(link.out, opcode_binary, packet(0x30, body));
    }

    void change_topic(Link& link, Followed& feed, std::uint32_t topic) override {
        std::string body(1, '\0');
        body.push_back(2);
        put_text(body, topic_name(feed.topic));
        put_client_frame(link.out, opcode_binary, packet(0xA2, body));
        subscribe(link, topic);
        feed = {};
        feed.topic = topic;
    }

private:
    static void subscribe(Link& link, std::uint32_t topic) {
        std::string body(1, '\0');
        body.push_back(1);
        put_text(body, topic_name(topic));
        body.push_back(0);  // QoS 0
        put_client_frame(link.out, opcode_binary, packet(0x82, body));
    }

    void take(Link& link, const Packet& taken, std::int64_t now) {
        if (taken.kind == packet_connack || taken.kind == packet_suback) answered(link);
        if (taken.kind != packet_publish || taken.body.size() < 2) return;
        const std::size_t topic_size = static_cast<unsigned char>(taken.body[0]) * 256UL +
                                       static_cast<unsigned char>(taken.body[1]);
        if (taken.body.size() < topic_size + 2) return tally_.wrong("MQTT: a publish shorter than its topic");
        tally_.delivered_by_number(link, taken.body.substr(topic_size + 2), now);
    }
};

}  // namespace

std::unique_ptr<Protocol> make_mqtt(const Plan& plan, Tally& tally) {
    return std::make_unique<MqttProtocol>(plan, tally);
}

}  // namespace marchwire::load
