// Lengths and projections: blocks of legs with a box each, so that most of a long line is never looked at.
#include "core/route.hpp"

#include "base/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numbers>

namespace marchwire::core {
namespace {

/// Nobody on a march is faster, not even on a bicycle (DOMAIN, positions).
constexpr double fastest_metres_per_second = 15;
/// How far from a leg somebody may be and still be on it: OFF_ROUTE's 60 m (DOMAIN, alerts), beside the accuracy.
constexpr double corridor_metres = 60;
/// Taken for a fix that names no accuracy: a phone between houses.
constexpr double accuracy_unknown = 25;
/// No phone is better than this on a street, whatever it says.
constexpr double accuracy_least = 5;
/// A column goes on: to have walked back is this much less likely than to have walked on.
constexpr double back_costs = 3;
constexpr std::size_t legs_per_block = 32;

struct PerDegree {
    double lat = 0, lon = 0;
};

/// Lengths of a degree on the WGS 84 ellipsoid at this latitude: the usual series, good to centimetres.
PerDegree metres_per_degree(double latitude) {
    const double phi = latitude * std::numbers::pi / 180;
    return {111'132.92 - 559.82 * std::cos(2 * phi) + 1.175 * std::cos(4 * phi),
            111'412.84 * std::cos(phi) - 93.5 * std::cos(3 * phi) + 0.118 * std::cos(5 * phi)};
}

/// Degrees from `from` to `to`, the short way round.
double longitude_step(double from, double to) {
    const double step = to - from;
    if (step > 180) return step - 360;
    return step < -180 ? step + 360 : step;
}

LatLon middle_of(const std::vector<LatLon>& points) {
    const auto [south, north] = std::ranges::minmax(points, {}, &LatLon::lat);
    double west = 0, east = 0;
    for (const LatLon& point : points) {
        const double step = longitude_step(points.front().lon, point.lon);
        west = std::min(west, step);
        east = std::max(east, step);
    }
    return {(south.lat + north.lat) / 2, points.front().lon + (west + east) / 2};
}

double noise_of(std::uint32_t accuracy_metres) {
    return accuracy_metres == 0 ? accuracy_unknown : std::max(accuracy_least, static_cast<double>(accuracy_metres));
}

/// Weighs places where somebody may be by how badly noise and walking explain them, and keeps the best.
class Contest {
public:
    Contest(double before, double noise, double stride) : before_(before), noise_(noise), stride_(stride) {}

    void enter(double along, double beside_squared) {
        const double step = along - before_;
        const double walked = step < 0 ? -step * back_costs : step;
        const double cost = beside_squared / (noise_ * noise_) + walked / stride_;
        if (cost >= best_cost_) return;
        best_cost_ = cost;
        best_ = {Metres{along}, Metres{beside_squared}};
    }
    [[nodiscard]] bool has_winner() const { return best_cost_ < std::numeric_limits<double>::infinity(); }
    [[nodiscard]] Projection winner() const { return {best_.along, Metres{std::sqrt(best_.beside.value)}}; }

private:
    double before_;
    double noise_;
    double stride_;
    double best_cost_ = std::numeric_limits<double>::infinity();
    Projection best_;  ///< its distance squared
};

}  // namespace

Metres distance(LatLon a, LatLon b) {
    const PerDegree unit = metres_per_degree((a.lat + b.lat) / 2);
    return Metres{std::hypot(longitude_step(a.lon, b.lon) * unit.lon, (b.lat - a.lat) * unit.lat)};
}

Metres line_length(const std::vector<LatLon>& points) {
    Metres length;
    for (std::size_t i = 1; i < points.size(); ++i) length = length + distance(points[i - 1], points[i]);
    return length;
}

RouteIndex::RouteIndex(const std::vector<LatLon>& points) {
    MARCHWIRE_INVARIANT(points.size() >= 2);
    origin_ = middle_of(points);
    const PerDegree unit = metres_per_degree(origin_.lat);
    metres_per_degree_lat_ = unit.lat;
    metres_per_degree_lon_ = unit.lon;
    points_.reserve(points.size());
    along_.reserve(points.size());
    points_.push_back(plane(points.front()));
    along_.push_back(0);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double step = distance(points[i - 1], points[i]).value;
        const bool last_chance = i + 1 == points.size() && points_.size() == 1;
        if (step == 0 && !last_chance) continue;
        points_.push_back(plane(points[i]));
        along_.push_back(along_.back() + step);
    }
    for (std::size_t first = 0; first < legs(); first += legs_per_block) {
        const auto begin = points_.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(legs_per_block, legs() - first) + 1);
        const auto [west, east] = std::minmax_element(begin, end, [](Plane a, Plane b) { return a.x < b.x; });
        const auto [south, north] = std::minmax_element(begin, end, [](Plane a, Plane b) { return a.y < b.y; });
        blocks_.push_back({{west->x, south->y}, {east->x, north->y}});
    }
}

