// Receipts that come in at the same time are one entry: an order to 500 people is not 1 500 of them (DOMAIN, Orders).
#pragma once

#include "core/command.hpp"
#include "core/event.hpp"

namespace marchwire::core {

/// A receipt that was made just now. One that a phone kept while it was off-line stands alone, with its own time.
[[nodiscard]] bool may_be_gathered(const Command& command, UtcMs now);

/// Of which order this receipt is; the command is one that may be gathered.
[[nodiscard]] std::uint32_t order_of(const CommandBody& receipt);

/// Takes `more` into `gathered`, both decided on the same state. False, and nothing is changed, where it would not go
/// on from what is gathered: then it is to be decided anew, on a state that has the gathered ones.
[[nodiscard]] bool gather(ReceiptsMoved& gathered, const ReceiptsMoved& more);

}  // namespace marchwire::core
