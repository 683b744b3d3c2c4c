// The desk of one march.
#include "shard/march_desk.hpp"

#include "base/limits.hpp"
#include "core/gathering.hpp"
#include "core/rights.hpp"
#include "core/topics.hpp"
#include "core/views.hpp"
#include "shard/log_opening.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;

std::shared_ptr<LogDesk<core::MarchState>> make_desk(Home& home, const OpenedDesk<core::MarchState>& opened,
                                                     Audience<core::MarchState>& audience) {
    return std::make_shared<LogDesk<core::MarchState>>(home.place(opened.state.id), opened.state, opened.vault,
                                                       audience);
}

}  // namespace

MarchDesk::MarchDesk(Home& home, const OpenedDesk<core::MarchState>& opened)
    : home_(home),
      id_(opened.state.id),
      desk_(make_desk(home, opened, *this)),
      items_(opened),
      telemetry_(home.clock().rate()),
      feeds_(home, {desk_->committed(), items_, telemetry_}),
      keeper_(std::make_shared<Keeper>(home, id_, *desk_, opened.checkpointed)),
      checkpointed_(opened.checkpointed) {
    wanted_at_ = home_.clock().now();
    const bool is_there = opened.state.exists() && !opened.state.is_shredded();
    if (is_there && home_.bus() == nullptr) send_row(wanted_at_);
}

// ---- other servers -----------------------------------------------------------------------------

void MarchDesk::follow(const std::vector<PastEntry>& recent) {
    desk_->follow(recent);
    listening_ = home_.bus()->listen(id_, [weak = weak_from_this(), home = home_.mailbox()](const std::string& bytes) {
        auto message = wire::decode_bus(bytes);
        if (!message) return;  // of a newer version: the next one may be readable
        home.post([weak, message = *std::move(message)] {
            if (const auto self = weak.lock()) self->hear(message);
        });
    });
}

void MarchDesk::tell_others(const wire::BusMessage& message) {
    if (home_.bus() != nullptr) home_.bus()->tell(id_, wire::encode_bus(message));
}

void MarchDesk::hear(const wire::BusMessage& message) {
    if (!state().exists() || state().is_shredded()) return;
    const FeedRegister& feeds = feeds_.open_feeds();
    const base::UtcMs now = home_.clock().now();
    if (const auto* positions = std::get_if<wire::PositionsTold>(&message)) {
        // Somebody who looks at it here may have been revoked meanwhile (DESIGN 10).
        if (!home_.log().hears()) return;
        feeds.publish(home_, telemetry_.take(state(), positions->person, positions->fixes, now, feeds));
    } else if (const auto* heard = std::get_if<wire::HeardFrom>(&message)) {
        feeds.publish(home_, telemetry_.heard(state(), *heard, now, feeds));
    } else if (const auto* column = std::get_if<core::PublicColumn>(&message); column != nullptr && !is_kept()) {
        feeds.publish(home_, telemetry_.take_public_column(state(), *column, now, feeds));
    } else if (const auto* told = std::get_if<wire::FollowersTold>(&message); told != nullptr && is_kept()) {
        crowd_.told(told->server, told->followers);
    } else if (std::holds_alternative<wire::HistoryDoubted>(message)) {
        desk_->check_history();
    }
}

void MarchDesk::begin_keeping(base::UtcMs idle_since) {
    row_urgent_ = ever_kept_ = true;
    telemetry_.interrupted(home_.clock().now());
    count(home_.counters().keepings);
    keeper_->begin(idle_since);
}

void MarchDesk::end_keeping() {
    keeper_->end();
    seconds_unkept_ = 0;
}

/// Also for a while after: who loses all of Redis loses the keepings with it.
bool MarchDesk::repairs() const {
    constexpr auto still = (limits::bus_tail_check_every + limits::lease_life).value / limits::session_tick.value;
    return is_kept() || (ever_kept_ && seconds_unkept_ < still);
}

bool MarchDesk::unwanted(base::UtcMs now) const {
    const bool is_left = state().is_shredded() ||
                         (receipts_.empty() && hashing_.empty() && feeds_.open_feeds().all().empty());
    return !is_kept() && desk_->idle() && is_left && now - wanted_at_ >= limits::desk_idle;
}

// ---- receipts ----------------------------------------------------------------------------------

