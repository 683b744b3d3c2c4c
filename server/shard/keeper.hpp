// The keeper of one march: its timers, signed tips and checkpoints, all through the march's own desk, and its end.
#pragma once

#include "shard/home.hpp"
#include "shard/log_desk.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace marchwire::shard {

/// A machine that is asked each beat; it has no timer of its own. One command of it is under way at a time.
/// Make it by std::make_shared: its commands' answers find it by weak pointer. One thread (the desk's).
class Keeper : public std::enable_shared_from_this<Keeper> {
public:
    /// `desk` outlives it. `checkpointed`: seq of the newest stored checkpoint.
    Keeper(Home& home, base::LogId march, LogDesk<core::MarchState>& desk, base::Seq checkpointed);

    /// Takes the keeping under the next term. Time since `idle_since` counts towards no deadline.
    void begin(base::UtcMs idle_since);
    /// Another keeps it from now on, or nobody does: nothing more is done here.
    void end();
    /// Between begin and end, and while nobody else has taken over.
    [[nodiscard]] bool keeps() const { return standing_ != Standing::away; }
    /// The term under which it is kept here; none while it is not.
    [[nodiscard]] std::optional<base::Term> term() const;
    /// An entry was stored.
    void stored(const core::Entry& entry);
    /// Each second: what is seen of the column; told to the march when it says something new.
    void observe(const core::ObserveColumn& seen, base::UtcMs now);
    /// Nothing is under way, so that `observe` may be called.
    [[nodiscard]] bool is_free() const { return standing_ == Standing::keeping && !busy_ && rest_beats_ == 0; }
    /// Who fell silent, and who speaks again; its term is set here.
    void observe(core::ObserveSilence seen);
    /// Who cannot be reached; its term is set here.
    void observe(core::ObserveUnreached seen);
    /// Each second: how the servers are to one another; told to the march when that is news.
    void observe(const core::ServersSeen& seen);
    /// Each second: phones of people who were detained are revoked, until the campaign's log has it.
    void revoke_phones();
    /// The march's log is gone, and its campaign knows.
    [[nodiscard]] bool has_shredded() const { return has_shredded_; }
    /// Four times a second: what is due is done; what was refused is tried again after a second.
    void beat(base::UtcMs now);

private:
    enum class Standing : std::uint8_t { away, idle, taking, keeping };

    void take();
    void put(core::CommandBody body, std::function<void(bool)> after);
    void sign();
    void put_checkpoint();
    void forget_secrets(core::SealedClass what);
    void drop_keys();
    void finish();
    void forget();
    void shred();

    Home& home_;
    base::LogId march_;
    LogDesk<core::MarchState>& desk_;
    Standing standing_ = Standing::away;
    base::Term term_;
    base::UtcMs idle_since_;
    base::UtcMs due_;
    bool due_known_ = false;
    bool sign_wanted_ = false;
    bool busy_ = false;
    int rest_beats_ = 0;
    base::Seq checkpointed_;
    /// Detained people whose phones may be trusted still, and when they were; at most the roster.
    std::map<base::PersonId, base::UtcMs> detained_;
    bool revoking_ = false;
    /// Of what is forgotten: to be deleted in the store. At most two, and one for each of the roster.
    std::set<std::string> keys_to_drop_;
    bool is_forgotten_ = false;  ///< by the campaign's log
    int beats_finished_ = 0;     ///< since then
    bool has_shredded_ = false;
};

}  // namespace marchwire::shard
