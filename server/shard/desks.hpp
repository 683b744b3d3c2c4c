// The desks whose home is one shard: found by log, made when a log is created.
#pragma once

#include "shard/campaign_desk.hpp"
#include "shard/home.hpp"
#include "shard/march_desk.hpp"
#include "shard/topic_bases.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace marchwire::shard {

/// All calls on the shard's thread. Bounded by what the store holds and the host creates.
class Desks {
public:
    explicit Desks(Home& home) : home_(home) {}

    /// Opens a log of the store. `done` is called later on this thread, with the log's topic base and, of a campaign,
    /// those that it lists.
    void open(const base::LogId& log, std::function<void(base::Result<std::vector<HeldBase>>)> done);
    /// Runs `then` when the log's desk is there, opened where necessary, or when there is no such log. At once while
    /// this server has the store alone: then every desk is there.
    void when_open(const base::LogId& log, std::function<void()> then);
    /// With other servers on the store: what this one keeps now, and which campaigns there are.
    void take_duties(const bus::Duties& duties);
    /// CreateCampaign and CreateMarch make the log; everything else on an unknown log is NOT_FOUND.
    void submit(const base::LogId& log, Asked asked);

    void open_feed(const SubscriberKey& key, const session::OpenFeed& wish);
    void close_feed(const SubscriberKey& key, const wire::FeedName& feed);
    void read_history(const SessionKey& to, session::ReadHistory request);
    void read_access(const SessionKey& to, const session::ReadAccess& request);
    /// Whom an app's token names, of a march of this shard; its desk is open, or there is none.
    [[nodiscard]] session::MemberFound find_member(const session::FindMember& wish) const;
    /// The same of a campaign: refused when its log says that this person is to stay out.
    [[nodiscard]] session::MemberFound let_in(session::MemberFound found) const;

    [[nodiscard]] MarchDesk* march(const base::LogId& log) const;
    [[nodiscard]] CampaignDesk* campaign(const base::LogId& log) const;
    [[nodiscard]] const std::map<base::LogId, std::shared_ptr<CampaignDesk>>& campaigns() const { return campaigns_; }
    /// Logs that exist.
    [[nodiscard]] std::vector<base::LogId> logs() const;

    void beat(base::UtcMs now);
    void second(base::UtcMs now);
    /// `done` once, later or at once, when nothing is being opened and all that was taken has been answered.
    void when_quiet(std::function<void()> done);
    /// Answers what was taken, then puts checkpoints. `done` once, later or at once.
    void close(std::function<void()> done);

private:
    template <class Desk>
    void add(std::map<base::LogId, std::shared_ptr<Desk>>& desks, const base::LogId& log, std::shared_ptr<Desk> desk);
    void create(const base::LogId& log, Asked asked);
    void put(const base::LogId& log, Asked asked);
    void begin_keeping(const bus::Kept& kept);
    void count_kept();
    void open_here(const base::LogId& log, const SubscriberKey& key, const session::OpenFeed& wish);
    void read_here(const SessionKey& to, session::ReadHistory request);
    void forget_unborn(const base::LogId& log);

    Home& home_;
    std::map<base::LogId, std::shared_ptr<MarchDesk>> marches_;
    std::map<base::LogId, std::shared_ptr<CampaignDesk>> campaigns_;
    std::map<base::LogId, std::vector<std::function<void()>>> opening_;  ///< and who waits for it
    std::map<base::LogId, base::UtcMs> not_opened_;  ///< by mistake of the log or the store, and when
    bool closed_ = false;
};

}  // namespace marchwire::shard
