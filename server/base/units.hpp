// Times, distances and places, each with its unit in its name.
#pragma once

#include <compare>
#include <cstdint>

namespace marchwire::base {

/// A length of time in milliseconds.
struct Millis {
    std::int64_t value = 0;

    constexpr auto operator<=>(const Millis&) const = default;
    friend constexpr Millis operator+(Millis a, Millis b) { return {a.value + b.value}; }
    friend constexpr Millis operator-(Millis a, Millis b) { return {a.value - b.value}; }
    friend constexpr Millis operator*(Millis a, std::int64_t n) { return {a.value * n}; }
};

/// A moment: milliseconds since 1970-01-01T00:00:00Z. 0 means "not set" wherever a field may be empty.
struct UtcMs {
    std::int64_t value = 0;

    constexpr auto operator<=>(const UtcMs&) const = default;
    [[nodiscard]] constexpr explicit operator bool() const { return value != 0; }
    friend constexpr UtcMs operator+(UtcMs at, Millis d) { return {at.value + d.value}; }
    friend constexpr UtcMs operator-(UtcMs at, Millis d) { return {at.value - d.value}; }
    friend constexpr Millis operator-(UtcMs a, UtcMs b) { return {a.value - b.value}; }
};

[[nodiscard]] constexpr Millis seconds(std::int64_t n) { return {n * 1000}; }
[[nodiscard]] constexpr Millis minutes(std::int64_t n) { return {n * 60'000}; }
[[nodiscard]] constexpr Millis hours(std::int64_t n) { return {n * 3'600'000}; }

/// Metres along a route or between two places.
struct Metres {
    double value = 0;

    constexpr auto operator<=>(const Metres&) const = default;
    friend constexpr Metres operator+(Metres a, Metres b) { return {a.value + b.value}; }
    friend constexpr Metres operator-(Metres a, Metres b) { return {a.value - b.value}; }
};

/// WGS 84 degrees; latitude in [-90, 90], longitude in [-180, 180].
struct LatLon {
    double lat = 0;
    double lon = 0;

    constexpr bool operator==(const LatLon&) const = default;
};

}  // namespace marchwire::base
