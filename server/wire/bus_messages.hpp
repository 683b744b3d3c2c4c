// What the servers of one deployment tell one another beside the logs (proto: bus.proto).
#pragma once

#include "base/outcome.hpp"
#include "core/column.hpp"
#include "core/views.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::wire {

/// A marshal's fixes, as the marshal's phone sent them.
struct PositionsTold {
    base::PersonId person;
    std::vector<core::Fix> fixes;
    bool operator==(const PositionsTold&) const = default;
};
/// Somebody said something.
struct HeardFrom {
    base::PersonId person;
    Screen screen = Screen::untold;
    bool operator==(const HeardFrom&) const = default;
};
/// A march's rows for its campaign's boards, as they are now.
struct MarchRow {
    core::OverviewRow overview;
    core::PublicColumn column;
    core::DeskRow desk;
    bool drill = false;  ///< absent from the overview
    bool operator==(const MarchRow&) const = default;
};

/// How many follow the march's public feed on one server.
struct FollowersTold {
    std::string server;  ///< tells it apart
    std::uint32_t followers = 0;
    bool operator==(const FollowersTold&) const = default;
};
/// Who told this stands on entries that the log may have lost: everybody looks, so that its keeper does.
struct HistoryDoubted {
    bool operator==(const HistoryDoubted&) const = default;
};

/// The public column comes from the march's keeper, so that all servers show the same.
using BusMessage = std::variant<PositionsTold, HeardFrom, core::PublicColumn, MarchRow, FollowersTold, HistoryDoubted>;

[[nodiscard]] std::string encode_bus(const BusMessage& message);
/// INVALID_ARGUMENT for bytes that are none of these: another version, or another application's.
[[nodiscard]] base::Result<BusMessage> decode_bus(std::string_view bytes);

}  // namespace marchwire::wire
