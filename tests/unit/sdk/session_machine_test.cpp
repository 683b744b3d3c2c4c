// The client's conversation, step by step: Hello, resume, gaps, snapshots, replies, waits.
#include "machine_fixture.hpp"

#include <set>

namespace marchwire::sdk::test {
namespace {

/// Sections of the folded state: what the fixture's items change.
std::string state_of(const Online& online) { return online.ops().fold().json(*online.ops().position()); }
bool has_sections(const Online& online, int count) {
    return state_of(online).find("\"sections\":" + std::to_string(count)) != std::string::npos;
}

TEST_CASE("a client says Hello with its feeds before anything else", "[sdk]") {
    Online online;
    (void)online.machine.subscribe(ops_feed, std::nullopt, online.now);
    const auto actions = online.machine.connect(online.now);
    CHECK(tells<Connecting>(actions));
    CHECK(all<Dial>(actions).size() == 1);
    CHECK(sent(actions).empty());

    const auto hello = sent(online.machine.on_connected(online.now));
    REQUIRE(hello.size() == 1);
    REQUIRE(hello[0].has_hello());
    CHECK(hello[0].hello().protocol() == 1);
    CHECK(hello[0].hello().token() == "token");
    CHECK(hello[0].hello().device() == device);
    REQUIRE(hello[0].hello().subscribe_size() == 1);
    CHECK(hello[0].hello().subscribe(0).feed() == "ops/flag-day-2018/st-louis-mo");
    CHECK_FALSE(hello[0].hello().subscribe(0).has_resume());
    CHECK_FALSE(online.machine.is_online());
    CHECK(tells<sdk::Online>(online.say(Says().welcome())));
    CHECK(online.machine.is_online());
}

TEST_CASE("after a lost connection a client resumes each feed from its position", "[sdk]") {
    Online online(4);
    (void)online.say(Says().sections(7, 4, 6));
    const auto lost = online.machine.on_closed(0, "reset", online.now);
    CHECK(tells<Waiting>(lost));
    online.now = *online.machine.next_tick();
    CHECK(all<Dial>(online.machine.on_tick(online.now)).size() == 1);
    const auto hello = sent(online.greet(false));
    REQUIRE(hello[0].hello().subscribe_size() == 1);
    CHECK(hello[0].hello().subscribe(0).resume().seq() == 7);

    const auto resumed = online.say(Says().subscribed(ops_feed, true).sections(9, 7, 8));
    CHECK(all<TellItem>(resumed).size() == 1);
    CHECK(all<TellSnapshot>(resumed).empty());
    CHECK(online.ops().position()->seq == 9);
    CHECK(has_sections(online, 8));
}

TEST_CASE("a screen that is off is told at once and again after each reconnect", "[sdk]") {
    Online online(4);
    const auto told = sent(online.machine.screen(true, online.now));
    REQUIRE(told.size() == 1);
    CHECK(told[0].screen().off());
    (void)online.machine.on_closed(0, "reset", online.now);
    online.now = *online.machine.next_tick();
    (void)online.machine.on_tick(online.now);
    const auto again = sent(online.machine.on_connected(online.now));
    REQUIRE(again.size() == 1);
    CHECK(again[0].has_hello());
    const auto after = sent(online.say(Says().welcome()));
    REQUIRE_FALSE(after.empty());
    CHECK(after[0].screen().off());
    const auto on = sent(online.machine.screen(false, online.now));
    REQUIRE(on.size() == 1);
    CHECK(on[0].has_screen());
    CHECK_FALSE(on[0].screen().off());
}

TEST_CASE("an item at or below the position is dropped", "[sdk]") {
    Online online(4);
    (void)online.say(Says().sections(5, 4, 3));
    const auto again = online.say(Says().sections(5, 4, 9).sections(2, 1, 9));
    CHECK(all<TellItem>(again).empty());
    CHECK(has_sections(online, 3));
    CHECK(online.ops().position()->seq == 5);
}

TEST_CASE("an item whose prev is beyond the position is a gap and the feed is asked for again", "[sdk]") {
    Online online(4);
    const auto actions = online.say(Says().sections(9, 8, 9).sections(10, 9, 9));
    REQUIRE(all<TellGap>(actions).size() == 1);
    CHECK(all<TellGap>(actions)[0].gap.held == 4);
    CHECK(all<TellGap>(actions)[0].gap.missing == 8);
    CHECK(all<TellItem>(actions).empty());
    const auto messages = sent(actions);
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].unsubscribe().feed() == ops_feed.text());
    CHECK(messages[1].subscribe().feed() == ops_feed.text());
    CHECK(messages[1].subscribe().resume().seq() == 4);

