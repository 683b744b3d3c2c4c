#include "route_walk.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <numbers>

namespace marchwire::cli {
namespace {

constexpr double metres_per_degree = 111'320;

double shrink_at(double lat) { return std::cos(lat * std::numbers::pi / 180); }

double distance(const sdk::LatLon& a, const sdk::LatLon& b) {
    return std::hypot((b.lon - a.lon) * shrink_at(a.lat), b.lat - a.lat) * metres_per_degree;
}

}  // namespace

RouteWalk::RouteWalk(std::vector<sdk::LatLon> points) : points_(std::move(points)) {
    double along = 0;
    for (std::size_t at = 0; at < points_.size(); ++at) {
        if (at > 0) along += distance(points_[at - 1], points_[at]);
        along_.push_back(along);
    }
}

sdk::LatLon RouteWalk::at(double metres) const {
    if (points_.empty()) return {};
    const auto next = std::ranges::upper_bound(along_, metres);
    if (next == along_.begin()) return points_.front();
    if (next == along_.end()) return points_.back();
    const auto i = static_cast<std::size_t>(next - along_.begin());
    const double share = (metres - along_[i - 1]) / (along_[i] - along_[i - 1]);
    return {std::lerp(points_[i - 1].lat, points_[i].lat, share), std::lerp(points_[i - 1].lon, points_[i].lon, share)};
}

sdk::LatLon shifted(const sdk::LatLon& place, const GpsOffset& by) {
    const double shrink = std::max(0.01, shrink_at(place.lat));
    return {place.lat + by.north / metres_per_degree, place.lon + by.east / metres_per_degree / shrink};
}

}  // namespace marchwire::cli
