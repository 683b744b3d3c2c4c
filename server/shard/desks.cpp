// The desks whose home is one shard.
#include "shard/desks.hpp"

#include "shard/log_opening.hpp"

#include <utility>

namespace marchwire::shard {
namespace {

base::Refusal no_such_log(const char* field) {
    return base::refuse(base::RefusalCode::not_found, field, "There is no such campaign or march: check its name.");
}

template <class State>
OpenedDesk<State> unborn(const base::LogId& log) {
    OpenedDesk<State> opened;
    opened.state.id = log;
    return opened;
}

std::vector<HeldBase> bases_of(const core::CampaignState& campaign) {
    std::vector<HeldBase> bases{{campaign.id, campaign.topic_base}};
    for (const core::MarchListing& listing : campaign.marches) {
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
            add(campaigns_, log, std::make_shared<CampaignDesk>(home_, *opened));
            done(bases_of(opened->state));
        });
        return;
    }
    open_march_log(home_.place(log), [this, log, done = std::move(done)](const auto& opened) {
        if (!opened) return done(opened.error());
        auto desk = std::make_shared<MarchDesk>(home_, *opened);
        add(marches_, log, desk);
        // A clock that stands before the last run (a demo day begun anew) has lost no time.
        const base::UtcMs now = home_.clock().now();
        const bool away = home_.last_alive() && home_.last_alive() < now;
        desk->begin_keeping(away ? home_.last_alive() : now);
        done(std::vector<HeldBase>{{log, opened->state.topic_base}});
    });
}

void Desks::create(const base::LogId& log, Asked asked) {
    const bool is_campaign = std::holds_alternative<core::CreateCampaign>(asked.command.body);
    if (is_campaign != log.is_campaign()) {
        asked.answer(base::invalid("log", "createCampaign names a campaign and createMarch a campaign/march."));
        return;
    }
    if (is_campaign && campaign(log) == nullptr) {
        add(campaigns_, log, std::make_shared<CampaignDesk>(home_, unborn<core::CampaignState>(log)));
    }
    if (!is_campaign && march(log) == nullptr) {
        add(marches_, log, std::make_shared<MarchDesk>(home_, unborn<core::MarchState>(log)));
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
    const bool creates = std::holds_alternative<core::CreateCampaign>(asked.command.body) ||
                         std::holds_alternative<core::CreateMarch>(asked.command.body);
    if (creates) {
        create(log, std::move(asked));
    } else {
        put(log, std::move(asked));
    }
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
    if (auto* desk = march(wish.feed.log)) {
        desk->open_feed(key, wish);
    } else if (auto* of_campaign = campaign(wish.feed.log); of_campaign != nullptr && of_campaign->state().exists()) {
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
        if (desk->state().exists()) logs.push_back(log);
    }
    return logs;
}

void Desks::beat(base::UtcMs now) {
    if (closed_) return;
    for (const auto& [log, desk] : marches_) desk->beat(now);
    for (const auto& [log, desk] : campaigns_) desk->beat(now);
}

void Desks::second(base::UtcMs now) {
    if (closed_) return;
    for (const auto& [log, desk] : marches_) desk->second(now);
}

void Desks::close(std::function<void()> done) {
    closed_ = true;
    // One more than there are desks: `done` cannot come before the last one was told.
    auto left = std::make_shared<std::size_t>(marches_.size() + campaigns_.size() + 1);
    const auto one_done = [left, done = std::move(done)] {
        if (--*left == 0) done();
    };
    for (const auto& [log, desk] : marches_) {
        desk->close([desk = desk, one_done] { desk->put_checkpoint(one_done); });
    }
    for (const auto& [log, desk] : campaigns_) {
        desk->close([desk = desk, one_done] { desk->put_checkpoint(one_done); });
    }
    one_done();
}

}  // namespace marchwire::shard
