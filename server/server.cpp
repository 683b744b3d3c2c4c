#include "server.hpp"

#include "access/invite.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "door_parts.hpp"
#include "outbox_parts.hpp"
#include "store/memory_log.hpp"
#include "store/redis_durability.hpp"
#include "store/redis_log.hpp"
#include "store/redis_place.hpp"
#include "store/sqlite_log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

namespace marchwire {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// How often `last_alive` is written: so much of a downtime may count towards a deadline at most.
constexpr std::chrono::seconds beat_every{2};
constexpr std::chrono::milliseconds look_again{50};
constexpr std::chrono::seconds away_longest{10};

/// A demo clock that was stopped goes on where it stood: nothing may happen before what the log holds.
std::unique_ptr<base::Clock> make_clock(const base::Config& config, base::UtcMs last_alive) {
    if (!config.demo_clock) return std::make_unique<base::SystemClock>();
    const auto& demo = *config.demo_clock;
    if (demo.since) return std::make_unique<base::DemoClock>(demo.start, demo.rate, demo.since);
    const base::UtcMs start = std::max(demo.start, last_alive);
    if (demo.rate == 0) {
        return std::make_unique<base::ManualClock>(start, "DEMO: this clock stands until its host moves it.");
    }
    return std::make_unique<base::DemoClock>(start, demo.rate);
}

std::size_t shards_of(const base::Config& config) {
    if (config.shards != 0) return config.shards;
    return std::max(1U, std::thread::hardware_concurrency());
}

/// The key file may be copied and read aloud to compare: it is the public key's beginning.
std::string mark_of(const access::KeyRing& keys) {
    std::string mark;
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < 8; ++i) {
        const std::uint8_t byte = keys.signing_public().at(i);
        mark += digits[byte >> 4U];
        mark += digits[byte & 0xFU];
    }
    return mark;
}

base::Result<bus::RedisSettings> redis_settings(const base::Config& config) {
    return store::redis_settings({config.redis, config.redis_user, config.redis_password_file, config.redis_ca});
}

base::Result<std::unique_ptr<store::RedisLog>> open_redis(const base::Config& config, const access::KeyRing& keys) {
    auto settings = redis_settings(config);
    if (!settings) return settings.error();
    auto log = store::RedisLog::open(
        {*settings, mark_of(keys), config.redis_replicas, store::ArchiveBounds{}, config.require_durable});
    if (!log) return log.error();
    if (const auto objection = store::durability_objection((*log)->server()); !objection.empty()) {
        base::log_warn("redis_not_durable", "sentence=\"{}\"", objection);
    }
    return log;
}

std::string key_file_of(const base::Config& config) {
    return config.keys.empty() ? config.data + "/keys.json" : config.keys;
}

ops::Figure gauge(const char* name, const char* help, std::size_t value) {
    return {name, help, ops::Kind::gauge, static_cast<double>(value), {}};
}

