// PINs by which people cancel their own cry for help. A few digits are found by trying, so their hash is slow, and made
// of what the key file adds: whoever has the log alone cannot begin.
#pragma once

#include "access/key_ring.hpp"
#include "core/command.hpp"

#include <string>

namespace marchwire::access {

/// Digits, as many as limits have; a duress PIN is another, or empty. INVALID_ARGUMENT says what to choose.
[[nodiscard]] base::Result<void> check_pins(const core::SetSosPin& chosen);
/// Of one PIN that was typed.
[[nodiscard]] base::Result<void> check_pin(const std::string& typed, const char* field);
/// Takes some 40 ms for each PIN: on no thread that others wait for. `chosen` has been checked.
[[nodiscard]] core::SosPin hash_pins(const KeyRing& keys, const core::SetSosPin& chosen);
/// Takes as long whatever was typed.
[[nodiscard]] core::PinMatch match_of(const KeyRing& keys, const core::SosPin& known, const std::string& typed);

}  // namespace marchwire::access
