#include "import/place_check.hpp"

#include "import/local_time.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <ranges>
#include <string>

namespace marchwire::import {
namespace {

using base::LatLon;
using base::UtcMs;

/// A part of a state whose clocks are `tz`; sides in degrees.
struct ZoneBox {
    std::string_view state;
    std::string_view tz;
    double south, west, north, east;
};

constexpr std::string_view eastern = "America/New_York";
constexpr std::string_view central = "America/Chicago";
constexpr std::string_view mountain = "America/Denver";
constexpr std::string_view pacific = "America/Los_Angeles";

// Where a state has several zones the boxes overlap along the border: only what is surely wrong is told.
constexpr ZoneBox boxes[] = {
    {"AL", central, 30.1, -88.6, 35.1, -84.8},
    {"AK", "America/Anchorage", 51.2, -170.0, 71.6, -129.9},
    {"AK", "America/Adak", 51.0, -180.0, 53.5, -169.5},
    {"AS", "Pacific/Pago_Pago", -14.7, -171.2, -11.0, -168.0},
    {"AZ", "America/Phoenix", 31.2, -115.0, 37.1, -109.0},
    {"AZ", mountain, 35.0, -112.0, 37.1, -109.0},  // Navajo Nation
    {"AR", central, 32.9, -94.7, 36.6, -89.6},
    {"CA", pacific, 32.4, -124.6, 42.1, -114.0},
    {"CO", mountain, 36.9, -109.2, 41.1, -102.0},
    {"CT", eastern, 40.9, -73.8, 42.1, -71.7},
    {"DC", eastern, 38.7, -77.2, 39.1, -76.8},
    {"DE", eastern, 38.4, -75.9, 39.9, -74.9},
    {"FL", eastern, 24.3, -85.6, 31.1, -79.9},
    {"FL", central, 29.5, -87.8, 31.1, -84.8},
    {"GA", eastern, 30.3, -85.7, 35.1, -80.7},
    {"GU", "Pacific/Guam", 13.1, 144.5, 13.8, 145.1},
    {"HI", "Pacific/Honolulu", 18.8, -160.4, 22.4, -154.7},
    {"ID", "America/Boise", 41.9, -117.3, 45.7, -111.0},
    {"ID", pacific, 45.2, -117.3, 49.1, -114.5},
    {"IL", central, 36.9, -91.6, 42.6, -87.4},
    {"IN", "America/Indiana/Indianapolis", 37.9, -86.8, 41.8, -84.7},
    {"IN", "America/Indiana/Indianapolis", 38.3, -87.7, 40.9, -84.7},
    {"IN", central, 40.7, -87.6, 41.8, -86.4},  // beside Chicago
    {"IN", central, 37.7, -88.1, 38.6, -86.5},  // around Evansville
    {"IA", central, 40.3, -96.7, 43.6, -90.1},
    {"KS", central, 36.9, -102.1, 40.1, -94.5},
    {"KS", mountain, 37.6, -102.1, 39.7, -101.0},
    {"KY", eastern, 36.5, -86.4, 39.2, -81.9},
    {"KY", central, 36.4, -89.6, 38.0, -84.9},
    {"LA", central, 28.8, -94.1, 33.1, -88.7},
    {"MA", eastern, 41.1, -73.6, 43.0, -69.8},
    {"MD", eastern, 37.8, -79.6, 39.8, -74.9},
    {"ME", eastern, 42.9, -71.2, 47.6, -66.8},
    {"MI", "America/Detroit", 41.6, -87.7, 46.0, -82.0},
    {"MI", "America/Detroit", 46.0, -90.5, 48.4, -83.3},
    {"MI", "America/Menominee", 45.0, -90.6, 46.7, -87.0},  // four counties beside Wisconsin
    {"MN", central, 43.4, -97.3, 49.5, -89.4},
    {"MO", central, 35.9, -95.9, 39.0, -89.0},
    {"MO", central, 38.9, -95.9, 40.7, -90.6},  // without its corner the box would hold Springfield, IL
    {"MP", "Pacific/Guam", 14.0, 144.8, 20.6, 146.2},
    {"MS", central, 30.1, -91.7, 35.1, -88.0},
    {"MT", mountain, 44.3, -116.2, 49.1, -103.9},
    {"NC", eastern, 33.7, -84.4, 36.7, -75.3},
    {"ND", central, 45.8, -101.9, 49.1, -96.4},
    {"ND", central, 47.5, -104.1, 49.1, -96.4},
    {"ND", mountain, 45.8, -104.2, 47.7, -100.3},
    {"NE", central, 39.9, -101.6, 43.1, -95.2},
    {"NE", mountain, 39.9, -104.1, 43.1, -100.9},
    {"NH", eastern, 42.6, -72.7, 45.4, -70.5},
    {"NJ", eastern, 38.8, -75.7, 41.5, -73.8},
    {"NM", mountain, 31.2, -109.2, 37.1, -102.9},
    {"NV", pacific, 34.9, -120.1, 42.1, -113.9},
    {"NV", mountain, 40.5, -114.3, 41.0, -113.9},  // West Wendover
    {"NV", mountain, 41.9, -114.8, 42.1, -114.5},  // Jackpot
    {"NY", eastern, 40.4, -79.9, 45.1, -71.7},
    {"OH", eastern, 38.3, -84.9, 42.4, -80.4},
    {"OK", central, 33.5, -103.1, 37.1, -94.3},
    {"OR", pacific, 41.9, -124.7, 46.4, -116.4},
    {"OR", "America/Boise", 42.4, -118.3, 44.6, -116.8},  // Malheur County
    {"PA", eastern, 39.6, -80.6, 42.4, -74.6},
    {"PR", "America/Puerto_Rico", 17.8, -67.4, 18.6, -65.1},
    {"RI", eastern, 41.0, -72.0, 42.1, -71.0},
    {"SC", eastern, 31.9, -83.5, 35.3, -78.4},
    {"SD", central, 42.4, -101.4, 46.0, -96.3},
    {"SD", mountain, 42.9, -104.1, 46.0, -100.2},
    {"TN", central, 34.9, -90.4, 36.8, -84.7},
    {"TN", eastern, 34.9, -85.7, 36.8, -81.5},
    {"TX", central, 25.7, -105.0, 36.6, -93.4},
    {"TX", mountain, 30.6, -106.8, 32.2, -104.0},  // El Paso
    {"UT", mountain, 36.9, -114.2, 42.1, -108.9},
    {"VA", eastern, 36.4, -83.8, 39.6, -75.1},
    {"VI", "America/Puerto_Rico", 17.6, -65.2, 18.5, -64.5},
    {"VT", eastern, 42.6, -73.5, 45.1, -71.4},
    {"WA", pacific, 45.4, -125.0, 49.1, -116.8},
    {"WI", central, 42.3, -93.0, 47.2, -86.7},
    {"WV", eastern, 37.1, -82.8, 40.8, -77.6},
    {"WY", mountain, 40.9, -111.2, 45.1, -103.9},
};

constexpr double minutes_per_degree = 4;
constexpr double sun_minutes_max = 135;             // western Alaska is 120 minutes off, western China 180
constexpr UtcMs any_winter_day{1'579'046'400'000};  // 2020-01-15, for marches whose day is not known
constexpr base::Millis half_a_year = base::hours(182L * 24);

bool holds(const ZoneBox& box, LatLon at) {
    return at.lat >= box.south && at.lat <= box.north && at.lon >= box.west && at.lon <= box.east;
}

bool in_state(std::string_view state, LatLon at) {
    return std::ranges::any_of(boxes, [&](const ZoneBox& box) { return box.state == state && holds(box, at); });
}

bool same_clocks(std::string_view a, std::string_view b, UtcMs at) {
    const UtcMs later = at + half_a_year;
    return a == b ||
           (offset_minutes(a, at) == offset_minutes(b, at) && offset_minutes(a, later) == offset_minutes(b, later));
}

std::string degrees(LatLon at) {
    const auto two = [](double value) {
        std::string text = std::to_string(std::round(value * 100) / 100);
        return text.substr(0, text.find('.') + 3);
    };
    return two(at.lat) + " " + two(at.lon);
}

PlaceObjection object_to_state(std::string_view state, LatLon site) {
    const std::string name(state);
    if (in_state(state, {site.lon, site.lat})) {
        return {PlaceFault::swapped, "lat",
                "Latitude and longitude seem swapped: the other way round it lies in " + name + "; exchange them."};
    }
    if (in_state(state, {site.lat, -site.lon})) {
        return {PlaceFault::sign_lost, "lon", "West of Greenwich longitudes are negative: write a minus before it."};
    }
    return {PlaceFault::outside_state, "lat",
            "The site " + degrees(site) + " does not lie in " + name + "; look the place up again."};
}

std::optional<PlaceObjection> object_to_zone(std::string_view state, std::string_view tz, LatLon site, UtcMs at) {
    std::string there;  // the zone that the site's boxes name
    bool zone_of_state = false;
    for (const ZoneBox& box : boxes) {
        if (box.state != state) continue;
        const bool same = same_clocks(box.tz, tz, at);
        zone_of_state = zone_of_state || same;
        if (same && holds(box, site)) return std::nullopt;
        if (holds(box, site)) there = box.tz;
    }
    const std::string remedy = "; is it " + there + "?";
    if (!zone_of_state) {
        return PlaceObjection{PlaceFault::zone_not_of_state, "tz",
                              std::string(state) + " has no clocks of " + std::string(tz) + remedy};
    }
    return PlaceObjection{PlaceFault::outside_zone, "tz",
                          "The site " + degrees(site) + " lies outside the part of " + std::string(state) +
                              " that keeps " + std::string(tz) + remedy};
}

std::optional<PlaceObjection> object_to_sun(std::string_view tz, LatLon site, UtcMs at) {
    // Summer time moves the clock from the sun; the half of the year with the smaller offset does not.
    const int standard = std::min(offset_minutes(tz, at), offset_minutes(tz, at + half_a_year));
    double off = std::abs(site.lon * minutes_per_degree - standard);
    off = std::min(off, 24 * 60 - off);
    if (off <= sun_minutes_max) return std::nullopt;
    return PlaceObjection{PlaceFault::outside_zone, "tz",
                          "The site " + degrees(site) + " lies far outside " + std::string(tz) +
                              "; check the zone, the coordinates and their signs."};
}

}  // namespace

bool is_us_state(std::string_view state) {
    return std::ranges::any_of(boxes, [state](const ZoneBox& box) { return box.state == state; });
}

std::optional<PlaceObjection> object_to_place(std::string_view state, std::string_view tz, LatLon site, UtcMs at) {
    const UtcMs when = at ? at : any_winter_day;
    if (!is_us_state(state)) return object_to_sun(tz, site, when);
    if (!in_state(state, site)) return object_to_state(state, site);
    return object_to_zone(state, tz, site, when);
}

base::Metres distance(LatLon a, LatLon b) {
    constexpr double earth_metres = 6'371'000;
    constexpr double radian = std::numbers::pi / 180;
    const double lat = std::sin((b.lat - a.lat) * radian / 2);
    const double lon = std::sin((b.lon - a.lon) * radian / 2);
    const double h = lat * lat + std::cos(a.lat * radian) * std::cos(b.lat * radian) * lon * lon;
    return {2 * earth_metres * std::asin(std::min(1.0, std::sqrt(h)))};
}

}  // namespace marchwire::import