ops::Figure counter(const char* name, const char* help, std::uint64_t value) {
    return {name, help, ops::Kind::counter, static_cast<double>(value), {}};
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::open(base::Config config) {
    std::shared_ptr<net::TlsContext> tls;
    if (!config.tls_cert.empty()) {
        auto opened = net::TlsContext::open({config.tls_cert, config.tls_key});
        if (!opened) return opened.error();
        tls = *std::move(opened);
    }
    auto store = open_store(config);
    if (!store) return store.error();
    auto keys = open_keys(config, *store);
    if (!keys) return keys.error();
    if (config.store == base::StoreKind::redis) {
        auto log = open_redis(config, *keys);
        if (!log) return log.error();
        store->redis_log = log->get();
        store->log = *std::move(log);
        store->bus = std::make_unique<bus::RedisBus>(*redis_settings(config));
    }
    auto outbox = open_outbox(config, *keys);
    if (!outbox) return outbox.error();
    std::unique_ptr<AppIssuers> issuers;
    if (!config.issuers.empty()) {
        auto opened = AppIssuers::open(config.issuers);
        if (!opened) return opened.error();
        issuers = *std::move(opened);
    }
    return std::unique_ptr<Server>(new Server(std::move(config), {*std::move(store), *std::move(keys), std::move(tls),
                                                                  *std::move(outbox), std::move(issuers)}));
}

/// A backup that was put back without its key file must not be given another: its chains would not hold. (What is in
/// Redis tells by itself whose keys it was made with.)
base::Result<access::KeyRing> Server::open_keys(const base::Config& config, const Store& store) {
    const std::string file = key_file_of(config);
    std::error_code error;
    const bool was_used = store.log != nullptr && store.log->last_alive() != base::UtcMs{};
    if (was_used && !std::filesystem::exists(file, error)) {
        return base::refuse(base::RefusalCode::not_found, file,
                            "The data was written with a key file that is not here: put back the copy of it that you "
                            "keep, or name it with --keys. Without it the logs cannot be verified.");
    }
    return access::KeyRing::open(file);
}

base::Result<Server::Store> Server::open_store(const base::Config& config) {
    switch (config.store) {
        case base::StoreKind::sqlite: {
            auto log = store::SqliteLog::open(config.data);
            if (!log) return log.error();
            return Store{*std::move(log), std::nullopt, nullptr, nullptr};
        }
        case base::StoreKind::memory: {
            auto lock = store::DataLock::take(config.data);
            if (!lock) return lock.error();
            base::log_warn("rehearsal",
                           "store=memory sentence=\"Nothing is kept: all is gone when this server ends.\"");
            return Store{std::make_unique<store::MemoryLog>(), *std::move(lock), nullptr, nullptr};
        }
        case base::StoreKind::redis: {
            auto lock = store::DataLock::take(config.data);
            if (!lock) return lock.error();
            return Store{nullptr, *std::move(lock), nullptr, nullptr};  // it wants to know the keys first
        }
    }
    return base::invalid("store", "Give sqlite, memory or the address of Redis.");
}

Server::Server(base::Config config, Parts parts)
    : config_(std::move(config)),
      clock_(make_clock(config_, parts.store.log->last_alive())),
      hand_clock_(dynamic_cast<base::ManualClock*>(clock_.get())),
      lock_(std::move(parts.store.lock)),
      log_(std::move(parts.store.log)),
      redis_log_(parts.store.redis_log),
      bus_(std::move(parts.store.bus)),
      keys_(parts.keys),
      tls_(std::move(parts.tls)),
      issuers_(std::move(parts.issuers)),
      outbox_(std::move(parts.outbox)),
      signals_(io_, SIGTERM, SIGINT),
      hangup_(io_),
      beat_(io_) {
    open_city();
    set_doors();
    verbs_ = std::make_unique<AdminVerbs>(AdminVerbs::Parts{*city_,
                                                            *log_,
                                                            *clock_,
                                                            hand_clock_,
                                                            bus_.get(),
                                                            {config_.data, key_file_of(config_)},
                                                            [this] { return public_url(); },
                                                            [this] { asio::post(io_, [this] { stop(); }); }});
}

void Server::open_city() {
    const auto drive = hand_clock_ != nullptr ? shard::Drive::by_host : shard::Drive::threads;
    shard::CitySettings settings{shards_of(config_), *clock_, *log_, {}, {}, {}, log_->last_alive(), drive, bus_.get()};
    settings.chain_key = [this](const base::LogId& id) { return keys_.chain_key(id); };
    settings.invite_code = [this](const base::Slug& campaign, std::uint32_t number) {
        return access::spoken_code(keys_, campaign, number);
    };
    settings.sign_tip = [this](const base::LogId& id, const base::Tip& tip) { return keys_.sign_tip(id, tip); };
    if (outbox_) {
        settings.wake = [this](core::WakeUp call) { outbox_->wake(std::move(call)); };
        settings.seal_push = [this](const base::LogId& march, base::PersonId person, const core::SubscribePush& said) {
            return outbox_->seal(march, person, said);
        };
        outbox_->start(*clock_, [this](const base::LogId& march, core::ForgetPush gone) {
            core::Actor outbox;
            outbox.role = core::Role::keeper;
            city_->command(march, {{}, {}, core::Level::none, std::move(gone)}, outbox, [](const auto&) {});
        });
    }
    if (issuers_) {
        settings.read_app_token = [this](std::string_view token) {
            return issuers_->judge(token, base::SystemClock().now());
        };
    }
    settings.admission.sessions_per_device = config_.sessions_per_device;
    settings.limits_met = limits_met_;
    pins_ = std::make_unique<PinThread>(keys_);
    settings.pins = pins_.get();
    city_ = std::make_unique<shard::City>(std::move(settings));
    redemptions_ = std::make_unique<Redemptions>(Redemptions::Parts{io_, *city_, keys_, *pins_});
}

/// Phones find it at the staff's listener, where nothing else is said.
std::string Server::public_url() const {
    if (!config_.public_url.empty()) return config_.public_url;
    return (tls_ ? "https://" : "http://") + config_.listen_ops.text();
}

void Server::set_doors() {
    const auto pages = [this](const std::string& target, std::function<void(session::PageAnswer)> done) {
        city_->page(target, std::move(done));
    };
    followers_.door = session::Door::followers;
    staff_.door = session::Door::staff;
    const auto house = house_for(config_);
    for (net::NetSettings* door : {&followers_, &staff_}) {
        door->house = house;
        door->limits = door_limits(config_, door->door, *house);
        door->limits_met = limits_met_;
        door->proxy_protocol = config_.proxy_protocol;
        door->origins = config_.origins;
        door->proxies = config_.proxies;
        door->demo_clock = clock_->demo_notice();
        door->clock_rate = clock_->rate();
        door->pages = pages;
        door->redeem = [this](net::RedeemRequest request, Redemptions::Done done) {
            redemptions_->redeem(std::move(request), std::move(done));
        };
        door->tls = tls_;
        if (outbox_) door->push_key = outbox_->push_key();
    }
    followers_.websocket_path = "/v1/ws";
    staff_.websocket_path = "/v1/ops";
    admin_.limits = admin_limits();
    admin_.pages = [this](const std::string& target, const std::function<void(session::PageAnswer)>& done) {
        done(admin_page(target));
    };
}

Server::~Server() {
    if (bus_) bus_->stop();  // before the city that it tells
    verbs_.reset();
    listeners_.clear();
    if (outbox_) outbox_->stop();  // it tells the city what was forgotten
    pins_->stop();                 // it tells the city what it found
    city_.reset();
    log_->stop();
}

base::Result<void> Server::run() {
    signals_.async_wait([this](error_code error, int) {
        if (!error) stop();
    });
    if (tls_ || issuers_) {
        hangup_.add(SIGHUP);
        await_hangup();
    }
    city_->start([this](base::Result<void> opened) {
        asio::post(io_, [this, opened = std::move(opened)] { on_opened(opened); });
    });
    const auto stay = asio::make_work_guard(io_);
    io_.run();
    if (failure_) return *failure_;
    return {};
}

void Server::on_opened(const base::Result<void>& opened) {
    if (stopping_) return;
    if (!opened) return fail(opened.error());
    if (auto doors = open_doors(); !doors) return fail(doors.error());
    ready_ = true;
    announce();
    beat();
}

net::Seat Server::next_seat() {
    const std::size_t shard = city_->least_loaded();
    return {city_->io_context(shard), &city_->backend(shard)};
}

base::Result<std::shared_ptr<net::Listener>> Server::open_door(const net::NetSettings& settings,
                                                               const base::Address& address) {
    const bool clients = &settings != &admin_;
    auto listener = std::make_shared<net::Listener>(io_, settings, [this, clients] {
        return clients ? next_seat() : net::Seat{io_, nullptr};
    });
    if (auto started = listener->start(address); !started) return started.error();
    listeners_.push_back(listener);
    return listener;
}

base::Result<void> Server::open_doors() {
    for (const auto& [settings, address] :
         {std::pair(&followers_, &config_.listen), std::pair(&staff_, &config_.listen_ops),
          std::pair(&admin_, &config_.admin)}) {
        const auto door = open_door(*settings, *address);
        if (!door) return door.error();
        *address = (*door)->address();
    }
    admin_socket_ = std::make_shared<ops::AdminSocket>(
        io_, [this](std::string line, ops::AdminAnswer answer) { verbs_->ask(std::move(line), std::move(answer)); });
    return admin_socket_->start(config_.data + "/admin.sock");
}

/// One line that scripts and tests wait for.
void Server::announce() {
    base::log_info("ready", "listen={} listen_ops={} admin={} data={} shards={} tls={}", config_.listen.text(),
                   config_.listen_ops.text(), config_.admin.text(), config_.data, city_->shards(), tls_ != nullptr);
    if (!clock_->demo_notice().empty()) base::log_info("demo_clock", "notice=\"{}\"", clock_->demo_notice());
}

void Server::await_hangup() {
    hangup_.async_wait([this](error_code error, int) {
        if (error) return;
        if (tls_) renew_certificate();
        if (issuers_) renew_issuers();
        await_hangup();
    });
}

/// Whoever came in by a key that is gone stays until that token expires: ten minutes at most.
void Server::renew_issuers() {
    if (const auto renewed = issuers_->reload(); !renewed) {
        base::log_error("issuers_kept", "field=\"{}\" reason=\"{}\"", renewed.error().field, renewed.error().message);
        return;
    }
    base::log_info("issuers_renewed", "file={} issuers={}", config_.issuers, issuers_->size());
}

/// Whoever is connected stays so under the old one.
void Server::renew_certificate() {
    if (const auto renewed = tls_->reload(); !renewed) {
        base::log_error("tls_certificate_kept", "field={} reason=\"{}\"", renewed.error().field,
                        renewed.error().message);
        return;
    }
    base::log_info("tls_certificate_renewed", "file={}", config_.tls_cert);
}

void Server::beat() {
    if (log_->healthy()) sound_at_ = std::chrono::steady_clock::now();
    log_->put_last_alive(clock_->now());
    beat_.expires_after(beat_every);
    beat_.async_wait([this](error_code error) {
        if (!error && !stopping_) beat();
    });
}

// ---- the end -----------------------------------------------------------------------------------

void Server::fail(base::Refusal refusal) {
    failure_ = std::move(refusal);
    stop();
}

void Server::stop() {
    if (stopping_) return;
    stopping_ = true;
    ready_ = false;
    stopping_since_ = std::chrono::steady_clock::now();
    base::log_info("stopping", "drain_ms={}", config_.drain.value);
    beat_.cancel();
    signals_.cancel();
    hangup_.cancel();
    for (const auto& listener : listeners_) listener->stop();
    if (admin_socket_) admin_socket_->stop();
    city_->stop(config_.drain, [this](const base::Result<void>&) { asio::post(io_, [this] { on_stopped(); }); });
}

void Server::on_stopped() {
    if (bus_) bus_->stop();  // others may keep what was kept here
    log_->put_last_alive(clock_->now());
    wait_for_sessions();
}

/// Clients have been told when to come back; each closes when its last bytes are out, or its deadline ends it.
void Server::wait_for_sessions() {
    const auto longest = std::chrono::milliseconds(base::limits::close_deadline.value) + beat_every;
    if (city_->counts().sessions == 0 || std::chrono::steady_clock::now() - stopping_since_ > longest) {
        verbs_->finish();
        base::log_info("stopped", "sessions={}", city_->counts().sessions);
        io_.stop();
        return;
    }
    beat_.expires_after(look_again);
    beat_.async_wait([this](error_code) { wait_for_sessions(); });
}

// ---- health and metrics ------------------------------------------------------------------------

session::PageAnswer Server::admin_page(const std::string& target) const {
    session::PageAnswer page;
    page.cache_control = "no-store";
    if (target == "/metrics") {
        page.status = 200;
        page.content_type = ops::metrics_content_type;
        page.body = ops::metrics_page(figures());
        return page;
    }
    if (target == "/healthz" || target == "/readyz") {
        const bool good = target == "/healthz" ? !has_failed() : ready_ && is_sound();
        page.status = good ? 200 : 503;
        page.body = good ? "ok\n" : has_failed() ? "the store has failed: restart the server\n" : "not ready\n";
        return page;
    }
    page.body = "There are /healthz, /readyz and /metrics.\n";
    return page;
}

/// A disk that has failed. A link to Redis comes back by itself.
bool Server::has_failed() const { return redis_log_ == nullptr && !log_->healthy(); }

/// A balancer is told to send nobody here when Redis has been away for a while: a failover is over by then, and clients
/// who are here are served from memory meanwhile.
bool Server::is_sound() const {
    const auto away = std::chrono::steady_clock::now() - sound_at_;
    return log_->healthy() || (redis_log_ != nullptr && away < away_longest);
}

std::vector<ops::Figure> Server::figures() const {
    const shard::CityCounts counts = city_->counts();
    std::vector<ops::Figure> all = {
        gauge("marchwire_sessions", "Connected clients.", counts.sessions),
        gauge("marchwire_queued_bytes", "Waiting in the send queues of all sessions.", counts.queued_bytes),
        gauge("marchwire_campaigns", "Campaigns open here.", counts.campaigns),
        gauge("marchwire_marches", "Marches open here: in the store, or of a shared one those that are wanted or kept.",
              counts.marches),
        gauge("marchwire_store_healthy", "0 after a failed write (restart the server) or while Redis is away.",
              log_->healthy() ? 1 : 0),
        gauge("marchwire_marches_kept", "Marches whose timers run here.", counts.kept),
        counter("marchwire_keepings_total", "Times that a march's keeping began here: its keeper before had gone.",
                counts.keepings),
        counter("marchwire_histories_changed_total", "Times that a log had lost or changed what was read of it.",
                counts.histories_changed),
        counter("marchwire_log_repairs_total", "Logs that were found cut and go on under a new epoch.", counts.repairs),
        counter("marchwire_appends_total", "Groups stored.", counts.appends),
        counter("marchwire_append_tries_total", "Groups sent to the store, those told again included.",
                counts.append_tries),
        counter("marchwire_entries_total", "Entries stored.", counts.entries),
        counter("marchwire_commands_accepted_total", "Commands answered OK.", counts.accepted),
    };
    if (bus_) {
        const bus::BusHealth health = bus_->health();
        all.push_back(counter("marchwire_log_gap_fills_total",
                              "Times that pub/sub had left out entries that were then read.", redis_log_->gap_fills()));
        all.push_back(counter("marchwire_log_archived_blocks_total", "Blocks of old entries that this server archived.",
                              redis_log_->archived_blocks()));
        all.push_back(
            gauge("marchwire_bus_up", "0 while our own heartbeat is not heard over Redis.", health.up ? 1 : 0));
        all.push_back(gauge("marchwire_bus_lag_milliseconds", "Of the last heartbeat: published to heard.",
                            static_cast<std::size_t>(std::max<std::int64_t>(health.lag.value, 0))));
        all.push_back(counter("marchwire_bus_renewals_total", "Subscriptions opened anew since nothing was heard.",
                              health.renewals));
    }
    if (tls_) {
        const auto expires = std::chrono::system_clock::to_time_t(tls_->expires());
        all.push_back(gauge("marchwire_tls_certificate_expires_seconds", "When the certificate expires, Unix time.",
                            static_cast<std::size_t>(std::max<std::time_t>(expires, 0))));
    }
    for (std::size_t code = 1; code < counts.refused.size(); ++code) {
        all.push_back(counter("marchwire_commands_refused_total", "Commands refused, by error.", counts.refused[code]));
        all.back().labels = {{"code", std::string(base::name_of(static_cast<base::RefusalCode>(code)))}};
    }
    if (outbox_) {
        auto ways = outbox_figures(*outbox_);
        std::move(ways.begin(), ways.end(), std::back_inserter(all));
    }
    add_limit_figures(*limits_met_, all);
    all.push_back(counter("marchwire_items_total", "Items made for topics.", counts.items));
    all.push_back(counter("marchwire_deliveries_total", "Items handed to sessions.", counts.deliveries));
    return all;
}

}  // namespace marchwire
