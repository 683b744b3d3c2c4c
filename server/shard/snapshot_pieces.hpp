// A snapshot cut into the messages that carry it.
#pragma once

#include "session/ports.hpp"
#include "wire/messages.hpp"

#include <string>

namespace marchwire::shard {

/// Pieces of limits::snapshot_piece_bytes, at least one, each a message of its own.
[[nodiscard]] session::SnapshotPieces cut_snapshot(const wire::FeedName& feed, const base::Position& position,
                                                   const std::string& bytes, wire::Encoding encoding);

}  // namespace marchwire::shard