    // What still comes of the old subscription is not taken; the resumed one is.
    CHECK(all<TellItem>(online.say(Says().sections(11, 10, 9))).empty());
    (void)online.say(Says().subscribed(ops_feed, true).sections(8, 4, 7).sections(9, 8, 9));
    CHECK(online.ops().position()->seq == 9);
    CHECK(has_sections(online, 9));
}

TEST_CASE("a feed that shows one gap after another gets a snapshot and at last a new connection", "[sdk]") {
    Online online(4);
    bool asked_for_snapshot = false;
    bool dropped = false;
    for (int round = 0; round < 9 && !dropped; ++round) {
        (void)online.say(Says().subscribed(ops_feed, true));
        const auto actions = online.say(Says().sections(9, 8, 9));
        dropped = !all<Drop>(actions).empty();
        for (const auto& message : sent(actions)) {
            asked_for_snapshot = asked_for_snapshot || (message.has_subscribe() && !message.subscribe().has_resume());
        }
        if (asked_for_snapshot) (void)online.say(Says().subscribed(ops_feed).snapshot(4));
    }
    CHECK(asked_for_snapshot);
    CHECK(dropped);
}

TEST_CASE("UpTo moves the position without an item", "[sdk]") {
    Online online(4);
    Says says;
    says.item().mutable_up_to()->set_feed(ops_feed.text());
    says.item();  // an item of a kind that nobody knows
    v1::ServerMessage message;
    REQUIRE(message.ParseFromString(says.bytes()));
    message.mutable_items(0)->mutable_up_to()->mutable_position()->set_seq(40);
    (void)online.machine.on_message(message.SerializeAsString(), online.now);
    CHECK(online.ops().position()->seq == 40);
    CHECK(all<TellItem>(online.say(Says().sections(41, 30, 5))).size() == 1);
}

TEST_CASE("a snapshot comes in pieces and items beyond it wait for the last one", "[sdk]") {
    Online online;
    (void)online.machine.subscribe(ops_feed, std::nullopt, online.now);
    online.greet();
    v1::OpsSnapshot state;
    state.set_sections(5);
    state.set_public_sentence("We wait for the road to clear.");
    const std::string bytes = state.SerializeAsString();
    (void)online.say(Says().subscribed(ops_feed).piece(ops_feed, 10, 0, 2, bytes.substr(0, 7)));
    CHECK_FALSE(online.ops().fold().is_whole());
    const auto early = online.say(Says().sections(9, 8, 1).sections(11, 9, 6));
    CHECK(all<TellItem>(early).empty());

    const auto last = online.say(Says().piece(ops_feed, 10, 1, 2, bytes.substr(7)));
    REQUIRE(all<TellSnapshot>(last).size() == 1);
    CHECK(all<TellItem>(last).size() == 1);  // 9 is in the snapshot already
    CHECK(online.ops().position()->seq == 11);
    CHECK(has_sections(online, 6));
    CHECK(state_of(online).find("We wait for the road to clear.") != std::string::npos);
}

TEST_CASE("a piece out of its order makes the client ask for the snapshot anew", "[sdk]") {
    Online online;
    (void)online.machine.subscribe(ops_feed, std::nullopt, online.now);
    online.greet();
    const auto actions = online.say(Says().subscribed(ops_feed).piece(ops_feed, 10, 1, 3, "x"));
    const auto messages = sent(actions);
    REQUIRE(messages.size() == 2);
    CHECK(messages[1].has_subscribe());
    CHECK_FALSE(messages[1].subscribe().has_resume());
}

