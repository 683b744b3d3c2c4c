// Calls as commands of Redis, replies as outcomes.
#include "store/redis_codec.hpp"

#include "base/limits.hpp"
#include "store/archive_block.hpp"
#include "store/packed_bytes.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace marchwire::store {
namespace {

namespace limits = base::limits;
using bus::Reply;

constexpr std::string_view logs_key = "mw:logs";
constexpr std::string_view alive_key = "mw:alive";
// Of the bus, which names them: a march that is shredded leaves nothing there.
constexpr std::string_view leases_key = "mw:leases";

// ---- bytes -------------------------------------------------------------------------------------

std::string packed(const Tip& tip) {
    std::string bytes;
    append_tip(bytes, tip);
    return bytes;
}
std::string packed(const CommandId& id) {
    std::string bytes;
    append_number(bytes, id.device.value);
    append_number(bytes, id.counter);
    return bytes;
}
std::string packed(std::uint64_t number) {
    std::string bytes;
    append_number(bytes, number);
    return bytes;
}
// ---- stream ids --------------------------------------------------------------------------------

/// The entry under `<epoch>-<seq>`; false when these are not of ours.
bool take_row(std::string_view id, std::string_view payload, Entries& entries) {
    StoredEntry entry;
    const char* end = id.data() + id.size();
    const auto epoch = std::from_chars(id.data(), end, entry.tip.epoch.value);
    if (epoch.ec != std::errc{} || epoch.ptr == end || *epoch.ptr != '-') return false;
    const auto seq = std::from_chars(epoch.ptr + 1, end, entry.tip.seq.value);
    if (seq.ec != std::errc{} || seq.ptr != end || payload.size() < sizeof(Digest)) return false;
    entry.tip.digest = digest_in(payload);
    entry.bytes = payload.substr(sizeof(Digest));
    entries.push_back(std::move(entry));
    return true;
}

// ---- refusals ----------------------------------------------------------------------------------

base::Refusal not_ours(const LogId& log) {
    return unavailable("What Redis keeps of " + log.text() +
                       " is not of this version of Marchwire: look whether another application uses its keys.");
}

std::string_view first_word(const Reply& reply) {
    return reply.items.empty() ? std::string_view{} : std::string_view(reply.items.front().text);
}

std::optional<std::vector<KnownId>> known_in(const Reply& reply) {
    std::vector<KnownId> known;
    for (const Reply& one : reply.items) {
        if (one.items.size() < 2 || one.items[0].text.size() != 16) return std::nullopt;
        const std::string& id = one.items[0].text;
        KnownId made;
        made.id = {base::DeviceId{number_at(id, 0, 8)}, number_at(id, 8, 8)};
        if (one.items[1].text == "below") {
            made.standing = KnownId::Standing::below_window;
        } else {
            if (one.items.size() != 3 || one.items[2].text.size() != 8 + tip_bytes) return std::nullopt;
            made.content_hash = number_at(one.items[2].text, 0, 8);
            const auto tip = unpacked_tip(std::string_view(one.items[2].text).substr(8));
            made.answered = *tip;
        }
        known.push_back(made);
    }
    return known;
}

/// What stands in blocks and then in rows (read_from in scripts/entries_from.lua).
base::Result<Entries> all_in(const LogId& log, const Reply& blocks, const Reply& rows) {
    Entries all;
    for (std::size_t i = 0; i + 1 < blocks.items.size(); i += 2) {
        auto entries = unpack_block(blocks.items[i + 1].text);
        if (!entries || std::to_string(entries->front().tip.seq.value) != blocks.items[i].text) {
            return unavailable("The archive of " + log.text() + " is damaged: its block " + blocks.items[i].text +
                               " cannot be unpacked. Restore Redis from a copy.");
        }
        std::ranges::move(*entries, std::back_inserter(all));
    }
    auto entries = entries_in(rows);
    if (!entries) return not_ours(log);
    std::ranges::move(*entries, std::back_inserter(all));
    return all;
}

/// From this seq on, within the limits of one page.
Entries page_of(Entries all, Seq from, std::size_t limit) {
    std::erase_if(all, [from](const StoredEntry& entry) { return entry.tip.seq < from; });
    std::size_t bytes = 0;
    const auto beyond = std::ranges::find_if(all, [&](const StoredEntry& entry) {
        bytes += entry.bytes.size();
        return bytes > limits::log_page_bytes;
    });
    const auto whole = static_cast<std::size_t>(beyond - all.begin());
    all.resize(std::min({all.size(), limit, std::max<std::size_t>(whole, 1)}));
    return all;
}

AppendOutcome refused_in(const AppendRequest& request, const Reply& reply) {
    const bool is_archived = reply.items.size() == 6;
    if (!is_archived && reply.items.size() != 5) return not_ours(request.log);
    const auto tip = unpacked_tip(reply.items[1].text);
    auto known = known_in(reply.items[4]);
    if (!tip || !known) return not_ours(request.log);
    auto entries = all_in(request.log, is_archived ? reply.items[5] : Reply{}, reply.items[3]);
    if (!entries) return entries.error();
    AppendRefused refused{*tip, reply.items[2].integer != 0, {}, std::move(*known)};
    if (is_archived && !refused.expected_is_in_log) {
        refused.expected_is_in_log = std::ranges::any_of(
            *entries, [&](const StoredEntry& entry) { return entry.tip == request.expected; });
    }
    if (refused.expected_is_in_log) {
        refused.missed = page_of(std::move(*entries), request.expected.seq.next(), limits::replay_window_entries);
    }
    return refused;
}

}  // namespace

