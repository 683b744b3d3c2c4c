// A route as something to walk along: where is a person so many metres from the start?
#pragma once

#include "gps_noise.hpp"

#include <marchwire/values.hpp>

#include <vector>

namespace marchwire::cli {

/// Pure. Without points everything is at (0, 0) and the length is 0.
class RouteWalk {
public:
    RouteWalk() = default;
    explicit RouteWalk(std::vector<sdk::LatLon> points);
    [[nodiscard]] double length_metres() const { return along_.empty() ? 0 : along_.back(); }
    /// Before the start: the start; beyond the end: the end.
    [[nodiscard]] sdk::LatLon at(double metres) const;

private:
    std::vector<sdk::LatLon> points_;
    std::vector<double> along_;  ///< metres from the start, by point
};

[[nodiscard]] sdk::LatLon shifted(const sdk::LatLon& place, const GpsOffset& by);

}  // namespace marchwire::cli
