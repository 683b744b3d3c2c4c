// From desks to sessions: shared runs, gathering, conflation, order, fairness between topics.
#include "shard/broadcast.hpp"

#include "base/limits.hpp"
#include "core/topics.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::shard {
namespace {

using fanout::DeliveryClass;
using fanout::LiveItem;
using session::AfterDelivery;
using Instant = Broadcast::Instant;

constexpr std::uint32_t log_base = 0x70000;
const base::TopicNumber public_topic = core::topic_number(log_base, core::topic_index::public_feed);
const base::TopicNumber ops_topic = core::topic_number(log_base, core::topic_index::ops);
const base::TopicNumber staff_topic = core::topic_number(log_base, core::topic_index::staff);
const base::TopicNumber section_topic = core::topic_number(log_base, core::topic_index::section(2));

const base::TopicNumber other_march_topic = core::topic_number(log_base + 0x10000, core::topic_index::public_feed);

LiveItem item(base::TopicNumber topic, std::uint64_t seq, DeliveryClass delivery = DeliveryClass::b) {
    LiveItem made;
    made.topic = topic;
    made.position.seq = base::Seq{seq};
    made.delivery = delivery;
    made.messages[0] = wire::make_message("item " + std::to_string(seq), wire::Encoding::proto);
    return made;
}

LiveItem value(std::uint64_t subject, const std::string& text) {
    LiveItem made = item(ops_topic, 0, DeliveryClass::c);
    made.key = {ops_topic.value, 1, subject};
    made.messages[0] = wire::make_message(text, wire::Encoding::proto);
    return made;
}

/// Notes what it is given.
class Listener final : public session::SessionPort {
public:
    void feed_opened(session::FeedOpened) override {}
    void feed_refused(session::FeedRefused) override {}
    void replied(const wire::Reply&) override {}
    void history_read(wire::History) override {}
    void access_read(wire::Access) override {}
    void member_found(const session::MemberFound&) override {}
    AfterDelivery deliver(const fanout::Run& run) override {
        frames.push_back(run.frame(wire::Encoding::proto));
        for (const LiveItem& one : run.items()) seqs.push_back(one.position.seq.value);
        return AfterDelivery::nothing;
    }
    AfterDelivery deliver(std::span<const LiveItem> items) override {
        for (const LiveItem& one : items) {
            seqs.push_back(one.position.seq.value);
            topics.push_back(one.topic);
        }
        return AfterDelivery::flush;
    }
    AfterDelivery newest_changed() override {
        ++changes;
        return AfterDelivery::flush;
    }
    void flush() override {}
    base::UtcMs tick() override { return {}; }
    void revoke() override {}
    void drain(base::Millis) override {}
    [[nodiscard]] const session::Grant* grant() const override { return nullptr; }

    std::vector<wire::Frame> frames;
    std::vector<std::uint64_t> seqs;
    std::vector<base::TopicNumber> topics;  ///< of items that were picked
    int changes = 0;
};

class Hall final : public Seats {
public:
    explicit Hall(std::size_t seats) : listeners(seats) {}
    session::SessionPort* port(fanout::Slot slot) override { return gone == slot ? nullptr : &listeners[slot]; }
    void approach(fanout::Slot) const override {}
    void touch(fanout::Slot slot) override { touched.push_back(slot); }
    void touch_newest(fanout::Slot slot) override { touched_newest.push_back(slot); }

