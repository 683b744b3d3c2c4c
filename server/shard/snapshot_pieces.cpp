// Cuts snapshots.
#include "shard/snapshot_pieces.hpp"

#include "base/limits.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace marchwire::shard {

session::SnapshotPieces cut_snapshot(const wire::FeedName& feed, const base::Position& position,
                                     const std::string& bytes, wire::Encoding encoding) {
    constexpr std::size_t most = base::limits::snapshot_piece_bytes;
    const auto pieces = static_cast<std::uint32_t>(std::max<std::size_t>(1, (bytes.size() + most - 1) / most));
    std::vector<wire::Frame> messages;
    messages.reserve(pieces);
    for (std::uint32_t piece = 0; piece < pieces; ++piece) {
        messages.push_back(wire::message_of(
            wire::SnapshotPiece{feed, position, piece, pieces, bytes.substr(piece * most, most)}, encoding));
    }
    return std::make_shared<const std::vector<wire::Frame>>(std::move(messages));
}

}  // namespace marchwire::shard
