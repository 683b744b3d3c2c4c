// The desk of one campaign.
#include "shard/campaign_desk.hpp"

#include "base/limits.hpp"
#include "core/rights.hpp"
#include "core/topics.hpp"
#include "shard/snapshot_pieces.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;
using base::RefusalCode;
using core::Permission;
using fanout::LiveItem;
using wire::FeedKind;

base::TopicNumber topic_of(const core::CampaignState& state, FeedKind kind) {
    const auto index = kind == FeedKind::desk ? core::topic_index::desk : core::topic_index::overview;
    return core::topic_number(state.topic_base, index);
}

}  // namespace

CampaignDesk::CampaignDesk(Home& home, OpenedDesk<core::CampaignState> opened)
    : home_(home),
      id_(opened.state.id),
      desk_(std::make_shared<LogDesk<core::CampaignState>>(home.place(id_), std::move(opened.state),
                                                           std::move(opened.vault), *this)),
      register_(home.shards()),
      checkpointed_(opened.checkpointed) {
    if (state().exists()) tell_all(state());
}

// ---- other servers -----------------------------------------------------------------------------

void CampaignDesk::follow(const std::vector<PastEntry>& recent) {
    desk_->follow(recent);
    listening_ = home_.bus()->listen(id_, [weak = weak_from_this(), home = home_.mailbox()](std::string bytes) {
        home.post([weak, bytes = std::move(bytes)] {
            if (const auto self = weak.lock()) self->hear(bytes);
        });
    });
    read_rows();
}

/// What is kept of the marches' rows. What is told by pub/sub may be told before this server's subscription takes hold,
/// or while its link is down, and a row that does not change is not told again.
void CampaignDesk::read_rows() {
    seconds_unread_ = 0;
    home_.bus()->rows(id_, [weak = weak_from_this(), home = home_.mailbox()](const std::vector<bus::Bus::Row>& rows) {
        home.post([weak, rows] {
            const auto self = weak.lock();
            if (!self) return;
            for (const auto& [march, bytes] : rows) self->hear(bytes);
        });
    });
}

void CampaignDesk::second() {
    desk_->second();
    constexpr auto every = limits::bus_tail_check_every.value / limits::session_tick.value;
    if (listening_ && ++seconds_unread_ >= every) read_rows();
    std::vector<LiveItem> items;
    for (core::DeskRow& changed : readiness_.changed(rows_, state())) {
        const base::Slug march = changed.march;
        items.push_back(put(FeedKind::desk, march, wire::DeskRows{id_.campaign, {std::move(changed)}, false}));
    }
    register_.publish(home_, std::move(items));
}

void CampaignDesk::hear(const std::string& bytes) {
    auto message = wire::decode_bus(bytes);
    if (!message || !state().exists()) return;
    if (std::holds_alternative<wire::HistoryDoubted>(*message)) return desk_->check_history();
    auto* row = std::get_if<MarchRow>(&*message);
    if (row == nullptr) return;
    const auto kept = rows_.find(row->overview.march);
    if (kept != rows_.end() && (kept->second.overview.as_of > row->overview.as_of || kept->second == *row)) return;
    put_row(std::move(*row));
}

void CampaignDesk::tell_all(const core::CampaignState& state) {
    for (std::size_t shard = 0; shard < home_.shards(); ++shard) {
        home_.send(shard, DrillChanged{id_.campaign, state.spec.drill});
        for (const core::Token& token : state.tokens) {
            if (!token.revoked) home_.send(shard, TokenChanged{id_.campaign, token});
        }
    }
}

