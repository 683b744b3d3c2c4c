// Links and spoken codes of invites.
#pragma once

#include "access/key_ring.hpp"
#include "base/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::access {

/// What may be read aloud: the invite's number and eight letters of 40 bits, as in "17-K7QF-M2PX". Made of the key file
/// alone, so that no log or backup without it holds anything to try codes against. A server takes five wrong ones.
[[nodiscard]] std::string spoken_code(const KeyRing& keys, const base::Slug& campaign, std::uint32_t number);

/// A code as somebody typed it: in any case, with or without dashes and spaces; O is 0, I and L are 1.
struct TypedCode {
    std::uint32_t number = 0;
    std::string letters;  ///< eight
};
/// Empty when it is no code at all.
[[nodiscard]] std::optional<TypedCode> read_code(std::string_view typed);
/// Compared in the same time wherever they differ.
[[nodiscard]] bool is_code(const TypedCode& typed, const KeyRing& keys, const base::Slug& campaign);

/// What stands behind the '#' of a link, which browsers send to nobody: "flag-day-2018.17.SECRET".
struct LinkSecret {
    base::Slug campaign;
    std::uint32_t number = 0;
    std::string secret;  ///< as new_token() makes it; the log holds hash_token() of it
};
[[nodiscard]] std::string fragment_of(const LinkSecret& link);
/// Of a whole link or of its fragment; empty when it is none.
[[nodiscard]] std::optional<LinkSecret> read_link(std::string_view text);

}  // namespace marchwire::access
