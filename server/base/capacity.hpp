// How many connections this machine has room for: its memory and descriptors, asked once at the start.
#pragma once

#include <cstddef>

namespace marchwire::base {

struct Machine {
    std::size_t memory_bytes = 0;  ///< of the machine, or what its control group may have when that is less
    std::size_t descriptors = 0;   ///< that this process may hold
};

/// Raises the process' limit of descriptors as far as it may.
[[nodiscard]] Machine look_at_machine();

/// `wished` 0: as many as memory has room for. Never more than there are descriptors for, beside files and what else
/// needs some; at least one.
[[nodiscard]] std::size_t connections_for(const Machine& machine, std::size_t wished);
/// How many of these followers may take.
[[nodiscard]] std::size_t public_part(std::size_t all);

/// No core dump of what this process knows, and no other process of its user may look into it. False: it says no.
[[nodiscard]] bool forbid_core_dumps();
[[nodiscard]] bool runs_as_root();

}  // namespace marchwire::base
