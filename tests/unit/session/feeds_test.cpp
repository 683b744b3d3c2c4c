// What a client gets of a feed: once, in order, whole, or told why not.
#include "talk.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string_view>

namespace marchwire::session::test {
namespace {

using base::seconds;
using fanout::DeliveryClass;
using wire::CloseCode;
using wire::DiscontinuityReason;
using Kinds = std::vector<std::string>;
using Seqs = std::vector<std::uint64_t>;

TEST_CASE("a feed begins with its summary and its snapshot in pieces", "[session][feed]") {
    Talk talk(Door::followers);
    const OpenFeed wish = talk.greet().subscribe("public/c/m");
    CHECK_FALSE(wish.resume.has_value());
    CHECK(talk.session.on_feed_opened(Talk::opened(wish, {staff_topic}, at(9), 3), talk.now).empty());
    const auto items = talk.read();
    REQUIRE(items.size() == 4);
    CHECK(items[0]["subscribed"]["feed"] == "public/c/m");
    CHECK(items[0]["subscribed"]["summary"]["asOfMs"] == std::to_string(wall.value));
    CHECK(items[0]["subscribed"]["topics"] == Json::array({staff_topic.value}));
    for (std::size_t i = 1; i < 4; ++i) CHECK(items[i]["snapshotPiece"].value("piece", 0U) == i - 1);
}

TEST_CASE("one piece of a snapshot waits at a time and items go before the next", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("ops/c/m");
    (void)talk.session.on_feed_opened(Talk::opened(wish, {ops_topic}, at(9), 4), talk.now);
    CHECK(talk.read_message().at(0).contains("subscribed"));
    CHECK(talk.read_message().at(0).contains("snapshotPiece"));
    CHECK(talk.session.queue().empty());
    (void)talk.give(Talk::item(ops_topic, 10));
    CHECK(talk.read_kinds() == Kinds{"seq", "topic", "snapshotPiece", "snapshotPiece", "snapshotPiece"});
}

TEST_CASE("an item that the snapshot holds already is not sent", "[session][feed]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    (void)talk.give(Talk::item(ops_topic, 8));
    (void)talk.give(Talk::item(ops_topic, 9));
    (void)talk.give(Talk::item(ops_topic, 10));
    CHECK(talk.read_seqs() == Seqs{10});
}

TEST_CASE("an entry on several topics of a feed is sent once", "[session][feed]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic, section_topic}, at(9));
    (void)talk.give(Talk::item(staff_topic, 10));
    (void)talk.give(Talk::item(section_topic, 10));
    (void)talk.give(Talk::item(section_topic, 11));
    (void)talk.give(Talk::item(staff_topic, 12));
    (void)talk.give(Talk::item(section_topic, 12));
    CHECK(talk.read_seqs() == Seqs{10, 11, 12});
}

TEST_CASE("two feeds that share a topic share its items", "[session][feed]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic}, at(9));
    (void)talk.follow("ops/c/m", {staff_topic, ops_topic}, at(10));
    (void)talk.give(Talk::item(staff_topic, 10));  // new to the first only
    (void)talk.give(Talk::item(ops_topic, 11));
    (void)talk.give(Talk::item(staff_topic, 11));  // the second has it
    (void)talk.give(Talk::item(staff_topic, 12));
    CHECK(talk.read_seqs() == Seqs{10, 11, 11, 12});
}

TEST_CASE("items of a topic that nobody here follows are not sent", "[session][feed]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic}, at(9));
    (void)talk.give(Talk::item(ops_topic, 10));
    CHECK(talk.read().empty());
}

TEST_CASE("a resume is answered with what was missed and no snapshot", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("ops/c/m", at(5));
    CHECK(wish.resume == at(5));
    (void)talk.session.on_feed_opened(
        Talk::resumed(wish, {ops_topic}, at(7), {Talk::item(ops_topic, 6), Talk::item(ops_topic, 7)}), talk.now);
    (void)talk.give(Talk::item(ops_topic, 7));
    (void)talk.give(Talk::item(ops_topic, 8));
    const auto items = talk.read();
    REQUIRE(items.size() == 4);
    CHECK(items[0]["subscribed"]["resumed"] == true);
    CHECK(items[1]["seq"] == 6);
    CHECK(items[2]["seq"] == 7);
    CHECK(items[3]["seq"] == 8);
}

TEST_CASE("a resume past entries that the client may not see tells how far it is", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("marshal/c/m", at(5));
    (void)talk.session.on_feed_opened(Talk::resumed(wish, {staff_topic}, at(9), {Talk::item(staff_topic, 7)}),
                                      talk.now);
    const auto items = talk.read();
    REQUIRE(items.size() == 3);
    CHECK(items[2]["upTo"]["position"]["seq"] == "9");
}

TEST_CASE("a position that is not in the log is told before the snapshot", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("ops/c/m", at(5));
    FeedOpened opened = Talk::opened(wish, {ops_topic}, at(3));
    opened.discontinuity = DiscontinuityReason::history_changed;
    (void)talk.session.on_feed_opened(opened, talk.now);
    const auto items = talk.read();
    REQUIRE(items.size() == 3);
    CHECK(items[0]["discontinuity"]["reason"] == "HISTORY_CHANGED");
    CHECK_FALSE(items[0]["discontinuity"]["message"].get<std::string>().empty());
    CHECK(items[1].contains("subscribed"));
    CHECK(items[2].contains("snapshotPiece"));
}

TEST_CASE("more missed than is kept for one client becomes a snapshot that says so", "[session][feed]") {
    Talk talk(Door::followers);
    const OpenFeed wish = talk.greet().subscribe("public/c/m", at(1));
    std::vector<fanout::LiveItem> missed;
    for (std::uint64_t seq = 2; seq < 12; ++seq) missed.push_back(Talk::item(staff_topic, seq, 30'000));
    const Actions actions = talk.session.on_feed_opened(Talk::resumed(wish, {staff_topic}, at(11), std::move(missed)),
                                                        talk.now);
    REQUIRE(actions.size() == 2);
    CHECK(std::get<CloseFeed>(actions[0]).subscription == wish.subscription);
    const auto again = std::get<OpenFeed>(actions[1]);
    CHECK(again.subscription != wish.subscription);
    CHECK_FALSE(again.resume.has_value());
    CHECK(talk.read().empty());
    (void)talk.session.on_feed_opened(Talk::opened(again, {staff_topic}, at(11)), talk.now);
    const auto items = talk.read();
    REQUIRE(items.size() == 3);
    CHECK(items[0]["discontinuity"]["reason"] == "FELL_BEHIND");
    CHECK(items[2].contains("snapshotPiece"));
}

TEST_CASE("a feed that is opened anew by its desk starts its snapshot again", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("marshal/c/m");
    (void)talk.session.on_feed_opened(Talk::opened(wish, {staff_topic}, at(9), 4), talk.now);
    CHECK(talk.read_message().at(0).contains("subscribed"));
    CHECK(talk.read_message().at(0).contains("snapshotPiece"));
    (void)talk.session.on_feed_opened(Talk::opened(wish, {staff_topic, section_topic}, at(12)), talk.now);
    const auto items = talk.read();
    REQUIRE(items.size() == 2);
    CHECK(items[0]["subscribed"]["topics"].size() == 2);
    CHECK(items[1]["snapshotPiece"]["position"]["seq"] == "12");
    (void)talk.give(Talk::item(section_topic, 13));
    CHECK(talk.read_seqs() == Seqs{13});
}

TEST_CASE("a second subscribe to a feed opens it anew from the position given", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed first = talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    const Actions actions = talk.say(R"({"subscribe":{"feed":"ops/c/m","resume":{"epoch":1,"seq":"4"}}})");
    REQUIRE(actions.size() == 2);
    CHECK(std::get<CloseFeed>(actions[0]).subscription == first.subscription);
    CHECK(std::get<OpenFeed>(actions[1]).resume->seq == base::Seq{4});
    // An answer or an item for the older one changes nothing.
    (void)talk.session.on_feed_opened(Talk::opened(first, {ops_topic}, at(20)), talk.now);
    (void)talk.give(Talk::item(ops_topic, 21));
    CHECK(talk.read().empty());
}

TEST_CASE("a feed that is left sends nothing more", "[session][feed]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    const Actions actions = talk.say(R"({"unsubscribe":{"feed":"ops/c/m"}})");
    REQUIRE(actions.size() == 1);
    CHECK(std::get<CloseFeed>(actions[0]).subscription == wish.subscription);
    (void)talk.give(Talk::item(ops_topic, 10));
    CHECK(talk.read_kinds() == Kinds{"unsubscribed"});
    CHECK(talk.say(R"({"unsubscribe":{"feed":"ops/c/m"}})").empty());
    CHECK(talk.read().at(0)["error"]["code"] == "NOT_FOUND");
}

TEST_CASE("a feed that does not exist is refused by its name", "[session][feed]") {
    Talk talk(Door::followers);
    const OpenFeed wish = talk.greet().subscribe("public/c/nowhere");
    const auto refusal = base::refuse(base::RefusalCode::not_found, "feed", "there is no such march");
    (void)talk.session.on_feed_refused({wish.subscription, wish.feed, refusal});
    const Json gone = talk.read().at(0)["unsubscribed"];
    CHECK(gone["feed"] == "public/c/nowhere");
    CHECK(gone["error"]["code"] == "NOT_FOUND");
    CHECK(gone["error"]["field"] == "feed");
    (void)talk.subscribe("public/c/nowhere");  // may be asked again
    CHECK_FALSE(talk.closed.has_value());
}

TEST_CASE("followers are told at the door that a feed is for staff", "[session][feed]") {
    Talk talk(Door::followers);
    talk.greet();
    for (const char* name : {"ops/c/m", "marshal/c/m", "desk/c"}) {
        CHECK(talk.say(Json{{"subscribe", {{"feed", name}}}}.dump()).empty());
        const Json gone = talk.read().at(0)["unsubscribed"];
        CHECK(gone["feed"] == name);
        CHECK(gone["error"]["code"] == "PERMISSION_DENIED");
    }
}

TEST_CASE("a session follows as many feeds as its limit and is told about the next", "[session][feed]") {
    Talk talk(Door::followers);
    talk.greet();
    for (std::size_t i = 0; i < base::limits::subscriptions_per_session; ++i) {
        (void)talk.subscribe("public/c/m-" + std::to_string(i));
    }
    CHECK(talk.say(R"({"subscribe":{"feed":"public/c/one-more"}})").empty());
    CHECK(talk.read().at(0)["unsubscribed"]["error"]["code"] == "TOO_LARGE");
    (void)talk.say(R"({"unsubscribe":{"feed":"public/c/m-0"}})");
    CHECK(talk.subscribe("public/c/one-more").feed == feed("public/c/one-more"));
}

TEST_CASE("entries that a client may not see are told as UpTo after five seconds", "[session][up_to]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic}, at(9));
    fanout::LiveItem hidden = Talk::item(staff_topic, 12);
    hidden.messages = {};
    (void)talk.give(hidden);
    (void)talk.tick(seconds(4));
    CHECK(talk.read().empty());
    (void)talk.tick(seconds(1));
    const Json up_to = talk.read().at(0)["upTo"];
    CHECK(up_to["feed"] == "marshal/c/m");
    CHECK(up_to["position"]["seq"] == "12");
    (void)talk.tick(seconds(60));
    CHECK(talk.read().empty());
    (void)talk.give(Talk::item(staff_topic, 12));
    (void)talk.give(Talk::item(staff_topic, 13));
    CHECK(talk.read_seqs() == Seqs{13});
}

TEST_CASE("five hundred hidden entries do not wait for five seconds", "[session][up_to]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic}, at(9));
    fanout::LiveItem hidden = Talk::item(staff_topic, 508);
    hidden.messages = {};
    (void)talk.give(hidden);
    (void)talk.tick(seconds(1));
    CHECK(talk.read().empty());
    hidden.position = at(509);
    (void)talk.give(hidden);
    (void)talk.tick(seconds(1));
    CHECK(talk.read_kinds() == Kinds{"upTo"});
}

TEST_CASE("how far a client is is not told before it has its snapshot", "[session][up_to]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("marshal/c/m");
    (void)talk.session.on_feed_opened(Talk::opened(wish, {staff_topic}, at(9), 4), talk.now);
    fanout::LiveItem hidden = Talk::item(staff_topic, 12);
    hidden.messages = {};
    (void)talk.give(hidden);
    (void)talk.tick(seconds(6));
    CHECK(talk.read_kinds() == Kinds{"subscribed", "snapshotPiece", "snapshotPiece", "snapshotPiece", "snapshotPiece"});
    (void)talk.tick(seconds(1));
    CHECK(talk.read_kinds() == Kinds{"upTo"});
}

TEST_CASE("a follower who sees every public item is never told a position for hidden ones", "[session][up_to]") {
    Talk talk(Door::followers);
    (void)talk.greet().follow("public/c/m", {staff_topic}, at(9));
    (void)talk.give(Talk::item(staff_topic, 10));
    (void)talk.tick(seconds(30));
    CHECK(talk.read_kinds() == Kinds{"seq", "topic"});
}

TEST_CASE("of a keyed value only the newest waits", "[session][newest]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    for (std::uint64_t i = 0; i < 1'000; ++i) talk.show(ops_topic, i % 2, i);
    CHECK(talk.read_seqs() == Seqs{998, 999});
    CHECK(talk.session.queue().empty());
}

TEST_CASE("a feed begins with the newest values that are there and no talk of skipped ones", "[session][newest]") {
    Talk talk(Door::staff);
    for (std::uint64_t i = 0; i < 10; ++i) talk.show(ops_topic, i % 3, i);
    const OpenFeed wish = talk.greet().subscribe("ops/c/m");
    (void)talk.session.on_feed_opened(Talk::opened(wish, {ops_topic}, at(9)), talk.now);
    const auto kinds = talk.read_kinds();
    CHECK(kinds == Kinds{"subscribed", "seq", "topic", "seq", "topic", "seq", "topic", "snapshotPiece"});
}

TEST_CASE("keyed feeds begin with a heading and the rows as they are", "[session][newest]") {
    Talk talk(Door::followers);
    talk.show(staff_topic, 1, 5);
    const OpenFeed wish = talk.greet().subscribe("overview/c");
    FeedOpened opened = Talk::opened(wish, {staff_topic}, {});
    opened.snapshot = nullptr;
    const std::string heading = R"({"overviewRows":{"whole":true}})";
    opened.heading = wire::make_message(heading, wire::Encoding::json);
    (void)talk.session.on_feed_opened(opened, talk.now);
    CHECK(talk.read_kinds() == Kinds{"subscribed", "overviewRows", "seq", "topic"});
}

TEST_CASE("a client that was too slow for some values is told how many and since when", "[session][newest]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    talk.show(ops_topic, 1, 0);
    CHECK(talk.read_kinds() == Kinds{"seq", "topic"});
    talk.backend.time = wall + seconds(3);
    for (std::uint64_t i = 1; i <= 50; ++i) talk.show(ops_topic, 1, i);
    const auto items = talk.read();
    REQUIRE(items.size() == 2);
    CHECK(items[0]["seq"] == 50);
    CHECK(items[1]["skipped"]["feed"] == "ops/c/m");
    CHECK(items[1]["skipped"]["keys"] == 49);
    CHECK(items[1]["skipped"]["fromMs"] == std::to_string(wall.value));
    CHECK(items[1]["skipped"]["toMs"] == std::to_string(wall.value + 3'000));
    talk.show(ops_topic, 1, 51);
    CHECK(talk.read_kinds() == Kinds{"seq", "topic"});  // once
}

TEST_CASE("orders go before newest values, and values and answers take turns", "[session][classes]") {
    Talk talk(Door::staff);
    const OpenFeed wish = talk.greet().subscribe("ops/c/m");
    (void)talk.session.on_feed_opened(Talk::opened(wish, {ops_topic}, at(9), 3), talk.now);
    CHECK(talk.read_message().at(0).contains("subscribed"));
    Kinds order;
    const auto next = [&] {
        for (const Json& item : talk.read_message()) {
            const bool piece = item.contains("snapshotPiece");
            order.emplace_back(piece ? "D" : item["seq"] == 10 ? "B" : "C");
        }
    };
    for (std::uint64_t i = 0; i < 4; ++i) {
        talk.show(ops_topic, i, 1'000 + i);  // something new at each turn
        if (i == 1) (void)talk.give(Talk::item(ops_topic, 10));
        next();
        next();
    }
    CHECK(order == Kinds{"C", "D", "B", "C", "D", "C", "D", "C"});
}

TEST_CASE("a run of the only feed is written as it is, and what is known of it is not sent again", "[session][run]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    Actions actions;
    const fanout::Run fresh({Talk::item(ops_topic, 10), Talk::item(ops_topic, 11)});
    CHECK(talk.session.on_run(fresh, Outlet::open, actions) == RunStep::write);
    CHECK(talk.session.on_run(fresh, Outlet::open, actions) == RunStep::nothing);
    const fanout::Run overlapping({Talk::item(ops_topic, 11), Talk::item(ops_topic, 12)});
    CHECK(talk.session.on_run(overlapping, Outlet::open, actions) == RunStep::queued);
    CHECK(talk.read_seqs() == Seqs{12});
    const fanout::Run other({Talk::item(section_topic, 13)});
    CHECK(talk.session.on_run(other, Outlet::open, actions) == RunStep::nothing);
    CHECK(actions.empty());
}

TEST_CASE("a run waits behind what waits already, shared and not copied", "[session][run]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    Actions actions;
    const fanout::Run first({Talk::item(ops_topic, 10)});
    const fanout::Run second({Talk::item(ops_topic, 11)});
    CHECK(talk.session.on_run(first, Outlet::busy, actions) == RunStep::queued);
    CHECK(talk.session.on_run(second, Outlet::open, actions) == RunStep::queued);
    CHECK(talk.session.next_ordered() == first.frame(wire::Encoding::json));
    CHECK(talk.session.next_ordered() == second.frame(wire::Encoding::json));
}

TEST_CASE("a session of several feeds gathers their runs", "[session][run]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("ops/c/m", {ops_topic}, at(9));
    (void)talk.follow("public/c/m", {base::TopicNumber{0x10001}}, at(4));
    Actions actions;
    CHECK(talk.session.on_run(fanout::Run({Talk::item(ops_topic, 10)}), Outlet::open, actions) == RunStep::queued);
    CHECK(talk.session.on_run(fanout::Run({Talk::item(base::TopicNumber{0x10001}, 5)}), Outlet::open, actions) ==
          RunStep::queued);
    CHECK(talk.read_seqs() == Seqs{10, 5});
}

TEST_CASE("items that come together leave in one message", "[session][run]") {
    Talk talk(Door::staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic, section_topic}, at(9));
    const std::vector<fanout::LiveItem> items{Talk::item(staff_topic, 10), Talk::item(section_topic, 10),
                                              Talk::item(section_topic, 11), Talk::item(ops_topic, 12),
                                              Talk::item(staff_topic, 13)};
    CHECK(talk.session.on_items(items).empty());
    const auto message = talk.read_message();
    REQUIRE(message.size() == 3);
    CHECK(message[0]["seq"] == 10);
    CHECK(message[1]["seq"] == 11);
    CHECK(message[2]["seq"] == 13);
    CHECK(talk.session.queue().empty());
}

TEST_CASE("a session is to be looked at when its next deadline comes", "[session][time]") {
    Talk talk(Door::staff);
    CHECK(talk.session.next_due(talk.now) == talk.now + base::limits::hello_deadline_staff);
    (void)talk.greet().follow("marshal/c/m", {staff_topic}, at(9));
    CHECK(talk.session.next_due(talk.now) == talk.now + base::limits::ping_after_idle);
    fanout::LiveItem hidden = Talk::item(staff_topic, 12);
    hidden.messages = {};
    (void)talk.give(hidden);
    CHECK(talk.session.next_due(talk.now) == talk.now + base::limits::session_tick);
    (void)talk.tick(seconds(5));
    CHECK(talk.session.next_due(talk.now) == talk.now + base::limits::ping_after_idle - seconds(5));
}

TEST_CASE("a client for whom more waits than is kept is closed and may come back", "[session][slow]") {
    Talk talk(Door::followers);
    (void)talk.greet().follow("public/c/m", {staff_topic}, at(0));
    std::uint64_t seq = 0;
    Actions actions;
    while (actions.empty() && seq < 1'000) actions = talk.give(Talk::item(staff_topic, ++seq, 10'000));
    CHECK(seq == 27);  // 26 of them fit in 256 KB
    REQUIRE(actions.size() == 1);
    CHECK(std::get<Close>(actions[0]).code == CloseCode::too_slow);
    CHECK(talk.session.queue().empty());
    CHECK(talk.give(Talk::item(staff_topic, 99)).empty());
    CHECK(talk.read().empty());
}

TEST_CASE("keyed values alone never close a slow client and take no memory of its queue", "[session][slow]") {
    Talk talk(Door::followers);
    (void)talk.greet().follow("public/c/m", {staff_topic}, at(0));
    for (std::uint64_t i = 0; i < 1'000; ++i) talk.show(staff_topic, i, i, 1'000);
    CHECK_FALSE(talk.closed.has_value());
    CHECK(talk.session.queue().bytes() == 0);
    CHECK(talk.read_seqs().size() == 1'000);
}

TEST_CASE("when the door's memory is full whoever needs more of it is sent away to resume", "[session][slow]") {
    OneToken backend;
    backend.waiting = std::make_shared<fanout::QueueBudget>(2'000);
    Session session(json_at(Door::followers), backend, base::UtcMs{50'000});
    CHECK(session.on_message(R"({"hello":{"protocol":1}})", base::UtcMs{50'000}).empty());
    CHECK(backend.waiting->used() > 0);
    while (session.next_ordered()) {
    }
    CHECK(backend.waiting->used() == 0);
    REQUIRE(backend.waiting->take(2'000));  // by others
    const Actions actions = session.on_message(R"({"ping":{}})", base::UtcMs{50'000});
    REQUIRE(actions.size() == 1);
    CHECK(std::get<Close>(actions[0]).code == CloseCode::too_slow);
}

}  // namespace
}  // namespace marchwire::session::test