RouteIndex::Plane RouteIndex::plane(LatLon at) const {
    return {longitude_step(origin_.lon, at.lon) * metres_per_degree_lon_,
            (at.lat - origin_.lat) * metres_per_degree_lat_};
}

std::size_t RouteIndex::leg_at(double along) const {
    const auto after = std::upper_bound(along_.begin() + 1, along_.end() - 1, along);
    return static_cast<std::size_t>(after - along_.begin()) - 1;
}

LatLon RouteIndex::at(Metres along) const {
    const std::size_t leg = leg_at(along.value);
    const double length = along_[leg + 1] - along_[leg];
    const double share = length > 0 ? std::clamp((along.value - along_[leg]) / length, 0.0, 1.0) : 0;
    const Plane a = points_[leg];
    const Plane b = points_[leg + 1];
    const double lon = origin_.lon + std::lerp(a.x, b.x, share) / metres_per_degree_lon_;
    return {origin_.lat + std::lerp(a.y, b.y, share) / metres_per_degree_lat_, longitude_step(0, lon)};
}

double RouteIndex::box_squared(std::size_t block, Plane at) const {
    const Block& box = blocks_[block];
    const double x = std::max({box.low.x - at.x, 0.0, at.x - box.high.x});
    const double y = std::max({box.low.y - at.y, 0.0, at.y - box.high.y});
    return x * x + y * y;
}

template <class Visit>
void RouteIndex::visit_blocks(std::size_t first_leg, std::size_t last_leg, Visit visit) const {
    for (std::size_t block = first_leg / legs_per_block; block <= last_leg / legs_per_block; ++block) {
        visit(block, std::max(first_leg, block * legs_per_block), std::min(last_leg, (block + 1) * legs_per_block - 1));
    }
}

void RouteIndex::search_block(std::size_t block, Plane at, Nearest& best) const {
    const std::size_t end = std::min((block + 1) * legs_per_block, legs());
    for (std::size_t leg = block * legs_per_block; leg < end; ++leg) {
        const Plane a = points_[leg];
        const Plane d{points_[leg + 1].x - a.x, points_[leg + 1].y - a.y};
        const double square = d.x * d.x + d.y * d.y;
        const double dot = (at.x - a.x) * d.x + (at.y - a.y) * d.y;
        const double share = square > 0 ? std::clamp(dot / square, 0.0, 1.0) : 0;
        const double x = at.x - a.x - share * d.x;
        const double y = at.y - a.y - share * d.y;
        const double beside = x * x + y * y;
        if (beside > best.squared) continue;
        const double along = std::lerp(along_[leg], along_[leg + 1], share);
        if (beside == best.squared && along >= best.along) continue;
        best = {beside, along};
    }
}

Projection RouteIndex::project(LatLon at) const {
    const Plane here = plane(at);
    // The block whose box is nearest first: after it most others are too far away to be looked at.
    std::size_t nearest_box = 0;
    double box = std::numeric_limits<double>::infinity();
    for (std::size_t block = 0; block < blocks_.size() && box > 0; ++block) {
        const double squared = box_squared(block, here);
        if (squared >= box) continue;
        box = squared;
        nearest_box = block;
    }
    Nearest best{std::numeric_limits<double>::infinity(), 0};
    search_block(nearest_box, here, best);
    for (std::size_t block = 0; block < blocks_.size(); ++block) {
        if (block != nearest_box && box_squared(block, here) <= best.squared) search_block(block, here, best);
    }
    return {Metres{best.along}, Metres{std::sqrt(best.squared)}};
}

