#include "log_check.hpp"

#include "core/chain.hpp"
#include "core/event.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace marchwire::cli {
namespace {

base::Refusal damage(base::Seq seq, std::string what) {
    return base::invalid("seq " + std::to_string(seq.value),
                         std::move(what) + " Keep the data directory as it is and restore the log from a backup.");
}

}  // namespace

LogCheck::LogCheck(const access::KeyRing& keys, base::LogId log)
    : keys_(keys), log_(std::move(log)), chain_(keys.chain_key(log_)) {}

base::Result<void> LogCheck::add(const store::StoredEntry& stored) {
    const auto entry = wire::decode_stored(stored.bytes);
    const auto* repair = entry ? std::get_if<core::LogRepaired>(&entry->event) : nullptr;
    if (repair != nullptr) {
        if (auto taken = take_repair(*repair, stored.tip.seq); !taken) return taken;
    }
    const base::Seq expected = tip_.seq.next();
    if (stored.tip.seq != expected) {
        return damage(expected,
                      "This entry is missing: seq " + std::to_string(stored.tip.seq.value) + " stands in its place.");
    }
    if (stored.tip.epoch < tip_.epoch) return damage(expected, "The epoch goes back here.");
    if (core::next_digest(chain_, tip_.digest, expected, stored.bytes) != stored.tip.digest) {
        return damage(expected, "The chain breaks here: this entry or the one before was altered.");
    }
    tips_.push_back(stored.tip);
    tip_ = stored.tip;
    if (!entry) return damage(stored.tip.seq, "This entry is not understood: " + entry.error().message);
    const auto* tip_signed = std::get_if<core::TipSigned>(&entry->event);
    return tip_signed == nullptr ? base::Result<void>{} : check_signed_tip(*tip_signed, stored.tip.seq);
}

/// It went on from an entry that is not there any more, and says which was the last that was.
base::Result<void> LogCheck::take_repair(const core::LogRepaired& repair, base::Seq seq) {
    if (repair.found != tip_) {
        return damage(seq, "The log was repaired after seq " + std::to_string(repair.found.seq.value) +
                               ", and another entry stands there.");
    }
    repairs_.push_back(repair);
    tip_ = repair.verified;
    return {};
}

std::uint64_t LogCheck::lost_entries() const {
    std::uint64_t lost = 0;
    for (const core::LogRepaired& repair : repairs_) lost += repair.verified.seq.value - repair.found.seq.value;
    return lost;
}

base::Result<void> LogCheck::check_signed_tip(const core::TipSigned& tip_signed, base::Seq seq) {
    const base::Tip& tip = tip_signed.tip;
    const auto found = std::ranges::lower_bound(tips_, tip.seq, {}, &base::Tip::seq);
    const bool in_log = tip.seq < seq && found != tips_.end() && *found == tip;
    // Of one that a repair found lost nothing is left to compare with.
    const bool lost = std::ranges::any_of(repairs_, [&](const core::LogRepaired& repair) {
        return tip.seq > repair.found.seq && tip.seq <= repair.verified.seq;
    });
    if (!in_log && !lost) {
        return damage(seq, "The tip that was signed, seq " + std::to_string(tip.seq.value) +
                               ", is not in this log: entries were lost or replaced.");
    }
    if (!access::is_signed_tip(keys_.signing_public(), log_, tip, tip_signed.signature)) {
        return damage(seq, "The signature of the tip is not by this server's key.");
    }
    ++signed_tips_;
    return {};
}

base::Result<access::KeyRing> existing_keys(const std::string& path) {
    if (std::filesystem::exists(path)) return access::KeyRing::open(path);
    return base::refuse(
        base::RefusalCode::not_found, path,
        "The keys of these logs are missing; restore them from the backup, or correct --data or --keys.");
}

}  // namespace marchwire::cli