void MarchDesk::submit(Asked asked) {
    if (std::holds_alternative<core::CancelSos>(asked.command.body)) return submit_cancel(std::move(asked));
    if (const auto* pins = std::get_if<core::SetSosPin>(&asked.command.body); pins != nullptr && !pins->made.person) {
        return submit_pins(std::move(asked));
    }
    if (auto* wish = std::get_if<core::SubscribePush>(&asked.command.body)) {
        auto sealed = home_.seal_push(id_, asked.actor.person, *wish);
        if (!sealed) {
            home_.counters().count_refusal(sealed.error().code);
            return asked.answer(sealed.error());
        }
        *wish = {{}, {}, {}, *std::move(sealed)};
    }
    if (!seal_details(asked)) return;
    if (const auto* wish = std::get_if<core::RevealPerson>(&asked.command.body)) answer_with_details(asked, *wish);
    const bool waits = core::may_be_gathered(asked.command, home_.clock().now()) &&
                       receipts_.size() < limits::desk_queue_commands;
    if (!waits) return desk_->submit(std::move(asked));
    receipts_.push_back(std::move(asked));
    if (receipts_.size() > 1) return;
    home_.mailbox().post_after(std::chrono::milliseconds(limits::receipts_gather.value), [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->submit_receipts();
    });
}

/// Under a key of their own, stored with them. False: they cannot stand, and that was said.
bool MarchDesk::seal_details(Asked& asked) {
    auto* wish = std::get_if<core::SetPersonDetails>(&asked.command.body);
    if (wish == nullptr) return true;
    if (auto wrong = core::check_details(*wish)) {
        home_.counters().count_refusal(wrong->code);
        asked.answer(*std::move(wrong));
        return false;
    }
    Vault::SealedPerson person = desk_->vault().seal(wish->person, {wish->name, wish->phone});
    *wish = {wish->person, {}, {}, std::move(person.sealed)};
    asked.keys.push_back(std::move(person.key));
    return true;
}

/// The entry tells who reads it, and is stored first.
void MarchDesk::answer_with_details(Asked& asked, const core::RevealPerson& wish) {
    asked.answer = [weak = weak_from_this(), wish, actor = asked.actor,
                    answer = std::move(asked.answer)](base::Result<wire::Accepted> outcome) {
        const auto self = weak.lock();
        if (!outcome || !self) return answer(std::move(outcome));
        // By the rights as they are now, when the same command was said before.
        const auto sealed = core::revealed_answer(self->state(), wish, {self->home_.clock().now(), actor});
        if (!sealed) return answer(sealed.error());
        self->read_details(wish.person, *sealed, *std::move(outcome), answer);
    };
}

/// With the key as the store has it: no server keeps one.
void MarchDesk::read_details(base::PersonId person, const std::string& sealed, wire::Accepted accepted,
                             const Answer& answer) {
    const auto read = [weak = weak_from_this(), person, sealed, accepted = std::move(accepted),
                       answer](const base::Result<std::vector<store::StoredKey>>& keys) {
        const auto self = weak.lock();
        if (!self) return;
        if (!keys) return answer(keys.error());
        wire::Accepted told = accepted;
        if (!keys->empty()) told.details = self->desk_->vault().open(person, sealed, keys->front());
        if (told.details) return answer(std::move(told));
        answer(base::refuse(base::RefusalCode::not_found, "person", "Name and number were deleted meanwhile."));
    };
    home_.log().read_keys(id_, {Vault::key_name(person)}, [home = home_.mailbox(), read](auto keys) {
        home.post([read, keys = std::move(keys)] { read(keys); });
    });
}

/// Those of an order together: they become one entry.
void MarchDesk::submit_receipts() {
    std::vector<Asked> receipts = std::exchange(receipts_, {});
    std::ranges::stable_sort(receipts, {}, [](const Asked& asked) { return core::order_of(asked.command.body); });
    for (Asked& receipt : receipts) desk_->submit(std::move(receipt));
}

void MarchDesk::when_quiet(std::function<void()> quiet) {
    submit_receipts();
    if (!hashing_.empty()) return quiet_when_hashed_.push_back(std::move(quiet));
    desk_->when_quiet(std::move(quiet));
}

void MarchDesk::close(std::function<void()> quiet) {
    submit_receipts();
    desk_->close(std::move(quiet));
}

// ---- what was stored ---------------------------------------------------------------------------

