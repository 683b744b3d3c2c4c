// What a desk has applied lately.
#include "shard/footprints.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::shard {

void Footprints::add(const base::Tip& tip, const base::CommandId& command, std::uint64_t content_hash) {
    prints_.push_back({tip, command, content_hash});
    if (prints_.size() > base::limits::replay_window_entries) prints_.pop_front();
}

bool Footprints::hold(const base::Tip& tip) const {
    if (!tip.seq) return true;
    return std::ranges::any_of(prints_, [&](const Print& print) { return print.tip == tip; });
}

std::vector<store::IdRecord> Footprints::commands_after(base::Seq seq) const {
    std::vector<store::IdRecord> commands;
    for (const Print& print : prints_) {
        if (print.tip.seq <= seq || !print.command) continue;
        // All entries of a command stand together, and its answer named the last of them.
        if (commands.empty() || commands.back().id != print.command) {
            commands.push_back({print.command, print.content_hash, {}});
        }
        commands.back().answered = print.tip;
    }
    return commands;
}

}  // namespace marchwire::shard