std::string key_of(const LogId& log, std::string_view part) {
    std::string key = "mw:{";
    key += log.text();
    key += "}:";
    key += part;
    return key;
}

std::string stream_id(base::Epoch epoch, Seq seq) {
    return std::to_string(epoch.value) + '-' + std::to_string(seq.value);
}

RedisCommand script_call(const std::string& name, std::vector<std::string> keys) {
    RedisCommand command;
    command.add("EVALSHA");
    command.add(name);
    command.own(std::to_string(keys.size()));
    for (std::string& key : keys) command.own(std::move(key));
    return command;
}

std::optional<Entries> entries_in(const Reply& rows) {
    Entries entries;
    entries.reserve(rows.items.size());
    for (const Reply& row : rows.items) {
        const bool is_row = row.items.size() == 2 && row.items[1].items.size() == 2;
        if (!is_row || !take_row(row.items[0].text, row.items[1].items[1].text, entries)) return std::nullopt;
    }
    return entries;
}

std::string entries_channel(const LogId& log) { return key_of(log, "entries"); }

std::optional<LogId> log_of_channel(std::string_view channel) {
    constexpr std::string_view before = "mw:{";
    constexpr std::string_view after = "}:entries";
    const bool is_ours = channel.size() > before.size() + after.size() && channel.substr(0, before.size()) == before &&
                         channel.substr(channel.size() - after.size()) == after;
    if (!is_ours) return std::nullopt;
    auto log = LogId::parse(channel.substr(before.size(), channel.size() - before.size() - after.size()));
    if (!log) return std::nullopt;
    return std::move(*log);
}

// ---- commands ----------------------------------------------------------------------------------

namespace {

RedisCommand call_of(LogScript script, const bus::ScriptSet& scripts, std::vector<std::string> keys) {
    return script_call(scripts.name(static_cast<std::size_t>(script)), std::move(keys));
}

}  // namespace

