// What is stored sealed, and for how long it can be opened (DESIGN 10; DOMAIN, retention).
#pragma once

#include "base/units.hpp"

#include <cstdint>
#include <string>

namespace marchwire::core {

struct MarchState;

/// Each with a key, or keys, of its own: who deletes the key has deleted all of that class, wherever its bytes lie.
enum class SealedClass : std::uint8_t {
    places = 1,      ///< of incidents
    restricted = 2,  ///< restricted blocks, and what describes a lost child
    persons = 3,     ///< names and phone numbers, a key for each person
};
inline constexpr SealedClass every_sealed_class[] = {SealedClass::places, SealedClass::restricted,
                                                     SealedClass::persons};

/// A part of an entry under its class' key: in the stored form alone, opened when the entry is read.
struct Sealed {
    SealedClass what = SealedClass::places;
    std::string bytes;  ///< opaque
    bool operator==(const Sealed&) const = default;
};

/// When the march forgot what is of this class; 0: it has not.
[[nodiscard]] base::UtcMs forgotten_at(const MarchState& state, SealedClass what);
/// When it is to be forgotten; 0: it was, or that is not known, or somebody holds it (restricted alone).
[[nodiscard]] base::UtcMs forgetting_due(const MarchState& state, SealedClass what);
/// Takes what is of this class out of the state.
void forget(MarchState& state, SealedClass what, base::UtcMs now);

}  // namespace marchwire::core
