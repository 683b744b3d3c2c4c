// The desks whose home is one shard.
#include "shard/desks.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "shard/log_opening.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;

base::Refusal no_such_log(const char* field) {
    return base::refuse(base::RefusalCode::not_found, field, "There is no such campaign or march: check its name.");
}

base::Refusal cannot_look() {
    return base::refuse(base::RefusalCode::unavailable, "hello.token",
                        "The roster cannot be looked at now: come back in a moment.");
}

template <class State>
OpenedDesk<State> unborn(const DeskPlace& place) {
    OpenedDesk<State> opened{{}, Vault(place.chain_key, place.id), {}, {}, {}, {}};
    opened.state.id = place.id;
    return opened;
}

/// Calls `done` when it has been called so many times.
std::function<void()> at_last(std::size_t calls, std::function<void()> done) {
    auto left = std::make_shared<std::size_t>(calls);
    return [left, done = std::move(done)] {
        if (--*left == 0) done();
    };
}

std::vector<HeldBase> bases_of(const core::CampaignState& campaign) {
    std::vector<HeldBase> bases{{campaign.id, campaign.topic_base}};
    for (const core::MarchListing& listing : campaign.marches) {
        if (listing.forgotten_at) continue;
        bases.push_back({{campaign.id.campaign, listing.march}, listing.topic_base});
    }
    return bases;
}

}  // namespace

template <class Desk>
void Desks::add(std::map<base::LogId, std::shared_ptr<Desk>>& desks, const base::LogId& log,
                std::shared_ptr<Desk> desk) {
    desks.insert_or_assign(log, std::move(desk));
    home_.counters().marches = marches_.size();
    home_.counters().campaigns = campaigns_.size();
}

void Desks::open(const base::LogId& log, std::function<void(base::Result<std::vector<HeldBase>>)> done) {
    if (log.is_campaign()) {
        open_campaign_log(home_.place(log), [this, log, done = std::move(done)](const auto& opened) {
            if (!opened) return done(opened.error());
            const auto desk = std::make_shared<CampaignDesk>(home_, *opened);
            add(campaigns_, log, desk);
            if (home_.bus() != nullptr) desk->follow(opened->recent);
            done(bases_of(opened->state));
        });
        return;
    }
    open_march_log(home_.place(log), [this, log, done = std::move(done)](const auto& opened) {
        if (!opened) return done(opened.error());
        auto desk = std::make_shared<MarchDesk>(home_, *opened);
        add(marches_, log, desk);
        if (home_.bus() != nullptr) {
            desk->follow(opened->recent);
            return done(std::vector<HeldBase>{{log, opened->state.topic_base}});
        }
        // A clock that stands before the last run (a demo day begun anew) has lost no time.
        const base::UtcMs now = home_.clock().now();
        const bool away = home_.last_alive() && home_.last_alive() < now;
        desk->begin_keeping(away ? home_.last_alive() : now);
        done(std::vector<HeldBase>{{log, opened->state.topic_base}});
    });
}

// ---- on a store that several servers share -----------------------------------------------------

void Desks::when_open(const base::LogId& log, std::function<void()> then) {
    if (home_.bus() == nullptr || march(log) != nullptr || campaign(log) != nullptr || closed_) return then();
    const auto [waiting, is_first] = opening_.try_emplace(log);
    if (waiting->second.size() < limits::desk_queue_commands) waiting->second.push_back(std::move(then));
    if (!is_first) return;
    open(log, [this, log](const base::Result<std::vector<HeldBase>>& opened) {
        if (opened) {
            not_opened_.erase(log);
            for (const HeldBase& held : *opened) home_.hold_base(held);
        } else if (opened.error().code != base::RefusalCode::not_found) {
            not_opened_[log] = home_.clock().now();
            base::log_error("log_not_opened", "log={} reason=\"{}\"", log.text(), opened.error().message);
        }
        const auto waited = std::exchange(opening_[log], {});
        opening_.erase(log);
        for (const auto& one : waited) one();
    });
}

void Desks::take_duties(const bus::Duties& duties) {
    if (closed_) return;
    std::set<base::LogId> marches;
    for (const bus::Kept& one : duties.kept) {
        marches.insert(one.march);
        // One that cannot be opened is not read again each second.
        const auto failed = not_opened_.find(one.march);
        if (failed != not_opened_.end() && home_.clock().now() - failed->second < limits::desk_idle) continue;
        when_open(one.march, [this, one] { begin_keeping(one); });
    }
    for (const auto& [log, desk] : marches_) {
        if (desk->is_kept() && !marches.contains(log)) desk->end_keeping();
        desk->peers_seen({duties.peers.lag, duties.peers.lost});
    }
    count_kept();
    for (const base::LogId& log : duties.campaigns) when_open(log, [] {});
}

