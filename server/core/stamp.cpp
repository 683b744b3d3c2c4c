#include "core/audience.hpp"
#include "core/decide.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

Entry begin(const Tip& tip, Seq public_seq, Event event, const Command& command, const Context& context) {
    Entry entry;
    entry.seq = tip.seq.next();
    const bool repairs = std::holds_alternative<LogRepaired>(event);
    entry.epoch = repairs ? Epoch{tip.epoch.value + 1} : tip.epoch;
    entry.at = context.now;
    entry.made_at = command.id ? command.made_at : UtcMs{};
    entry.actor = context.actor.person;
    entry.actor_role = context.actor.role;
    entry.command = command.id;
    entry.public_seq = public_seq;
    entry.event = std::move(event);
    return entry;
}

/// Of whose lead a feed shows each recipient.
void note_sections(const MarchState& state, Event& event) {
    const auto section_at = [&](std::uint32_t ordinal) { return state.roster[ordinal].section; };
    if (auto* moved = std::get_if<ReceiptsMoved>(&event)) {
        moved->sections.clear();
        for (const Receipt& receipt : moved->receipts) moved->sections.push_back(section_at(receipt.ordinal));
    } else if (auto* added = std::get_if<RecipientsAdded>(&event)) {
        added->sections.clear();
        for (const std::uint32_t ordinal : added->ordinals) added->sections.push_back(section_at(ordinal));
    }
}

}  // namespace

Entry stamp(const MarchState& state, Event event, const Command& command, const Context& context) {
    note_sections(state, event);
    const auto indices = audience(state, event);
    Entry entry = begin(state.tip, state.public_seq, std::move(event), command, context);
    entry.topics.reserve(indices.size());
    for (const std::uint32_t index : indices) {
        const auto last = state.topics.last.find(index);
        entry.topics.push_back({index, last == state.topics.last.end() ? Seq{} : last->second});
        if (index == topic_index::public_feed) {
            // Public positions count public items, and so does the stamp of what came before.
            entry.topics.back().prev = state.public_seq;
            entry.public_seq = state.public_seq.next();
        }
    }
    return entry;
}

Entry stamp(const CampaignState& state, Event event, const Command& command, const Context& context) {
    return begin(state.tip, state.public_seq, std::move(event), command, context);
}

}  // namespace marchwire::core
