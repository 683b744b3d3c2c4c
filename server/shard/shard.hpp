// One shard: a thread with its sessions, the desks whose home it is, and its copy of the tokens.
#pragma once

#include "session/ports.hpp"
#include "session/token_index.hpp"
#include "shard/broadcast.hpp"
#include "shard/counters.hpp"
#include "shard/desks.hpp"
#include "shard/fabric.hpp"
#include "shard/home.hpp"
#include "shard/lane.hpp"
#include "shard/timer_wheel.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/container/small_vector.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace marchwire::shard {

/// Sessions talk to their shard by Backend; desks by Home; shards to one another by parcels. No lock anywhere.
class Shard final : public session::Backend, public Home, public Seats {
public:
    Shard(Fabric& fabric, std::size_t index);
    ~Shard() override;

    // ---- any thread --------------------------------------------------------------------------------
    [[nodiscard]] const Mailbox& mailbox() const override { return mailbox_; }
    [[nodiscard]] const Counters& figures() const { return counters_; }
    [[nodiscard]] boost::asio::io_context& io_context() { return *io_; }
    /// Begins the thread and its beat.
    void start();
    /// Ends the thread when it has come to rest.
    void join();

    // ---- its own thread ----------------------------------------------------------------------------
    [[nodiscard]] Desks& desks() { return desks_; }
    /// Parcels of one turn of another shard (or this one), in order.
    void receive(const std::vector<Parcel>& parcels);
    /// Of sessions by the machine's clock and, unless the host moves the marches' clock, of marches.
    void beat();
    /// A quarter of a second of the marches' clock.
    void march_beat();
    /// Tells every session to come back later: after `delay` to twice `delay`.
    void drain(base::Millis delay);
    [[nodiscard]] bool is_drill(const base::Slug& campaign) const { return drills_.contains(campaign); }

    // ---- Backend -----------------------------------------------------------------------------------
    [[nodiscard]] fanout::Slot join(session::SessionPort& port) override;
    void leave(fanout::Slot slot) override;
    [[nodiscard]] std::optional<session::Credential> find_token(const base::Hash256& hash) const override;
    [[nodiscard]] base::Result<session::AppPass> read_app_token(std::string_view token) const override;
    void find_member(fanout::Slot slot, session::FindMember wish) override;
    void open_feed(fanout::Slot slot, session::OpenFeed wish) override;
    void close_feed(fanout::Slot slot, session::SubscriptionId subscription, const wire::FeedName& feed) override;
    void run_command(fanout::Slot slot, session::RunCommand command) override;
    void report_position(fanout::Slot slot, const core::Actor& actor, wire::ReportPosition report) override;
    void read_history(fanout::Slot slot, session::ReadHistory request) override;
    void read_access(fanout::Slot slot, session::ReadAccess request) override;
    void heard_from(fanout::Slot slot, const session::Grant& grant, wire::Screen screen) override;
    void wake(fanout::Slot slot, base::UtcMs machine_time) override { wheel_.set(slot, machine_time); }
    void put_off(std::function<void()> work) override { followers_.add(std::move(work)); }
    [[nodiscard]] const fanout::NewestTable* newest(base::TopicNumber topic) const override {
        return broadcast_.newest(topic);
    }
    [[nodiscard]] std::shared_ptr<fanout::QueueBudget> budget(session::Door door) const override {
        return door == session::Door::staff ? staff_budget_ : followers_budget_;
    }
    [[nodiscard]] std::shared_ptr<session::Admission> admission() const override { return admission_; }
    [[nodiscard]] base::UtcMs now() const override { return clock().now(); }

    // ---- Seats -------------------------------------------------------------------------------------
    [[nodiscard]] session::SessionPort* port(fanout::Slot slot) override { return seats_[slot].port; }
    void approach(fanout::Slot slot) const override;
    void touch(fanout::Slot slot) override { touch(touched_, slot); }
    void touch_newest(fanout::Slot slot) override { touch(touched_newest_, slot); }

