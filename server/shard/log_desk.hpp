// The desk of one log: decide on draft, append, apply, publish, reply. Shared by marches and campaigns.
#pragma once

#include "base/clock.hpp"
#include "base/hmac.hpp"
#include "core/decide.hpp"
#include "shard/answers.hpp"
#include "shard/counters.hpp"
#include "shard/footprints.hpp"
#include "shard/mailbox.hpp"
#include "shard/vault.hpp"
#include "store/event_log.hpp"
#include "wire/messages.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace marchwire::shard {

/// Called once, on the desk's thread, never from inside `submit` unless the command is refused unseen
/// (no id, too old, queue full, desk closed).
using Answer = std::function<void(base::Result<wire::Accepted>)>;

/// A command put to a desk.
struct Asked {
    core::Command command;
    core::Actor actor;
    std::uint64_t content_hash = 0;  ///< wire::CommandMessage's; means nothing without an id
    Answer answer;
    std::vector<store::StoredKey> keys = {};  ///< of what stands sealed in the command: stored with its entries
};

/// An entry as it was stored, read again.
struct PastEntry {
    core::Entry entry;
    base::Digest digest{};
};

struct FoundLog;

/// Told of what is stored, in log order, after it was applied to `committed`: this is where publishing
/// happens. On the desk's thread.
template <class State>
class Audience {
public:
    virtual ~Audience() = default;
    virtual void stored(const core::Entry& entry, const base::Digest& digest) = 0;
    /// After the last entry of a group and before its replies.
    virtual void group_stored() = 0;
    /// The log may not hold what this desk stands on. What can be repaired is, and nobody has missed anything;
    /// until then the desk takes nothing.
    virtual void history_doubted() = 0;
    /// What this desk holds is not the log's history any more: it takes nothing until `restart`.
    virtual void history_changed() = 0;
    /// The log was shredded, and this desk has not heard of it in time: it takes nothing any more.
    virtual void history_ended() = 0;
    /// It is for this server to repair the log, where it was cut.
    [[nodiscard]] virtual bool repairs() const = 0;
};

/// Where a desk stands. References outlive it; all but the store is of its own shard.
struct DeskPlace {
    base::LogId id;
    store::EventLog& log;
    const base::Clock& clock;
    Mailbox mailbox;
    Counters& counters;
    base::Hash256 chain_key;
};

/// Keeps two folds of the log. `draft` is what commands are decided on: it runs ahead by the one group
/// that is being stored. `committed` is what everybody else sees: each entry of a group is applied to it again
/// once the store has said Appended. So a batch costs two applies per entry and no copy of the state (a roster
/// of 5 000 takes a millisecond to copy); only a refused append copies, committed over draft.
///
/// One group is on its way at a time; what arrives meanwhile waits and makes the next group, which is
/// sent before the answers of the one before are given out: the store is never idle while commands wait.
/// A desk that has lost a race against another server's waits for a moment before each of its next groups, and
/// gathers: few large groups meet more rarely than many small ones, and no command loses eight times.
/// Make it by std::make_shared: answers of the store find it by weak pointer. One thread.
template <class State>
class LogDesk : public std::enable_shared_from_this<LogDesk<State>> {
public:
    /// `state` with tip.seq 0: the log does not exist yet and the first group creates it.
    LogDesk(DeskPlace place, State state, Vault vault, Audience<State>& audience);

    /// UNAVAILABLE when limits::desk_queue_commands wait or the desk is closed. A command without an id is for
    /// the host and the keeper alone: nothing would tell a second one from the first.
    void submit(Asked asked);

