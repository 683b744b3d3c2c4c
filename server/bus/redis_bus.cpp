// The bus over Redis.
#include "bus/redis_bus.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/outcome.hpp"
#include "bus/heartbeat.hpp"
#include "bus/keep_scripts.hpp"
#include "bus/redis_thread.hpp"
#include "bus/script_set.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

namespace marchwire::bus {
namespace {

namespace limits = base::limits;
using SteadyTime = RedisThread::SteadyTime;

constexpr std::size_t id_bytes = 16;
constexpr const char* control_channel = "mw:control";  ///< who leaves says so here

/// Tells the instances apart: 64 random bits, written as text of one length.
std::string fresh_id() {
    std::random_device random;
    const std::uint64_t bits = static_cast<std::uint64_t>(random()) << 32U | random();
    constexpr std::string_view digits = "0123456789abcdef";
    std::string id(id_bytes, '0');
    for (std::size_t i = 0; i < id_bytes; ++i) id[i] = digits[bits >> (4 * i) & 0xFU];
    return id;
}

std::string live_channel(const base::LogId& log) { return "mw:{" + log.text() + "}:live"; }
std::string rows_key(const base::LogId& log) { return "mw:{" + log.text() + "}:rows"; }

/// One that listens. Its owner ends it on any thread, also inside its callback.
struct Listener {
    std::recursive_mutex mutex;
    bool ended = false;
    Bus::Heard heard;

