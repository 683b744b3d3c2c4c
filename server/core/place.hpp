// Where something is, as the log may know it.
#pragma once

#include "core/vocabulary.hpp"

#include <cstdint>

namespace marchwire::core {

/// A check-in's place: never a coordinate. `number` is a waypoint number, a section number, or
/// metres from the start snapped to 50.
struct Place {
    PlaceKind kind = PlaceKind::none;
    std::uint32_t number = 0;
    bool operator==(const Place&) const = default;
};

}  // namespace marchwire::core