void MarchDesk::stored(const core::Entry& entry, const base::Digest& digest) {
    auto items = items_.add(state().topic_base, entry, digest, feeds_.open_feeds());
    count(home_.counters().items, items.size());
    hand_out(entry, std::move(items));
    if (const auto* gone = std::get_if<core::SecretsForgotten>(&entry.event)) desk_->vault().forget(gone->what);
    keeper_->stored(entry);
    const bool phase = std::holds_alternative<core::PhaseChanged>(entry.event);
    const bool created = std::holds_alternative<core::MarchCreated>(entry.event);
    row_urgent_ = row_urgent_ || phase || created;
    if (const auto* assigned = std::get_if<core::DutyAssigned>(&entry.event)) reassigned_.insert(assigned->person);
    const auto* said = std::get_if<core::CheckedIn>(&entry.event);
    if (said != nullptr && said->report == core::Report::detained) {
        for (std::size_t shard = 0; shard < home_.shards(); ++shard) {
            home_.send(shard, PersonDetained{id_.campaign, said->person});
        }
    }
    // With other servers on this store one of them is told to keep it.
    if (created && home_.bus() == nullptr) keeper_->begin(home_.clock().now());
}

/// Receipts wait for one another on the way to dashboards, and for nothing else.
void MarchDesk::hand_out(const core::Entry& entry, std::vector<fanout::LiveItem> items) {
    const bool waits = std::holds_alternative<core::ReceiptsMoved>(entry.event);
    if (!waits) held_receipts_.release(to_publish_);
    for (fanout::LiveItem& item : items) {
        if (waits && core::index_of(item.topic) == core::topic_index::ops) {
            held_receipts_.hold(entry, std::move(item), to_publish_);
        } else {
            to_publish_.push_back(std::move(item));
        }
    }
}

void MarchDesk::group_stored() {
    using Behind = fanout::FlushPace::Behind;
    if (state().is_shredded()) {
        to_publish_.clear();
        return feeds_.end_all();
    }
    feeds_.open_feeds().publish(home_, std::exchange(to_publish_, {}), desk_->busy() ? Behind::more : Behind::nothing);
    if (!reassigned_.empty()) {
        feeds_.rights_changed(reassigned_);
        reassigned_.clear();
    }
    if (row_urgent_) send_row(home_.clock().now());
}

void MarchDesk::history_changed() {
    count(home_.counters().histories_changed);
    open_march_log(home_.place(id_), [weak = weak_from_this()](const auto& opened) {
        const auto self = weak.lock();
        if (!self) return;
        if (!opened) {
            // Not readable now: the next second tries again.
            self->reopen_wanted_ = true;
            return;
        }
        self->desk_->restart(opened->state, opened->vault, opened->recent);
        self->items_ = MarchItems(*opened);
        self->held_receipts_.forget();
        self->feeds_.history_changed();
        self->row_urgent_ = true;
        if (self->is_kept()) self->keeper_->begin(self->home_.clock().now());
    });
}

void MarchDesk::history_ended() {
    ended_ = true;
    keeper_->end();
    feeds_.end_all();
}

// ---- telemetry ---------------------------------------------------------------------------------

void MarchDesk::report_position(const core::Actor& actor, const wire::ReportPosition& report) {
    if (core::permission(actor, core::Action::own_field, id_) != core::Permission::act) return;
    // So may whoever reports.
    if (!home_.log().hears()) return;
    hear(wire::PositionsTold{actor.person, report.fixes});
    tell_others(wire::PositionsTold{actor.person, report.fixes});
}

void MarchDesk::heard_from(const wire::HeardFrom& heard) {
    hear(heard);
    tell_others(heard);
}

/// What is not put now is seen again the next second.
void MarchDesk::observe_silence(base::UtcMs now) {
    if (!keeper_->is_free()) return;
    core::ObserveSilence seen = telemetry_.silence(state(), now);
    if (!seen.silent.empty() || !seen.heard.empty()) keeper_->observe(std::move(seen));
}