void CampaignDesk::stored(const core::Entry& entry, const base::Digest&) {
    const auto tell = [this](const Parcel& parcel) {
        for (std::size_t shard = 0; shard < home_.shards(); ++shard) home_.send(shard, parcel);
    };
    if (const auto* issued = std::get_if<core::TokenIssued>(&entry.event)) {
        tell(TokenChanged{id_.campaign, issued->token});
        const core::Token& token = issued->token;
        // Whoever has redeemed an invite comes.
        if (token.invite != 0 && !token.march.empty()) tell_march(token, core::ConfirmDuty{token.person});
        if (token.recovery) tell_march(token, core::AnnounceRecovery{token.person, token.number});
    } else if (const auto* revoked = std::get_if<core::TokenRevoked>(&entry.event)) {
        MARCHWIRE_INVARIANT(revoked->number >= 1 && revoked->number <= state().tokens.size());
        tell(TokenChanged{id_.campaign, state().tokens[revoked->number - 1]});
    } else if (const auto* forgotten = std::get_if<core::MarchForgotten>(&entry.event)) {
        for (const core::Token& token : state().tokens) {
            if (token.march == forgotten->march) tell(TokenChanged{id_.campaign, token});
        }
        forget(forgotten->march);
    } else if (const auto* listed = std::get_if<core::MarchListed>(&entry.event)) {
        home_.hold_base({{id_.campaign, listed->listing.march}, listed->listing.topic_base});
    } else if (std::holds_alternative<core::CampaignCreated>(entry.event) ||
               std::holds_alternative<core::CampaignUpdated>(entry.event)) {
        tell(DrillChanged{id_.campaign, state().spec.drill});
    }
}

/// Each server that hears of the token says so: the march takes the first.
void CampaignDesk::tell_march(const core::Token& token, core::CommandBody body) {
    Asked asked;
    asked.command.body = std::move(body);
    asked.command.made_at = home_.clock().now();
    asked.actor.role = core::Role::keeper;
    asked.answer = [](const auto&) {};
    home_.put({id_.campaign, token.march}, std::move(asked));
}

void CampaignDesk::history_doubted() {
    if (home_.bus() != nullptr) home_.bus()->tell(id_, wire::encode_bus(wire::HistoryDoubted{}));
}

void CampaignDesk::history_changed() {
    count(home_.counters().histories_changed);
    open_campaign_log(home_.place(id_), [weak = weak_from_this()](const auto& opened) {
        const auto self = weak.lock();
        if (!self) return;
        if (!opened) {
            self->reopen_wanted_ = true;
            return;
        }
        // A token that the log does not know any more is void, and so are its sessions.
        for (core::Token token : self->state().tokens) {
            token.revoked = true;
            for (std::size_t shard = 0; shard < self->home_.shards(); ++shard) {
                const auto& now = opened->state.tokens;
                const bool kept = token.number <= now.size() && now[token.number - 1].hash == token.hash;
                if (!kept) self->home_.send(shard, TokenChanged{self->id_.campaign, token});
            }
        }
        self->desk_->restart(opened->state, opened->vault, opened->recent);
        self->tell_all(self->state());
    });
}

void CampaignDesk::beat() {
    if (std::exchange(reopen_wanted_, false)) history_changed();
    const core::CampaignState& now = state();
    if (now.tip.seq.value < checkpointed_.value + limits::checkpoint_every_entries) return;
    checkpointed_ = now.tip.seq;
    home_.log().put_checkpoint(id_, desk_->checkpoint(), [](const auto&) {});
}

void CampaignDesk::put_checkpoint(std::function<void()> done) {
    if (!state().exists() || state().tip.seq == checkpointed_) return done();
    checkpointed_ = state().tip.seq;
    home_.log().put_checkpoint(id_, desk_->checkpoint(),
                               [home = home_.mailbox(), done = std::move(done)](const auto&) { home.post(done); });
}

// ---- access ------------------------------------------------------------------------------------

void CampaignDesk::submit(Asked asked) {
    const auto& body = asked.command.body;
    if (std::holds_alternative<core::InviteMarshal>(body) || std::holds_alternative<core::AddDevice>(body)) {
        asked.answer = [&home = home_, campaign = id_.campaign,
                        answer = std::move(asked.answer)](base::Result<wire::Accepted> outcome) {
            if (outcome) outcome->invite_code = home.invite_code(campaign, static_cast<std::uint32_t>(outcome->made));
            answer(std::move(outcome));
        };
    }
    if (std::holds_alternative<core::RedeemInvite>(body)) {
        asked.answer = [weak = weak_from_this(),
                        answer = std::move(asked.answer)](base::Result<wire::Accepted> outcome) {
            const auto self = weak.lock();
            if (outcome && self) outcome->come_in = self->who_came_in(outcome->made);
            answer(std::move(outcome));
        };
    }
    desk_->submit(std::move(asked));
}

