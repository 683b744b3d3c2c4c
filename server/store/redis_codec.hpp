// The calls of a log as commands of Redis, and its replies as their outcomes. Pure.
#pragma once

#include "bus/script_set.hpp"
#include "store/call.hpp"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::store {

/// The scripts (server/store/scripts), by their place in the log's set.
enum class LogScript : std::uint8_t { append, read, put_checkpoint, shred, drop_keys };

/// A command with arguments that it owns, or that its call owns: keep the call until it was sent.
class RedisCommand {
public:
    RedisCommand() = default;
    RedisCommand(RedisCommand&&) = default;
    RedisCommand& operator=(RedisCommand&&) = default;
    RedisCommand(const RedisCommand&) = delete;
    RedisCommand& operator=(const RedisCommand&) = delete;
    ~RedisCommand() = default;

    void add(std::string_view borrowed) { words_.push_back(borrowed); }
    void own(std::string word) { words_.push_back(*owned_.emplace(owned_.end(), std::move(word))); }
    void reserve(std::size_t words) { words_.reserve(words); }
    [[nodiscard]] const std::vector<std::string_view>& words() const { return words_; }

private:
    std::vector<std::string_view> words_;
    std::list<std::string> owned_;
};

/// `mw:{LOG}:part`: all keys of a log have the same braces.
[[nodiscard]] std::string key_of(const LogId& log, std::string_view part);
[[nodiscard]] std::string stream_id(base::Epoch epoch, Seq seq);
[[nodiscard]] RedisCommand script_call(const std::string& name, std::vector<std::string> keys);

/// The channel on which a log's entries are published.
[[nodiscard]] std::string entries_channel(const LogId& log);
[[nodiscard]] std::optional<LogId> log_of_channel(std::string_view channel);

[[nodiscard]] RedisCommand command_of(const AppendCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const OpenCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const ReadCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const CheckpointCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const ListCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const ShredCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const ReadKeysCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const DropKeysCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand command_of(const AliveCall& call, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand read_command(const LogId& log, Seq from, std::size_t limit, const bus::ScriptSet& scripts);
[[nodiscard]] RedisCommand tip_command(const LogId& log);

/// Settles the call's outcome by a reply that is no error. UNAVAILABLE for a reply that no script of ours gives.
void settle(AppendCall& call, const bus::Reply& reply);
void settle(OpenCall& call, const bus::Reply& reply);
void settle(ReadCall& call, const bus::Reply& reply);
void settle(CheckpointCall& call, const bus::Reply& reply);
void settle(ListCall& call, const bus::Reply& reply);
/// As deleted, with its files not done: who asks Redis for them says so.
void settle(ShredCall& call, const bus::Reply& reply);
void settle(ReadKeysCall& call, const bus::Reply& reply);
/// As above.
void settle(DropKeysCall& call, const bus::Reply& reply);
void settle(AliveCall& call, const bus::Reply& reply);
[[nodiscard]] base::Result<Entries> entries_of(const LogId& log, Seq from, std::size_t limit, const bus::Reply& reply);
/// How many entries of the log are not in its archive, as told when a checkpoint was kept; else 0.
[[nodiscard]] std::uint64_t unarchived_in(const bus::Reply& kept);
/// Rows as XRANGE gives them; none when they are not of ours.
[[nodiscard]] std::optional<Entries> entries_in(const bus::Reply& rows);
/// None when there is no such log.
[[nodiscard]] std::optional<Tip> tip_of(const bus::Reply& reply);
/// Of a message on `entries_channel`; empty when it is none of ours.
[[nodiscard]] Entries entries_told(std::string_view message);

/// The request was sent twice, since the answer to the first was lost, and refused: because the first was stored.
[[nodiscard]] bool was_stored_before(const AppendRequest& request, const AppendRefused& refused);

/// What a person reads when Redis answered with an error.
[[nodiscard]] base::Refusal refusal_of(std::string_view error);

}  // namespace marchwire::store
