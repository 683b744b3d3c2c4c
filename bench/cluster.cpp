// What the log in Redis carries: appends a second of 60 marches, with and without a replica; three servers that write
// to one march; how long a march of 20 000 entries takes to open; what it costs to watch one march of sixty.
#include "bus/redis_client.hpp"
#include "fanout/child.hpp"
#include "store/redis_log.hpp"
#include "support/goals.hpp"
#include "support/report.hpp"

#include <boost/asio/io_context.hpp>

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int marches = 60;
constexpr std::size_t entry_bytes = 150;  // a check-in as stored
constexpr std::uint64_t devices = 500;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "cluster: %s\n", why.c_str());
    std::exit(1);
}

base::LogId march_of(int number) { return base::LogId::parse("summer/city-" + std::to_string(number)).value(); }

base::Tip tip_of(std::uint64_t seq) {
    base::Tip tip;
    tip.seq = base::Seq{seq};
    for (std::size_t i = 0; seq != 0 && i < tip.digest.size(); ++i) {
        tip.digest[i] = static_cast<std::uint8_t>((seq * 0x9E3779B97F4A7C15ULL) >> (i % 8 * 8));
    }
    return tip;
}

// ---- Redis ---------------------------------------------------------------------------------------

/// A redis-server in a directory of its own, on a local socket, with its writes appended to a file each second.
class Redis {
public:
    Redis(fs::path directory, std::vector<std::string> more) : directory_(std::move(directory)) {
        fs::create_directories(directory_);
        bench::ChildSettings settings;
        settings.arguments = {"redis-server",
                              "--port",
                              "0",
                              "--unixsocket",
                              socket().string(),
                              "--dir",
                              directory_.string(),
                              "--save",
                              "",
                              "--appendonly",
                              "yes",
                              "--appendfsync",
                              "everysec",
                              "--logfile",
                              "redis.log"};
        settings.arguments.insert(settings.arguments.end(), more.begin(), more.end());
        child_ = std::make_unique<bench::Child>(settings);
        for (int tries = 0; tries < 200 && !fs::exists(socket()); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    [[nodiscard]] bus::RedisSettings settings() const {
        bus::RedisSettings settings;
        settings.address.transport = bus::RedisAddress::Transport::local;
        settings.address.path = socket().string();
        return settings;
    }
    /// One command by a connection of its own.
    [[nodiscard]] std::string ask(std::vector<std::string> words) const {
        boost::asio::io_context io;
        std::optional<std::string> answer;
        const std::vector<std::string_view> views(words.begin(), words.end());
        std::unique_ptr<bus::RedisClient> client;
        const auto on_ready = [&](const bus::ServerFacts&) {
            client->request(views, [&](const bus::Reply* reply) {
                if (reply != nullptr) answer = reply->text;
                io.stop();
            });
        };
        client = std::make_unique<bus::RedisClient>(io, settings(), bus::LinkUse::requests,
                                                    bus::RedisClient::Events{on_ready, {}, {}});
        client->start();
        (void)io.run_for(std::chrono::seconds(10));
        if (!answer) give_up("redis-server does not answer");
        return *answer;
    }
    /// A figure of INFO.
    [[nodiscard]] double figure(const std::string& section, const std::string& name) const {
        const std::string info = ask({"INFO", section});
        const auto at = info.find("\n" + name + ":");
        return at == std::string::npos ? 0 : std::strtod(info.c_str() + at + name.size() + 2, nullptr);
    }
    [[nodiscard]] fs::path socket() const { return directory_ / "redis.sock"; }

private:
    fs::path directory_;
    std::unique_ptr<bench::Child> child_;
};

std::unique_ptr<store::RedisLog> open(const Redis& redis, unsigned replicas = 0) {
    auto log = store::RedisLog::open({redis.settings(), "", replicas});
    if (!log) give_up(log.error().message);
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
    if (!opened) give_up(opened.error().message);
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

// ---- 60 marches ----------------------------------------------------------------------------------

/// Each march has one append of one command on its way, as a desk has; the next begins with the answer.
class Desks {
public:
    explicit Desks(store::EventLog& log) : log_(log) {}

    /// Appends a second; levels below `least` are counted apart.
    double run(std::chrono::milliseconds length, core::Level least) {
        stop_ = false;
        appended_ = below_ = 0;
        under_way_ = marches;
        const auto begun = Clock::now();
        for (int i = 0; i < marches; ++i) send(i, least);
        std::this_thread::sleep_for(length);
        stop_ = true;
        std::unique_lock lock(mutex_);
        quiet_.wait(lock, [&] { return under_way_ == 0; });
        const std::chrono::duration<double> took = Clock::now() - begun;
        return static_cast<double>(appended_) / took.count();
    }
    [[nodiscard]] std::uint64_t below() const { return below_; }

private:
    void send(int march, core::Level least) {
        const auto number = static_cast<std::size_t>(march);
        log_.append(group_on(march_of(march), seqs_.at(number), 1),
                    [this, march, number, least](const store::AppendOutcome& outcome) {
                        const auto* appended = outcome ? std::get_if<store::Appended>(&*outcome) : nullptr;
                        if (appended == nullptr) give_up("an append was refused");
                        ++seqs_.at(number);
                        ++(appended->level < least ? below_ : appended_);
                        if (!stop_) return send(march, least);
                        const std::lock_guard lock(mutex_);
                        if (--under_way_ == 0) quiet_.notify_one();
                    });
    }

    store::EventLog& log_;
    std::array<std::uint64_t, marches> seqs_{};
    std::atomic<bool> stop_{false};
    std::atomic<std::uint64_t> appended_{0};
    std::atomic<std::uint64_t> below_{0};
    std::mutex mutex_;
    std::condition_variable quiet_;
    int under_way_ = 0;
};

// ---- one march, three servers --------------------------------------------------------------------

struct Contended {
    double stored = 0;  ///< entries a second
    double tries = 0;   ///< appends sent for one that was stored
    double p99_ms = 0;  ///< from wanted to stored
};

/// Each server stores check-ins that come evenly, those that have come meanwhile in one group, as a desk does.
Contended contend(const Redis& redis, double per_second, std::chrono::milliseconds length) {
    std::atomic<std::uint64_t> tries{0};
    std::atomic<std::uint64_t> groups{0};
    std::mutex mutex;
    std::vector<double> waits;
    std::vector<std::thread> servers;
    const auto march = march_of(0);
    const auto begun = Clock::now();
    for (int s = 0; s < 3; ++s) {
        servers.emplace_back([&] {
            const auto log = open(redis);
            std::vector<double> mine;
            base::Tip tip = tip_in(*log, march);
            const auto start = Clock::now();
            std::uint64_t stored = 0;
            const auto due = [&](std::uint64_t n) {
                return start + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(static_cast<double>(n) / per_second));
            };
            while (Clock::now() - start < length) {
                std::uint64_t ready = 0;
                for (const auto now = Clock::now(); due(stored + ready) <= now;) ++ready;
                if (ready == 0) {
                    std::this_thread::sleep_until(due(stored));
                    continue;
                }
                for (bool done = false; !done;) {
                    auto request = group_on(march, tip.seq.value, ready);
                    request.expected = tip;
                    request.new_log = false;
                    const auto outcome = answer_of<store::AppendOutcome>(
                        [&](auto told) { log->append(std::move(request), std::move(told)); });
                    ++tries;
                    if (!outcome) give_up(outcome.error().message);
                    if (const auto* refused = std::get_if<store::AppendRefused>(&*outcome)) {
                        tip = refused->tip;
                        continue;
                    }
                    tip = tip_of(tip.seq.value + ready);
                    done = true;
                }
                ++groups;
                const auto now = Clock::now();
                for (std::uint64_t i = 0; i < ready; ++i) {
                    mine.push_back(std::chrono::duration<double, std::milli>(now - due(stored + i)).count());
                }
                stored += ready;
            }
            const std::lock_guard lock(mutex);
            waits.insert(waits.end(), mine.begin(), mine.end());
        });
    }
    for (auto& server : servers) server.join();
    const std::chrono::duration<double> took = Clock::now() - begun;
    return {static_cast<double>(waits.size()) / took.count(),
            static_cast<double>(tries) / static_cast<double>(std::max<std::uint64_t>(1, groups)),
            bench::percentile_of(waits, 0.99)};
}

// ---- long logs -----------------------------------------------------------------------------------

void fill(store::EventLog& log, int march, std::uint64_t entries) {
    constexpr std::size_t at_once = 500;
    for (std::uint64_t seq = 0; seq < entries; seq += at_once) {
        auto request = group_on(march_of(march), seq, at_once);
        const auto outcome = answer_of<store::AppendOutcome>(
            [&](auto done) { log.append(std::move(request), std::move(done)); });
        if (!outcome || !std::holds_alternative<store::Appended>(*outcome)) give_up("a log could not be filled");
    }
}

/// Tip, checkpoint and every entry, in pages: what a desk without a checkpoint reads.
double open_ms(store::EventLog& log, int march) {
    const auto begun = Clock::now();
    const auto opened = answer_of<base::Result<store::OpenedLog>>(
        [&](auto done) { log.open(march_of(march), std::move(done)); });
    if (!opened) give_up(opened.error().message);
    for (std::uint64_t next = 1; next <= opened->tip.seq.value;) {
        const auto page = answer_of<base::Result<store::Entries>>([&](auto done) {
            log.read(march_of(march), base::Seq{next}, base::limits::opening_page_entries, std::move(done));
        });
        if (!page || page->empty()) give_up("a log could not be read");
        next = page->back().tip.seq.value + 1;
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}

/// Bytes that Redis sends to a server which follows one march while all sixty are written to, over those of the
/// march's own entries.
double watch_ratio(const Redis& redis, std::uint64_t appends) {
    const auto writer = open(redis);
    const auto sent = [&](bool watched) {
        const auto watcher = open(redis);
        std::atomic<std::uint64_t> heard{0};
        std::unique_ptr<store::FollowToken> token;
        const auto tip = tip_in(*watcher, march_of(0));
        if (watched) token = watcher->follow(march_of(0), tip.seq, [&](const store::StoredEntry&) { ++heard; });
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        const double before = redis.figure("stats", "total_net_output_bytes");
        for (int march = 0; march < marches; ++march) {
            std::uint64_t seq = tip_in(*writer, march_of(march)).seq.value;
            for (std::uint64_t i = 0; i < appends; ++i, ++seq) {
                auto request = group_on(march_of(march), seq, 1);
                (void)answer_of<store::AppendOutcome>(
                    [&](auto done) { writer->append(std::move(request), std::move(done)); });
            }
        }
        if (watched) {
            while (heard < appends) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return redis.figure("stats", "total_net_output_bytes") - before;
    };
    const double without = sent(false);
    const double with = sent(true);
    const double share = static_cast<double>(appends) * (entry_bytes + sizeof(base::Digest));
    return (with - without) / share;
}

struct Samples {
    std::vector<double> stored, replicated, below, contended, tries, contended_p99, open, memory, watch;
};

bench::Report report_of(const Samples& samples) {
    bench::Report report;
    report.add("append-stored", "marchwire", "appends of 60 marches", "1/s", samples.stored);
    report.add("append-replicated", "marchwire", "appends of 60 marches that a replica has", "1/s", samples.replicated);
    report.add("append-replicated", "marchwire", "appends below the level", "1", samples.below);
    report.add("append-contended", "marchwire", "check-ins stored of 1 500 a second", "1/s", samples.contended);
    report.add("append-contended", "marchwire", "tries for one group", "1", samples.tries);
    report.add("append-contended", "marchwire", "due to stored p99", "ms", samples.contended_p99);
    report.add("open-60x20000", "marchwire", "opened and read whole", "ms", samples.open);
    report.add("open-60x20000", "marchwire", "memory of Redis", "MB", samples.memory);
    report.add("watch-1of60", "marchwire", "traffic over the march's own", "ratio", samples.watch);
    return report;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    auto form = (fs::current_path() / "bench-cluster-XXXXXX").string();
    if (::mkdtemp(form.data()) == nullptr) give_up("cannot write to the working directory");
    const fs::path scratch = form;
    Samples samples;
    const std::chrono::milliseconds length(options.quick ? 500 : 3'000);
    int place = 0;
    const auto fresh = [&] { return scratch / std::to_string(place++); };
    for (int round = 0; round < options.rounds(5, 1); ++round) {
        {
            const Redis redis(fresh(), {});
            const auto log = open(redis);
            samples.stored.push_back(Desks(*log).run(length, core::Level::stored));
        }
        {
            const std::string port = std::to_string(20'000 + ::getpid() % 20'000);
            const Redis master(fresh(), {"--port", port, "--bind", "127.0.0.1"});
            const Redis replica(fresh(), {"--replicaof", "127.0.0.1 " + port});
            while (master.ask({"INFO", "replication"}).find("state=online") == std::string::npos) {
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
            const auto log = open(master, 1);
            Desks desks(*log);
            samples.replicated.push_back(desks.run(length, core::Level::replicated));
            samples.below.push_back(static_cast<double>(desks.below()));
        }
        {
            const Redis redis(fresh(), {});
            fill(*open(redis), 0, 500);
            const Contended contended = contend(redis, 500, length);
            samples.contended.push_back(contended.stored);
            samples.tries.push_back(contended.tries);
            samples.contended_p99.push_back(contended.p99_ms);
        }
    }
    {
        const Redis redis(fresh(), {});
        const auto log = open(redis);
        const int filled = options.quick ? 3 : marches;
        for (int march = 0; march < filled; ++march) fill(*log, march, 20'000);
        samples.memory.push_back(redis.figure("memory", "used_memory") / 1e6);
        for (int march = 0; march < filled; march += 3) samples.open.push_back(open_ms(*log, march));
        for (int march = filled; march < marches; ++march) fill(*log, march, 500);
        samples.watch.push_back(watch_ratio(redis, options.quick ? 20 : 200));
    }
    std::error_code ignored;
    fs::remove_all(scratch, ignored);

    return report_of(samples).write(options) ? 0 : 1;
}
