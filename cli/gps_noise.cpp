#include "gps_noise.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>

namespace marchwire::cli {
namespace {

constexpr double metres_per_degree = 111'320;
constexpr double offset_metres_max = 60;
constexpr std::size_t window = 5;  ///< fixes on either side that make the smooth line
constexpr double gap_metres = 200;

std::optional<double> attribute(std::string_view tag, std::string_view name) {
    const auto at = tag.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    const char* begin = tag.data() + at + name.size();
    double value = 0;
    const auto [end, error] = std::from_chars(begin, tag.data() + tag.size(), value);
    if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// A fix in metres on a plane that touches the track's first one.
std::vector<GpsOffset> plane_of(std::string_view gpx) {
    std::vector<GpsOffset> fixes;
    std::optional<GpsOffset> first;
    for (auto at = gpx.find("<trkpt"); at != std::string_view::npos; at = gpx.find("<trkpt", at + 1)) {
        const std::string_view tag = gpx.substr(at, gpx.find('>', at) - at);
        const auto lat = attribute(tag, "lat=\"");
        const auto lon = attribute(tag, "lon=\"");
        if (!lat || !lon) continue;
        if (!first) first = GpsOffset{*lon, *lat};
        const double shrink = std::cos(first->north * std::numbers::pi / 180);
        fixes.push_back({(*lon - first->east) * metres_per_degree * shrink, (*lat - first->north) * metres_per_degree});
    }
    return fixes;
}

double distance(const GpsOffset& a, const GpsOffset& b) { return std::hypot(a.east - b.east, a.north - b.north); }

GpsOffset bounded(GpsOffset offset) {
    const double length = std::hypot(offset.east, offset.north);
    if (length <= offset_metres_max) return offset;
    return {offset.east / length * offset_metres_max, offset.north / length * offset_metres_max};
}

/// Each fix against the mean of those around it.
void add_residuals(std::span<const GpsOffset> run, std::vector<GpsOffset>& out) {
    for (std::size_t at = window; at + window < run.size(); ++at) {
        GpsOffset mean;
        for (const GpsOffset& fix : run.subspan(at - window, 2 * window + 1)) {
            mean.east += fix.east / (2 * window + 1);
            mean.north += fix.north / (2 * window + 1);
        }
        out.push_back(bounded({run[at].east - mean.east, run[at].north - mean.north}));
    }
}

}  // namespace

void GpsNoise::add_gpx(std::string_view gpx) {
    const std::vector<GpsOffset> fixes = plane_of(gpx);
    std::size_t begin = 0;
    for (std::size_t at = 1; at <= fixes.size(); ++at) {
        const bool gap = at < fixes.size() && distance(fixes[at], fixes[at - 1]) > gap_metres;
        if (!gap && at < fixes.size()) continue;
        add_residuals(std::span(fixes).subspan(begin, at - begin), offsets_);
        begin = at;
    }
}

GpsOffset GpsNoise::at(std::size_t index) const {
    return offsets_.empty() ? GpsOffset{} : offsets_[index % offsets_.size()];
}

}  // namespace marchwire::cli
