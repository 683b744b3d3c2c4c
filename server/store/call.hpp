// What waits for a store's thread: each call with its answer, filled in before the group's COMMIT and given after it.
#pragma once

#include "base/limits.hpp"
#include "store/event_log.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace marchwire::store {

/// Said of everything that is answered before it was done.
[[nodiscard]] inline base::Refusal unavailable(std::string message) {
    auto refusal = base::refuse(base::RefusalCode::unavailable, "", std::move(message));
    refusal.retry_after_ms = base::limits::unavailable_retry.value;
    return refusal;
}

[[nodiscard]] base::Refusal no_such_log(const LogId& log);
[[nodiscard]] base::Refusal log_exists(const LogId& log);
/// Why no store takes it, whatever it holds; none when one may.
[[nodiscard]] std::optional<base::Refusal> objection(const AppendRequest& request);
[[nodiscard]] std::optional<base::Refusal> objection(const Checkpoint& checkpoint);
/// Entries follow one another from the expected tip, and a new log begins with nothing; a repair is one entry beyond.
void expect_consecutive(const AppendRequest& request);

struct AppendCall {
    AppendRequest request;
    AppendDone done;
    AppendOutcome outcome = unavailable("Not stored yet; send the same request again.");
};
struct OpenCall {
    LogId log;
    OpenDone done;
    base::Result<OpenedLog> outcome = unavailable("Not opened yet; ask again.");
};
struct ReadCall {
    LogId log;
    Seq from;
    std::size_t limit = 0;
    ReadDone done;
    base::Result<Entries> outcome = unavailable("Not read yet; ask again.");
};
struct CheckpointCall {
    LogId log;
    Checkpoint checkpoint;
    Done done;
    base::Result<void> outcome{};
};
struct ListCall {
    ListDone done;
    base::Result<std::vector<LogId>> outcome = unavailable("Not listed yet; ask again.");
};
struct ShredCall {
    LogId log;
    ShredDone done;
    base::Result<Shredded> outcome = unavailable("Not deleted yet; ask again.");
};
struct ReadKeysCall {
    LogId log;
    std::vector<std::string> names;
    KeysDone done;
    base::Result<std::vector<StoredKey>> outcome = unavailable("Not read yet; ask again.");
};
struct DropKeysCall {
    LogId log;
    std::vector<std::string> names;
    ShredDone done;
    base::Result<Shredded> outcome = unavailable("Not deleted yet; ask again.");
    std::size_t dropped = 0;  ///< 0: no file has to be made anew
};
struct BackupCall {
    std::filesystem::path file;
    BackupDone done;
    base::Result<BackupMade> outcome = unavailable("Not written yet; ask again.");
};
/// Remembers when the server was last seen alive; nobody waits for it.
struct AliveCall {
    UtcMs now;
};
class FollowState;
struct FollowCall {
    std::shared_ptr<FollowState> follow;
};
/// Found the queue full: waits for its turn to be told so.
struct RefusedCall {
    std::function<void()> give;
};

using Call = std::variant<AppendCall, OpenCall, ReadCall, CheckpointCall, ListCall, ShredCall, ReadKeysCall,
                          DropKeysCall, BackupCall, AliveCall, FollowCall, RefusedCall>;

/// Bytes that wait with the call, for the bound of the queue.
[[nodiscard]] std::size_t bytes_of(const Call& call);
/// The same and the bytes that it may read, for the bound of a group: pages of a replay do not hold up the
/// appends behind them.
[[nodiscard]] std::size_t work_of(const Call& call);
/// The same call with its answer settled and nothing else kept.
[[nodiscard]] Call without_payload(Call call, const base::Refusal& refusal);
/// Makes `refusal` the answer, whatever it was.
void refuse_call(Call& call, const base::Refusal& refusal);
/// Gives the answer; once.
void answer_call(Call& call);

}  // namespace marchwire::store
