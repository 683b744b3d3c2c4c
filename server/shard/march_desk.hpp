// The desk of one march: its log, its feeds, its telemetry and its keeper on one thread.
#pragma once

#include "shard/crowd.hpp"
#include "shard/held_receipts.hpp"
#include "shard/home.hpp"
#include "shard/keeper.hpp"
#include "shard/log_desk.hpp"
#include "shard/march_feeds.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace marchwire::shard {

/// What HTTP pages show of a march. `snapshot` is JSON; null when the public may not see the march.
struct PublicMarchPage {
    std::shared_ptr<const std::string> snapshot;
    core::PublicRoute route;
    std::string etag;
};

/// Lives on its home shard. Make it by std::make_shared. What is published was stored before.
class MarchDesk final : public Audience<core::MarchState>, public std::enable_shared_from_this<MarchDesk> {
public:
    /// `opened` as the store had it; a state with tip.seq 0 for a march that its first command creates.
    MarchDesk(Home& home, const OpenedDesk<core::MarchState>& opened);

    /// Takes the keeping of a march that exists; a new one's is taken when it has been created.
    void begin_keeping(base::UtcMs idle_since);
    void end_keeping();
    /// How the servers are to one another; asked each second while the march is kept.
    void peers_seen(const core::ServersSeen& seen) { servers_ = seen; }
    [[nodiscard]] bool is_kept() const { return keeper_->keeps(); }
    /// Hears what other servers append and tell from now on. `recent`: as it was opened.
    void follow(const std::vector<PastEntry>& recent);
    /// Receipts wait for limits::receipts_gather, and go on together. A subscription for pushes is sealed first,
    /// and PINs are hashed elsewhere before the desk sees what they are for.
    void submit(Asked asked);
    void open_feed(const SubscriberKey& key, const session::OpenFeed& wish) { feeds_.open(key, wish); }
    void close_feed(const SubscriberKey& key) { feeds_.close(key); }
    /// At most limits::history_entries and limits::history_bytes. A follower's history goes back as far as resumes do.
    void read_history(const SessionKey& to, session::ReadHistory request);
    void report_position(const core::Actor& actor, const wire::ReportPosition& report);
    void heard_from(const wire::HeardFrom& heard);

    void beat(base::UtcMs now);
    void second(base::UtcMs now);
    /// What was taken has been answered; receipts wait for no others any more.
    void when_quiet(std::function<void()> quiet);
    void close(std::function<void()> quiet);
    /// Of what is stored now, unless it exists already.
    void put_checkpoint(std::function<void()> done);
    /// Nobody here has wanted it for limits::desk_idle: another server keeps it, and it can be opened again.
    [[nodiscard]] bool unwanted(base::UtcMs now) const;
    /// Its log is gone: nothing is left to do here.
    [[nodiscard]] bool is_over() const { return ended_ || keeper_->has_shredded(); }
    /// Its creation was refused and nobody waits for it.
    [[nodiscard]] bool forgettable() const { return !state().exists() && desk_->idle(); }

    [[nodiscard]] const core::MarchState& state() const { return desk_->committed(); }
    [[nodiscard]] PublicMarchPage public_page();

    void stored(const core::Entry& entry, const base::Digest& digest) override;
    void group_stored() override;
    void history_doubted() override { tell_others(wire::HistoryDoubted{}); }
    void history_changed() override;
    void history_ended() override;
    [[nodiscard]] bool repairs() const override;

private:
    void answer_history(const SessionKey& to, const session::ReadHistory& request,
                        const base::Result<store::Entries>& read);
    void public_history(const SessionKey& to, const session::ReadHistory& request);
    [[nodiscard]] bool seal_details(Asked& asked);
    void answer_with_details(Asked& asked, const core::RevealPerson& wish);
    void read_details(base::PersonId person, const std::string& sealed, wire::Accepted accepted, const Answer& answer);
    void submit_receipts();
    void submit_cancel(Asked asked);
    void submit_pins(Asked asked);
    [[nodiscard]] bool begin_hashing(const Asked& asked);
    void hashed(Asked asked, const std::optional<base::Refusal>& refusal);
    void hand_out(const core::Entry& entry, std::vector<fanout::LiveItem> items);
    void observe_silence(base::UtcMs now);
    void look_for_unreached(base::UtcMs now);
    void count_followers();
    void send_row(base::UtcMs now);
    void tell_column(base::UtcMs now);
    void tell_others(const wire::BusMessage& message);
    void hear(const wire::BusMessage& message);

    Home& home_;
    base::LogId id_;
    std::shared_ptr<LogDesk<core::MarchState>> desk_;
    MarchItems items_;
    Telemetry telemetry_;
    MarchFeeds feeds_;
    std::shared_ptr<Keeper> keeper_;
    std::vector<Asked> receipts_;                 ///< that wait for others
    std::unordered_set<base::PersonId> hashing_;  ///< whose PIN is being hashed
    std::vector<std::function<void()>> quiet_when_hashed_;
    core::Waking waking_;
    std::vector<fanout::LiveItem> to_publish_;
    HeldReceipts held_receipts_;
    std::unordered_set<base::PersonId> reassigned_;
    bool row_urgent_ = true;
    bool reopen_wanted_ = false;
    base::UtcMs row_sent_at_;
    std::uint64_t row_seq_ = 0;  ///< log seq that the last row was made of
    base::UtcMs row_column_at_;
    std::uint32_t row_followers_ = 0;
    Crowd crowd_;
    int seconds_untold_ = 0;  ///< of the followers here, to the keeper
    base::Position hinted_;   ///< how far the log is, as marshals' sessions were told
    base::Seq checkpointed_;
    std::unique_ptr<bus::Listening> listening_;
    base::UtcMs column_told_;  ///< as_of of the public column that the other servers have; 0: of none
    base::UtcMs column_told_at_;
    base::UtcMs wanted_at_;
    bool ever_kept_ = false;
    bool ended_ = false;
    int seconds_unkept_ = 0;
    core::ServersSeen servers_;
};

}  // namespace marchwire::shard