/// Recipients who have not confirmed and whose phones are not heard: the matrix says so, and they are woken.
void MarchDesk::look_for_unreached(base::UtcMs now) {
    const auto term = keeper_->term();
    if (!term) return;
    const core::Moment moment{now, *term, telemetry_.real(limits::wake_undelivered)};
    const auto phone_of = [&](base::PersonId person) { return telemetry_.phone_of(person, now); };
    if (home_.wakes()) {
        for (core::WakeUp& call : waking_.due(state(), moment, phone_of)) home_.wake(std::move(call));
    }
    if (!keeper_->is_free()) return;
    auto unreached = core::unreached(state(), moment, phone_of);
    if (!unreached.empty()) keeper_->observe(core::ObserveUnreached{{}, std::move(unreached)});
}

void MarchDesk::beat(base::UtcMs now) {
    std::vector<fanout::LiveItem> items;
    held_receipts_.beat(items);
    if (!items.empty()) feeds_.open_feeds().publish(home_, std::move(items));
    keeper_->beat(now);
}

void MarchDesk::second(base::UtcMs now) {
    if (!state().exists() || state().is_shredded()) return;
    if (std::exchange(reopen_wanted_, false)) history_changed();
    desk_->second();
    if (!is_kept()) ++seconds_unkept_;
    using Column = Telemetry::PublicColumn;
    if (!feeds_.open_feeds().all().empty() || desk_->busy()) wanted_at_ = now;
    if (!home_.log().hears()) telemetry_.interrupted(now);
    count_followers();
    auto items = telemetry_.second(state(), now, is_kept() ? Column::made_here : Column::comes_from_the_keeper,
                                   feeds_.open_feeds());
    if (is_kept()) {
        tell_column(now);
        observe_silence(now);
        look_for_unreached(now);
        keeper_->observe(telemetry_.column_seen(), now);
        keeper_->observe(servers_);
        keeper_->revoke_phones();
    }
    const bool some_see_a_part = feeds_.open_feeds().wants(wire::FeedKind::marshal) ||
                                 feeds_.open_feeds().wants_sections();
    if (some_see_a_part && hinted_ != items_.position()) {
        // No bytes: it only tells how far the log is, so that sessions send UpTo over what they may not see.
        hinted_ = items_.position();
        fanout::LiveItem hint;
        hint.topic = core::topic_number(state().topic_base, core::topic_index::staff);
        hint.position = hinted_;
        items.push_back(std::move(hint));
    }
    feeds_.open_feeds().publish(home_, std::move(items));
    const bool changed = row_seq_ != state().tip.seq.value || telemetry_.public_column().as_of != row_column_at_ ||
                         core::shown_count(crowd_.followers()) != row_followers_;
    if (row_urgent_ || (changed && now - row_sent_at_ >= limits::row_every)) send_row(now);
}

void MarchDesk::count_followers() {
    constexpr auto told_every = limits::followers_told_every.value / limits::session_tick.value;
    const auto here = static_cast<std::uint32_t>(feeds_.open_feeds().count(wire::FeedKind::public_feed));
    crowd_.second();
    if (is_kept() || home_.bus() == nullptr) return crowd_.told({}, here);
    if (here == 0 || ++seconds_untold_ < told_every) return;
    seconds_untold_ = 0;
    tell_others(wire::FollowersTold{home_.bus()->name(), here});
}

/// As often as followers are shown it, and at once when there is none any more.
void MarchDesk::tell_column(base::UtcMs now) {
    const core::PublicColumn& column = telemetry_.public_column();
    const bool gone = !column.as_of && column_told_;
    const bool due = column.as_of != column_told_ && now - column_told_at_ >= limits::public_column_every;
    if (!gone && !due) return;
    column_told_ = column.as_of;
    column_told_at_ = now;
    tell_others(column);
}

void MarchDesk::send_row(base::UtcMs now) {
    if (home_.bus() != nullptr && !is_kept()) return;  // its keeper tells all boards
    row_urgent_ = false;
    row_sent_at_ = now;
    row_seq_ = state().tip.seq.value;
    row_column_at_ = telemetry_.public_column().as_of;
    core::OverviewRow overview = core::overview_row(state(), crowd_.followers(), now);
    row_followers_ = overview.followers_rounded;
    home_.row_changed(
        id_, {std::move(overview), telemetry_.public_column(), core::desk_row(state(), now), state().spec.drill});
}

// ---- history -----------------------------------------------------------------------------------

