// One feed and its place in it: what is dropped, kept, applied, and asked for again.
#include "machine_fixture.hpp"

#include "fold_fixture.hpp"

namespace marchwire::sdk::test {
namespace {

const FeedName overview_feed{FeedKind::overview, "flag-day-2018", ""};

v1::Subscribed subscribed(bool resumed = false) {
    v1::Subscribed said;
    said.add_topics(topic);
    said.set_resumed(resumed);
    return said;
}

/// `sections` set at `seq`, behind `prev` on its topic.
v1::Item item_at(std::uint64_t seq, std::uint64_t prev, std::uint32_t sections = 5) {
    v1::Item item;
    Says::place(item, seq, prev);
    item.mutable_entry()->mutable_event()->mutable_sections_set()->set_sections(sections);
    return item;
}

v1::SnapshotPiece piece(std::uint64_t seq, std::uint32_t number, std::uint32_t pieces, const std::string& bytes) {
    v1::SnapshotPiece piece;
    piece.mutable_position()->set_epoch(1);
    piece.mutable_position()->set_seq(seq);
    piece.set_piece(number);
    piece.set_pieces(pieces);
    piece.set_bytes(bytes);
    return piece;
}

std::string snapshot(std::uint32_t sections) {
    v1::OpsSnapshot state;
    state.set_sections(sections);
    state.set_march("st-louis-mo");
    return state.SerializeAsString();
}

/// Live at this seq with five sections.
Subscription live_at(std::uint64_t seq) {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    REQUIRE(feed.on_piece(piece(seq, 0, 1, snapshot(5))) == Took::whole);
    return feed;
}

bool has_sections(const Subscription& feed, int count) {
    return feed.fold().json(*feed.position()).find("\"sections\":" + std::to_string(count)) != std::string::npos;
}

v1::UpTo up_to(std::uint64_t seq) {
    v1::UpTo said;
    said.mutable_position()->set_epoch(1);
    said.mutable_position()->set_seq(seq);
    return said;
}

TEST_CASE("a feed is asked for from the position that is held", "[sdk][feed]") {
    Subscription fresh(ops_feed);
    CHECK(fresh.ask().feed() == ops_feed.text());
    CHECK_FALSE(fresh.ask().has_resume());
    Subscription kept(ops_feed, Position{3, 41, 9});
    const auto wish = kept.ask();
    CHECK(wish.resume().epoch() == 3);
    CHECK(wish.resume().seq() == 41);
    CHECK(wish.resume().digest() == 9);
    CHECK_FALSE(kept.ask_anew().has_resume());
    CHECK_FALSE(Subscription(overview_feed, Position{3, 41, 9}).ask().has_resume());  // rows have no positions
}

TEST_CASE("what comes before the server has answered is of an older subscription", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    CHECK(feed.on_item(item_at(5, 4)) == Took::nothing);
    CHECK(feed.on_piece(piece(4, 0, 1, snapshot(5))) == Took::nothing);
    (void)feed.on_up_to(up_to(9));
    CHECK_FALSE(feed.position());
    CHECK_FALSE(feed.fold().is_whole());
}

TEST_CASE("a snapshot is whole with its last piece and moves the feed to its position", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    CHECK(feed.stage() == Stage::awaiting_snapshot);
    const std::string bytes = snapshot(8);
    CHECK(feed.on_piece(piece(10, 0, 3, bytes.substr(0, 3))) == Took::kept);
    CHECK(feed.on_piece(piece(10, 1, 3, bytes.substr(3, 4))) == Took::kept);
    CHECK_FALSE(feed.position());
    CHECK(feed.on_piece(piece(10, 2, 3, bytes.substr(7))) == Took::whole);
    CHECK(feed.stage() == Stage::live);
    CHECK(feed.position() == Position{1, 10, 0});
    CHECK(has_sections(feed, 8));
    // One more is no snapshot that was asked for.
    CHECK(feed.on_piece(piece(11, 0, 1, snapshot(1))) == Took::nothing);
    CHECK(has_sections(feed, 8));
}

TEST_CASE("a snapshot may begin anew in its middle", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    CHECK(feed.on_piece(piece(10, 0, 2, "what the server gave up")) == Took::kept);
    const std::string bytes = snapshot(8);
    CHECK(feed.on_piece(piece(12, 0, 2, bytes.substr(0, 3))) == Took::kept);
    CHECK(feed.on_piece(piece(12, 1, 2, bytes.substr(3))) == Took::whole);
    CHECK(feed.position()->seq == 12);
    CHECK(has_sections(feed, 8));
}

TEST_CASE("a piece that is missing, twice there or beyond the last asks for the snapshot anew", "[sdk][feed]") {
    for (const std::uint32_t wrong : {0U, 1U, 3U, 4U}) {
        Subscription feed(ops_feed);
        (void)feed.ask();
        feed.on_subscribed(subscribed());
        if (wrong == 0) {
            CHECK(feed.on_piece(piece(10, 0, 0, "of no pieces")) == Took::contradicts);
            continue;
        }
        CHECK(feed.on_piece(piece(10, 0, 4, "a")) == Took::kept);
        CHECK(feed.on_piece(piece(10, 1, 4, "b")) == Took::kept);
        CHECK(feed.on_piece(piece(10, wrong, 4, "c")) == Took::contradicts);
        CHECK_FALSE(feed.fold().is_whole());
    }
}

TEST_CASE("a snapshot that cannot be read is asked for anew", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    CHECK(feed.on_piece(piece(10, 0, 1, "\xff\xff\xff")) == Took::contradicts);
    CHECK_FALSE(feed.position());
}

TEST_CASE("a snapshot beyond its bound is asked for anew", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    CHECK(feed.on_piece(piece(10, 0, 3, std::string(Subscription::snapshot_bytes_max, 'x'))) == Took::kept);
    CHECK(feed.on_piece(piece(10, 1, 3, "x")) == Took::contradicts);
}

TEST_CASE("items that come before the last piece are kept in their order and given once", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    CHECK(feed.on_item(item_at(10, 9, 1)) == Took::kept);
    CHECK(feed.on_item(item_at(11, 10, 6)) == Took::kept);
    CHECK(feed.on_item(item_at(14, 11, 7)) == Took::kept);
    CHECK(feed.on_piece(piece(10, 0, 1, snapshot(5))) == Took::whole);
    const auto kept = feed.take_kept();
    REQUIRE(kept.size() == 3);
    CHECK(feed.on_item(kept[0]) == Took::nothing);  // in the snapshot already
    CHECK(feed.on_item(kept[1]) == Took::applied);
    CHECK(feed.on_item(kept[2]) == Took::applied);
    CHECK(feed.position()->seq == 14);
    CHECK(has_sections(feed, 7));
    CHECK(feed.take_kept().empty());
}

TEST_CASE("more items than a snapshot may wait for ask for it anew", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    for (std::uint64_t seq = 1; seq <= Subscription::kept_items_max; ++seq) {
        REQUIRE(feed.on_item(item_at(seq, seq - 1)) == Took::kept);
    }
    CHECK(feed.on_item(item_at(Subscription::kept_items_max + 1, 1)) == Took::refetch);
    (void)feed.ask_anew();
    CHECK(feed.take_kept().empty());
}

TEST_CASE("at position p what is not beyond p is dropped", "[sdk][feed]") {
    auto feed = live_at(10);
    CHECK(feed.on_item(item_at(10, 9, 1)) == Took::nothing);
    CHECK(feed.on_item(item_at(3, 2, 1)) == Took::nothing);
    CHECK(feed.position()->seq == 10);
    CHECK(has_sections(feed, 5));
}

TEST_CASE("at position p an item whose prev is at or below p is applied", "[sdk][feed]") {
    auto feed = live_at(10);
    feed.mendings = 2;
    CHECK(feed.on_item(item_at(11, 10, 6)) == Took::applied);
    // Entries that this topic does not bear stand between.
    CHECK(feed.on_item(item_at(40, 7, 7)) == Took::applied);
    CHECK(feed.position()->seq == 40);
    CHECK(has_sections(feed, 7));
    CHECK(feed.mendings == 0);
}

TEST_CASE("at position p an item whose prev is beyond p is a gap and moves nothing", "[sdk][feed]") {
    auto feed = live_at(10);
    CHECK(feed.on_item(item_at(12, 11, 6)) == Took::gap);
    CHECK(feed.position()->seq == 10);
    CHECK(has_sections(feed, 5));
    CHECK(feed.ask().resume().seq() == 10);
    CHECK(feed.on_item(item_at(13, 12, 6)) == Took::nothing);  // until the server has answered
    feed.on_subscribed(subscribed(true));
    CHECK(feed.stage() == Stage::live);
    CHECK(feed.on_item(item_at(11, 10, 6)) == Took::applied);
    CHECK(feed.on_item(item_at(12, 11, 7)) == Took::applied);
    CHECK(has_sections(feed, 7));
}

TEST_CASE("UpTo moves the position on and never back", "[sdk][feed]") {
    auto feed = live_at(10);
    (void)feed.on_up_to(up_to(500));
    CHECK(feed.position()->seq == 500);
    (void)feed.on_up_to(up_to(20));
    CHECK(feed.position()->seq == 500);
    CHECK(feed.on_item(item_at(501, 480, 6)) == Took::applied);
}

TEST_CASE("UpTo moves nothing while a snapshot is awaited", "[sdk][feed]") {
    Subscription feed(ops_feed, Position{1, 4, 0});
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    (void)feed.on_up_to(up_to(500));
    CHECK(feed.position()->seq == 4);
}

TEST_CASE("an item of a kind that this SDK does not know moves the position", "[sdk][feed]") {
    auto feed = live_at(10);
    v1::Item unknown = of_the_future();
    Says::place(unknown, 11, 10);
    CHECK(feed.on_item(unknown) == Took::applied);
    CHECK(feed.position()->seq == 11);
    v1::Item unknown_event;
    Says::place(unknown_event, 12, 11);
    unknown_event.mutable_entry()->mutable_event();
    CHECK(feed.on_item(unknown_event) == Took::applied);
    CHECK(feed.on_item(item_at(13, 12, 6)) == Took::applied);
    CHECK(has_sections(feed, 6));
}

TEST_CASE("telemetry has no position and moves none", "[sdk][feed]") {
    auto feed = live_at(10);
    CHECK(feed.on_item(proto<v1::Item>("liveness { person: 1 }")) == Took::applied);
    CHECK(feed.position()->seq == 10);
}

TEST_CASE("an item that cannot be folded counts as seen and asks for the snapshot", "[sdk][feed]") {
    auto feed = live_at(10);
    v1::Item stranger = entry("checked_in { person: 9 }");
    Says::place(stranger, 11, 10);
    CHECK(feed.on_item(stranger) == Took::refetch);
    CHECK(feed.position()->seq == 11);
}

TEST_CASE("a feed resumed from a position that the app kept gives its items without a state", "[sdk][feed]") {
    Subscription feed(ops_feed, Position{1, 10, 0});
    (void)feed.ask();
    feed.on_subscribed(subscribed(true));
    CHECK(feed.on_item(item_at(11, 10)) == Took::applied);
    CHECK(feed.position()->seq == 11);
    CHECK_FALSE(feed.fold().is_whole());
}

TEST_CASE("an ordered item of a feed that holds no position asks for the snapshot", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed(true));
    CHECK(feed.on_item(item_at(11, 10)) == Took::refetch);
}

TEST_CASE("a discontinuity, whatever its reason, voids what is held, and its snapshot is taken", "[sdk][feed]") {
    const std::vector<std::pair<v1::DiscontinuityReason, DiscontinuityReason>> reasons{
        {v1::HISTORY_CHANGED, DiscontinuityReason::history_changed},
        {v1::HISTORY_TRIMMED, DiscontinuityReason::history_trimmed},
        {v1::FELL_BEHIND, DiscontinuityReason::fell_behind}};
    for (const auto& [said, told] : reasons) {
        Online online(40);
        Says says;
        v1::Discontinuity& discontinuity = *says.item().mutable_discontinuity();
        discontinuity.set_feed(ops_feed.text());
        discontinuity.set_reason(said);
        discontinuity.set_message("Take the snapshot.");
        const auto heard = all<TellDiscontinuity>(online.say(says));
        REQUIRE(heard.size() == 1);
        CHECK(heard[0].discontinuity.feed == ops_feed);
        CHECK(heard[0].discontinuity.reason == told);
        CHECK(heard[0].discontinuity.message == "Take the snapshot.");
        CHECK_FALSE(online.ops().fold().is_whole());
        CHECK_FALSE(online.ops().position());

        // A changed history may be shorter than what was held; items may come before the snapshot is whole.
        CHECK(all<TellItem>(online.say(Says().sections(22, 21, 8))).empty());
        const auto fresh = online.say(Says().snapshot(21));
        CHECK(all<TellSnapshot>(fresh).size() == 1);
        CHECK(all<TellItem>(fresh).size() == 1);
        CHECK(online.ops().position()->seq == 22);
        CHECK(has_sections(online.ops(), 8));
    }
}

TEST_CASE("a discontinuity in the middle of a snapshot waits for another from its first piece", "[sdk][feed]") {
    Subscription feed(ops_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    CHECK(feed.on_piece(piece(10, 0, 2, "x")) == Took::kept);
    CHECK(feed.on_item(item_at(11, 10)) == Took::kept);
    feed.on_discontinuity();
    CHECK(feed.take_kept().empty());
    CHECK(feed.on_piece(piece(10, 1, 2, "y")) == Took::contradicts);
}

TEST_CASE("a discontinuity may come before or after the answer to a resume", "[sdk][feed]") {
    for (const bool before : {true, false}) {
        Subscription feed(ops_feed, Position{1, 40, 0});
        (void)feed.ask();
        if (before) feed.on_discontinuity();
        feed.on_subscribed(subscribed());
        if (!before) feed.on_discontinuity();
        CHECK_FALSE(feed.position());
        CHECK(feed.on_piece(piece(21, 0, 1, snapshot(8))) == Took::whole);
        CHECK(feed.position()->seq == 21);
    }
}

TEST_CASE("a discontinuity of an overview empties it and needs no snapshot", "[sdk][feed]") {
    Subscription feed(overview_feed);
    (void)feed.ask();
    feed.on_subscribed(subscribed());
    const auto whole = proto<v1::Item>("overview_rows { whole: true rows { march: 'reno-nv' } }");
    CHECK(feed.on_item(whole) == Took::applied);
    feed.on_discontinuity();
    CHECK(feed.stage() == Stage::live);
    CHECK(feed.fold().rows().empty());
    CHECK(feed.on_item(whole) == Took::applied);
    CHECK(feed.fold().rows().size() == 1);
}

}  // namespace
}  // namespace marchwire::sdk::test