    std::vector<Listener> listeners;
    std::vector<fanout::Slot> touched, touched_newest;
    std::optional<fanout::Slot> gone;
};

/// A moment well after all rest that earlier flushes may have earned.
Instant now() { return std::chrono::steady_clock::now() + std::chrono::hours(1); }

void take(Broadcast& broadcast, const std::vector<LiveItem>& items) {
    broadcast.take(items, fanout::FlushPace::Behind::nothing, now());
}

/// All of what is due by then is sent.
void flush(Broadcast& broadcast, Instant by) {
    broadcast.begin(by);
    while (broadcast.send_some(64)) {
    }
    broadcast.ended();
}

TEST_CASE("of an entry on several topics of a feed the first that its desk named is told first", "[shard][broadcast]") {
    // Which came first was once a matter of a hash, and a lead might have read what phones are told.
    const auto index = core::topic_index::section_ops(2);
    for (std::uint32_t march = 0; march < 64; ++march) {
        const auto on = [&](std::uint32_t topic) {
            return item(core::topic_number(log_base + march * 0x10000, topic), 7);
        };
        Hall hall(1);
        Broadcast broadcast(hall);
        const std::vector<LiveItem> told = {on(index), on(core::topic_index::person(9)),
                                            on(core::topic_index::section(2)), on(core::topic_index::staff)};
        for (const LiveItem& one : told) broadcast.follow(one.topic, 0);
        take(broadcast, told);
        flush(broadcast, now());
        std::vector<base::TopicNumber> expected;
        for (const LiveItem& one : told) expected.push_back(one.topic);
        CHECK(hall.listeners[0].topics == expected);
    }
}

TEST_CASE("what waits for all followers of a topic is one run, framed once and shared", "[shard][broadcast]") {
    Hall hall(100);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 100; ++slot) broadcast.follow(public_topic, slot);
    take(broadcast, {item(public_topic, 1), item(public_topic, 2)});
    take(broadcast, {item(public_topic, 3)});
    flush(broadcast, now());
    for (const Listener& listener : hall.listeners) {
        REQUIRE(listener.frames.size() == 1);
        CHECK(listener.frames[0] == hall.listeners[0].frames[0]);  // the same bytes, not equal ones
        CHECK(listener.seqs == std::vector<std::uint64_t>{1, 2, 3});
    }
    CHECK(broadcast.deliveries() == 300);
    CHECK_FALSE(broadcast.due().has_value());
}

TEST_CASE("items of a topic that nobody follows here are not kept", "[shard][broadcast]") {
    Hall hall(1);
    Broadcast broadcast(hall);
    broadcast.follow(public_topic, 0);
    take(broadcast, {item(ops_topic, 1), value(1, "somewhere")});
    CHECK_FALSE(broadcast.due().has_value());
    CHECK(broadcast.newest(ops_topic) == nullptr);
}

TEST_CASE("with time to spare an event is due at the end of its turn", "[shard][broadcast]") {
    Hall hall(1);
    Broadcast broadcast(hall);
    broadcast.follow(public_topic, 0);
    const Instant came = now();
    broadcast.take(std::vector{item(public_topic, 1)}, fanout::FlushPace::Behind::nothing, came);
    REQUIRE(broadcast.due().has_value());
    CHECK(*broadcast.due() <= came);
}

/// After a flush that took some time: when what came since is due.
class AfterFlush {
public:
    explicit AfterFlush(Broadcast& broadcast) : broadcast_(broadcast), begun_(std::chrono::steady_clock::now()) {
        take({item(public_topic, 1)});
        flush(broadcast_, now());
    }
    void take(const std::vector<LiveItem>& items) {
        broadcast_.take(items, fanout::FlushPace::Behind::nothing, begun_);
    }
    [[nodiscard]] Instant due() const { return broadcast_.due().value(); }

private:
    Broadcast& broadcast_;
    Instant begun_;
};

TEST_CASE("many events of a topic, or many bytes, wait less for a tick than few", "[shard][broadcast]") {
    Hall hall(50);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 50; ++slot) broadcast.follow(public_topic, slot);
    const bool by_bytes = GENERATE(false, true);
    AfterFlush after(broadcast);
    after.take({item(public_topic, 2)});
    const Instant few = after.due();
    if (by_bytes) {
        LiveItem large = item(public_topic, 3);
        large.messages[0] = wire::make_message(std::string(base::limits::batch_bytes, 'x'), wire::Encoding::proto);
        after.take({large});
    } else {
        for (std::uint64_t seq = 3; seq < base::limits::flush_events + 1; ++seq) {
            after.take({item(public_topic, seq)});
            CHECK(after.due() == few);
        }
        after.take({item(public_topic, base::limits::flush_events + 1)});
    }
    CHECK(after.due() < few);
}