/// By the token that was made; none: none was.
std::optional<wire::ComeIn> CampaignDesk::who_came_in(std::uint64_t token) const {
    if (token == 0 || token > state().tokens.size()) return std::nullopt;
    const core::Token& made = state().tokens[token - 1];
    if (made.invite == 0) return std::nullopt;
    return wire::ComeIn{made.person, made.march, state().invites[made.invite - 1].second_device};
}

wire::Access CampaignDesk::read_access(const session::ReadAccess& request) const {
    const wire::ReadAccess& wish = request.request;
    wire::Access access;
    access.request = wish.request;
    const Permission cell = core::permission(request.actor, core::Action::roster_invites, id_);
    const bool own = request.actor.march.empty() || request.actor.march == wish.log.march;
    if ((cell != Permission::act && cell != Permission::read) || !own) {
        access.refusal = base::refuse(RefusalCode::permission_denied, "log",
                                      "Who may get in is for the march's city leads, the national desk and auditors.");
        return access;
    }
    const std::size_t most = wish.limit == 0 ? limits::access_persons
                                             : std::min<std::size_t>(wish.limit, limits::access_persons);
    std::map<base::PersonId, std::size_t> place;
    for (std::size_t i = wish.from.value == 0 ? 0 : wish.from.value - 1; i < state().persons.size(); ++i) {
        const core::Person& person = state().persons[i];
        // Of a march that was forgotten nobody is left, though another may have its name.
        if (person.march != wish.log.march || person.callsign.empty()) continue;
        if (access.persons.size() == most) {
            access.next = person.id;
            break;
        }
        place.emplace(person.id, access.persons.size());
        access.persons.push_back({person, {}, {}, {}});
    }
    const auto row_of = [&](base::PersonId person) {
        const auto found = place.find(person);
        return found == place.end() ? nullptr : &access.persons[found->second];
    };
    for (const core::Token& token : state().tokens) {
        auto* row = token.revoked ? nullptr : row_of(token.person);
        if (row != nullptr && row->devices.size() < limits::access_devices) row->devices.push_back(token);
    }
    const base::UtcMs now = home_.clock().now();
    for (const core::Invite& invite : state().invites) {
        auto* row = invite.is_alive(now) ? row_of(invite.person) : nullptr;
        if (row == nullptr || row->invites.size() >= limits::access_devices) continue;
        // An auditor looks on and hands out nothing.
        const bool spoken = cell == Permission::act && invite.wrong_codes < limits::invite_tries;
        row->codes.push_back(spoken ? home_.invite_code(id_.campaign, invite.number) : std::string());
        row->invites.push_back(invite);
    }
    return access;
}

// ---- boards ------------------------------------------------------------------------------------

base::Result<std::vector<base::TopicNumber>> CampaignDesk::topics_of(const core::Actor& actor, FeedKind kind) const {
    const bool board = kind == FeedKind::overview || kind == FeedKind::desk;
    if (!board) return base::invalid("feed", "Name the march as well: public/{campaign}/{march}.");
    const bool is_desk = kind == FeedKind::desk;
    const auto action = is_desk ? core::Action::read_desk : core::Action::read_public;
    if (core::permission(actor, action, id_) == Permission::deny) {
        return base::refuse(RefusalCode::permission_denied, "feed", "Desk is for the national desk and auditors.");
    }
    return std::vector{topic_of(state(), kind)};
}

void CampaignDesk::open_feed(const SubscriberKey& key, const session::OpenFeed& wish) {
    const FeedKind kind = wish.feed.kind;
    auto topics = topics_of(wish.actor, kind);
    if (topics && !register_.add(key, {wish.feed, wish.encoding, wish.actor})) {
        topics = base::refuse(RefusalCode::unavailable, "feed", "Too many follow this here: try again later.");
    }
    if (!topics) {
        home_.send(key.session.shard, Refused{key.session, {key.subscription, wish.feed, topics.error()}});
        return;
    }
    session::FeedOpened opened;
    opened.subscription = key.subscription;
    opened.feed = wish.feed;
    opened.topics = std::move(*topics);
    opened.as_of = home_.clock().now();
    opened.heading = heading(kind, wish.encoding);
    opened.newest = items_.on(opened.topics, wish.encoding);
    home_.send(key.session.shard, Opened{key.session, std::move(opened)});
}

