#include "log_check.hpp"

#include "core/chain.hpp"
#include "core/event.hpp"
#include "wire/codec.hpp"

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

base::Result<void> LogCheck::add(const store::StoredEntry& entry) {
    const base::Seq expected = tip_.seq.next();
    if (entry.tip.seq != expected) {
        return damage(expected,
                      "This entry is missing: seq " + std::to_string(entry.tip.seq.value) + " stands in its place.");
    }
    if (entry.tip.epoch < tip_.epoch) return damage(expected, "The epoch goes back here.");
    if (core::next_digest(chain_, tip_.digest, expected, entry.bytes) != entry.tip.digest) {
        return damage(expected, "The chain breaks here: this entry or the one before was altered.");
    }
    digests_.push_back(entry.tip.digest);
    tip_ = entry.tip;
    return check_signed_tip(entry);
}

base::Result<void> LogCheck::check_signed_tip(const store::StoredEntry& stored) {
    const auto entry = wire::decode_stored(stored.bytes);
    if (!entry) return damage(stored.tip.seq, "This entry is not understood: " + entry.error().message);
    const auto* tip_signed = std::get_if<core::TipSigned>(&entry->event);
    if (tip_signed == nullptr) return {};
    const base::Tip& tip = tip_signed->tip;
    const bool in_log = tip.seq && tip.seq < stored.tip.seq && digests_[tip.seq.value - 1] == tip.digest;
    if (!in_log) {
        return damage(stored.tip.seq, "The tip that was signed, seq " + std::to_string(tip.seq.value) +
                                          ", is not in this log: entries were lost or replaced.");
    }
    if (!access::is_signed_tip(keys_.signing_public(), log_, tip, tip_signed->signature)) {
        return damage(stored.tip.seq, "The signature of the tip is not by this server's key.");
    }
    ++signed_tips_;
    return {};
}

}  // namespace marchwire::cli
