// A route as a line to measure on: metres from its start to any point, and back.
#pragma once

#include "core/model.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace marchwire::core {

/// Over the ground (WGS 84); for places within some hundred km.
[[nodiscard]] Metres distance(LatLon a, LatLon b);
/// The sum of the legs.
[[nodiscard]] Metres line_length(const std::vector<LatLon>& points);

/// Where a position stands on a line.
struct Projection {
    Metres along;   ///< from the line's start
    Metres beside;  ///< distance to the line
};

/// The places of a line that are near one position: of each stretch that comes near it the nearest place, in the
/// order of the line. A line that passes more often keeps the nearest of them.
class PlacesNear {
public:
    static constexpr std::size_t most = 24;
    /// Call it in the order of the line. Of two within a few metres along the nearer one is kept.
    void enter(const Projection& place);
    [[nodiscard]] const Projection* begin() const { return places_.data(); }
    [[nodiscard]] const Projection* end() const { return places_.data() + count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }

private:
    std::array<Projection, most> places_;
    std::size_t count_ = 0;
    std::size_t last_ = 0;  ///< entered last
};

/// What may be asked of one line. Built once per route version, then only read: any thread. Lengths are
/// those of WGS 84, leg by leg; distances to the line are measured on a plane around its middle, off by
/// under 1 % within 100 km.
class RouteIndex {
public:
    /// `points` must hold at least two.
    explicit RouteIndex(const std::vector<LatLon>& points);

    [[nodiscard]] Metres length() const { return Metres{along_.back()}; }
    /// The place so far from the start; the start or the end beyond them.
    [[nodiscard]] LatLon at(Metres along) const;

    /// The nearest place on the whole line; of places equally near the first.
    [[nodiscard]] Projection project(LatLon at) const;

    /// Where somebody is now who was at `before`, `elapsed` ago. Routes cross and repeat themselves:
    /// of the legs near `at` the one wins that keeps progress continuous (DOMAIN, positions). A leg is
    /// out of reach when walking there would take more than 15 m/s, or when it lies further back than
    /// `accuracy_metres` of GPS noise explains (`noise_back`). With nothing within reach: the nearest
    /// place, as above.
    [[nodiscard]] Projection project(LatLon at, Metres before, Millis elapsed, std::uint32_t accuracy_metres) const;

    /// Every place from `from` to `to` metres, at most `within` beside the line, where walking either way along the
    /// line leads away from `at`.
    [[nodiscard]] PlacesNear near(LatLon at, Metres from, Metres to, Metres within) const;

    /// How far a fix of this accuracy (radius of 68 %; 0 is unknown) may seem to lie behind the one
    /// before: both may be off, by twice their radius in bad luck.
    [[nodiscard]] static Metres noise_back(std::uint32_t accuracy_metres);

private:
    struct Plane {
        double x = 0, y = 0;
    };
    /// The part of the line that somebody can have reached.
    struct Reach {
        double from = 0, to = 0;
    };
    struct Nearest {
        double squared = 0, along = 0;
    };
    /// Legs are looked at in blocks: those whose box is too far away are passed over.
    struct Block {
        Plane low, high;
    };
    [[nodiscard]] Plane plane(LatLon at) const;
    [[nodiscard]] std::size_t legs() const { return points_.size() - 1; }
    [[nodiscard]] std::size_t leg_at(double along) const;
    [[nodiscard]] double box_squared(std::size_t block, Plane at) const;
    void search_block(std::size_t block, Plane at, Nearest& best) const;
    template <class Visit>
    void visit_blocks(std::size_t first_leg, std::size_t last_leg, Visit visit) const;
    template <class Enter>
    void visit_places(Plane here, const Reach& reach, double corridor, Enter enter) const;

    LatLon origin_;
    double metres_per_degree_lat_ = 0;
    double metres_per_degree_lon_ = 0;
    std::vector<Plane> points_;  ///< none twice in a row
    std::vector<double> along_;  ///< metres from the start, by point
    std::vector<Block> blocks_;
};

}  // namespace marchwire::core
