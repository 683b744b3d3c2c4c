// Redis loses what servers had stored and shown: the keeper repairs it, or everybody who held it is told.
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

namespace marchwire::test {
namespace {

namespace fs = std::filesystem;

bool has_changed(const Somebody& somebody, const std::string& name) {
    return std::ranges::any_of(somebody.changes, [&](const sdk::Change& change) {
        const auto* other = std::get_if<sdk::OtherChange>(&change);
        return other != nullptr && other->name == name;
    });
}

/// A march that is kept, with somebody at its keeper and at the other server.
struct Watched : KeeperAndOther {
    Watched() : token(keeper.token("city_lead", "Lead 1")) {
        wait_for_token(other, token);
        here = std::make_unique<Somebody>(keeper, token);
        there = std::make_unique<Somebody>(other, token);
        for (Somebody* somebody : {here.get(), there.get()}) somebody->follow(feed("ops"));
    }
    [[nodiscard]] fs::path files() const { return fs::path(directory.path()) / "appendonlydir"; }
    [[nodiscard]] fs::path kept() const { return fs::path(directory.path()) / "kept"; }
    void remember() const { fs::copy(files(), kept(), fs::copy_options::recursive); }
    void put_back() {
        redis.kill();
        fs::remove_all(files());
        fs::copy(kept(), files(), fs::copy_options::recursive);
        redis.start();
    }
    sdk::Accepted notice(Somebody& somebody, const std::string& text) const {
        return somebody.must(sdk::PostNotice{sdk::Severity::info, "", text, 0});
    }
    void all_see(const sdk::Accepted& last) {
        for (Somebody* somebody : {here.get(), there.get()}) {
            somebody->until([&] { return somebody->client.position(feed("ops"))->seq >= last.position.seq; });
        }
    }
    std::string token;
    std::unique_ptr<Somebody> here;
    std::unique_ptr<Somebody> there;
};

TEST_CASE("what Redis has lost and its servers hold is repaired, and nobody has missed anything",
          "[integration][servers]") {
    Watched day;
    const bool all = GENERATE(true, false);
    INFO((all ? "FLUSHALL" : "put back to an older state"));
    day.notice(*day.here, "Kept.");
    day.remember();
    day.all_see(day.notice(*day.here, "Lost."));
    const auto lost_at = std::chrono::steady_clock::now();
    if (all) {
        day.redis.ask({"FLUSHALL"});
    } else {
        day.put_back();
    }
    // Somebody writes at once: taken when the log is repaired.
    day.all_see(day.notice(*day.there, "After."));
    CHECK(std::chrono::steady_clock::now() - lost_at < back_within);
    for (Somebody* somebody : {day.here.get(), day.there.get()}) {
        CHECK(has_changed(*somebody, "log_repaired"));
        CHECK(somebody->discontinuities == 0);
        CHECK(somebody->client.position(feed("ops"))->epoch == 2);
        for (const char* text : {"Kept.", "Lost.", "After."}) {
            CHECK(somebody->client.state_json(feed("ops")).find(text) != std::string::npos);
        }
    }
    CHECK(agree({day.here.get(), day.there.get()}));

    // And a server that comes later has all of it from Redis.
    RealServer third(day.arguments());
    wait_for_token(third, day.token);
    CHECK(third.state() == day.keeper.state());
    Somebody late(third, day.token);
    late.follow(feed("ops"));
    day.notice(late, "From the third.");
    CHECK(agree({&late, day.here.get(), day.there.get()}));
}

TEST_CASE("a log that is gone is repaired although nobody writes", "[integration][servers]") {
    Watched day;
    day.all_see(day.notice(*day.here, "Lost."));
    day.redis.ask({"FLUSHALL"});
    for (Somebody* somebody : {day.here.get(), day.there.get()}) {
        somebody->until([&] { return has_changed(*somebody, "log_repaired"); });
        CHECK(somebody->discontinuities == 0);
    }
}

TEST_CASE("where no server holds what Redis has lost everybody is told, and does it again", "[integration][servers]") {
    Watched day;
    day.notice(*day.here, "Kept.");
    day.remember();
    day.all_see(day.notice(*day.here, "Lost."));
    day.keeper.kill();
    day.other.kill();
    day.put_back();
    day.keeper.start();
    day.other.start();
    for (Somebody* somebody : {day.here.get(), day.there.get()}) {
        somebody->until([&] { return somebody->discontinuities > 0 && somebody->snapshots > 1; });
    }
    // Its client was told that it is stored, and sends it again by itself.
    day.there->until([&] { return day.there->client.state_json(feed("ops")).find("Lost.") != std::string::npos; });
    day.all_see(day.notice(*day.there, "After."));
    CHECK(agree({day.here.get(), day.there.get()}));
    const std::string state = day.keeper.state().dump();
    CHECK(state.find("Lost.") == state.rfind("Lost."));
}

}  // namespace
}  // namespace marchwire::test