void CampaignDesk::row_changed(const base::Slug& march, MarchRow row) {
    if (home_.bus() != nullptr) home_.bus()->put(id_, march.text(), wire::encode_bus(row));
    put_row(std::move(row));
}

void CampaignDesk::put_row(MarchRow row) {
    const base::Slug march = row.overview.march;
    const bool known = rows_.contains(march);
    if (is_forgotten(march) || (!known && rows_.size() >= limits::marches_per_campaign)) return;
    const MarchRow& kept = rows_[march] = std::move(row);
    readiness_.note(kept);
    std::vector<LiveItem> items;
    if (!kept.drill && !state().spec.drill) {
        items.push_back(
            put(FeedKind::overview, march,
                wire::OverviewRows{id_.campaign, state().spec.name, {kept.overview}, {kept.column}, false}));
    }
    items.push_back(
        put(FeedKind::desk, march, wire::DeskRows{id_.campaign, {readiness_.row_of(kept, state())}, false}));
    register_.publish(home_, std::move(items));
}

template <class Rows>
LiveItem CampaignDesk::put(FeedKind kind, const base::Slug& march, Rows rows) {
    const base::TopicNumber topic = topic_of(state(), kind);
    const std::uint64_t subject = base::stable_hash({id_.campaign, march});
    const auto encode = [rows = std::move(rows)](wire::Encoding encoding) { return wire::encode(rows, encoding); };
    return items_.put(topic, {topic.value, 0, subject}, encode, register_.encodings({kind}));
}

/// A row of it may come still: from another server's word, or from where rows are kept until the log is gone.
bool CampaignDesk::is_forgotten(const base::Slug& march) const {
    const bool was_there = std::ranges::any_of(state().marches, [&](const auto& one) { return one.march == march; });
    return was_there && state().listing(march) == nullptr;
}

/// In place of its row, so that whoever reads slowly hears of it as well.
void CampaignDesk::forget(const base::Slug& march) {
    const auto kept = rows_.find(march);
    if (kept == rows_.end()) return;
    const bool was_public = !kept->second.drill && !state().spec.drill;
    rows_.erase(kept);
    readiness_.forget(march);
    std::vector<LiveItem> items;
    if (was_public) {
        items.push_back(put(FeedKind::overview, march,
                            wire::OverviewRows{id_.campaign, state().spec.name, {}, {}, false, {}, {march}}));
    }
    items.push_back(put(FeedKind::desk, march, wire::DeskRows{id_.campaign, {}, false, {march}}));
    register_.publish(home_, std::move(items));
}

wire::OverviewRows CampaignDesk::overview(bool whole) const {
    const base::UtcMs imported_at = whole ? state().last_import.at : base::UtcMs{};
    return {id_.campaign, state().spec.name, {}, {}, whole, imported_at};
}

wire::Frame CampaignDesk::heading(FeedKind kind, wire::Encoding encoding) const {
    if (kind == FeedKind::desk) return wire::message_of(wire::DeskRows{id_.campaign, {}, true}, encoding);
    return wire::message_of(overview(true), encoding);
}

std::shared_ptr<const std::string> CampaignDesk::public_page() const {
    if (!state().exists() || state().spec.drill) return nullptr;
    wire::OverviewRows page = overview(true);
    for (const auto& [march, row] : rows_) {
        if (row.drill) continue;
        page.rows.push_back(row.overview);
        page.columns.push_back(row.column);
    }
    return std::make_shared<const std::string>(wire::encode(page, wire::Encoding::json));
}

std::vector<core::OverviewRow> CampaignDesk::public_rows() const {
    std::vector<core::OverviewRow> rows;
    if (state().spec.drill) return rows;
    for (const auto& [march, row] : rows_) {
        if (!row.drill) rows.push_back(row.overview);
    }
    return rows;
}

}  // namespace marchwire::shard
