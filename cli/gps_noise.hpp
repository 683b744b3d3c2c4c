// How far real phones are off: the residuals of recorded tracks against their own smoothed line.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace marchwire::cli {

/// Metres east and north of where the person really was.
struct GpsOffset {
    double east = 0;
    double north = 0;
};

/// Residuals in the order of recording, so that errors hang together as they do in a street. Pure.
class GpsNoise {
public:
    /// Adds the residuals of every run of at least 11 fixes without a gap in it. Fixes that jumped further
    /// than 60 m from the line are kept at 60 m: such jumps happen.
    void add_gpx(std::string_view gpx);
    /// Any index; nothing is off before a track was added.
    [[nodiscard]] GpsOffset at(std::size_t index) const;
    [[nodiscard]] std::size_t size() const { return offsets_.size(); }

private:
    std::vector<GpsOffset> offsets_;
};

}  // namespace marchwire::cli