Metres RouteIndex::noise_back(std::uint32_t accuracy_metres) { return Metres{2 * noise_of(accuracy_metres)}; }

template <class Enter>
void RouteIndex::visit_places(Plane here, const Reach& reach, double corridor, Enter enter) const {
    // A place counts where walking either way along the line leads away from `here`: nearest within a leg, at a
    // bend that both its legs point to, or at an end of what is within reach.
    bool onward = true;  // the leg before points beyond its end
    visit_blocks(leg_at(reach.from), leg_at(reach.to), [&](std::size_t block, std::size_t first, std::size_t last) {
        if (box_squared(block, here) > corridor * corridor) {
            onward = false;
            return;
        }
        for (std::size_t leg = first; leg <= last; ++leg) {
            const Plane a = points_[leg];
            const Plane d{points_[leg + 1].x - a.x, points_[leg + 1].y - a.y};
            const double square = d.x * d.x + d.y * d.y;
            const double dot = (here.x - a.x) * d.x + (here.y - a.y) * d.y;
            const double length = along_[leg + 1] - along_[leg];
            // Shares of the leg between which it is within reach: 0 and 1 but for the first and the last.
            const double low = reach.from > along_[leg] ? (reach.from - along_[leg]) / length : 0;
            const double high = reach.to < along_[leg + 1] ? (reach.to - along_[leg]) / length : 1;
            const bool before_start = dot <= low * square;
            const bool beyond_end = dot >= high * square;
            const bool was_onward = onward;
            onward = beyond_end;
            const bool is_last_reached = reach.to <= along_[leg + 1];
            if (before_start ? !was_onward : (beyond_end && !is_last_reached)) continue;
            const double share = before_start ? low : (beyond_end ? high : dot / square);
            const double x = here.x - a.x - share * d.x;
            const double y = here.y - a.y - share * d.y;
            const double beside = x * x + y * y;
            if (beside <= corridor * corridor) enter(std::lerp(along_[leg], along_[leg + 1], share), beside);
        }
    });
}

Projection RouteIndex::project(LatLon at, Metres before, Millis elapsed, std::uint32_t accuracy_metres) const {
    const double noise = noise_of(accuracy_metres);
    const double walk = fastest_metres_per_second * static_cast<double>(std::max<std::int64_t>(elapsed.value, 0)) /
                        1000;
    const Reach reach{std::clamp(before.value - noise_back(accuracy_metres).value, 0.0, length().value),
                      std::clamp(before.value + walk + noise, 0.0, length().value)};
    Contest contest(before.value, noise, walk + noise);
    visit_places(plane(at), reach, corridor_metres + noise,
                 [&](double along, double beside_squared) { contest.enter(along, beside_squared); });
    return contest.has_winner() ? contest.winner() : project(at);
}

PlacesNear RouteIndex::near(LatLon at, Metres from, Metres to, Metres within) const {
    const Reach reach{std::clamp(from.value, 0.0, length().value), std::clamp(to.value, 0.0, length().value)};
    PlacesNear places;
    visit_places(plane(at), reach, within.value, [&](double along, double beside_squared) {
        places.enter({Metres{along}, Metres{std::sqrt(beside_squared)}});
    });
    return places;
}

void PlacesNear::enter(const Projection& place) {
    constexpr double same_metres = 10;
    if (count_ != 0 && place.along.value - places_[last_].along.value < same_metres) {
        if (place.beside < places_[last_].beside) places_[last_] = place;
        return;
    }
    if (count_ < most) {
        last_ = count_++;
    } else {
        const auto furthest = std::ranges::max_element(places_, {}, &Projection::beside);
        if (furthest->beside <= place.beside) return;
        // The order of the line is kept.
        std::shift_left(furthest, places_.end(), 1);
        last_ = most - 1;
    }
    places_[last_] = place;
}

}  // namespace marchwire::core
