// The desk of one campaign: its log, its tokens, and the two boards that span its marches.
#pragma once

#include "shard/feed_register.hpp"
#include "shard/home.hpp"
#include "shard/keyed_items.hpp"
#include "shard/log_desk.hpp"
#include "shard/log_opening.hpp"
#include "shard/ready_rows.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::shard {

/// Lives on its home shard. Make it by std::make_shared. Overview and desk are keyed state: the newest row per
/// march, no resume; whoever subscribes gets every row first.
class CampaignDesk final : public Audience<core::CampaignState>, public std::enable_shared_from_this<CampaignDesk> {
public:
    CampaignDesk(Home& home, OpenedDesk<core::CampaignState> opened);

    /// Hears what other servers append, and the rows of the marches that they keep, from now on.
    void follow(const std::vector<PastEntry>& recent);
    void submit(Asked asked);
    /// Persons of a march or of the campaign, and what they may come in by; the refusal in it, where this actor may not
    /// know.
    [[nodiscard]] wire::Access read_access(const session::ReadAccess& request) const;
    void open_feed(const SubscriberKey& key, const session::OpenFeed& wish);
    void close_feed(const SubscriberKey& key) { register_.remove(key); }
    /// A march that is kept here says how it stands: rarely by itself (limits::row_every), at once at a phase change.
    void row_changed(const base::Slug& march, MarchRow row);
    void when_quiet(std::function<void()> quiet) { desk_->when_quiet(std::move(quiet)); }
    void close(std::function<void()> quiet) { desk_->close(std::move(quiet)); }
    void put_checkpoint(std::function<void()> done);
    /// Its creation was refused and nobody waits for it.
    [[nodiscard]] bool forgettable() const { return !state().exists() && desk_->idle(); }
    void beat();
    void second();

    [[nodiscard]] const core::CampaignState& state() const { return desk_->committed(); }
    /// Every row that the public may see, as one JSON item; null for a drill.
    [[nodiscard]] std::shared_ptr<const std::string> public_page() const;
    [[nodiscard]] std::vector<core::OverviewRow> public_rows() const;

    void stored(const core::Entry& entry, const base::Digest& digest) override;
    void group_stored() override {}
    void history_doubted() override;
    void history_changed() override;
    void history_ended() override {}
    /// A campaign has no keeper: whoever comes first.
    [[nodiscard]] bool repairs() const override { return true; }

private:
    [[nodiscard]] std::optional<wire::ComeIn> who_came_in(std::uint64_t token) const;
    void put_row(MarchRow row);
    void tell_march(const core::Token& token, core::CommandBody body);
    [[nodiscard]] bool is_forgotten(const base::Slug& march) const;
    void forget(const base::Slug& march);
    template <class Rows>
    [[nodiscard]] fanout::LiveItem put(wire::FeedKind kind, const base::Slug& march, Rows rows);
    void hear(const std::string& bytes);
    void read_rows();
    void tell_all(const core::CampaignState& state);
    [[nodiscard]] wire::Frame heading(wire::FeedKind kind, wire::Encoding encoding) const;
    [[nodiscard]] wire::OverviewRows overview(bool whole) const;
    [[nodiscard]] base::Result<std::vector<base::TopicNumber>> topics_of(const core::Actor& actor,
                                                                         wire::FeedKind kind) const;

    Home& home_;
    base::LogId id_;
    std::shared_ptr<LogDesk<core::CampaignState>> desk_;
    FeedRegister register_;
    std::map<base::Slug, MarchRow> rows_;  ///< at most limits::marches_per_campaign, as the log lists them
    KeyedItems items_;                     ///< the same, as followers are given them
    ReadyRows readiness_;
    base::Seq checkpointed_;
    bool reopen_wanted_ = false;
    std::unique_ptr<bus::Listening> listening_;
    int seconds_unread_ = 0;  ///< since the rows of other servers' marches were read
};

}  // namespace marchwire::shard
