// Vectors and maps behind the contract.
#include "store/memory_tables.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::store {

MemoryTables::OneLog& MemoryTables::at(LogNumber log) { return logs_.at(log); }

/// A seq is a place but in a log that was repaired.
Entries::const_iterator MemoryTables::first_from(LogNumber log, Seq seq) {
    const Entries& entries = at(log).entries;
    if (seq && seq.value <= entries.size() && entries[seq.value - 1].tip.seq == seq) {
        return entries.begin() + static_cast<std::ptrdiff_t>(seq.value - 1);
    }
    return std::lower_bound(entries.begin(), entries.end(), seq,
                            [](const StoredEntry& entry, Seq wanted) { return entry.tip.seq < wanted; });
}

std::optional<LogNumber> MemoryTables::find(const LogId& log) {
    const auto found = numbers_.find(log);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<LogId> MemoryTables::logs() {
    std::vector<LogId> ids;
    for (const auto& [number, log] : logs_) ids.push_back(log.id);
    return ids;
}

LogNumber MemoryTables::create(const LogId& log) {
    const LogNumber number = logs_.empty() ? 1 : logs_.rbegin()->first + 1;
    logs_.emplace(number, OneLog{log, {}, {}, {}, {}});
    numbers_.emplace(log, number);
    return number;
}

Tip MemoryTables::tip(LogNumber log) {
    const auto& entries = at(log).entries;
    return entries.empty() ? Tip{} : entries.back().tip;
}

std::optional<Tip> MemoryTables::tip_at(LogNumber log, Seq seq) {
    const auto found = first_from(log, seq);
    return found == at(log).entries.end() || found->tip.seq != seq ? std::nullopt : std::optional(found->tip);
}

Entries MemoryTables::read(LogNumber log, Seq from, std::size_t limit) {
    Entries page;
    std::size_t bytes = 0;
    for (auto entry = first_from(log, from); entry != at(log).entries.end() && page.size() < limit; ++entry) {
        bytes += entry->bytes.size();
        if (bytes > base::limits::log_page_bytes) break;
        page.push_back(*entry);
    }
    return page;
}

void MemoryTables::add(LogNumber log, const std::vector<StoredEntry>& entries) {
    auto& all = at(log).entries;
    all.insert(all.end(), entries.begin(), entries.end());
}

std::uint64_t MemoryTables::highest_counter(LogNumber log, base::DeviceId device) {
    const auto& ids = at(log).ids;
    const auto found = ids.find(device);
    return found == ids.end() || found->second.empty() ? 0 : found->second.rbegin()->first;
}

std::optional<RememberedId> MemoryTables::remembered(LogNumber log, CommandId id) {
    const auto& ids = at(log).ids;
    const auto device = ids.find(id.device);
    if (device == ids.end()) return std::nullopt;
    const auto found = device->second.find(id.counter);
    return found == device->second.end() ? std::nullopt : std::optional(found->second);
}

void MemoryTables::remember(LogNumber log, const IdRecord& id, UtcMs now) {
    auto& window = at(log).ids[id.id.device];
    window.insert_or_assign(id.id.counter, RememberedId{id.content_hash, id.answered, now});
    while (window.rbegin()->first - window.begin()->first >= base::limits::id_window) window.erase(window.begin());
}

std::optional<StoredKey> MemoryTables::key(LogNumber log, const std::string& name) {
    const auto& keys = at(log).keys;
    const auto found = keys.find(name);
    return found == keys.end() ? std::nullopt : std::optional(StoredKey{name, found->second});
}

void MemoryTables::remove(LogNumber log) {
    numbers_.erase(at(log).id);
    logs_.erase(log);
}

Checkpoint MemoryTables::checkpoint(LogNumber log) { return at(log).checkpoint; }

Seq MemoryTables::checkpoint_seq(LogNumber log) { return at(log).checkpoint.tip.seq; }

void MemoryTables::put_checkpoint(LogNumber log, const Checkpoint& checkpoint) { at(log).checkpoint = checkpoint; }

base::Result<std::unique_ptr<TablesCopy>> MemoryTables::begin_copy(const std::filesystem::path&) {
    return base::invalid("store", "This server keeps nothing (store = memory): there is nothing to back up.");
}

}  // namespace marchwire::store