TEST_CASE("an order waits for nothing", "[shard][broadcast]") {
    Hall hall(1);
    Broadcast broadcast(hall);
    broadcast.follow(public_topic, 0);
    AfterFlush after(broadcast);
    after.take({item(public_topic, 2), item(public_topic, 3, DeliveryClass::a)});
    CHECK(after.due() == Instant{});
    flush(broadcast, Instant{});
    CHECK(hall.listeners[0].seqs.back() == 3);
}

TEST_CASE("an order takes along what waits before it, in order", "[shard][broadcast]") {
    Hall hall(1);
    Broadcast broadcast(hall);
    broadcast.follow(public_topic, 0);
    take(broadcast, {item(public_topic, 1), item(public_topic, 2, DeliveryClass::a)});
    take(broadcast, {item(public_topic, 3)});
    flush(broadcast, Instant{});
    CHECK(hall.listeners[0].seqs == std::vector<std::uint64_t>{1, 2, 3});
}

// An order once waited until everybody had the notice before it.
TEST_CASE("an order goes along with the notice to those who still wait for that", "[shard][broadcast]") {
    Hall hall(100);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 100; ++slot) broadcast.follow(public_topic, slot);
    take(broadcast, {item(public_topic, 1)});
    broadcast.begin(now());
    CHECK(broadcast.send_some(40));
    take(broadcast, {item(public_topic, 2, DeliveryClass::a)});
    CHECK(broadcast.due() == Instant{});
    broadcast.begin(Instant{});
    CHECK(broadcast.send_some(60));
    for (std::size_t slot = 40; slot < 100; ++slot) REQUIRE(hall.listeners[slot].frames.size() == 1);
    CHECK_FALSE(broadcast.send_some(40));
    for (const Listener& listener : hall.listeners) CHECK(listener.seqs == std::vector<std::uint64_t>{1, 2});
    CHECK(hall.listeners[40].frames[0] == hall.listeners[99].frames[0]);
    CHECK(hall.listeners[0].frames[1] == hall.listeners[39].frames[1]);
    CHECK(broadcast.deliveries() == 200);
}

TEST_CASE("an order of one march goes before a notice on its way to the followers of another", "[shard][broadcast]") {
    Hall hall(100);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 99; ++slot) broadcast.follow(public_topic, slot);
    broadcast.follow(other_march_topic, 99);
    take(broadcast, {item(public_topic, 1)});
    broadcast.begin(now());
    CHECK(broadcast.send_some(10));
    take(broadcast, {item(other_march_topic, 7, DeliveryClass::a)});
    broadcast.begin(Instant{});
    CHECK(broadcast.send_some(1));
    CHECK(hall.listeners[99].seqs == std::vector<std::uint64_t>{7});
    CHECK_FALSE(broadcast.send_some(89));
    for (std::size_t slot = 0; slot < 99; ++slot) CHECK(hall.listeners[slot].seqs == std::vector<std::uint64_t>{1});
}

TEST_CASE("whoever comes while a run is on its way has it in the snapshot and gets the next", "[shard][broadcast]") {
    Hall hall(11);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 10; ++slot) broadcast.follow(public_topic, slot);
    take(broadcast, {item(public_topic, 1)});
    broadcast.begin(now());
    CHECK(broadcast.send_some(5));
    broadcast.follow(public_topic, 10);
    broadcast.leave(public_topic, 7);
    take(broadcast, {item(public_topic, 2)});
    flush(broadcast, Instant::max());
    CHECK(hall.listeners[10].seqs == std::vector<std::uint64_t>{2});
    CHECK(hall.listeners[0].seqs == std::vector<std::uint64_t>{1, 2});
    CHECK(hall.listeners[9].seqs == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("what comes while a long round is on its way goes along a tick later and not at once", "[shard][broadcast]") {
    Hall hall(10);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 10; ++slot) broadcast.follow(public_topic, slot);
    take(broadcast, {item(public_topic, 1)});
    broadcast.begin(now());
    CHECK(broadcast.send_some(5));
    const Instant came = now();
    broadcast.take(std::vector{item(public_topic, 2)}, fanout::FlushPace::Behind::nothing, came);
    CHECK(broadcast.due() == came + std::chrono::milliseconds(base::limits::flush_tick.value));
}