void MarchDesk::read_history(const SessionKey& to, session::ReadHistory request) {
    const wire::FeedName& feed = request.request.feed;
    auto topics = feed_topics(state(), request.actor, feed.kind);
    if (!topics) {
        home_.send(to.shard, HistoryRead{to, {request.request.request, feed, {}, false, topics.error()}});
        return;
    }
    if (feed.kind == wire::FeedKind::public_feed) return public_history(to, request);
    const base::Seq from{std::max<std::uint64_t>(1, request.request.from.value)};
    const std::size_t limit = std::clamp<std::size_t>(request.request.limit, 1, limits::history_entries);
    home_.log().read(id_, from, limit,
                     [weak = weak_from_this(), home = home_.mailbox(), to, request = std::move(request)](auto read) {
                         home.post([weak, to, request, read = std::move(read)] {
                             if (const auto self = weak.lock()) self->answer_history(to, request, read);
                         });
                     });
}

void MarchDesk::answer_history(const SessionKey& to, const session::ReadHistory& request,
                               const base::Result<store::Entries>& read) {
    wire::History history{request.request.request, request.request.feed, {}, false, std::nullopt};
    // Rights as they are now, not as they were when it was asked.
    const auto topics = feed_topics(state(), request.actor, request.request.feed.kind);
    if (!topics) history.refusal = topics.error();
    if (!read) history.refusal = read.error();
    std::size_t bytes = 0;
    base::Seq last{request.request.from};
    for (std::size_t i = 0; !history.refusal && i < read->size() && bytes < limits::history_bytes; ++i) {
        const store::StoredEntry& stored = (*read)[i];
        if (stored.tip.seq > state().tip.seq) break;  // stored, but this desk has not told of it yet
        last = stored.tip.seq;
        const auto entry = desk_->vault().decode(stored.bytes);
        if (!entry) continue;
        for (const core::TopicStamp& stamp : entry->topics) {
            const auto topic = core::topic_number(state().topic_base, stamp.index);
            if (std::find(topics->begin(), topics->end(), topic) == topics->end()) continue;
            history.items.push_back(
                wire::encode_entry(topic, position_of(stored.tip), stamp.prev, *entry, request.encoding));
            bytes += history.items.back().size();
            break;  // each entry once
        }
    }
    history.more = !history.refusal && last < state().tip.seq;
    home_.send(to.shard, HistoryRead{to, std::move(history)});
}

void MarchDesk::public_history(const SessionKey& to, const session::ReadHistory& request) {
    wire::History history{request.request.request, request.request.feed, {}, false, std::nullopt};
    const std::size_t limit = std::clamp<std::size_t>(request.request.limit, 1, limits::history_entries);
    const auto items = items_.public_from(base::Seq{std::max<std::uint64_t>(1, request.request.from.value)},
                                          request.encoding);
    if (!items) {
        history.refusal = base::refuse(base::RefusalCode::not_found, "from",
                                       "Items this old are not kept for followers: take the snapshot.");
    } else {
        std::size_t bytes = 0;
        for (const fanout::LiveItem& item : *items) {
            history.more = history.items.size() >= limit || bytes >= limits::history_bytes;
            if (history.more) break;
            const wire::Frame& message = fanout::in(item.messages, request.encoding);
            history.items.emplace_back(wire::items_in(*message, request.encoding));
            bytes += history.items.back().size();
        }
    }
    home_.send(to.shard, HistoryRead{to, std::move(history)});
}

// ---- pages and checkpoints ---------------------------------------------------------------------

PublicMarchPage MarchDesk::public_page() {
    PublicMarchPage page;
    if (!feed_topics(state(), core::Actor{}, wire::FeedKind::public_feed)) return page;
    page.snapshot = feeds_.public_json();
    page.route = core::public_snapshot(state()).route;
    const base::Position& position = items_.public_position();
    page.etag = '"' + std::to_string(position.epoch.value) + '-' + std::to_string(position.seq.value) + '-' +
                std::to_string(position.digest) + '-' + std::to_string(telemetry_.public_column().as_of.value) + '"';
    return page;
}

void MarchDesk::put_checkpoint(std::function<void()> done) {
    if (!state().exists() || is_over() || state().tip.seq == checkpointed_) return done();
    checkpointed_ = state().tip.seq;
    home_.log().put_checkpoint(id_, desk_->checkpoint(),
                               [home = home_.mailbox(), done = std::move(done)](const auto&) { home.post(done); });
}

}  // namespace marchwire::shard