TEST_CASE("a discontinuity voids what is held until its snapshot is there", "[sdk]") {
    Online online(4);
    Says says;
    says.item().mutable_discontinuity()->set_feed(ops_feed.text());
    const auto told = online.say(says);
    CHECK(all<TellDiscontinuity>(told).size() == 1);
    CHECK_FALSE(online.ops().fold().is_whole());
    CHECK_FALSE(online.ops().position());
    const auto fresh = online.say(Says().snapshot(2).sections(3, 2, 8));
    CHECK(all<TellSnapshot>(fresh).size() == 1);
    CHECK(online.ops().position()->seq == 3);
    CHECK(has_sections(online, 8));
}

TEST_CASE("what was accepted within the last minute is sent again when entries were lost", "[sdk][repair]") {
    Online online(4);
    const auto ask = [&online] {
        return online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now).id->counter;
    };
    const auto accepted = ask();
    (void)online.say(Says().accepted(accepted, 5));
    online.now += CommandQueue::answered_kept - Millis{1'000};
    const auto late = ask();
    (void)online.say(Says().accepted(late, 6));
    const bool all_kept = GENERATE(true, false);
    if (!all_kept) online.now += Millis{2'000};

    Says lost;
    const auto reason = GENERATE(v1::HISTORY_CHANGED, v1::HISTORY_TRIMMED);
    lost.discontinuity(reason);
    std::vector<std::uint64_t> again;
    for (const v1::ClientMessage& message : sent(online.say(lost))) {
        if (message.has_command()) again.push_back(message.command().id().counter());
    }
    if (reason == v1::HISTORY_TRIMMED) {
        CHECK(again.empty());
        return;
    }
    CHECK(again == (all_kept ? std::vector{accepted, late} : std::vector{late}));
    // It is there after all, or was done again: the app has its answer.
    CHECK(all<TellReply>(online.say(Says().accepted(late, 7))).empty());
    CHECK(online.machine.unanswered() == (all_kept ? 1 : 0));
}

TEST_CASE("an accepted command that was lost and is refused when it is sent again is told as lost", "[sdk][repair]") {
    Online online(4);
    const auto stop = online.machine.command("flag-day-2018/st-louis-mo", message_of(Stop{"crush", ""}), online.now);
    const auto counter = stop.id->counter;
    (void)online.say(Says().accepted(counter, 5));
    Says lost;
    lost.discontinuity(v1::HISTORY_CHANGED);
    (void)online.say(lost);
    Says refusal;
    refusal.refused(counter, v1::INVALID_TRANSITION);
    const auto told = online.say(refusal);
    CHECK(all<TellReply>(told).empty());
    REQUIRE(all<TellLost>(told).size() == 1);
    CHECK(all<TellLost>(told)[0].id.counter == counter);
    CHECK(all<TellLost>(told)[0].error.code == ErrorCode::invalid_transition);
}

TEST_CASE("a reply finds its command and each command is answered once", "[sdk]") {
    Online online;
    online.greet();
    const auto first = online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now);
    const auto second = online.machine.command("flag-day-2018/st-louis-mo", message_of(Stop{"crush", ""}), online.now);
    REQUIRE(first.id);
    REQUIRE(second.id);
    CHECK(second.id->counter == first.id->counter + 1);
    REQUIRE(sent(first.actions).size() == 1);
    CHECK(sent(first.actions)[0].command().check_in().report() == v1::ON_POST);

    Says says;
    says.refused(second.id->counter, v1::PERMISSION_DENIED).set_message("Ask your section lead.");
    says.accepted(first.id->counter, 12);
    const auto replies = all<TellReply>(online.say(says));
    REQUIRE(replies.size() == 2);
    CHECK(std::get<Error>(replies[0].outcome).code == ErrorCode::permission_denied);
    CHECK(std::get<Error>(replies[0].outcome).message == "Ask your section lead.");
    CHECK(std::get<Accepted>(replies[1].outcome).level == Level::synced);
    CHECK(std::get<Accepted>(replies[1].outcome).position.seq == 12);
    CHECK(all<TellReply>(online.say(Says().accepted(first.id->counter, 12))).empty());
    CHECK(online.machine.unanswered() == 0);
}