void Desks::begin_keeping(const bus::Kept& kept) {
    MarchDesk* desk = march(kept.march);
    if (desk == nullptr || desk->is_kept()) return;
    // A clock that stands before the last keeping (a demo day begun anew) has lost no time.
    const base::UtcMs now = home_.clock().now();
    const bool away = kept.kept_before && kept.kept_before < now;
    desk->begin_keeping(away ? kept.kept_before : now);
    count_kept();
}

void Desks::count_kept() {
    home_.counters().kept = static_cast<std::size_t>(
        std::ranges::count_if(marches_, [](const auto& one) { return one.second->is_kept(); }));
}

// ---- commands ----------------------------------------------------------------------------------

void Desks::create(const base::LogId& log, Asked asked) {
    const bool is_campaign = std::holds_alternative<core::CreateCampaign>(asked.command.body);
    if (is_campaign != log.is_campaign()) {
        asked.answer(base::invalid("log", "createCampaign names a campaign and createMarch a campaign/march."));
        return;
    }
    if (is_campaign && campaign(log) == nullptr) {
        const auto desk = std::make_shared<CampaignDesk>(home_, unborn<core::CampaignState>(home_.place(log)));
        add(campaigns_, log, desk);
        if (home_.bus() != nullptr) desk->follow({});
    }
    if (!is_campaign && march(log) == nullptr) {
        const auto desk = std::make_shared<MarchDesk>(home_, unborn<core::MarchState>(home_.place(log)));
        add(marches_, log, desk);
        if (home_.bus() != nullptr) desk->follow({});
    }
    asked.answer = [this, log, answer = std::move(asked.answer)](auto outcome) {
        // Not from inside the desk's own call.
        if (!outcome) home_.mailbox().post([this, log] { forget_unborn(log); });
        answer(std::move(outcome));
    };
    put(log, std::move(asked));
}

void Desks::forget_unborn(const base::LogId& log) {
    const auto march = marches_.find(log);
    if (march != marches_.end() && march->second->forgettable()) marches_.erase(march);
    const auto campaign = campaigns_.find(log);
    if (campaign != campaigns_.end() && campaign->second->forgettable()) campaigns_.erase(campaign);
    home_.counters().marches = marches_.size();
    home_.counters().campaigns = campaigns_.size();
}

void Desks::submit(const base::LogId& log, Asked asked) {
    when_open(log, [this, log, asked = std::make_shared<Asked>(std::move(asked))] {
        const bool creates = std::holds_alternative<core::CreateCampaign>(asked->command.body) ||
                             std::holds_alternative<core::CreateMarch>(asked->command.body);
        if (creates) {
            create(log, std::move(*asked));
        } else {
            put(log, std::move(*asked));
        }
    });
}

void Desks::put(const base::LogId& log, Asked asked) {
    if (auto* desk = march(log)) {
        desk->submit(std::move(asked));
    } else if (auto* of_campaign = campaign(log)) {
        of_campaign->submit(std::move(asked));
    } else {
        home_.counters().count_refusal(base::RefusalCode::not_found);
        asked.answer(no_such_log("log"));
    }
}

void Desks::open_feed(const SubscriberKey& key, const session::OpenFeed& wish) {
    when_open(wish.feed.log, [this, key, wish] { open_here(wish.feed.log, key, wish); });
}

void Desks::open_here(const base::LogId& log, const SubscriberKey& key, const session::OpenFeed& wish) {
    if (auto* desk = march(log)) {
        desk->open_feed(key, wish);
    } else if (auto* of_campaign = campaign(log); of_campaign != nullptr && of_campaign->state().exists()) {
        of_campaign->open_feed(key, wish);
    } else {
        home_.send(key.session.shard, Refused{key.session, {key.subscription, wish.feed, no_such_log("feed")}});
    }
}

void Desks::close_feed(const SubscriberKey& key, const wire::FeedName& feed) {
    if (auto* desk = march(feed.log)) desk->close_feed(key);
    if (auto* of_campaign = campaign(feed.log)) of_campaign->close_feed(key);
}

void Desks::read_history(const SessionKey& to, session::ReadHistory request) {
    const base::LogId log = request.request.feed.log;
    when_open(log, [this, to, request = std::make_shared<session::ReadHistory>(std::move(request))] {
        read_here(to, std::move(*request));
    });
}

