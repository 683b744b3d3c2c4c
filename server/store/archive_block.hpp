// Old entries of a log as one packed block, as Redis keeps it beside the stream. Pure.
#pragma once

#include "store/event_log.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace marchwire::store {

/// Entries that follow one another: at least one, and at most limits::archive_block_bytes of them.
///
/// `MWB1`, the size of what is packed (4 bytes, big endian), and a zlib stream of it: for each entry its epoch and seq
/// (8 bytes each), digest (32), size (4) and bytes.
[[nodiscard]] std::string pack_block(const Entries& entries);
/// None when this is no whole block of entries that follow one another. The bytes may be anybody's.
[[nodiscard]] std::optional<Entries> unpack_block(std::string_view block);

}  // namespace marchwire::store
