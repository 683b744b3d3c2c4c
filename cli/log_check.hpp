// Does a log stand whole? Its digest chain and its signed tips, entry by entry.
#pragma once

#include "access/key_ring.hpp"
#include "store/event_log.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marchwire::cli {

/// Fed with every entry of one log in order. A log that was cut at its end passes: compare `tip` with the
/// last one that somebody saw signed.
class LogCheck {
public:
    LogCheck(const access::KeyRing& keys, base::LogId log);

    /// Refused, naming the seq, for an entry that is missing, was altered, is not understood, or records a
    /// signed tip that is not in this log or was not signed by the server's key.
    [[nodiscard]] base::Result<void> add(const store::StoredEntry& entry);

    [[nodiscard]] const base::Tip& tip() const { return tip_; }
    [[nodiscard]] std::uint64_t signed_tips() const { return signed_tips_; }

private:
    [[nodiscard]] base::Result<void> check_signed_tip(const store::StoredEntry& entry);

    const access::KeyRing& keys_;
    base::LogId log_;
    base::Hmac chain_;
    base::Tip tip_;
    std::vector<base::Digest> digests_;  ///< by seq - 1: what signed tips are compared with
    std::uint64_t signed_tips_ = 0;
};

}  // namespace marchwire::cli
