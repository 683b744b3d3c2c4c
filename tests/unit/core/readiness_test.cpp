// What a march lacks before its day.
#include "core/readiness.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::core {
namespace {

using test::MarchBuilder;

/// A march that lacks nothing.
Readiness ready_march() { return {true, true, true, 30, 30, 2, 0, UtcMs{1}}; }

bool says(const std::vector<std::string>& points, const std::string& what) {
    return points.size() == 1 && points.front().find(what) != std::string::npos;
}

Token device_of(std::uint64_t person, Role role, const Slug& march) {
    Token token;
    token.person = PersonId{person};
    token.role = role;
    token.march = march;
    token.public_key = "a key";
    return token;
}

TEST_CASE("a march that lacks nothing has no open point and each lack is one", "[core][ready]") {
    CHECK(open_points(ready_march()).empty());
    Readiness lacks = ready_march();
    lacks.has_route = false;
    CHECK(says(open_points(lacks), "No route is active"));
    lacks.needs_route = false;
    CHECK(open_points(lacks).empty());
    lacks = ready_march();
    lacks.phones_checked = 27;
    CHECK(says(open_points(lacks), "3 of 30 phones"));
    lacks = ready_march();
    lacks.last_drill_at = {};
    CHECK(says(open_points(lacks), "drill"));
    lacks = ready_march();
    lacks.leads = 1;
    CHECK(says(open_points(lacks), "resume"));
    lacks.second_persons = 1;
    CHECK(open_points(lacks).empty());
    lacks.leads = 0;
    CHECK(open_points(lacks).size() == 2);
    lacks.is_asked = false;
    CHECK(open_points(lacks).empty());
}

TEST_CASE("phones are checked when their people came in or checked in", "[core][ready]") {
    MarchBuilder march;
    march.confirm(march.put(Role::side));
    march.on_duty(Role::medic);
    march.put(Role::tail);
    march.put(Role::legal_observer);
    march.assign(march.somebody(Role::side), 0, {}, true);
    const Readiness ready = readiness_of(march.state);
    CHECK(ready.phones_needed == 3);
    CHECK(ready.phones_checked == 2);
    CHECK(ready.is_asked);
    CHECK(ready.needs_route);
    CHECK_FALSE(ready.has_route);
    march.must(march.lead, ActivateRoute{march.approved_route(), 0});
    CHECK(readiness_of(march.state).has_route);
    CHECK_FALSE(readiness_of(MarchBuilder(MarchKind::virtual_event).state).needs_route);
}

TEST_CASE("a drill is asked for nothing and neither is what is over", "[core][ready]") {
    MarchBuilder march;
    march.state.spec.drill = true;
    CHECK_FALSE(readiness_of(march.state).is_asked);
    march.state.spec.drill = false;
    march.state.phase = Phase::closed;
    CHECK_FALSE(readiness_of(march.state).is_asked);
}

TEST_CASE("people count once however many devices of theirs are in and not when these are shut out", "[core][ready]") {
    const Slug here = test::slug("st-louis-mo"), there = test::slug("yakima-wa");
    CampaignState campaign;
    campaign.tokens = {device_of(1, Role::city_lead, here),    device_of(1, Role::city_lead, here),
                       device_of(2, Role::city_lead, here),    device_of(3, Role::anchor, here),
                       device_of(4, Role::section_lead, here), device_of(5, Role::side, here),
                       device_of(6, Role::city_lead, there)};
    campaign.tokens[2].revoked = true;
    campaign.tokens.push_back(device_of(7, Role::city_lead, here));
    campaign.tokens.back().public_key.clear();
    const auto found = enrolments(campaign);
    CHECK(found.at(here).leads == 1);
    CHECK(found.at(here).second_persons == 2);
    CHECK(found.at(there).leads == 1);
}

TEST_CASE("of a drill that was deleted the name says whose it was", "[core][ready]") {
    CampaignState campaign;
    const auto list = [&](const char* name, std::int64_t forgotten_at) {
        campaign.marches.push_back({test::slug(name), 1U << 16U, {}, UtcMs{forgotten_at}});
    };
    const std::int64_t day = base::hours(24).value;
    list("yakima-wa-drill", 3 * day);
    list("yakima-wa-drill-2", 5 * day);
    list("dallas-tx-drill", 0);
    list("dallas-tx", 9 * day);
    const auto drills = forgotten_drills(campaign);
    REQUIRE(drills.size() == 1);
    CHECK(drills.at("yakima-wa") == UtcMs{4 * day});
}

}  // namespace
}  // namespace marchwire::core
