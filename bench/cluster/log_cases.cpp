// Cases at EventLog: appends a second, long logs, and what following costs.
#include "cluster/cases.hpp"
#include "fanout/child.hpp"
#include "store/redis_log.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

namespace marchwire::bench {
namespace {

using test::RedisServer;
using Clock = std::chrono::steady_clock;

constexpr int marches = 60;
constexpr std::size_t entry_bytes = 150;  // a check-in as stored
constexpr std::uint64_t devices = 500;

base::LogId march_of(int number) { return base::LogId::parse("summer/city-" + std::to_string(number)).value(); }

base::Tip tip_of(std::uint64_t seq) {
    base::Tip tip;
    tip.seq = base::Seq{seq};
    for (std::size_t i = 0; seq != 0 && i < tip.digest.size(); ++i) {
        tip.digest[i] = static_cast<std::uint8_t>((seq * 0x9E3779B97F4A7C15ULL) >> (i % 8 * 8));
    }
    return tip;
}

std::unique_ptr<store::RedisLog> open(const RedisServer& redis, unsigned replicas = 0) {
    auto log = store::RedisLog::open({redis.settings(), "", replicas});
    if (!log) throw std::runtime_error(log.error().message);
    return std::move(*log);
}

template <class T, class Ask>
T answer_of(const Ask& ask) {
    auto promise = std::make_shared<std::promise<T>>();
    auto answer = promise->get_future();
    ask([promise](T value) { promise->set_value(std::move(value)); });
    return answer.get();
}

base::Tip tip_in(store::EventLog& log, const base::LogId& march) {
    const auto opened = answer_of<base::Result<store::OpenedLog>>([&](auto done) { log.open(march, std::move(done)); });
    if (!opened) throw std::runtime_error(opened.error().message);
    return opened->tip;
}

store::AppendRequest group_on(const base::LogId& log, std::uint64_t seq, std::size_t entries) {
    static std::atomic<std::uint64_t> number{0};
    store::AppendRequest request;
    request.log = log;
    request.expected = tip_of(seq);
    request.now = base::UtcMs{1};
    request.new_log = seq == 0;
    for (std::size_t i = 1; i <= entries; ++i) {
        const auto tip = tip_of(seq + i);
        request.entries.push_back({tip, std::string(entry_bytes, 'x')});
        const std::uint64_t n = number++;
        request.ids.push_back({{base::DeviceId{n % devices + 1}, n / devices + 1}, 7, tip});
    }
    return request;
}

void append(store::EventLog& log, int march, std::uint64_t seq, std::size_t entries) {
    auto request = group_on(march_of(march), seq, entries);
    const auto outcome = answer_of<store::AppendOutcome>(
        [&](auto done) { log.append(std::move(request), std::move(done)); });
    if (!outcome || !std::holds_alternative<store::Appended>(*outcome))
        throw std::runtime_error("an append was refused");
}

// ---- 60 marches ----------------------------------------------------------------------------------

/// Each march has one append of one command on its way, as a desk has; the next begins with the answer.
class Desks {
public:
    explicit Desks(store::EventLog& log) : log_(log) {}

    /// Appends a second; levels below `least` are counted apart.
    double run(std::chrono::milliseconds length, core::Level least) {
        under_way_ = marches;
        const auto begun = Clock::now();
        for (int i = 0; i < marches; ++i) send(i, least);
        std::this_thread::sleep_for(length);
        stop_ = true;
        std::unique_lock lock(mutex_);
        quiet_.wait(lock, [&] { return under_way_ == 0; });
        const std::chrono::duration<double> took = Clock::now() - begun;
        if (refused_) throw std::runtime_error("an append was refused");
        return static_cast<double>(appended_) / took.count();
    }
    [[nodiscard]] std::uint64_t below() const { return below_; }

private:
    void send(int march, core::Level least) {
        const auto number = static_cast<std::size_t>(march);
        log_.append(group_on(march_of(march), seqs_.at(number), 1),
                    [this, march, number, least](const store::AppendOutcome& outcome) {
                        const auto* appended = outcome ? std::get_if<store::Appended>(&*outcome) : nullptr;
                        if (appended == nullptr) {
                            refused_ = true;
                        } else {
                            ++seqs_.at(number);
                            ++(appended->level < least ? below_ : appended_);
                            if (!stop_) return send(march, least);
                        }
                        const std::lock_guard lock(mutex_);
                        if (--under_way_ == 0) quiet_.notify_one();
                    });
    }