RedisCommand command_of(const AppendCall& call, const bus::ScriptSet& scripts) {
    const AppendRequest& request = call.request;
    const Tip& expected = request.expected;
    std::vector<const IdRecord*> ids;
    std::vector<CommandId> lookups;
    for (const IdRecord& id : request.ids) {
        if (id.id) ids.push_back(&id);
    }
    std::copy_if(request.lookups.begin(), request.lookups.end(), std::back_inserter(lookups),
                 [](const CommandId& id) { return static_cast<bool>(id); });

    RedisCommand command = call_of(
        LogScript::append, scripts,
        {key_of(request.log, "log"), key_of(request.log, "meta"), key_of(request.log, "ids"), std::string(logs_key),
         key_of(request.log, "archive"), key_of(request.log, "shredded"), key_of(request.log, "keys")});
    command.reserve(25 + 2 * (request.entries.size() + request.keys.size()) + 2 * ids.size() + lookups.size());
    command.add(request.new_log ? "new" : request.repair ? "repair" : "");
    command.own(packed(expected));
    command.own(stream_id(expected.epoch, expected.seq));
    command.own(stream_id(expected.epoch, expected.seq.next()));
    command.own(packed(static_cast<std::uint64_t>(request.now.value)));
    command.own(std::to_string(limits::id_window));
    command.own(std::to_string(limits::id_age.value));
    command.own(std::to_string(limits::replay_window_entries));
    command.own(std::to_string(limits::log_page_bytes));
    command.own(std::to_string(limits::redis_read_page));
    command.own(request.log.text());
    command.own(entries_channel(request.log));
    command.own(std::to_string(request.entries.size()));
    command.own(std::to_string(ids.size()));
    command.own(std::to_string(lookups.size()));
    command.own(std::to_string(request.keys.size()));
    for (const StoredEntry& entry : request.entries) {
        command.own(stream_id(entry.tip.epoch, entry.tip.seq));
        std::string payload;
        payload.reserve(sizeof(Digest) + entry.bytes.size());
        append_digest(payload, entry.tip.digest);
        payload += entry.bytes;
        command.own(std::move(payload));
    }
    for (const IdRecord* id : ids) {
        command.own(packed(id->id));
        std::string record = packed(id->content_hash);
        append_tip(record, id->answered);
        command.own(std::move(record));
    }
    for (const CommandId& id : lookups) command.own(packed(id));
    command.own(packed(request.entries.empty() ? expected : request.entries.back().tip));
    if (request.repair) command.add(request.repair->bytes);
    for (const StoredKey& key : request.keys) {
        command.add(key.name);
        command.add(key.wrapped);
    }
    return command;
}

RedisCommand command_of(const OpenCall& call, const bus::ScriptSet&) {
    RedisCommand command;
    command.add("HMGET");
    command.own(key_of(call.log, "meta"));
    for (const char* field : {"tip", "checkpoint_tip", "checkpoint"}) command.add(field);
    return command;
}

RedisCommand command_of(const ReadCall& call, const bus::ScriptSet& scripts) {
    return read_command(call.log, call.from, call.limit, scripts);
}

RedisCommand read_command(const LogId& log, Seq from, std::size_t limit, const bus::ScriptSet& scripts) {
    RedisCommand command = call_of(LogScript::read, scripts,
                                   {key_of(log, "log"), key_of(log, "meta"), key_of(log, "archive")});
    command.own(std::to_string(std::max(from, Seq{1}).value));
    command.own(std::to_string(limit));
    command.own(std::to_string(limits::log_page_bytes));
    command.own(std::to_string(limits::redis_read_page));
    return command;
}

RedisCommand command_of(const CheckpointCall& call, const bus::ScriptSet& scripts) {
    RedisCommand command = call_of(LogScript::put_checkpoint, scripts, {key_of(call.log, "meta")});
    command.own(packed(call.checkpoint.tip));
    command.add(call.checkpoint.bytes);
    return command;
}

RedisCommand command_of(const ListCall&, const bus::ScriptSet&) {
    RedisCommand command;
    command.add("SMEMBERS");
    command.add(logs_key);
    return command;
}

