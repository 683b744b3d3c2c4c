// One running server: store, keys, shards, listeners and the host's door, put together and taken apart in order.
#pragma once

#include "access/key_ring.hpp"
#include "admin_verbs.hpp"
#include "app_issuers.hpp"
#include "base/clock.hpp"
#include "base/config.hpp"
#include "base/limit_table.hpp"
#include "bus/redis_bus.hpp"
#include "net/listener.hpp"
#include "net/tls_context.hpp"
#include "ops/admin_socket.hpp"
#include "ops/metrics.hpp"
#include "outbox/outbox.hpp"
#include "pin_thread.hpp"
#include "redemptions.hpp"
#include "shard/city.hpp"
#include "store/data_lock.hpp"
#include "store/redis_log.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace marchwire {

/// Acceptors, signals, the admin socket and timers run on the thread that calls run(); sessions and desks on
/// the city's threads; the store on its own.
class Server {
public:
    /// Opens data directory, log, keys and certificate: the refusal names what stands in the way.
    [[nodiscard]] static base::Result<std::unique_ptr<Server>> open(base::Config config);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// SIGHUP reads certificate and key again, and the file of issuers, where there are such. Serves until SIGTERM,
    /// SIGINT or the admin verb `stop`; then drains. A refusal when a log is damaged or an address taken.
    [[nodiscard]] base::Result<void> run();

private:
    /// A log and what keeps its directory for this process alone.
    struct Store {
        std::unique_ptr<store::EventLog> log;
        std::optional<store::DataLock> lock;   ///< none: the log holds it
        store::RedisLog* redis_log = nullptr;  ///< the log, when it is this one
        std::unique_ptr<bus::RedisBus> bus;    ///< none: no other server has this store
    };
    /// What is opened before the server is there.
    struct Parts {
        Store store;
        access::KeyRing keys;
        std::shared_ptr<net::TlsContext> tls;
        std::unique_ptr<outbox::Outbox> outbox;  ///< none: nobody is woken
        std::unique_ptr<AppIssuers> issuers;     ///< none: no app is believed
    };
    [[nodiscard]] static base::Result<Store> open_store(const base::Config& config);
    [[nodiscard]] static base::Result<access::KeyRing> open_keys(const base::Config& config, const Store& store);
    Server(base::Config config, Parts parts);

    void on_opened(const base::Result<void>& opened);
    [[nodiscard]] base::Result<void> open_doors();
    [[nodiscard]] base::Result<std::shared_ptr<net::Listener>> open_door(const net::NetSettings& settings,
                                                                         const base::Address& address);
    void open_city();
    [[nodiscard]] std::string public_url() const;
    void set_doors();
    [[nodiscard]] net::Seat next_seat();
    void announce();
    void await_hangup();
    void renew_certificate();
    void renew_issuers();
    void beat();
    void stop();
    void on_stopped();
    void wait_for_sessions();
    void fail(base::Refusal refusal);

    [[nodiscard]] session::PageAnswer admin_page(const std::string& target) const;
    [[nodiscard]] bool has_failed() const;
    [[nodiscard]] bool is_sound() const;
    [[nodiscard]] std::vector<ops::Figure> figures() const;

    base::Config config_;
    std::unique_ptr<base::Clock> clock_;
    base::ManualClock* hand_clock_;  ///< the clock, where the host moves it; else null
    std::optional<store::DataLock> lock_;
    std::unique_ptr<store::EventLog> log_;
    store::RedisLog* redis_log_;  ///< the log, when it is this one; else null
    std::unique_ptr<bus::RedisBus> bus_;
    access::KeyRing keys_;
    std::shared_ptr<net::TlsContext> tls_;  ///< none: plain
    std::unique_ptr<AppIssuers> issuers_;   ///< none: no app is believed
    std::shared_ptr<base::LimitCounts> limits_met_ = std::make_shared<base::LimitCounts>();
    // Listeners' settings outlive every connection, and those end with the city.
    net::NetSettings followers_;
    net::NetSettings staff_;
    net::NetSettings admin_;
    boost::asio::io_context io_;
    std::unique_ptr<outbox::Outbox> outbox_;  ///< outlives the city, which calls it; none: nobody is woken
    std::unique_ptr<shard::City> city_;
    std::unique_ptr<PinThread> pins_;
    std::unique_ptr<Redemptions> redemptions_;
    std::unique_ptr<AdminVerbs> verbs_;
    std::shared_ptr<ops::AdminSocket> admin_socket_;
    std::vector<std::shared_ptr<net::Listener>> listeners_;
    boost::asio::signal_set signals_;
    boost::asio::signal_set hangup_;
    boost::asio::steady_timer beat_;
    std::chrono::steady_clock::time_point stopping_since_;
    std::chrono::steady_clock::time_point sound_at_;  ///< the log was last seen healthy
    std::optional<base::Refusal> failure_;
    std::atomic<bool> ready_{false};
    bool stopping_ = false;
};

}  // namespace marchwire
