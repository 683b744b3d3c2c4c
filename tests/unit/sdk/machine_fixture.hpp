// A conversation written down by hand: what the server says, and what the machine wants done. (tests)
#pragma once

#include "src/session_machine.hpp"
#include "src/to_values.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace marchwire::sdk::test {

inline constexpr std::uint64_t device = 77;
inline constexpr std::uint32_t topic = 0x10003;
inline const FeedName ops_feed{FeedKind::ops, "flag-day-2018", "st-louis-mo"};
inline const FeedName public_feed{FeedKind::public_feed, "flag-day-2018", "st-louis-mo"};

inline v1::Command message_of(const Command& command) {
    v1::Command message;
    put(command, message);
    return message;
}

inline ClientSettings settings() {
    ClientSettings settings;
    settings.token = "token";
    settings.device = device;
    settings.jitter_seed = 1;
    settings.commands_waiting = 300;
    return settings;
}

template <class T>
std::vector<T> all(const Actions& actions) {
    std::vector<T> found;
    for (const Action& action : actions) {
        if (const auto* it = std::get_if<T>(&action)) found.push_back(*it);
    }
    return found;
}

inline std::vector<v1::ClientMessage> sent(const Actions& actions) {
    std::vector<v1::ClientMessage> messages;
    for (const SendMessage& send : all<SendMessage>(actions)) {
        REQUIRE(messages.emplace_back().ParseFromString(send.bytes));
    }
    return messages;
}

template <class State>
bool tells(const Actions& actions) {
    for (const TellState& told : all<TellState>(actions)) {
        if (std::holds_alternative<State>(told.state)) return true;
    }
    return false;
}

/// What the server says, item by item.
class Says {
public:
    v1::Item& item() { return *message_.add_items(); }
    Says& welcome(std::int64_t server_time = 1'000'000, double rate = 1) {
        v1::Welcome& welcome = *item().mutable_welcome();
        welcome.set_protocol(1);
        welcome.set_server_time_ms(server_time);
        welcome.set_clock_rate(rate);
        welcome.mutable_limits()->set_dead_after_ms(100'000);
        return *this;
    }
    Says& subscribed(const FeedName& feed, bool resumed = false) {
        v1::Subscribed& subscribed = *item().mutable_subscribed();
        subscribed.set_feed(feed.text());
        subscribed.add_topics(topic);
        subscribed.set_resumed(resumed);
        return *this;
    }
    Says& piece(const FeedName& feed, std::uint64_t seq, std::uint32_t number, std::uint32_t pieces,
                const std::string& bytes) {
        v1::SnapshotPiece& piece = *item().mutable_snapshot_piece();
        piece.set_feed(feed.text());
        piece.mutable_position()->set_epoch(1);
        piece.mutable_position()->set_seq(seq);
        piece.set_piece(number);
        piece.set_pieces(pieces);
        piece.set_bytes(bytes);
        return *this;
    }
    /// A snapshot of the ops feed with nobody on the roster.
    Says& snapshot(std::uint64_t seq) {
        v1::OpsSnapshot state;
        state.set_march("st-louis-mo");
        state.set_phase(v1::PLANNED);
        return piece(ops_feed, seq, 0, 1, state.SerializeAsString());
    }
    Says& sections(std::uint64_t seq, std::uint64_t prev, std::uint32_t count) {
        v1::Item& next = item();
        place(next, seq, prev);
        next.mutable_entry()->mutable_event()->mutable_sections_set()->set_sections(count);
        return *this;
    }
    Says& discontinuity(v1::DiscontinuityReason reason) {
        v1::Discontinuity& told = *item().mutable_discontinuity();
        told.set_feed(ops_feed.text());
        told.set_reason(reason);
        return *this;
    }
    Says& accepted(std::uint64_t counter, std::uint64_t seq) {
        v1::Reply& reply = *item().mutable_reply();
        reply.mutable_id()->set_device(device);
        reply.mutable_id()->set_counter(counter);
        reply.mutable_accepted()->set_level(v1::SYNCED);
        reply.mutable_accepted()->mutable_position()->set_seq(seq);
        return *this;
    }
    v1::Error& refused(std::uint64_t counter, v1::ErrorCode code) {
        v1::Reply& reply = *item().mutable_reply();
        reply.mutable_id()->set_device(device);
        reply.mutable_id()->set_counter(counter);
        reply.mutable_error()->set_code(code);
        return *reply.mutable_error();
    }
    static void place(v1::Item& item, std::uint64_t seq, std::uint64_t prev) {
        item.set_topic(topic);
        item.mutable_position()->set_epoch(1);
        item.mutable_position()->set_seq(seq);
        item.set_prev(prev);
    }
    [[nodiscard]] std::string bytes() const { return message_.SerializeAsString(); }

private:
    v1::ServerMessage message_;
};

/// A machine that has said Hello and was welcomed.
struct Online {
    SessionMachine machine{settings()};
    Millis now{5'000};

    Online() = default;
    /// With the ops feed live at this seq.
    explicit Online(std::uint64_t seq) {
        (void)machine.subscribe(ops_feed, std::nullopt, now);
        greet();
        say(Says().subscribed(ops_feed).snapshot(seq));
    }
    Actions greet(bool dial = true) {
        if (dial) (void)machine.connect(now);
        Actions hello = machine.on_connected(now);
        say(Says().welcome());
        return hello;
    }
    Actions say(const Says& what) { return machine.on_message(what.bytes(), now); }
    [[nodiscard]] const Subscription& ops() const { return *machine.subscription(ops_feed); }
};

}  // namespace marchwire::sdk::test
