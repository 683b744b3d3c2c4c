// Public pages: which targets there are, the plain page of all marches, routes as GeoJSON.
#include "shard/public_pages.hpp"
#include "shard/front_page.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace marchwire;
using shard::PageKind;
using test::slug;

namespace {

shard::FrontRow row(const char* march, const char* city, const char* tz, base::UtcMs next) {
    shard::FrontRow one;
    one.campaign_name = "Flag Day";
    one.log = {slug("flag-day-2018"), slug(march)};
    one.row.march = one.log.march;
    one.row.city = city;
    one.row.tz = tz;
    if (next) one.row.next = {core::Phase::marching, next};
    return one;
}

/// Where each of these stands, for the first time; all must be there.
std::vector<std::size_t> places(const std::string& body, const std::vector<std::string>& texts) {
    std::vector<std::size_t> places;
    for (const std::string& text : texts) {
        INFO(text);
        places.push_back(body.find(text));
        REQUIRE(places.back() != std::string::npos);
    }
    return places;
}

std::size_t count(const std::string& body, const std::string& text) {
    std::size_t count = 0;
    for (auto at = body.find(text); at != std::string::npos; at = body.find(text, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("a page's target names a campaign, a march or its route", "[shard]") {
    CHECK(shard::parse_page("/")->kind == PageKind::front);
    CHECK(shard::parse_page("/?a=b")->kind == PageKind::front);
    CHECK(shard::parse_page("/v1/campaigns/flag-day-2018")->log.is_campaign());
    const auto march = shard::parse_page("/v1/marches/flag-day-2018/st-louis-mo?x");
    REQUIRE(march.has_value());
    CHECK(march->kind == PageKind::march);
    CHECK(march->log.text() == "flag-day-2018/st-louis-mo");
    const auto route = shard::parse_page("/v1/marches/flag-day-2018/st-louis-mo/route.geojson");
    REQUIRE(route.has_value());
    CHECK(route->kind == PageKind::route);
    CHECK(route->log.text() == "flag-day-2018/st-louis-mo");
}

TEST_CASE("what is no page is none", "[shard]") {
    for (const char* target : {"", "/v1", "/v1/campaigns/", "/v1/campaigns/a/b", "/v1/marches/a", "/v1/marches/a/b/c",
                               "/v1/marches/A/b", "/v1/marches/../b", "/v1/campaigns/a%2fb", "/etc/passwd"}) {
        CHECK_FALSE(shard::parse_page(target).has_value());
    }
    CHECK_FALSE(shard::parse_page("/v1/campaigns/" + std::string(1000, 'a')).has_value());
}

TEST_CASE("marches stand by their next start in their own local time", "[shard]") {
    const base::UtcMs noon_eastern{1'528'992'000'000};  // 2018-06-14T16:00:00Z
    const auto page = shard::front_page(
        {row("later", "Los Angeles", "America/Los_Angeles", noon_eastern + base::hours(3)),
         row("never", "Nowhere", "America/Denver", {}), row("first", "St. Louis", "America/Chicago", noon_eastern)},
        noon_eastern - base::hours(1), "Demo clock: not now <really>");
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    const auto first = page.body.find("marching Thu 14 Jun 11:00 CDT");
    const auto later = page.body.find("marching Thu 14 Jun 12:00 PDT");
    const auto never = page.body.find("no time is known");
    CHECK(first != std::string::npos);
    CHECK(later != std::string::npos);
    CHECK(never != std::string::npos);
    CHECK(first < later);
    CHECK(later < never);
    CHECK(page.body.find("Demo clock: not now &lt;really&gt;") != std::string::npos);
}

TEST_CASE("text of organisers is no markup on the page", "[shard]") {
    auto evil = row("a", "<script>alert(1)</script>", "UTC", {});
    evil.campaign_name = "\"><b>";
    evil.row.phase = {core::Phase::held, 2, {}, "<i>We wait</i>"};
    const auto page = shard::front_page({evil}, {}, "");
    CHECK(page.body.find("<script>") == std::string::npos);
    CHECK(page.body.find("&lt;script&gt;") != std::string::npos);
    CHECK(page.body.find("&quot;&gt;&lt;b&gt;") != std::string::npos);
    CHECK(page.body.find("&lt;i&gt;We wait&lt;/i&gt;") != std::string::npos);
}

TEST_CASE("marches that are under way stand before those to come, and those that are over stand last", "[shard]") {
    const base::UtcMs now{1'528'992'000'000};  // 2018-06-14T16:00:00Z
    const auto in_phase = [&](const char* march, core::Phase phase, base::UtcMs next) {
        auto one = row(march, march, "America/Chicago", next);
        one.row.phase.phase = phase;
        return one;
    };
    const auto page = shard::front_page({in_phase("closed-one", core::Phase::closed, {}),
                                         in_phase("to-come", core::Phase::planned, now + base::hours(1)),
                                         in_phase("cancelled-one", core::Phase::cancelled, now - base::hours(1)),
                                         in_phase("postponed-one", core::Phase::postponed, now - base::hours(1)),
                                         in_phase("under-way", core::Phase::held, now + base::hours(5))},
                                        now, "");
    const auto order = places(page.body,
                              {">under-way<", ">postponed-one<", ">to-come<", ">cancelled-one<", ">closed-one<"});
    CHECK(std::ranges::is_sorted(order));
    // What was planned of a march that is over or postponed is no time to go by.
    CHECK(count(page.body, "<time ") == 2);
    CHECK(page.body.find("no new time is known") != std::string::npos);
    CHECK(page.body.find("(late)") == std::string::npos);
    CHECK(page.body.find("1 under way, 2 to come, 2 over") != std::string::npos);
}

TEST_CASE("a planned start that has passed is said to be late", "[shard]") {
    const base::UtcMs now{1'528'992'000'000};
    const auto page = shard::front_page({row("a", "Reno", "America/Los_Angeles", now - base::minutes(1))}, now, "");
    CHECK(page.body.find("marching Thu 14 Jun 08:59 PDT</time> (late)") != std::string::npos);
}

TEST_CASE("a march that is held or stopped shows its public sentence and since when", "[shard]") {
    const base::UtcMs now{1'528'992'000'000};
    auto held = row("a", "St. Louis", "America/Chicago", {});
    held.row.phase = {core::Phase::held, 4, now - base::minutes(5), "We wait for the road to clear."};
    const auto page = shard::front_page({held}, now, "");
    CHECK(page.body.find("<b class=\"care\">held</b> <small>since 10:55</small>") != std::string::npos);
    CHECK(page.body.find("<p>We wait for the road to clear.</p>") != std::string::npos);
}

TEST_CASE("each campaign is a section with its link and the soonest campaign stands first", "[shard]") {
    const base::UtcMs now{1'528'992'000'000};
    auto later = row("a", "Reno", "America/Los_Angeles", now + base::hours(400));
    later.campaign_name = "Families Belong Together";
    later.log.campaign = slug("families-belong-2018-06-30");
    const auto page = shard::front_page({later, row("b", "Dallas", "America/Chicago", now)}, now, "");
    CHECK(count(page.body, "<section>") == 2);
    CHECK(std::ranges::is_sorted(
        places(page.body, {"<h2>Flag Day</h2>", "\"/v1/campaigns/flag-day-2018\"", "\"/v1/marches/flag-day-2018/b\"",
                           "\"/v1/marches/flag-day-2018/b/route.geojson\"", "<h2>Families Belong Together</h2>",
                           "\"/v1/campaigns/families-belong-2018-06-30\""})));
}

TEST_CASE("a virtual event says that it is one", "[shard]") {
    auto online = row("a", "Everywhere", "UTC", {});
    CHECK(shard::front_page({online}, {}, "").body.find("virtual event") == std::string::npos);
    online.row.kind = core::MarchKind::virtual_event;
    CHECK(shard::front_page({online}, {}, "").body.find("virtual event") != std::string::npos);
}

TEST_CASE("a server without marches says how they get there", "[shard]") {
    const auto page = shard::front_page({}, {}, "");
    CHECK(page.body.find("There are no marches here yet") != std::string::npos);
    CHECK(page.body.find("marchwire import campaign") != std::string::npos);
    CHECK(page.body.find("<table>") == std::string::npos);
    CHECK(shard::front_page({row("a", "Reno", "UTC", {})}, {}, "").body.find("no marches here") == std::string::npos);
}

TEST_CASE("the page loads nothing and runs nothing", "[shard]") {
    const auto page = shard::front_page({row("a", "Reno", "UTC", {})}, {}, "Demo");
    for (const char* never : {"<script", "<link", "<img", "@import", "url(", " style=", "http:", "https:"}) {
        CHECK(page.body.find(never) == std::string::npos);
    }
}

TEST_CASE("a route is GeoJSON with longitude first and only public waypoints", "[shard]") {
    core::PublicRoute route;
    route.version = 2;
    route.name = "Arch \"loop\"";
    route.points = {{38.6247, -90.1848}, {38.63, -90.19}};
    route.waypoints = {{core::PublicWaypointKind::first_aid, "Tent", {38.6, -90.2}, {}}};
    const std::string text = shard::route_geojson(route);
    CHECK(text.find(R"("coordinates":[[-90.1848000,38.6247000],[-90.1900000,38.6300000]])") != std::string::npos);
    CHECK(text.find(R"("name":"Arch \"loop\"")") != std::string::npos);
    CHECK(text.find(R"("kind":"first_aid","name":"Tent")") != std::string::npos);
    CHECK(shard::route_geojson({}) == R"({"type":"FeatureCollection","features":[]})");
}
