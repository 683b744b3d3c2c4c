// What a group of commands becomes: each decided on the draft, and entries that go to the store together.
#include "core/chain.hpp"
#include "core/gathering.hpp"
#include "shard/answers.hpp"
#include "shard/log_desk.hpp"
#include "wire/codec.hpp"

#include <string>
#include <unordered_map>
#include <utility>

namespace marchwire::shard {

template <class State>
store::AppendRequest LogDesk<State>::decide_group(Group& group) {
    store::AppendRequest request;
    request.log = place_.id;
    request.expected = draft_.tip;
    request.now = place_.clock.now();
    request.new_log = draft_.tip.seq.value == 0;
    if (keys_unstored_) request.keys = vault_.stored_keys();
    group.entries.clear();
    std::unordered_map<base::CommandId, std::size_t> first_of;
    for (std::size_t i = 0; i < group.commands.size(); ++i) {
        Decided& one = group.commands[i];
        one.refusal.reset();
        one.twin_of.reset();
        if (one.asked.command.id) {
            const auto [at, is_first] = first_of.emplace(one.asked.command.id, i);
            if (!is_first) {
                one.twin_of = at->second;
                const bool same = group.commands[at->second].asked.content_hash == one.asked.content_hash;
                if (!same) one.refusal = other_content();
                continue;
            }
        }
        if (one.known) {
            request.lookups.push_back(one.asked.command.id);
        } else if (!gather_receipt(i, group, request.now)) {
            append_gathered(group, request);
            decide_one(one, group, request);
        }
    }
    append_gathered(group, request);
    return request;
}

/// False: it has to be decided on a draft that has all before it.
template <class State>
bool LogDesk<State>::gather_receipt(std::size_t index, Group& group, base::UtcMs now) const {
    const Asked& asked = group.commands[index].asked;
    if (!core::may_be_gathered(asked.command, now)) return false;
    const auto events = core::decide(draft_, asked.command, {now, asked.actor});
    if (!events || events->size() != 1) return false;
    const auto* moved = std::get_if<core::ReceiptsMoved>(&events->front());
    if (moved == nullptr) return false;
    Gathered& gathered = group.gathered;
    if (gathered.commands.empty()) {
        gathered.event = *moved;
    } else if (!core::gather(gathered.event, *moved)) {
        return false;
    }
    gathered.commands.push_back(index);
    return true;
}

template <class State>
void LogDesk<State>::append_gathered(Group& group, store::AppendRequest& request) {
    const Gathered gathered = std::exchange(group.gathered, {});
    if (gathered.commands.empty()) return;
    const Asked& first = group.commands[gathered.commands.front()].asked;
    core::Command command = first.command;
    core::Context context{request.now, first.actor};
    if (gathered.commands.size() > 1) {
        // Whose each is stands in the receipts.
        command.made_at = {};
        context.actor = {};
    }
    core::Entry entry = core::stamp(draft_, gathered.event, command, context);
    for (const std::size_t index : gathered.commands) {
        const core::Command& one = group.commands[index].asked.command;
        if (one.id != entry.command) entry.also.push_back(one.id);
    }
    append_entry(std::move(entry), first.content_hash, group, request);
    for (const std::size_t index : gathered.commands) {
        Decided& one = group.commands[index];
        one.made = {};
        one.last = draft_.tip;
        request.ids.push_back({one.asked.command.id, one.asked.content_hash, one.last});
    }
}

template <class State>
void LogDesk<State>::decide_one(Decided& one, Group& group, store::AppendRequest& request) {
    const core::Command& command = one.asked.command;
    const core::Context context{request.now, one.asked.actor};
    auto events = core::decide(draft_, command, context);
    if (!events) {
        one.refusal = std::move(events).error();
        if (command.id) request.lookups.push_back(command.id);
        return;
    }
    one.made = {};
    const bool names = answer_names_something(command.body);
    for (core::Event& event : *events) {
        // As it is read again: the last entry of the group names it.
        if (names) one.made = made_by(event);
        append_entry(core::stamp(draft_, std::move(event), command, context), one.asked.content_hash, group, request);
    }
    one.last = draft_.tip;
    request.keys.insert(request.keys.end(), one.asked.keys.begin(), one.asked.keys.end());
    if (command.id) request.ids.push_back({command.id, one.asked.content_hash, one.last});
}

template <class State>
void LogDesk<State>::append_entry(core::Entry entry, std::uint64_t content_hash, Group& group,
                                  store::AppendRequest& request) {
    std::string bytes = vault_.encode(entry);
    const base::Digest digest = core::next_digest(chain_key_, draft_.tip.digest, entry.seq, bytes);
    core::apply(draft_, entry, digest);
    request.entries.push_back({draft_.tip, std::move(bytes)});
    group.entries.push_back({std::move(entry), digest, content_hash});
}

template store::AppendRequest LogDesk<core::MarchState>::decide_group(Group&);
template store::AppendRequest LogDesk<core::CampaignState>::decide_group(Group&);
template bool LogDesk<core::MarchState>::gather_receipt(std::size_t, Group&, base::UtcMs) const;
template bool LogDesk<core::CampaignState>::gather_receipt(std::size_t, Group&, base::UtcMs) const;
template void LogDesk<core::MarchState>::append_gathered(Group&, store::AppendRequest&);
template void LogDesk<core::CampaignState>::append_gathered(Group&, store::AppendRequest&);
template void LogDesk<core::MarchState>::decide_one(Decided&, Group&, store::AppendRequest&);
template void LogDesk<core::CampaignState>::decide_one(Decided&, Group&, store::AppendRequest&);
template void LogDesk<core::MarchState>::append_entry(core::Entry, std::uint64_t, Group&, store::AppendRequest&);
template void LogDesk<core::CampaignState>::append_entry(core::Entry, std::uint64_t, Group&, store::AppendRequest&);

}  // namespace marchwire::shard