void Desks::read_here(const SessionKey& to, session::ReadHistory request) {
    if (auto* desk = march(request.request.feed.log)) {
        desk->read_history(to, std::move(request));
        return;
    }
    wire::History history{request.request.request, request.request.feed, {}, false, no_such_log("feed")};
    if (campaign(request.request.feed.log) != nullptr) {
        history.refusal = base::invalid("feed", "This feed keeps newest rows only: read the history of a march.");
    }
    home_.send(to.shard, HistoryRead{to, std::move(history)});
}

void Desks::read_access(const SessionKey& to, const session::ReadAccess& request) {
    const CampaignDesk* desk = campaign(request.request.log.campaign_log());
    wire::Access access{request.request.request, {}, {}, no_such_log("log")};
    home_.send(to.shard, AccessRead{to, desk == nullptr ? std::move(access) : desk->read_access(request)});
}

session::MemberFound Desks::find_member(const session::FindMember& wish) const {
    session::MemberFound found;
    found.march = wish.march;
    const MarchDesk* desk = march(wish.march);
    if (desk == nullptr || !desk->state().exists() || desk->state().is_shredded()) {
        found.refusal = not_opened_.contains(wish.march)
                            ? cannot_look()
                            : base::refuse(base::RefusalCode::unauthenticated, "hello.token",
                                           "There is no such march: check its name.");
        return found;
    }
    const core::Member* member = desk->state().called(wish.callsign);
    if (member == nullptr) return found;
    found.person = member->person;
    found.role = member->role;
    if (member->last_report == core::Report::detained) {
        found.refusal = base::refuse(base::RefusalCode::permission_denied, "hello.token",
                                     "Somebody said that you were detained: have your buddy or lead check you in.");
    }
    return found;
}

session::MemberFound Desks::let_in(session::MemberFound found) const {
    const CampaignDesk* desk = campaign(found.march.campaign_log());
    if (desk == nullptr) {
        found.refusal = cannot_look();
    } else if (desk->state().is_shut_out(found.person)) {
        found.refusal = base::refuse(base::RefusalCode::permission_denied, "hello.token",
                                     "Your devices were revoked: ask your lead for a new invite, and redeem it.");
    }
    return found;
}

MarchDesk* Desks::march(const base::LogId& log) const {
    const auto found = marches_.find(log);
    return found == marches_.end() ? nullptr : found->second.get();
}

CampaignDesk* Desks::campaign(const base::LogId& log) const {
    const auto found = campaigns_.find(log);
    return found == campaigns_.end() ? nullptr : found->second.get();
}

std::vector<base::LogId> Desks::logs() const {
    std::vector<base::LogId> logs;
    for (const auto& [log, desk] : campaigns_) {
        if (desk->state().exists()) logs.push_back(log);
    }
    for (const auto& [log, desk] : marches_) {
        if (desk->state().exists() && !desk->state().is_shredded()) logs.push_back(log);
    }
    return logs;
}

void Desks::beat(base::UtcMs now) {
    if (closed_) return;
    for (const auto& [log, desk] : marches_) desk->beat(now);
    for (const auto& [log, desk] : campaigns_) desk->beat();
}

void Desks::second(base::UtcMs now) {
    if (closed_) return;
    for (const auto& [log, desk] : marches_) desk->second(now);
    for (const auto& [log, desk] : campaigns_) desk->second();
    count_kept();
    const bool alone = home_.bus() == nullptr;
    const auto is_left = [now, alone](const auto& one) {
        return one.second->is_over() || (!alone && one.second->unwanted(now));
    };
    if (std::erase_if(marches_, is_left) != 0) home_.counters().marches = marches_.size();
}

void Desks::when_quiet(std::function<void()> done) {
    // Whoever waits for an opening goes on at once then, and may put a command.
    if (!opening_.empty()) return opening_.begin()->second.push_back([this, done] { when_quiet(done); });
    const auto one_done = at_last(marches_.size() + campaigns_.size() + 1, std::move(done));
    for (const auto& [log, desk] : marches_) desk->when_quiet(one_done);
    for (const auto& [log, desk] : campaigns_) desk->when_quiet(one_done);
    one_done();
}

void Desks::close(std::function<void()> done) {
    closed_ = true;
    // One more than there are desks: `done` cannot come before the last one was told.
    const auto one_done = at_last(marches_.size() + campaigns_.size() + 1, std::move(done));
    for (const auto& [log, desk] : marches_) {
        desk->close([desk = desk, one_done] { desk->put_checkpoint(one_done); });
    }
    for (const auto& [log, desk] : campaigns_) {
        desk->close([desk = desk, one_done] { desk->put_checkpoint(one_done); });
    }
    one_done();
}

}  // namespace marchwire::shard