    /// What is stored. Changes only before `Audience::stored`.
    [[nodiscard]] const State& committed() const { return committed_; }
    [[nodiscard]] Vault& vault() { return vault_; }
    /// Of what is stored, as the store keeps it.
    [[nodiscard]] store::Checkpoint checkpoint() const;
    /// Waiting, without the group that is on its way.
    [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
    /// Commands wait, or are being stored.
    [[nodiscard]] bool busy() const { return flying_ || !queue_.empty(); }
    [[nodiscard]] bool idle() const { return !busy() && reads_ == 0; }

    /// From now on others' entries are heard as they are stored. Of a store that this server alone has there are none.
    /// `recent`: the newest entries of those that the state was made of.
    void follow(const std::vector<PastEntry>& recent = {});

    /// Asks whether what this desk stands on is still in the log: Redis may have lost its newest entries, or all.
    void check_history();
    /// Once a second: looks now and then whether the log still holds what this desk stands on, and goes on with one
    /// that was lost and not found yet.
    void second();

    /// `quiet` is called when all that was taken has been answered. For the end and for a host who moves the clock, one
    /// at a time each.
    void when_quiet(std::function<void()> quiet);
    /// Takes no more commands; then the same.
    void close(std::function<void()> quiet);
    /// After `history_changed`: goes on from this state, read anew.
    void restart(State state, Vault vault, const std::vector<PastEntry>& recent = {});

private:
    struct Decided {
        Asked asked;
        std::optional<base::Refusal> refusal;
        std::optional<std::size_t> twin_of;  ///< the same id earlier in this group
        bool known = false;                  ///< the store remembers this id: it is only looked up
        base::Tip last;                      ///< of the entries that it caused
        Made made;
    };
    struct Fresh {
        core::Entry entry;
        base::Digest digest{};
        std::uint64_t content_hash = 0;  ///< of its command
    };
    /// Receipts that are to be one entry: they are not in the draft yet.
    struct Gathered {
        core::ReceiptsMoved event;
        std::vector<std::size_t> commands;  ///< of the group
    };
    struct Group {
        std::vector<Decided> commands;
        std::vector<Fresh> entries;
        Gathered gathered;  ///< while it is decided
        int tries = 0;
    };

    [[nodiscard]] std::optional<base::Refusal> refused_unseen(const Asked& asked) const;
    void draw_keys();
    void pump();
    void gather();
    [[nodiscard]] Group take_group();
    void top_up(Group& group);
    void decide_and_append(Group group);
    [[nodiscard]] store::AppendRequest decide_group(Group& group);
    void decide_one(Decided& one, Group& group, store::AppendRequest& request);
    [[nodiscard]] bool gather_receipt(std::size_t index, Group& group, base::UtcMs now) const;
    void append_gathered(Group& group, store::AppendRequest& request);
    void append_entry(core::Entry entry, std::uint64_t content_hash, Group& group, store::AppendRequest& request);
    void leave_prints(const core::Entry& entry, std::uint64_t content_hash);
    void on_outcome(store::AppendOutcome outcome);
    void on_appended(Group group, const store::Appended& appended);
    void on_refused(Group group, const store::AppendRefused& refused);
    void in_a_moment(void (LogDesk::*then)());
    void end_gathering();
    void try_again();
    [[nodiscard]] bool apply_missed(const std::vector<store::StoredEntry>& missed);
    [[nodiscard]] bool apply_next(const store::StoredEntry& stored);
    void hear(store::StoredEntry stored);
    void apply_heard();
    void on_checked(const base::Tip& asked, const base::Result<store::Entries>& read);
    void hear_from_here();
    void remember(const std::vector<PastEntry>& recent);
    void doubt(Group group);
    void check_now_and_then();
    void find();
    void on_found(const FoundLog& found);
    void go_on();
    void fail(Group group, const base::Refusal& why);
    void answer_known(Decided one, const store::KnownId& known, core::Level level);
    void answer(const Asked& asked, base::Result<wire::Accepted> outcome);
    [[nodiscard]] base::Result<wire::Accepted> accepted(const Asked& asked, const base::Tip& last, Made made,
                                                        core::Level level) const;
    void tell_quiet();

    DeskPlace place_;
    base::Hmac chain_key_;
    State committed_;
    State draft_;
    Vault vault_;
    bool keys_unstored_ = false;  ///< the vault has some that the store has not
    Audience<State>& audience_;
    std::deque<Asked> queue_;
    std::optional<Group> flying_;  ///< with the store, or waiting to be tried again
    int groups_to_gather_ = 0;     ///< others write to this log as well
    bool gathering_ = false;
    std::unique_ptr<store::FollowToken> follow_;
    std::deque<store::StoredEntry> heard_;  ///< while a group is on its way: it may be among them
    Footprints footprints_;                 ///< on a store that several servers share
    std::size_t reads_ = 0;                 ///< answers that wait for an entry to be read
    bool closed_ = false;
    enum class Standing : std::uint8_t {
        whole,
        doubted,   ///< looked for, again each second
        searched,  ///< the same, and the store has been asked
        changed,   ///< until `restart`
    } standing_ = Standing::whole;
    int seconds_doubted_ = 0;
    int seconds_unchecked_ = 0;
    bool hears_ = true;
    std::minstd_rand random_{std::random_device{}()};
    std::vector<std::function<void()>> quiet_;
};

extern template class LogDesk<core::MarchState>;
extern template class LogDesk<core::CampaignState>;

}  // namespace marchwire::shard
