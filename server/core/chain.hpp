// The digest chain of DESIGN 4.4: a lost or altered tail shows.
#pragma once

#include "base/hmac.hpp"
#include "base/ids.hpp"

#include <string_view>

namespace marchwire::core {

/// digest = HMAC-SHA-256(the log's chain key, previous digest | seq as 8 bytes big-endian | stored bytes).
[[nodiscard]] base::Digest next_digest(const base::Hmac& chain_key, const base::Digest& previous, base::Seq seq,
                                       std::string_view stored_bytes);

/// What an Ed25519 signature of a tip is made over: "marchwire tip 1", log, epoch, seq, digest.
[[nodiscard]] std::string tip_statement(const base::LogId& log, const base::Tip& tip);

}  // namespace marchwire::core
