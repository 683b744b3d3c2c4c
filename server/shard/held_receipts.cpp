#include "shard/held_receipts.hpp"

#include "base/limits.hpp"
#include "core/decide.hpp"
#include "core/gathering.hpp"
#include "wire/codec.hpp"

#include <utility>
#include <variant>

namespace marchwire::shard {
namespace {

/// In the encodings that `item` has already.
void encode_anew(fanout::LiveItem& item, const core::Entry& entry) {
    for (std::size_t i = 0; i < item.messages.size(); ++i) {
        if (!item.messages[i]) continue;
        const auto encoding = static_cast<wire::Encoding>(i);
        item.messages[i] = wire::make_message(wire::encode_entry(item.topic, item.position, item.prev, entry, encoding),
                                              encoding);
    }
}

}  // namespace

void HeldReceipts::hold(const core::Entry& entry, fanout::LiveItem item, std::vector<fanout::LiveItem>& out) {
    if (held_) {
        auto& all = std::get<core::ReceiptsMoved>(held_->entry.event);
        if (core::gather(all, std::get<core::ReceiptsMoved>(entry.event))) {
            core::Entry newest = entry;
            newest.event = std::move(all);
            // Whose each is stands in the receipts.
            newest.actor = {};
            newest.actor_role = core::Actor{}.role;
            newest.made_at = {};
            held_->entry = std::move(newest);
            item.prev = held_->item.prev;
            held_->item = std::move(item);
            held_->is_alone = false;
            return;
        }
        release(out);
    }
    held_.emplace(Held{entry, std::move(item)});
}

void HeldReceipts::release(std::vector<fanout::LiveItem>& out) {
    if (!held_) return;
    if (!held_->is_alone) encode_anew(held_->item, held_->entry);
    out.push_back(std::move(held_->item));
    held_.reset();
}

void HeldReceipts::beat(std::vector<fanout::LiveItem>& out) {
    constexpr auto beats = base::limits::receipts_shown.value / base::limits::beat.value;
    if (held_ && ++held_->beats >= beats) release(out);
}

}  // namespace marchwire::shard
