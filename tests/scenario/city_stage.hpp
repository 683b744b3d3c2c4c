// A whole city in one thread: shards, memory log, a clock that moves when told, people with phones and followers.
#pragma once

#include "base/clock.hpp"
#include "session/ports.hpp"
#include "shard/city.hpp"
#include "stage_pins.hpp"
#include "store/memory_log.hpp"
#include "support/stage_log.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::test {

/// The far side of a session as its shard sees it: keeps all that it is given.
class Seat final : public session::SessionPort {
public:
    Seat(session::Backend& backend, std::optional<session::Grant> grant);
    ~Seat() override;
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    /// Asks for a feed; the answer stands in `opened` or `refused_feeds` once the city has settled.
    session::SubscriptionId open(const wire::FeedName& feed, std::optional<base::Position> resume = std::nullopt,
                                 wire::Encoding encoding = wire::Encoding::proto);
    void close(session::SubscriptionId subscription, const wire::FeedName& feed);
    base::CommandId run(const base::LogId& log, core::CommandBody body);
    void run_as(base::CommandId id, const base::LogId& log, core::CommandBody body, std::uint64_t content_hash);
    void history(const wire::FeedName& feed, std::uint64_t from, std::uint32_t limit);
    void report(const base::LogId& march, std::vector<core::Fix> fixes);
    /// The page says that its screen is off: this person's silence is no alarm.
    void pocket();
    void hang_up();

    /// The reply to this command; none yet.
    [[nodiscard]] std::optional<base::Result<wire::Accepted>> reply_to(base::CommandId id) const;
    /// Items of class A and B that bear a position, each seq once and in order as a client takes them.
    [[nodiscard]] std::vector<fanout::LiveItem> taken() const;
    /// All bytes that this session was given on its feeds: snapshots, resumed and live items.
    [[nodiscard]] std::string everything_seen() const;

    void feed_opened(session::FeedOpened one) override;
    void feed_refused(session::FeedRefused one) override { refused_feeds.push_back(std::move(one)); }
    void replied(const wire::Reply& reply) override { replies.push_back(reply); }
    void history_read(wire::History one) override { histories.push_back(std::move(one)); }
    void access_read(wire::Access one) override { accesses.push_back(std::move(one)); }
    void member_found(const session::MemberFound& one) override { members.push_back(one); }
    session::AfterDelivery deliver(const fanout::Run& run) override;
    session::AfterDelivery deliver(std::span<const fanout::LiveItem> some) override;
    session::AfterDelivery newest_changed() override;
    void flush() override { unflushed = 0; }
    base::UtcMs tick() override { return {}; }
    void revoke() override { revoked = true; }
    void drain(base::Millis delay) override { drained = delay; }
    [[nodiscard]] const session::Grant* grant() const override { return grant_ ? &*grant_ : nullptr; }

    std::vector<session::FeedOpened> opened;
    std::vector<session::FeedRefused> refused_feeds;
    std::vector<wire::Reply> replies;
    std::vector<wire::History> histories;
    std::vector<wire::Access> accesses;
    std::vector<session::MemberFound> members;
    std::vector<fanout::LiveItem> items;  ///< class A and B
    std::string newest;                   ///< all messages of class C
    std::size_t unflushed = 0;
    bool revoked = false;
    std::optional<base::Millis> drained;
    base::UtcMs clock_now;  ///< made_at of the next command

private:
    [[nodiscard]] session::AfterDelivery take(const fanout::LiveItem& item);
    void take_newest(const session::FeedOpened& feed);

    session::Backend& backend_;
    std::map<base::TopicNumber, std::uint64_t> versions_;  ///< of newest values seen
    std::optional<session::Grant> grant_;
    wire::Encoding encoding_ = wire::Encoding::proto;  ///< of its connection
    std::optional<fanout::Slot> slot_;
    base::DeviceId device_;
    std::uint64_t counter_ = 0;
    session::SubscriptionId subscriptions_ = 0;
};

/// Flag Day in St. Louis, 14 June 2018, two hours before its step-off. Everything runs on the caller's thread; the
/// store outlives the city, so that a server can go down and come back.
class CityStage {
public:
    /// With a bus there may be further servers on the same store.
    explicit CityStage(std::size_t shards = 2, bus::Bus* bus = nullptr);
    ~CityStage();

    /// Runs shards and store until nothing is left to do.
    void settle();
    /// Time passes second by second, beats included.
    void wait(base::Millis time);

    void create_campaign(bool drill = false);
    void create_march(bool drill = false);
    /// A person with a token; on the march's roster when `section` or a buddy or `on_roster` is given by `assign`.
    session::Grant person(const std::string& callsign, core::Role role, bool for_all = false);
    /// A token more for somebody who has one.
    session::Grant another_phone(base::PersonId person, core::Role role, const base::Slug& where);
    void assign(const session::Grant& grant, const std::string& callsign, std::uint32_t section,
                base::PersonId buddy = {});
    std::unique_ptr<Seat> seat(std::optional<session::Grant> grant = std::nullopt, std::size_t shard = 0);

    /// By the host's command line; refused means the test is wrong.
    wire::Accepted host(const base::LogId& log, core::CommandBody body);
    base::Result<wire::Accepted> try_host(const base::LogId& log, core::CommandBody body);
    /// A person's command that must be accepted.
    wire::Accepted must(Seat& seat, core::CommandBody body);
    /// Receipts wait for one another, by a real clock.
    base::Result<wire::Accepted> answer_to(const Seat& seat, base::CommandId id);
    base::Refusal refused(Seat& seat, core::CommandBody body);
    [[nodiscard]] std::string state();
    session::PageAnswer page(const std::string& target);

    /// A further server on the same store, with the same clock.
    shard::City& another(bus::Bus& bus);

    /// SIGTERM and out: drained, checkpoints put.
    void go_down();
    /// kill -9.
    void crash();
    /// A server on the same store again; `last_alive` is when the one before was last seen.
    base::Result<void> come_up(base::UtcMs last_alive = {});

    [[nodiscard]] wire::FeedName feed(wire::FeedKind kind) const;

    base::ManualClock clock;
    store::MemoryLog memory;
    StageLog log;
    std::unique_ptr<shard::City> city;
    std::vector<std::unique_ptr<shard::City>> others;
    base::LogId campaign;
    base::LogId march;
    base::UtcMs step_off;
    StagePins pins;                   ///< of all servers
    std::vector<core::WakeUp> woken;  ///< by all servers, as they called

private:
    [[nodiscard]] std::unique_ptr<shard::City> open(bus::Bus* bus, base::UtcMs last_alive,
                                                    std::optional<base::Result<void>>& started);

    std::size_t shards_;
    bus::Bus* bus_;
    std::uint32_t tokens_ = 0;
};

/// All messages of a snapshot, for looking into.
[[nodiscard]] std::string text_of(const session::SnapshotPieces& snapshot);

/// The reading side of the chain key and of signed tips in tests.
[[nodiscard]] base::Hash256 stage_chain_key(const base::LogId& log);

/// Every position follows the one before without a gap: a client's rule (prev beyond what is held is a gap).
[[nodiscard]] bool without_gap(const base::Position& held, const std::vector<fanout::LiveItem>& items);

}  // namespace marchwire::test
