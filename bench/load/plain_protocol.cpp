// Text messages over a bare WebSocket: the rivals of bench/rivals/*.mjs, the floor, and nchan.
//   client  "S topic"  subscribe, answered by the same        "U topic"  leave
//           "P topic payload"  publish
//   server  the payload as it is
// nchan names the topic in the path instead, and what a publisher says there is the payload. The floor passes on what a
// publisher sends as it is, so a publisher sends it the frames that the subscribers are to get.
#include "load/protocols.hpp"

namespace marchwire::load {
namespace {

class PlainProtocol final : public Protocol {
public:
    using Protocol::Protocol;

    [[nodiscard]] std::string target(const Link& link) const override {
        const bool publishes = link.part == Part::publisher;
        if (plan_.protocol == "floor") return publishes ? "/publish" : "/";
        if (plan_.protocol != "nchan") return "/";
        return publishes ? "/pub/" + topic_name(0) : "/sub/" + topic_name(link.follows.front().topic);
    }

    void opened(Link& link) override {
        if (plan_.protocol != "plain") return;
        for (const Followed& feed : link.follows) {
            put_client_frame(link.out, opcode_text, "S " + topic_name(feed.topic));
            ++link.awaited;
        }
    }

    void received(Link& link, const Frame& frame, std::int64_t now) override {
        if (link.part != Part::subscriber) return;  // nchan tells its publishers how many wait
        if (frame.payload.starts_with("S ")) return answered(link);
        tally_.delivered_by_number(link, frame.payload, now);
    }

    void publish(Link& link, const Stamp& stamp) override {
        if (plan_.protocol == "floor") return put_server_frame(link.out, opcode_text, payload_of(stamp));
        if (plan_.protocol == "nchan") return put_client_frame(link.out, opcode_text, payload_of(stamp));
        put_client_frame(link.out, opcode_text, "P " + topic_name(stamp.topic) + " " + payload_of(stamp));
    }

    void change_topic(Link& link, Followed& feed, std::uint32_t topic) override {
        put_client_frame(link.out, opcode_text, "U " + topic_name(feed.topic));
        put_client_frame(link.out, opcode_text, "S " + topic_name(topic));
        feed = {};
        feed.topic = topic;
    }
};

}  // namespace

std::unique_ptr<Protocol> make_plain(const Plan& plan, Tally& tally) {
    return std::make_unique<PlainProtocol>(plan, tally);
}

}  // namespace marchwire::load
