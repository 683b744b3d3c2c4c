// Public pages: which targets there are, the plain page of all marches, routes as GeoJSON.
#include "shard/public_pages.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace marchwire;
using shard::PageKind;

namespace {

base::Slug slug(std::string_view text) { return base::Slug::parse(text).value(); }

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
    const auto page = shard::front_page({row("a", "<script>alert(1)</script>", "UTC", {})}, {}, "");
    CHECK(page.body.find("<script>") == std::string::npos);
    CHECK(page.body.find("&lt;script&gt;") != std::string::npos);
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