    // ---- Home --------------------------------------------------------------------------------------
    [[nodiscard]] const base::Clock& clock() const override { return fabric_.settings().clock; }
    [[nodiscard]] store::EventLog& log() const override { return fabric_.settings().log; }
    [[nodiscard]] bus::Bus* bus() const override { return fabric_.settings().bus; }
    [[nodiscard]] Counters& counters() override { return counters_; }
    [[nodiscard]] std::size_t shards() const override { return fabric_.size(); }
    [[nodiscard]] base::UtcMs last_alive() const override { return fabric_.settings().last_alive; }
    [[nodiscard]] base::Hash256 chain_key(const base::LogId& log) const override;
    [[nodiscard]] std::string invite_code(const base::Slug& campaign, std::uint32_t number) const override;
    void wake(core::WakeUp call) const override;
    [[nodiscard]] bool wakes() const override;
    [[nodiscard]] base::Result<std::string> seal_push(const base::LogId& march, base::PersonId person,
                                                      const core::SubscribePush& wish) const override;
    [[nodiscard]] Pins* pins() const override;
    [[nodiscard]] std::array<std::uint8_t, 64> sign_tip(const base::LogId& log, const base::Tip& tip) const override;
    void send(std::size_t shard, Parcel parcel) override;
    void hold_base(const HeldBase& held) override;
    void row_changed(const base::LogId& march, MarchRow row) override;
    void put(const base::LogId& log, Asked asked) override;

private:
    /// When a march does what a session asks of it. One session's wishes for a feed have the same turn, and so stay in
    /// order.
    enum class Turn : std::uint8_t { now, of_followers };
    struct Following {
        session::SubscriptionId subscription = 0;
        wire::FeedName feed;
        boost::container::small_vector<base::TopicNumber, 4> topics;  ///< empty until it is open
        Turn turn = Turn::now;
    };
    struct Seat {
        session::SessionPort* port = nullptr;  ///< null: free
        std::uint64_t serial = 0;
        bool touched = false;
        bool touched_newest = false;
        std::vector<Following> feeds;  ///< at most limits::subscriptions_per_session, by the session's own bound
    };

    /// Seats that wait for a flush, each once.
    struct Touched {
        bool Seat::*flag;
        std::deque<fanout::Slot> slots;
    };

    [[nodiscard]] Seat* seat_of(const SessionKey& key);
    [[nodiscard]] SessionKey key_of(fanout::Slot slot) const { return {index_, slot, seats_.at(slot).serial}; }
    [[nodiscard]] Following* following(Seat& seat, session::SubscriptionId subscription);
    void unfollow(fanout::Slot slot, const Following& feed);
    template <class Work>
    void do_in_turn(Turn turn, Work work);
    void end_turn_later();
    void end_turn();
    /// One portion of all that waits to be sent; true while more is left.
    [[nodiscard]] bool send_some();
    [[nodiscard]] bool tick_some(std::size_t sessions);
    [[nodiscard]] bool flush_some(Touched& touched, std::size_t sessions);
    void touch(Touched& touched, fanout::Slot slot);
    void arm_flush(Broadcast::Instant at);
    void flush_outbox();
    [[nodiscard]] bool is_by_hand() const { return fabric_.settings().drive == Drive::by_hand; }
    /// Who the session's token proves it to be towards this campaign: its own actor there, a follower elsewhere.
    [[nodiscard]] core::Actor actor_for(fanout::Slot slot, const base::LogId& log) const;

    void on(const Published& published);
    void on(const Opened& opened);
    void on(const Refused& refused);
    void on(const Replied& replied);
    void on(const HistoryRead& read);
    void on(const AccessRead& read);
    void on(const MemberLookedFor& looked);
    void on(const TokenChanged& changed);
    void on(const PersonDetained& detained);
    void on(const DrillChanged& changed);
    /// Ends the sessions of this campaign whose grant is meant.
    template <class Which>
    void revoke_all(const base::Slug& campaign, Which which);
    void arm_timer();

    Fabric& fabric_;
    std::size_t index_;
    std::shared_ptr<boost::asio::io_context> io_;
    Mailbox mailbox_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer timer_;
    boost::asio::steady_timer flush_timer_;
    std::optional<Broadcast::Instant> flush_armed_;
    int beats_ = 0;
    base::UtcMs machine_now_;
    Counters counters_;
    Desks desks_;

    std::vector<Seat> seats_;
    std::vector<fanout::Slot> free_seats_;
    std::uint64_t next_serial_ = 1;
    std::shared_ptr<fanout::QueueBudget> followers_budget_;
    std::shared_ptr<fanout::QueueBudget> staff_budget_;
    std::shared_ptr<session::Admission> admission_;
    Broadcast broadcast_;
    Lane followers_;
    TimerWheel wheel_;
    session::TokenIndex tokens_;
    std::set<base::Slug> drills_;
    std::deque<fanout::Slot> due_;  ///< their deadline may have come
    Touched touched_{&Seat::touched, {}};
    Touched touched_newest_{&Seat::touched_newest, {}};  ///< for newest values alone
    bool turn_end_posted_ = false;
    std::optional<Broadcast::Instant> left_over_since_;  ///< the last turn did not send all
    std::vector<std::vector<Parcel>> outbox_;
    bool outbox_posted_ = false;
    std::thread thread_;
};

}  // namespace marchwire::shard