TEST_CASE("a marshal's topics are merged in the order of the log", "[shard][broadcast]") {
    Hall hall(2);
    Broadcast broadcast(hall);
    broadcast.follow(staff_topic, 0);
    broadcast.follow(section_topic, 0);
    broadcast.follow(section_topic, 1);
    take(broadcast, {item(staff_topic, 1), item(section_topic, 2), item(staff_topic, 3), item(section_topic, 3)});
    flush(broadcast, now());
    CHECK(hall.listeners[0].seqs == std::vector<std::uint64_t>{1, 2, 3, 3});  // the session takes each once
    CHECK(hall.touched == std::vector<fanout::Slot>{0, 1});
}

TEST_CASE("a thousand moves of ten marshals are ten values at the next flush", "[shard][broadcast]") {
    Hall hall(3);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 3; ++slot) broadcast.follow(ops_topic, slot);
    for (int move = 0; move < 1'000; ++move) take(broadcast, {value(static_cast<std::uint64_t>(move) % 10, "place")});
    CHECK(broadcast.newest(ops_topic)->version() == 0);
    flush(broadcast, now());
    for (const Listener& listener : hall.listeners) CHECK(listener.changes == 1);
    CHECK(hall.touched.empty());
    CHECK(hall.touched_newest == std::vector<fanout::Slot>{0, 1, 2});  // they yield to all that is ordered
    CHECK(broadcast.newest(ops_topic)->version() == 10);
    CHECK(broadcast.newest(ops_topic)->after(0, wire::Encoding::proto, 10'000).values == 10);
    CHECK(broadcast.deliveries() == 30);
}

TEST_CASE("positions never hold up orders", "[shard][broadcast]") {
    Hall hall(1);
    Broadcast broadcast(hall);
    broadcast.follow(ops_topic, 0);
    take(broadcast, {value(1, "place"), item(ops_topic, 5, DeliveryClass::a)});
    flush(broadcast, Instant{});
    CHECK(hall.listeners[0].seqs == std::vector<std::uint64_t>{5});
    CHECK(hall.listeners[0].changes == 0);
    flush(broadcast, now());
    CHECK(hall.listeners[0].changes == 1);
}

TEST_CASE("who leaves while others are served is passed over", "[shard][broadcast]") {
    Hall hall(3);
    Broadcast broadcast(hall);
    for (fanout::Slot slot = 0; slot < 3; ++slot) broadcast.follow(public_topic, slot);
    hall.gone = 1;
    take(broadcast, {item(public_topic, 1)});
    flush(broadcast, now());
    CHECK(hall.listeners[0].seqs.size() == 1);
    CHECK(hall.listeners[1].seqs.empty());
    CHECK(hall.listeners[2].seqs.size() == 1);
}

TEST_CASE("a newcomer is given the newest values that are there, and nobody else hears of it", "[shard][broadcast]") {
    Hall hall(2);
    Broadcast broadcast(hall);
    broadcast.follow(ops_topic, 0);
    const LiveItem known = value(1, "place");
    take(broadcast, {known});
    flush(broadcast, now());
    const std::uint64_t before = broadcast.newest(ops_topic)->version();
    broadcast.follow(ops_topic, 1);
    broadcast.take_newest(std::vector{known});
    CHECK(broadcast.newest(ops_topic)->version() == before);
    CHECK(broadcast.newest(ops_topic)->after(0, wire::Encoding::proto, 1'000).values == 1);
}

TEST_CASE("a topic that nobody follows any more keeps nothing", "[shard][broadcast]") {
    Hall hall(1);
    Broadcast broadcast(hall);
    broadcast.follow(ops_topic, 0);
    take(broadcast, {value(1, "place")});
    broadcast.leave(fanout::Slot{0});
    broadcast.tidy(base::UtcMs{1});
    CHECK(broadcast.newest(ops_topic) == nullptr);
    flush(broadcast, now());  // nothing is left to tell
    CHECK(hall.listeners[0].changes == 0);
}

}  // namespace
}  // namespace marchwire::shard
