// Follows of a log that other servers append to: nothing left out, nothing twice, whatever pub/sub loses.
#include "store/redis_follows.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::store {
namespace {

using Kind = RedisFollows::Wish::Kind;
const LogId march = test::log_named("c/m");

Entries entries(std::initializer_list<std::uint64_t> seqs) {
    Entries made;
    for (const std::uint64_t seq : seqs) {
        StoredEntry entry;
        entry.tip.seq = Seq{seq};
        made.push_back(std::move(entry));
    }
    return made;
}

struct Follower {
    explicit Follower(std::uint64_t from = 0)
        : state(std::make_shared<FollowState>(
              march, Seq{from}, [this](const StoredEntry& entry) { heard.push_back(entry.tip.seq.value); })) {}
    std::vector<std::uint64_t> heard;
    std::shared_ptr<FollowState> state;
};

bool wishes(const RedisFollows::Wishes& all, Kind kind, std::uint64_t from = 0) {
    return all.size() == 1 && all[0].kind == kind && all[0].from == Seq{from};
}

TEST_CASE("a log is subscribed to first and then read, so that nothing falls between", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower(2);
    CHECK(wishes(follows.add(follower.state), Kind::subscribe));
    CHECK(wishes(follows.subscribed(march), Kind::read, 3));
    CHECK(follows.heard(march, entries({6})).empty());  // ahead: the read is under way
    CHECK(wishes(follows.read(march, entries({3, 4, 5, 6}), true), Kind::read, 7));
    CHECK(follows.read(march, {}, true).empty());
    CHECK(follower.heard == std::vector<std::uint64_t>{3, 4, 5, 6});
    CHECK(follows.heard(march, entries({7, 8})).empty());
    CHECK(follower.heard.back() == 8);
    CHECK(follows.gap_fills() == 0);
}

TEST_CASE("what pub/sub left out is read", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.subscribed(march);
    (void)follows.read(march, {}, true);
    (void)follows.heard(march, entries({1}));
    CHECK(wishes(follows.heard(march, entries({3})), Kind::read, 2));
    CHECK(follows.gap_fills() == 1);
    (void)follows.read(march, entries({2, 3}), true);
    (void)follows.read(march, {}, true);
    CHECK(follows.heard(march, entries({3})).empty());  // known already
    CHECK(follower.heard == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("what a repair found lost is passed over, and the repair itself is told", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.subscribed(march);
    (void)follows.read(march, {}, true);
    (void)follows.heard(march, entries({1, 2}));
    CHECK(wishes(follows.heard(march, entries({9})), Kind::read, 3));
    CHECK(wishes(follows.read(march, entries({9, 10}), true), Kind::read, 11));
    CHECK(follows.read(march, {}, true).empty());
    (void)follows.heard(march, entries({11}));
    CHECK(follower.heard == std::vector<std::uint64_t>{1, 2, 9, 10, 11});
}

TEST_CASE("the last entries that pub/sub lost are found by the tip", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.subscribed(march);
    (void)follows.read(march, {}, true);
    CHECK(follows.tip(march, Seq{0}).empty());
    CHECK(wishes(follows.tip(march, Seq{2}), Kind::read, 1));
}

TEST_CASE("after a lost link every log is subscribed to and read anew", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.subscribed(march);
    (void)follows.read(march, entries({1}), true);
    CHECK(wishes(follows.lost(), Kind::subscribe));
    CHECK(follows.logs().empty());
    CHECK(wishes(follows.subscribed(march), Kind::read, 2));
}

TEST_CASE("what was published while the subscription was lost counts as a gap, and a first read does not",
          "[store][redis_follows]") {
    // Of a subscription that Redis had ended nothing was counted: a server that was cut off again and again looked
    // well.
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.lost();
    (void)follows.subscribed(march);
    (void)follows.read(march, {}, false);  // not created yet
    (void)follows.heard(march, entries({1}));
    CHECK(follows.gap_fills() == 0);
    (void)follows.lost();
    (void)follows.lost();  // told of the end, and of the new link
    (void)follows.subscribed(march);
    (void)follows.read(march, {}, true);
    CHECK(follows.gap_fills() == 0);  // nothing was missed
    (void)follows.lost();
    (void)follows.subscribed(march);
    (void)follows.read(march, entries({2, 3}), true);
    (void)follows.read(march, {}, true);
    CHECK(follows.gap_fills() == 1);
    CHECK(follower.heard == std::vector<std::uint64_t>{1, 2, 3});
}

TEST_CASE("a read that failed is not repeated at once", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.subscribed(march);
    CHECK(follows.read(march, {}, false).empty());
    CHECK(wishes(follows.tip(march, Seq{1}), Kind::read, 1));
}

TEST_CASE("a log that was cut off is not read without end", "[store][redis_follows]") {
    RedisFollows follows;
    Follower follower;
    (void)follows.add(follower.state);
    (void)follows.subscribed(march);
    (void)follows.heard(march, entries({5}));
    CHECK(wishes(follows.read(march, {}, true), Kind::read, 1));
    CHECK(follows.read(march, {}, true).empty());
}

TEST_CASE("what nobody follows any more is unsubscribed", "[store][redis_follows]") {
    RedisFollows follows;
    Follower one;
    Follower other;
    (void)follows.add(one.state);
    (void)follows.add(other.state);
    one.state->end();
    CHECK(follows.tidy().empty());
    other.state->end();
    CHECK(wishes(follows.tidy(), Kind::unsubscribe));
    CHECK(follows.tidy().empty());
}

TEST_CASE("a later follow of the same log hears what the first has heard before", "[store][redis_follows]") {
    RedisFollows follows;
    Follower first(5);
    (void)follows.add(first.state);
    (void)follows.subscribed(march);
    (void)follows.read(march, {}, true);
    Follower second(3);
    CHECK(wishes(follows.add(second.state), Kind::read, 4));
    (void)follows.read(march, entries({4, 5}), true);
    CHECK(first.heard.empty());
    CHECK(second.heard == std::vector<std::uint64_t>{4, 5});
}

}  // namespace
}  // namespace marchwire::store