TEST_CASE("an unanswered command is sent again after a reconnect with the same bytes", "[sdk]") {
    Online online;
    online.greet();
    const auto command = online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now);
    const auto before = sent(command.actions);
    (void)online.machine.on_closed(0, "reset", online.now);
    online.now = *online.machine.next_tick();
    (void)online.machine.on_tick(online.now);
    (void)online.machine.on_connected(online.now);
    const auto again = sent(online.say(Says().welcome(2'000'000)));
    REQUIRE(again.size() == 1);
    CHECK(again[0].SerializeAsString() == before[0].SerializeAsString());
}

TEST_CASE("a command made while offline bears the server's time of its making", "[sdk]") {
    Online online;
    const auto command = online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now);
    CHECK(all<SendMessage>(command.actions).empty());
    online.now += Millis(500);
    (void)online.machine.connect(online.now);
    (void)online.machine.on_connected(online.now);
    const auto messages = sent(online.say(Says().welcome(1'000'000, 60)));
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].command().made_at_ms() == 1'000'000 - 500 * 60);
}

TEST_CASE("a command that the server could not store is tried again with its id after the wait", "[sdk]") {
    Online online;
    online.greet();
    const auto command = online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now);
    Says says;
    says.refused(command.id->counter, v1::UNAVAILABLE).set_retry_after_ms(3'000);
    CHECK(all<TellReply>(online.say(says)).empty());
    REQUIRE(online.machine.next_tick());
    CHECK(*online.machine.next_tick() == online.now + Millis(3'000));
    CHECK(sent(online.machine.on_tick(online.now + Millis(2'999))).empty());
    const auto again = sent(online.machine.on_tick(online.now + Millis(3'000)));
    REQUIRE(again.size() == 1);
    CHECK(again[0].command().id().counter() == command.id->counter);
}

TEST_CASE("commands beyond the bound are refused and no more than the window is in flight", "[sdk]") {
    Online online;
    online.greet();
    std::size_t in_flight = 0;
    for (int i = 0; i < 300; ++i) {
        const auto command = online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now);
        REQUIRE(command.id);
        in_flight += sent(command.actions).size();
    }
    CHECK(in_flight == CommandQueue::in_flight_max);
    CHECK_FALSE(online.machine.command("flag-day-2018/st-louis-mo", message_of(CheckIn{}), online.now).id);
    const auto next = sent(online.say(Says().accepted(1, 1)));
    REQUIRE(next.size() == 1);
    CHECK(next[0].command().id().counter() == CommandQueue::in_flight_max + 1);
}

TEST_CASE("waits between tries are drawn from zero to a bound that doubles", "[sdk]") {
    Backoff backoff(Millis(500), Millis(30'000), 9);
    std::set<Millis> drawn;
    Millis bound{500};
    for (int round = 0; round < 40; ++round) {
        const Millis wait = backoff.next();
        CHECK(wait >= Millis(0));
        CHECK(wait <= bound);
        drawn.insert(wait);
        bound = std::min(Millis(30'000), bound * 2);
    }
    CHECK(drawn.size() > 30);
    CHECK(*drawn.rbegin() > Millis(15'000));
    backoff.reset();
    CHECK(backoff.next() <= Millis(500));
}

TEST_CASE("after Drain a client comes back when the server said and not before", "[sdk]") {
    Online online;
    online.greet();
    Says says;
    says.item().mutable_drain()->set_delay_ms(8'000);
    (void)online.say(says);
    (void)online.machine.on_closed(1001, "going away", online.now);
    CHECK(*online.machine.next_tick() >= online.now + Millis(8'000));
    CHECK(*online.machine.next_tick() <= online.now + Millis(8'500));
    CHECK(all<Dial>(online.machine.on_tick(online.now + Millis(7'999))).empty());
    CHECK(all<Dial>(online.machine.on_tick(online.now + Millis(8'500))).size() == 1);
}

TEST_CASE("a client says something before the server takes it for dead and gives up a silent server", "[sdk]") {
    Online online;
    online.greet();
    const Millis begin = online.now;
    const auto ping = sent(online.machine.on_tick(begin + Millis(50'000)));
    REQUIRE(ping.size() == 1);
    CHECK(ping[0].has_ping());
    const auto dead = online.machine.on_tick(begin + Millis(100'000));
    CHECK(all<Drop>(dead).size() == 1);
    CHECK(tells<Waiting>(dead));
}

TEST_CASE("a close code that says stop ends the tries and the error is told", "[sdk]") {
    Online online;
    (void)online.machine.connect(online.now);
    (void)online.machine.on_connected(online.now);
    Says says;
    says.item().mutable_error()->set_code(v1::UNAUTHENTICATED);
    (void)online.say(says);
    const auto stopped = online.machine.on_closed(4012, "", online.now);
    const auto told = all<TellState>(stopped);
    REQUIRE(told.size() == 1);
    const auto& state = std::get<Stopped>(told[0].state);
    REQUIRE(state.error);
    CHECK(state.error->code == ErrorCode::unauthenticated);
    CHECK_FALSE(online.machine.next_tick());
}

TEST_CASE("close codes say stop or retry as the table of the protocol does", "[sdk]") {
    for (const int code : {1000, 1002, 1007, 1009, 4010, 4011, 4012, 4013, 4014, 4015}) {
        CHECK(closes_for_good(static_cast<std::uint16_t>(code)));
    }
    for (const int code : {0, 1001, 1006, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4016}) {
        CHECK_FALSE(closes_for_good(static_cast<std::uint16_t>(code)));
    }
}

TEST_CASE("a feed that is refused is told and asked for no more", "[sdk]") {
    Online online;
    (void)online.machine.subscribe(ops_feed, std::nullopt, online.now);
    online.greet();
    Says says;
    v1::Unsubscribed& gone = *says.item().mutable_unsubscribed();
    gone.set_feed(ops_feed.text());
    gone.mutable_error()->set_code(v1::NOT_FOUND);
    CHECK(all<TellRefused>(online.say(says)).size() == 1);
    CHECK(online.machine.subscription(ops_feed) == nullptr);
}

TEST_CASE("bytes that are no message end the connection", "[sdk]") {
    Online online;
    online.greet();
    const auto actions = online.machine.on_message("\xff\xff\xff", online.now);
    CHECK(all<Drop>(actions).size() == 1);
    CHECK(tells<Waiting>(actions));
}

TEST_CASE("the server's time runs at the rate of its demo clock", "[sdk]") {
    Online online;
    CHECK(online.machine.server_time(online.now) == 0);
    (void)online.machine.connect(online.now);
    (void)online.machine.on_connected(online.now);
    (void)online.say(Says().welcome(1'000'000, 60));
    CHECK(online.machine.server_time(online.now + Millis(1'000)) == 1'060'000);
}

TEST_CASE("overview rows are taken by their campaign and a whole set replaces what was there", "[sdk]") {
    Online online;
    const FeedName overview{FeedKind::overview, "flag-day-2018", ""};
    (void)online.machine.subscribe(overview, std::nullopt, online.now);
    online.greet();
    Says says;
    says.subscribed(overview);
    v1::OverviewRows& rows = *says.item().mutable_overview_rows();
    rows.set_campaign("flag-day-2018");
    rows.set_whole(true);
    rows.add_rows()->set_march("dallas-tx");
    CHECK(all<TellItem>(online.say(says)).size() == 1);
    REQUIRE(online.machine.subscription(overview)->fold().rows().size() == 1);
    Says change;
    change.item().mutable_overview_rows()->set_campaign("flag-day-2018");
    v1::ServerMessage message;
    REQUIRE(message.ParseFromString(change.bytes()));
    message.mutable_items(0)->mutable_overview_rows()->add_rows()->set_march("st-louis-mo");
    (void)online.machine.on_message(message.SerializeAsString(), online.now);
    CHECK(online.machine.subscription(overview)->fold().rows().size() == 2);
}

}  // namespace
}  // namespace marchwire::sdk::test