    store::EventLog& log_;
    std::array<std::uint64_t, marches> seqs_{};
    std::atomic<bool> stop_{false};
    std::atomic<bool> refused_{false};
    std::atomic<std::uint64_t> appended_{0};
    std::atomic<std::uint64_t> below_{0};
    std::mutex mutex_;
    std::condition_variable quiet_;
    int under_way_ = 0;
};

std::chrono::milliseconds length_of(const Stand& stand) { return std::chrono::milliseconds(stand.quick ? 500 : 3'000); }

// ---- long logs -----------------------------------------------------------------------------------

void fill(store::EventLog& log, int march, std::uint64_t entries) {
    constexpr std::size_t at_once = 500;
    for (std::uint64_t seq = 0; seq < entries; seq += at_once) append(log, march, seq, at_once);
}

/// Tip, checkpoint and every entry, in pages: what a desk without a checkpoint reads.
double open_ms(store::EventLog& log, int march) {
    const auto begun = Clock::now();
    const auto tip = tip_in(log, march_of(march));
    for (std::uint64_t next = 1; next <= tip.seq.value;) {
        const auto page = answer_of<base::Result<store::Entries>>([&](auto done) {
            log.read(march_of(march), base::Seq{next}, base::limits::opening_page_entries, std::move(done));
        });
        if (!page || page->empty()) throw std::runtime_error("a log could not be read");
        next = page->back().tip.seq.value + 1;
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

/// Bytes that Redis sends while each of the sixty marches gets so many entries, one after the other, and a server
/// follows the first `followed` of them.
double traffic(const RedisServer& redis, store::EventLog& writer, int followed, std::uint64_t appends) {
    const auto watcher = open(redis);
    std::atomic<std::uint64_t> heard{0};
    std::vector<std::unique_ptr<store::FollowToken>> tokens;
    std::array<std::uint64_t, marches> seqs{};
    for (int march = 0; march < marches; ++march) {
        const auto seq = tip_in(*watcher, march_of(march)).seq;
        seqs.at(static_cast<std::size_t>(march)) = seq.value;
        if (march >= followed) continue;
        tokens.push_back(watcher->follow(march_of(march), seq, [&](const store::StoredEntry&) { ++heard; }));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));  // it subscribes and reads
    const double before = figure_of(redis, "stats", "total_net_output_bytes");
    for (std::uint64_t i = 0; i < appends; ++i) {
        for (int march = 0; march < marches; ++march)
            append(writer, march, seqs.at(static_cast<std::size_t>(march)) + i, 1);
    }
    while (heard < appends * static_cast<std::uint64_t>(followed)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return figure_of(redis, "stats", "total_net_output_bytes") - before;
}

}  // namespace

void append_stored(Stand& stand) {
    const RedisServer redis(stand.fresh_directory());
    const auto log = open(redis);
    stand.add("append-stored", "appends of 60 marches", "1/s", Desks(*log).run(length_of(stand), core::Level::stored));
}

void append_replicated(Stand& stand) {
    const std::string port = std::to_string(free_port());
    const RedisServer master(stand.fresh_directory(), {"--port", port, "--bind", "127.0.0.1"});
    const RedisServer replica(stand.fresh_directory(), {"--replicaof", "127.0.0.1 " + port});
    while (master.ask({"INFO", "replication"}).text.find("state=online") == std::string::npos) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const auto log = open(master, 1);
    Desks desks(*log);
    stand.add("append-replicated", "appends of 60 marches that a replica has", "1/s",
              desks.run(length_of(stand), core::Level::replicated));
    stand.add("append-replicated", "appends below the level", "1", static_cast<double>(desks.below()));
}

/// Each march that is opened counts as a round: any must be open in time.
void open_60x20000(Stand& stand) {
    const std::string name = "open-60x20000";
    const RedisServer redis(stand.fresh_directory());
    const auto log = open(redis);
    const int filled = stand.quick ? 3 : marches;
    for (int march = 0; march < filled; ++march) fill(*log, march, 20'000);
    stand.add(name, "memory of Redis", "MB", figure_of(redis, "memory", "used_memory") / 1e6);
    for (int march = 0; march < filled; ++march) {
        stand.samples.add({name, "marchwire", "opened and read whole"}, "ms", march, open_ms(*log, march));
    }
}

/// The march's share is a sixtieth of what Redis sends to a server that follows all sixty.
void watch_1of60(Stand& stand) {
    const std::string name = "watch-1of60";
    const RedisServer redis(stand.fresh_directory());
    const auto writer = open(redis);
    for (int march = 0; march < marches; ++march) append(*writer, march, 0, 1);
    const std::uint64_t appends = stand.quick ? 20 : 200;
    const double none = traffic(redis, *writer, 0, appends);
    const double one = traffic(redis, *writer, 1, appends) - none;
    const double all = traffic(redis, *writer, marches, appends) - none;
    const double entries = static_cast<double>(appends) * (entry_bytes + sizeof(base::Digest));
    stand.add(name, "traffic over 1/60 of all marches' traffic", "ratio", one / (all / marches));
    stand.add(name, "traffic over the march's entries with digests", "ratio", one / entries);
}

}  // namespace marchwire::bench
