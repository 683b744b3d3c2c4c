// The keeper of one march.
#include "shard/keeper.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/column.hpp"
#include "wire/codec.hpp"

#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;

constexpr int beats_per_second = static_cast<int>(limits::session_tick.value / limits::beat.value);

std::string_view word_for(store::Shredded::Files files) {
    switch (files) {
        case store::Shredded::Files::rewritten: return "rewritten";
        case store::Shredded::Files::asked: return "asked";
        case store::Shredded::Files::not_done: return "not_done";
    }
    return "not_done";
}

core::Actor keeper_actor() {
    core::Actor actor;
    actor.role = core::Role::keeper;
    return actor;
}

}  // namespace

Keeper::Keeper(Home& home, base::LogId march, LogDesk<core::MarchState>& desk, base::Seq checkpointed)
    : home_(home), march_(std::move(march)), desk_(desk), checkpointed_(checkpointed) {}

void Keeper::begin(base::UtcMs idle_since) {
    idle_since_ = idle_since;
    // Whoever kept it before may not have come to it.
    for (const core::Member& member : desk_.committed().roster) {
        if (member.last_report == core::Report::detained) detained_[member.person] = member.last_check_in;
    }
    for (const core::SealedClass what : core::every_sealed_class) {
        if (core::forgotten_at(desk_.committed(), what)) forget_secrets(what);
    }
    take();
}

void Keeper::take() {
    // Its log takes nothing any more. Whoever kept it before may not have come to delete it.
    if (desk_.committed().is_shredded()) {
        standing_ = Standing::keeping;
        return;
    }
    standing_ = Standing::taking;
    term_ = desk_.committed().term.next();
    put(core::TakeKeeping{term_, idle_since_}, [this](bool taken) {
        if (standing_ == Standing::taking) standing_ = taken ? Standing::keeping : Standing::idle;
    });
}

void Keeper::end() {
    standing_ = Standing::away;
    detained_.clear();
    keys_to_drop_.clear();
}

std::optional<base::Term> Keeper::term() const {
    if (standing_ != Standing::keeping || desk_.committed().term > term_) return std::nullopt;
    return term_;
}

void Keeper::put(core::CommandBody body, std::function<void(bool)> after) {
    busy_ = true;
    Asked asked;
    asked.command.body = std::move(body);
    asked.actor = keeper_actor();
    asked.answer = [weak = weak_from_this(), after = std::move(after)](const base::Result<wire::Accepted>& outcome) {
        const auto self = weak.lock();
        if (!self) return;
        self->busy_ = false;
        if (!outcome) self->rest_beats_ = beats_per_second;
        after(outcome.has_value());
    };
    desk_.submit(std::move(asked));
}

void Keeper::stored(const core::Entry& entry) {
    due_known_ = false;
    const auto* checked_in = std::get_if<core::CheckedIn>(&entry.event);
    if (checked_in != nullptr && checked_in->report == core::Report::detained) {
        detained_[checked_in->person] = entry.at;
        revoke_phones();
    }
    if (std::holds_alternative<core::PhaseChanged>(entry.event)) sign_wanted_ = true;
    if (const auto* gone = std::get_if<core::SecretsForgotten>(&entry.event)) forget_secrets(gone->what);
    if (const auto* erased = std::get_if<core::PersonErased>(&entry.event)) {
        keys_to_drop_.insert(Vault::key_name(erased->person));
    }
}

void Keeper::observe(core::ObserveSilence seen) {
    // Overtaken, though nobody has told us yet: the next beat ends it.
    if (desk_.committed().term > term_) return;
    seen.term = term_;
    put(std::move(seen), [](bool) {});
}

void Keeper::observe(core::ObserveUnreached seen) {
    if (desk_.committed().term > term_) return;
    seen.term = term_;
    put(std::move(seen), [](bool) {});
}

void Keeper::revoke_phones() {
    if (!keeps() || revoking_ || detained_.empty()) return;
    revoking_ = true;
    const auto [person, at] = *detained_.begin();
    Asked asked;
    asked.command.body = core::RevokePhones{person, at};
    asked.actor = keeper_actor();
    asked.answer = [weak = weak_from_this(), mailbox = home_.mailbox(), who = person](const auto& outcome) {
        const bool done = outcome.has_value() || outcome.error().code == base::RefusalCode::not_found;
        // The campaign's desk may live on another thread.
        mailbox.post([weak, who, done] {
            const auto self = weak.lock();
            if (!self) return;
            self->revoking_ = false;
            if (done) self->detained_.erase(who);
        });
    };
    home_.put(march_.campaign_log(), std::move(asked));
}

void Keeper::observe(const core::ServersSeen& seen) {
    const core::MarchState& state = desk_.committed();
    if (!is_free() || state.term > term_ || !core::is_news(state, seen)) return;
    put(core::ObserveServers{term_, seen}, [](bool) {});
}