    void hear(const std::string& bytes) {
        const std::lock_guard lock(mutex);
        if (!ended) heard(bytes);
    }
    void end() {
        const std::lock_guard lock(mutex);
        ended = true;
    }
    [[nodiscard]] bool is_over() {
        const std::lock_guard lock(mutex);
        return ended;
    }
};

class Token final : public Listening {
public:
    explicit Token(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;
    ~Token() override { listener_->end(); }

private:
    std::shared_ptr<Listener> listener_;
};

enum class Script : std::uint8_t { keep, leave };

std::optional<Duties> duties_in(const Reply& reply) {
    if (reply.items.size() != 3) return std::nullopt;
    Duties duties;
    for (const Reply& one : reply.items[0].items) {
        const auto march = one.items.size() == 2 ? base::LogId::parse(one.items[0].text)
                                                 : base::Result<base::LogId>(base::invalid("march", ""));
        if (!march) return std::nullopt;
        duties.kept.push_back({*march, base::UtcMs{std::strtoll(one.items[1].text.c_str(), nullptr, 10)}});
    }
    for (const Reply& one : reply.items[1].items) {
        auto campaign = base::LogId::parse(one.text);
        if (!campaign) return std::nullopt;
        duties.campaigns.push_back(std::move(*campaign));
    }
    duties.peers.lost = static_cast<std::uint32_t>(reply.items[2].integer);
    return duties;
}

}  // namespace

/// All but the health lives on its own thread.
class RedisBus::Machine {
public:
    explicit Machine(const RedisSettings& settings)
        : id_(fresh_id()),
          scripts_({keep_scripts::keep, keep_scripts::leave}),
          requests_(thread_.io(), settings, LinkUse::requests,
                    {[this](const auto&) { on_ready(); }, [this](const auto& lost) { on_lost(lost); }, {}}),
          subscriptions_(
              thread_.io(), settings, LinkUse::subscriptions,
              {[this](const auto&) { subscribe_all(); }, {}, [this](const auto& message) { on_heard(message); }}),
          heartbeat_(id_, requests_, subscriptions_) {
        thread_.start(
            [this] {
                requests_.start();
                subscriptions_.start();
            },
            [this](SteadyTime now) { beat(now); });
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() { stop(); }

    template <class Do>
    void post(Do act) {
        thread_.post(std::move(act));
    }

    void tell(const base::LogId& log, const std::string& bytes) { publish(live_channel(log), id_ + bytes); }
    void put(const base::LogId& log, const std::string& name, const std::string& bytes) {
        unkept_[{log, name}] = bytes;
        put_again(log, name, bytes);
        tell(log, bytes);
    }
    void put_again(const base::LogId& log, const std::string& name, const std::string& bytes) {
        if (!requests_.takes()) return;
        const std::string key = rows_key(log);
        const std::array<std::string_view, 4> words{"HSET", key, name, bytes};
        requests_.request(words, [this, log, name, bytes](const Reply* reply) {
            const auto waiting = unkept_.find({log, name});
            const bool is_kept = reply != nullptr && !reply->is_error();
            if (is_kept && waiting != unkept_.end() && waiting->second == bytes) unkept_.erase(waiting);
        });
    }
    void rows(const base::LogId& log, const std::function<void(std::vector<Row>)>& told) {
        if (!requests_.takes()) return told({});
        const std::string key = rows_key(log);
        const std::array<std::string_view, 2> words{"HGETALL", key};
        requests_.request(words, [told](const Reply* reply) {
            std::vector<Row> rows;
            if (reply != nullptr) {
                for (std::size_t i = 0; i + 1 < reply->items.size(); i += 2) {
                    rows.emplace_back(reply->items[i].text, reply->items[i + 1].text);
                }
            }
            told(std::move(rows));
        });
    }
    void listen(const base::LogId& log, std::shared_ptr<Listener> listener) {
        const std::string channel = live_channel(log);
        auto& of_channel = listeners_[channel];
        if (of_channel.empty()) subscribe(channel);
        of_channel.push_back(std::move(listener));
    }
    void keep(std::function<base::UtcMs()> now, std::function<void(Duties)> told) {
        clock_ = std::move(now);
        told_ = std::move(told);
        ask_duties();
    }

    void catch_up(std::function<void()> done) {
        ask_duties();
        heartbeat_.echo(std::move(done));
    }

    void stop() {
        thread_.stop([this] { leave(); });
    }

    [[nodiscard]] const std::string& name() const { return id_; }
    [[nodiscard]] BusHealth health() const { return {heartbeat_.up(), heartbeat_.lag(), heartbeat_.renewals()}; }

private:
    // ---- links -------------------------------------------------------------------------------------
    void on_ready() {
        scripts_.load(requests_, [this](const std::string& refused) {
            loaded_ = refused.empty();
            if (!loaded_) {
                base::log_error("bus_scripts_refused", "why=\"{}\"", refused);
                const RedisFault fault = fault_of(refused);
                // Without them this server would keep nothing for as long as the link lives.
                if (fault == RedisFault::not_here || fault == RedisFault::not_now) return requests_.renew(refused);
            }
            for (const auto& [row, bytes] : unkept_) put_again(row.first, row.second, bytes);
            ask_duties();
        });
    }
    void on_lost(const LinkLost&) { loaded_ = false; }

    void subscribe_all() {
        heartbeat_.subscribe();
        subscribe(control_channel);
        for (const auto& [channel, listeners] : listeners_) subscribe(channel);
    }
    void subscribe(const std::string& channel) { say("SUBSCRIBE", channel); }
    void say(std::string_view word, const std::string& channel) {
        const std::array<std::string_view, 2> words{word, channel};
        if (subscriptions_.ready()) subscriptions_.say(words);
    }

    void publish(const std::string& channel, const std::string& bytes) {
        if (!requests_.takes()) return;
        const std::array<std::string_view, 3> words{"PUBLISH", channel, bytes};
        requests_.request(words, [](const Reply*) {});
    }

    void on_heard(const Reply& message) {
        if (message.items.size() != 3 || message.items[0].text != "message") return;
        const std::string& channel = message.items[1].text;
        const std::string& bytes = message.items[2].text;
        if (heartbeat_.heard(channel, bytes, std::chrono::steady_clock::now())) return;
        if (bytes.size() < id_bytes || bytes.compare(0, id_bytes, id_) == 0) return;  // our own word
        if (channel == control_channel) return ask_duties();                          // what it kept is free
        const auto found = listeners_.find(channel);
        if (found == listeners_.end()) return;
        const std::string said = bytes.substr(id_bytes);
        const auto listeners = found->second;  // one of them may listen to more
        for (const auto& listener : listeners) listener->hear(said);
    }

    // ---- time --------------------------------------------------------------------------------------
    void beat(SteadyTime now) {
        if (told_ && duties_told_ && now > lease_ends_) {
            // Whoever took over must not be contradicted: by our own clock, whatever became of the link.
            duties_told_ = false;
            unkept_.clear();  // also not by a row of ours that comes late: who keeps again puts it anew
            told_({});
        }
        if (now >= second_at_) {
            second_at_ = now + base::duration_of(limits::bus_nonce_every);
            heartbeat_.beat(now);
            ask_duties();
            tidy();
        }
    }

    void tidy() {
        for (auto one = listeners_.begin(); one != listeners_.end();) {
            std::erase_if(one->second, [](const auto& listener) { return listener->is_over(); });
            if (one->second.empty()) {
                say("UNSUBSCRIBE", one->first);
                one = listeners_.erase(one);
            } else {
                ++one;
            }
        }
    }

    // ---- keeping -----------------------------------------------------------------------------------
    std::vector<std::string_view> script(Script which, const std::vector<std::string_view>& rest) {
        std::vector<std::string_view> words{"EVALSHA", scripts_.name(static_cast<std::size_t>(which))};
        words.insert(words.end(), rest.begin(), rest.end());
        return words;
    }

    void ask_duties() {
        if (!told_ || !loaded_ || !requests_.takes()) return;
        const auto sent = std::chrono::steady_clock::now();
        const std::string life = std::to_string(limits::lease_life.value);
        const std::string now = std::to_string(clock_().value);
        const std::string back = std::to_string(limits::leases_back);
        const std::string lost = std::to_string(limits::bus_lost_kept.value);
        requests_.request(
            script(Script::keep, {"3", "mw:instances", "mw:leases", "mw:logs", id_, life, now, back, lost}),
            [this, sent](const Reply* reply) {
                if (reply == nullptr || !told_) return;
                if (reply->is_error()) {
                    if (fault_of(reply->text) == RedisFault::no_script) requests_.renew(reply->text);
                    return;
                }
                auto duties = duties_in(*reply);
                if (!duties) return;
                // From when it was asked for: by then Redis may have counted it.
                lease_ends_ = sent + base::duration_of(limits::lease_held);
                duties_told_ = true;
                duties->peers.lag = heartbeat_.lasting_lag();
                told_(*std::move(duties));
            });
    }

    void leave() {
        if (!told_ || !loaded_ || !requests_.takes()) return finish();
        const std::string now = std::to_string(clock_().value);
        told_ = nullptr;
        requests_.request(script(Script::leave, {"2", "mw:instances", "mw:leases", id_, now, control_channel}),
                          [this](const Reply*) { post([this] { finish(); }); });
    }

    void finish() {
        told_ = nullptr;
        requests_.stop();
        subscriptions_.stop();
        thread_.quit();
    }

    const std::string id_;
    RedisThread thread_;
    ScriptSet scripts_;
    RedisClient requests_;
    RedisClient subscriptions_;
    Heartbeat heartbeat_;

    bool loaded_ = false;
    std::map<std::string, std::vector<std::shared_ptr<Listener>>> listeners_;
    /// Rows that Redis has not confirmed, by log and name: at most one for each march of this server.
    std::map<std::pair<base::LogId, std::string>, std::string> unkept_;
    std::function<base::UtcMs()> clock_;
    std::function<void(Duties)> told_;
    bool duties_told_ = false;
    SteadyTime lease_ends_;
    SteadyTime second_at_;
};

RedisBus::RedisBus(const RedisSettings& settings) : machine_(std::make_unique<Machine>(settings)) {}
RedisBus::~RedisBus() = default;

void RedisBus::tell(const base::LogId& log, std::string bytes) {
    machine_->post([machine = machine_.get(), log, bytes = std::move(bytes)] { machine->tell(log, bytes); });
}
std::unique_ptr<Listening> RedisBus::listen(const base::LogId& log, Heard heard) {
    auto listener = std::make_shared<Listener>();
    listener->heard = std::move(heard);
    machine_->post([machine = machine_.get(), log, listener] { machine->listen(log, listener); });
    return std::make_unique<Token>(std::move(listener));
}
void RedisBus::put(const base::LogId& log, const std::string& name, std::string bytes) {
    machine_->post([machine = machine_.get(), log, name, bytes = std::move(bytes)] { machine->put(log, name, bytes); });
}
void RedisBus::rows(const base::LogId& log, std::function<void(std::vector<Row>)> told) {
    machine_->post([machine = machine_.get(), log, told = std::move(told)] { machine->rows(log, told); });
}
void RedisBus::keep(std::function<base::UtcMs()> now, std::function<void(Duties)> told) {
    machine_->post([machine = machine_.get(), now = std::move(now), told = std::move(told)]() mutable {
        machine->keep(std::move(now), std::move(told));
    });
}
void RedisBus::catch_up(std::function<void()> done) {
    machine_->post(
        [machine = machine_.get(), done = std::move(done)]() mutable { machine->catch_up(std::move(done)); });
}
std::string RedisBus::name() const { return machine_->name(); }
void RedisBus::stop() { machine_->stop(); }
BusHealth RedisBus::health() const { return machine_->health(); }

}  // namespace marchwire::bus