RedisCommand command_of(const ShredCall& call, const bus::ScriptSet& scripts) {
    const LogId& log = call.log;
    RedisCommand command = call_of(
        LogScript::shred, scripts,
        {key_of(log, "log"), key_of(log, "meta"), key_of(log, "ids"), std::string(logs_key), key_of(log, "archive"),
         key_of(log, "shredded"), std::string(leases_key), key_of(log.campaign_log(), "rows"), key_of(log, "keys")});
    command.own(log.text());
    command.own(log.march.text());
    command.own(std::to_string(limits::shred_marked.value));
    return command;
}

RedisCommand command_of(const ReadKeysCall& call, const bus::ScriptSet&) {
    RedisCommand command;
    command.add("HMGET");
    command.own(key_of(call.log, "keys"));
    for (const std::string& name : call.names) command.add(name);
    return command;
}

RedisCommand command_of(const DropKeysCall& call, const bus::ScriptSet& scripts) {
    RedisCommand command = call_of(LogScript::drop_keys, scripts, {key_of(call.log, "meta"), key_of(call.log, "keys")});
    for (const std::string& name : call.names) command.add(name);
    return command;
}

RedisCommand command_of(const AliveCall& call, const bus::ScriptSet&) {
    RedisCommand command;
    command.add("SET");
    command.add(alive_key);
    command.own(std::to_string(call.now.value));
    return command;
}

RedisCommand tip_command(const LogId& log) {
    RedisCommand command;
    command.add("HGET");
    command.own(key_of(log, "meta"));
    command.add("tip");
    return command;
}

// ---- replies -----------------------------------------------------------------------------------

void settle(AppendCall& call, const Reply& reply) {
    const LogId& log = call.request.log;
    const std::string_view word = first_word(reply);
    call.outcome = not_ours(log);
    if (word == "missing") {
        call.outcome = no_such_log(log);
    } else if (word == "exists") {
        call.outcome = log_exists(log);
    } else if (word == "appended" && reply.items.size() == 2) {
        if (auto known = known_in(reply.items[1])) call.outcome = Appended{core::Level::stored, std::move(*known)};
    } else if (word == "refused") {
        call.outcome = refused_in(call.request, reply);
    }
}

void settle(OpenCall& call, const Reply& reply) {
    if (reply.items.size() != 3) {
        call.outcome = not_ours(call.log);
        return;
    }
    if (reply.items[0].kind == Reply::Kind::nil) {
        call.outcome = no_such_log(call.log);
        return;
    }
    const auto tip = unpacked_tip(reply.items[0].text);
    if (!tip) {
        call.outcome = not_ours(call.log);
        return;
    }
    OpenedLog opened{*tip, {}};
    if (const auto checkpoint = unpacked_tip(reply.items[1].text)) {
        opened.checkpoint = {*checkpoint, reply.items[2].text};
    }
    call.outcome = std::move(opened);
}

void settle(ReadCall& call, const Reply& reply) { call.outcome = entries_of(call.log, call.from, call.limit, reply); }

base::Result<Entries> entries_of(const LogId& log, Seq from, std::size_t limit, const Reply& reply) {
    const std::string_view word = first_word(reply);
    if (word == "missing") return no_such_log(log);
    if (word != "entries" || reply.items.size() != 3) return not_ours(log);
    auto all = all_in(log, reply.items[2], reply.items[1]);
    if (!all) return all.error();
    return page_of(std::move(*all), from, limit);
}

void settle(CheckpointCall& call, const Reply& reply) {
    const std::string_view word = first_word(reply);
    if (word == "missing") {
        call.outcome = no_such_log(call.log);
    } else if (word != "kept" && word != "older") {
        call.outcome = not_ours(call.log);
    }
}

std::uint64_t unarchived_in(const Reply& kept) {
    return first_word(kept) == "kept" && kept.items.size() == 2 ? static_cast<std::uint64_t>(kept.items[1].integer) : 0;
}

