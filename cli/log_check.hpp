// Does a log stand whole? Its digest chain and its signed tips, entry by entry.
#pragma once

#include "access/key_ring.hpp"
#include "core/event.hpp"
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
    /// signed tip that is not in this log or was not signed by the server's key. A repair goes on from the entry that
    /// it names: what it found lost is counted.
    [[nodiscard]] base::Result<void> add(const store::StoredEntry& entry);

    [[nodiscard]] const base::Tip& tip() const { return tip_; }
    [[nodiscard]] std::uint64_t signed_tips() const { return signed_tips_; }
    [[nodiscard]] std::uint64_t lost_entries() const;

private:
    [[nodiscard]] base::Result<void> take_repair(const core::LogRepaired& repair, base::Seq seq);
    [[nodiscard]] base::Result<void> check_signed_tip(const core::TipSigned& tip_signed, base::Seq seq);

    const access::KeyRing& keys_;
    base::LogId log_;
    base::Hmac chain_;
    base::Tip tip_;
    std::vector<base::Tip> tips_;  ///< what signed tips are compared with
    std::vector<core::LogRepaired> repairs_;
    std::uint64_t signed_tips_ = 0;
};

/// Keys are never made here: a log without its keys cannot be verified.
[[nodiscard]] base::Result<access::KeyRing> existing_keys(const std::string& path);

}  // namespace marchwire::cli
