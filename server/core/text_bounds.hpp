// Bounds on texts that people send: length, UTF-8, no control characters. (internal to core)
#pragma once

#include "base/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace marchwire::core {

/// What is wrong with a part of a command; none when nothing is.
using Complaint = std::optional<base::Refusal>;

enum class Presence { required, optional };

/// At most `most` characters (code points) of valid UTF-8 without control characters.
[[nodiscard]] Complaint check_text(std::string_view text, std::string_view field, std::size_t most, Presence presence);

/// BCP 47 as far as its shape goes: letters, digits and '-'; may be empty.
[[nodiscard]] Complaint check_language(std::string_view text, std::string_view field);

/// The SHA-256 of a file: 64 hexadecimal digits in lower case.
[[nodiscard]] Complaint check_sha256(std::string_view text, std::string_view field);

/// Empty, or http(s) without spaces.
[[nodiscard]] Complaint check_link(std::string_view text, std::string_view field);

/// The shape of an IANA zone's name. Whether the zone exists is checked at import: core has no clock
/// and no zone tables.
[[nodiscard]] Complaint check_zone(std::string_view text, std::string_view field);

}  // namespace marchwire::core