void settle(ListCall& call, const Reply& reply) {
    std::vector<LogId> logs;
    for (const Reply& one : reply.items) {
        auto log = LogId::parse(one.text);
        if (!log) {
            call.outcome = unavailable(
                "Redis lists a log that is no name of ours: look whether another application "
                "uses the key mw:logs.");
            return;
        }
        logs.push_back(std::move(*log));
    }
    std::ranges::sort(logs);
    call.outcome = std::move(logs);
}

void settle(ShredCall& call, const Reply& reply) {
    const std::string_view word = first_word(reply);
    call.outcome = not_ours(call.log);
    if (word == "missing") call.outcome = no_such_log(call.log);
    if (word == "shredded") call.outcome = Shredded{Shredded::Files::not_done, {}};
}

void settle(ReadKeysCall& call, const Reply& reply) {
    std::vector<StoredKey> found;
    for (std::size_t i = 0; i < std::min(call.names.size(), reply.items.size()); ++i) {
        if (reply.items[i].kind == Reply::Kind::text) found.push_back({call.names[i], reply.items[i].text});
    }
    call.outcome = std::move(found);
}

void settle(DropKeysCall& call, const Reply& reply) {
    const std::string_view word = first_word(reply);
    call.outcome = not_ours(call.log);
    if (word == "missing") call.outcome = no_such_log(call.log);
    if (word != "dropped" || reply.items.size() != 2) return;
    call.dropped = static_cast<std::size_t>(reply.items[1].integer);
    call.outcome = Shredded{};
}

void settle(AliveCall&, const Reply&) {}

std::optional<Tip> tip_of(const Reply& reply) { return unpacked_tip(reply.text); }

Entries entries_told(std::string_view message) {
    Entries entries;
    while (message.size() >= 2) {
        const std::size_t id_size = number_at(message, 0, 2);
        if (message.size() < 2 + id_size + 4) return {};
        const std::string_view id = message.substr(2, id_size);
        const std::size_t size = number_at(message, 2 + id_size, 4);
        message.remove_prefix(2 + id_size + 4);
        if (message.size() < size || !take_row(id, message.substr(0, size), entries)) return {};
        message.remove_prefix(size);
    }
    return entries;
}

bool was_stored_before(const AppendRequest& request, const AppendRefused& refused) {
    if (!request.entries.empty()) {
        // The digest is over the bytes and all that stands before them: an equal one is the same entry.
        return refused.missed.size() >= request.entries.size() &&
               std::equal(request.entries.begin(), request.entries.end(), refused.missed.begin(),
                          [](const StoredEntry& mine, const StoredEntry& stored) { return mine.tip == stored.tip; });
    }
    return !request.ids.empty() && std::ranges::all_of(request.ids, [&](const IdRecord& mine) {
        return std::ranges::any_of(refused.known, [&](const KnownId& known) {
            return known.id == mine.id && known.content_hash == mine.content_hash && known.answered == mine.answered;
        });
    });
}

base::Refusal refusal_of(std::string_view error) {
    const std::string said(error.substr(0, 200));
    switch (bus::fault_of(error)) {
        case bus::RedisFault::not_now:
        case bus::RedisFault::not_here:
        case bus::RedisFault::no_script:
            return unavailable("Redis does not take it now (" + said + "): send the same request again.");
        case bus::RedisFault::no_access:
            return unavailable("Redis does not let this server do it (" + said + "): look at its ACL.");
        case bus::RedisFault::foreign_key:
            return unavailable("A key of another application stands where the log should (" + said +
                               "): give Marchwire a database of its own.");
        case bus::RedisFault::cluster:
            return unavailable("This is a node of Redis Cluster, which is not supported (" + said + ").");
        case bus::RedisFault::other: break;
    }
    return unavailable("Redis answered with an error (" + said + ").");
}

}  // namespace marchwire::store
