// A server that is killed in the middle of an append: whether it was stored nobody has said, and its clients ask
// another.
#include "fault/crowd.hpp"
#include "fault/journal.hpp"
#include "support/line.hpp"
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace marchwire::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr unsigned marches = 4;
constexpr unsigned per_second = 400;

/// Two servers behind one door, as behind a balancer, which leads to the one that lives.
class House {
public:
    House() {
        one.make_campaign();
        guests_.desk = one.token("national_desk", "Desk 1");
        for (unsigned march = 0; march < marches; ++march) {
            const std::string slug = "city-" + std::to_string(march);
            one.make_march(slug);
            guests_.slugs.push_back(slug);
            guests_.marshals.push_back(one.token("side", "Side 1", 2, slug));
            wait_for_token(other, guests_.marshals.back());
        }
    }
    void lead_to(const RealServer& server) {
        staff_.lead_to(server.staff_address());
        followers_.lead_to(server.followers_address());
    }
    [[nodiscard]] std::unique_ptr<fault::Crowd> crowd() {
        const Doors doors{"ws://" + staff_.address() + "/v1/ops", "ws://" + followers_.address() + "/v1/ws"};
        return std::make_unique<fault::Crowd>(doors, guests_, journal_, fault::JournalAt::acknowledged);
    }
    /// The whole journal against the whole logs.
    [[nodiscard]] fault::Losses losses(const RealServer& server) const {
        fault::Losses losses;
        for (const std::string& slug : guests_.slugs) {
            losses += journal_.compare("flag-day/" + slug, server.dump(slug));
        }
        return losses;
    }
    /// Of check-ins in the logs.
    [[nodiscard]] std::size_t stored(const RealServer& server) const {
        std::size_t all = 0;
        for (const std::string& slug : guests_.slugs) all += entries_of(server.dump(slug), "checkedIn").size();
        return all;
    }

    SharedRedis shared;
    Line to_redis{shared.socket()};
    RealServer one{shared.arguments("redis://" + to_redis.address() + "/0")};
    RealServer other{shared.arguments()};

private:
    fault::Guests guests_;
    fault::Journal journal_;
    Line staff_{one.staff_address()};
    Line followers_{one.followers_address()};
};

/// All are back by the door, and what they hold is what a newcomer is told and what the log gives.
void go_on(House& house, fault::Crowd& crowd, RealServer& lives) {
    crowd.resume();
    CHECK(crowd.refused() == 0);
    CHECK(crowd.broken_resumes() == 0);
    const auto fresh = house.crowd();
    fresh->gather();
    CHECK(crowd.differences(*fresh, lives) == 0);
    const fault::Losses losses = house.losses(lives);
    CHECK(losses.lost == 0);
    CHECK(losses.wrong == 0);
    CHECK(losses.twice == 0);
}

TEST_CASE("what a killed server had stored and not yet said is found by its id at another, and is done once",
          "[integration][servers][faults]") {
    House house;
    std::mt19937_64 random(1);
    const auto crowd = house.crowd();
    crowd->gather();
    crowd->check_in(per_second, Clock::now() + 200ms, random);
    crowd->resume();
    const std::size_t acknowledged = crowd->acknowledged();
    const std::size_t stored = house.stored(house.other);
    house.to_redis.cut_answers();
    crowd->check_in(per_second, Clock::now() + 300ms, random);
    crowd->begin_resuming();
    house.one.kill();
    crowd->take_rest();
    CHECK(crowd->acknowledged() == acknowledged);
    CHECK(house.stored(house.other) > stored);
    house.lead_to(house.other);
    go_on(house, *crowd, house.other);
    CHECK(crowd->acknowledged() > acknowledged);
}

TEST_CASE("of what clients ask while their servers are killed in turns all is in the log, and once",
          "[integration][servers][faults]") {
    House house;
    std::mt19937_64 random(std::random_device{}());
    const auto crowd = house.crowd();
    crowd->gather();
    RealServer* lives = &house.one;
    RealServer* next = &house.other;
    for (int round = 0; round < 3; ++round) {
        const std::chrono::milliseconds length(200 + random() % 400);
        CAPTURE(round, length.count());
        crowd->check_in(per_second, Clock::now() + length, random);
        crowd->begin_resuming();
        lives->kill();
        crowd->take_rest();
        house.lead_to(*next);
        go_on(house, *crowd, *next);
        lives->start();
        std::swap(lives, next);
    }
    CHECK(crowd->acknowledged() > 0);
}

TEST_CASE("of what clients ask while Redis is killed and comes back all is in the log, once and soon",
          "[integration][servers][faults]") {
    House house;
    std::mt19937_64 random(std::random_device{}());
    const auto crowd = house.crowd();
    crowd->gather();
    crowd->check_in(per_second, Clock::now() + 200ms, random);
    crowd->begin_resuming();
    const std::size_t acknowledged = crowd->acknowledged();
    CHECK(acknowledged > 0);
    house.shared.redis.kill();
    crowd->check_in(per_second, Clock::now() + 300ms, random);
    house.shared.redis.start();
    const auto back = Clock::now();
    crowd->resume();
    CHECK(Clock::now() - back < back_within);
    CHECK(crowd->acknowledged() > acknowledged);
    go_on(house, *crowd, house.other);
}

}  // namespace
}  // namespace marchwire::test