void Keeper::beat(base::UtcMs now) {
    if (rest_beats_ > 0) {
        --rest_beats_;
        return;
    }
    const core::MarchState& state = desk_.committed();
    if (standing_ == Standing::away || busy_ || !state.exists()) return;
    if (state.is_shredded()) return finish();
    if (standing_ == Standing::idle) return take();
    // Another took over, so our lease had ended though nobody has told us yet: this server stood still. Whether the
    // march is ours again is told with the next duties.
    if (state.term > term_) return end();
    if (!due_known_) {
        due_ = core::next_due(state);
        due_known_ = true;
    }
    if (due_ && due_ <= now) {
        due_known_ = false;
        return put(core::Tick{term_}, [](bool) {});
    }
    if (!keys_to_drop_.empty()) return drop_keys();
    const bool many = state.tip.seq.value >= state.signed_tip.seq.value + limits::sign_tip_every_entries;
    if (sign_wanted_ || many) return sign();
    if (state.tip.seq.value >= checkpointed_.value + limits::checkpoint_every_entries) {
        put_checkpoint();
    }
}

void Keeper::put_checkpoint() {
    checkpointed_ = desk_.committed().tip.seq;
    home_.log().put_checkpoint(march_, desk_.checkpoint(), [](const auto&) {});
}

// ---- what is forgotten -------------------------------------------------------------------------

void Keeper::forget_secrets(core::SealedClass what) {
    if (what != core::SealedClass::persons) {
        keys_to_drop_.insert(Vault::key_name(what));
        return;
    }
    for (const core::Member& member : desk_.committed().roster) keys_to_drop_.insert(Vault::key_name(member.person));
}

/// A checkpoint without the secrets first: the one before holds them.
void Keeper::drop_keys() {
    put_checkpoint();
    busy_ = true;
    const std::vector<std::string> names(keys_to_drop_.begin(), keys_to_drop_.end());
    home_.log().drop_keys(
        march_, names, [weak = weak_from_this(), mailbox = home_.mailbox(), log = march_, names](const auto& outcome) {
            if (outcome) {
                base::log_info("keys_deleted", "log={} keys={} files={} why=\"{}\"", log.text(), names.size(),
                               word_for(outcome->files), outcome->why);
            } else {
                base::log_warn("keys_not_deleted", "log={} why=\"{}\"", log.text(), outcome.error().message);
            }
            mailbox.post([weak, names, done = outcome.has_value()] {
                const auto self = weak.lock();
                if (!self) return;
                self->busy_ = false;
                if (!done) self->rest_beats_ = beats_per_second;
                for (const std::string& name : names) {
                    if (done) self->keys_to_drop_.erase(name);
                }
            });
        });
}

// ---- the end of the march's log ----------------------------------------------------------------

/// The campaign first, then the log: as long as the store lists it somebody comes to do the rest.
void Keeper::finish() {
    if (!is_forgotten_) return forget();
    // Other servers have heard of it by then, and do not take it for a log that was lost.
    if (++beats_finished_ > limits::shred_heard.value / limits::beat.value) shred();
}

void Keeper::forget() {
    const core::MarchState& state = desk_.committed();
    core::ForgetMarch wish{march_.march, state.retention.shredded_at, {}};
    if (!state.spec.drill) {
        wish.summary = {state.spec.city, state.spec.state, state.phase, core::retention_begins(state)};
    }
    busy_ = true;
    Asked asked;
    asked.command.body = std::move(wish);
    asked.actor = keeper_actor();
    asked.answer = [weak = weak_from_this(), mailbox = home_.mailbox()](const auto& outcome) {
        const bool done = outcome.has_value() || outcome.error().code == base::RefusalCode::not_found;
        mailbox.post([weak, done] {
            const auto self = weak.lock();
            if (!self) return;
            self->busy_ = false;
            self->is_forgotten_ = done;
            if (!done) self->rest_beats_ = beats_per_second;
        });
    };
    home_.put(march_.campaign_log(), std::move(asked));
}

void Keeper::shred() {
    busy_ = true;
    home_.log().shred(march_, [weak = weak_from_this(), mailbox = home_.mailbox(), log = march_](const auto& outcome) {
        const bool gone = outcome || outcome.error().code == base::RefusalCode::not_found;
        if (outcome) {
            base::log_info("march_shredded", "log={} files={} why=\"{}\"", log.text(), word_for(outcome->files),
                           outcome->why);
        } else if (!gone) {
            base::log_warn("march_not_shredded", "log={} why=\"{}\"", log.text(), outcome.error().message);
        }
        mailbox.post([weak, gone] {
            const auto self = weak.lock();
            if (!self) return;
            self->busy_ = false;
            self->has_shredded_ = gone;
            if (!gone) self->rest_beats_ = beats_per_second;
        });
    });
}

void Keeper::observe(const core::ObserveColumn& seen, base::UtcMs now) {
    if (standing_ != Standing::keeping || busy_ || rest_beats_ > 0) return;
    const core::MarchState& state = desk_.committed();
    if (state.term > term_ || seen.route_version != state.active_route || !core::has_column(state.phase)) return;
    if (core::column_events(state, seen, now).empty()) return;
    core::ObserveColumn told = seen;
    told.term = term_;
    put(std::move(told), [](bool) {});
}

void Keeper::sign() {
    const base::Tip tip = desk_.committed().tip;
    sign_wanted_ = false;  // a change of phase while this is under way wants another
    put(core::RecordSignedTip{term_, tip, home_.sign_tip(march_, tip)}, [this](bool done) {
        if (!done) sign_wanted_ = true;
    });
}

}  // namespace marchwire::shard
