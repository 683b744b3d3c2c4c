// The bucket that says how often.
#include "session/rate_limit.hpp"

#include <catch2/catch.hpp>

namespace marchwire::session {
namespace {

using base::UtcMs;

TEST_CASE("a full bucket gives its burst and then its rate", "[session][rate]") {
    RateLimit limit(10, 3);
    CHECK(limit.take(UtcMs{1000}));
    CHECK(limit.take(UtcMs{1000}));
    CHECK(limit.take(UtcMs{1000}));
    CHECK_FALSE(limit.take(UtcMs{1000}));
    CHECK(limit.retry_after() == base::Millis{100});
    CHECK_FALSE(limit.take(UtcMs{1099}));
    CHECK(limit.retry_after() == base::Millis{1});
    CHECK(limit.take(UtcMs{1100}));
    CHECK_FALSE(limit.take(UtcMs{1100}));
}

TEST_CASE("a long rest fills the bucket to its brim and no further", "[session][rate]") {
    RateLimit limit(1000, 2);
    CHECK(limit.take(UtcMs{0}));
    CHECK(limit.take(UtcMs{0}));
    CHECK(limit.take(UtcMs{1'000'000}));
    CHECK(limit.take(UtcMs{1'000'000}));
    CHECK_FALSE(limit.take(UtcMs{1'000'000}));
}

TEST_CASE("time that goes back fills nothing twice", "[session][rate]") {
    RateLimit limit(10, 1);
    CHECK(limit.take(UtcMs{1000}));
    CHECK_FALSE(limit.take(UtcMs{500}));
    CHECK_FALSE(limit.take(UtcMs{1050}));
    CHECK(limit.take(UtcMs{1100}));
}

}  // namespace
}  // namespace marchwire::session
