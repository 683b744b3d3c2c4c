// 5 000 apps on the C++ SDK in one process: what does one of them weigh, and how many items does the SDK fold in a
// second? And a phone that comes back with its queue full: when is all of it answered, each command with one effect?
// Against the real server, with its log on a disk.
#include "fanout/march_stage.hpp"
#include "support/accounting.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"

#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>

#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace marchwire;
using bench::MarchStage;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t followers = 3'500;  ///< of one address; the server lets 4 000 in
constexpr std::size_t marshals = 1'500;
constexpr std::uint32_t notices = 100;
constexpr std::uint32_t queued = 1'000;  ///< what ClientSettings::commands_waiting keeps

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "sdk: %s\n", why.c_str());
    std::exit(1);
}
sdk::FeedName feed_of(const std::string& kind) { return *sdk::FeedName::parse(kind + "/" + MarchStage::march_log); }
double ms_since(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
}
double own_cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// A server with a march that moves, and its lead, who sees all of it.
class Stand {
public:
    explicit Stand(const std::filesystem::path& directory)
        : server(MARCHWIRED_PATH, directory), stage(server.data().string(), 1) {
        const std::string token = stage.lead_token();
        (void)stage.step_off(server.staff_port(), token);
        sdk::Callbacks callbacks;
        callbacks.on_item = [this](const sdk::FeedItem& item) {
            if (std::holds_alternative<sdk::CheckedIn>(item.change())) ++checked_in;
        };
        lead = std::make_unique<sdk::Client>(io, staff(token, 1), std::move(callbacks));
        lead->subscribe(feed_of("ops"));
        lead->connect();
        until([this] { return lead->march(feed_of("ops")).has_value(); }, "the lead sees the march");
    }
    [[nodiscard]] sdk::ClientSettings follower() const { return settings(server.followers_port(), "/v1/ws"); }
    [[nodiscard]] sdk::ClientSettings staff(const std::string& token, std::uint64_t device) const {
        sdk::ClientSettings made = settings(server.staff_port(), "/v1/ops");
        made.token = token;
        made.device = device;
        return made;
    }
    /// Runs what the clients do until it is so, a minute at most.
    template <class IsSo>
    void until(IsSo is_so, const char* what) {
        const auto latest = Clock::now() + std::chrono::minutes(1);
        while (!is_so()) {
            if (Clock::now() > latest) give_up(std::string("in a minute it did not come to this: ") + what);
            io.restart();
            io.run_for(milliseconds(1));
        }
    }

    bench::ServerChild server;
    MarchStage stage;
    boost::asio::io_context io;
    std::unique_ptr<sdk::Client> lead;
    std::size_t checked_in = 0;

private:
    [[nodiscard]] static sdk::ClientSettings settings(std::uint16_t port, const std::string& path) {
        sdk::ClientSettings made;
        made.url = "ws://127.0.0.1:" + std::to_string(port) + path;
        return made;
    }
};

/// Clients that each follow one feed. Counts what they are told.
class Crowd {
public:
    explicit Crowd(Stand& stand) : stand_(stand) {}
    /// Bytes of this process for each of `settings` once all of them have the feed whole.
    double add(const std::vector<sdk::ClientSettings>& settings, const sdk::FeedName& feed) {
        const auto before = bench::process_memory_bytes(::getpid());
        const std::size_t all = whole_ + settings.size();
        for (const sdk::ClientSettings& each : settings) {
            sdk::Callbacks callbacks;
            callbacks.on_snapshot = [this](const sdk::FeedName&) { ++whole_; };
            callbacks.on_item = [this](const sdk::FeedItem& item) {
                if (item.position()) ++items_;
            };
            clients_.push_back(std::make_unique<sdk::Client>(stand_.io, each, std::move(callbacks)));
            clients_.back()->subscribe(feed);
            clients_.back()->connect();
        }
        stand_.until([&] { return whole_ == all; }, "all have the feed whole");
        const auto after = bench::process_memory_bytes(::getpid());
        return static_cast<double>(after - before) / static_cast<double>(settings.size());
    }
    [[nodiscard]] std::size_t size() const { return clients_.size(); }
    [[nodiscard]] std::size_t items() const { return items_; }

private:
    Stand& stand_;
    std::vector<std::unique_ptr<sdk::Client>> clients_;
    std::size_t whole_ = 0;
    std::size_t items_ = 0;
};

void tell_everybody(Stand& stand, const Crowd& crowd, const bench::Options& options, bench::Report& report) {
    std::vector<double> per_second, microseconds;
    for (int round = 0; round < options.rounds(3, 1); ++round) {
        const std::size_t all = crowd.items() + notices * crowd.size();
        const auto begun = Clock::now();
        const double cpu = own_cpu_seconds();
        for (std::uint32_t i = 0; i < notices; ++i) {
            sdk::PostNotice notice;
            notice.language = "en";
            notice.text = "The rally begins at three at the east steps.";
            stand.lead->command(MarchStage::march_log, notice, [](sdk::CommandId, const sdk::Outcome& outcome) {
                if (const auto* error = std::get_if<sdk::Error>(&outcome)) give_up(error->message);
            });
        }
        stand.until([&] { return crowd.items() >= all; }, "everybody has each notice");
        const double told = notices * static_cast<double>(crowd.size());
        per_second.push_back(told * 1e3 / ms_since(begun));
        microseconds.push_back((own_cpu_seconds() - cpu) * 1e6 / told);
    }
    const std::string what = "5 000 clients in one process, a notice to all";
    report.add(what, "marchwire", "items folded and told", "1/s", per_second);
    report.add(what, "marchwire", "the clients' thread, each item", "us", microseconds);
}

void measure_crowd(const std::filesystem::path& directory, const bench::Options& options, bench::Report& report) {
    Stand stand(directory);
    Crowd crowd(stand);
    const std::string what = "5 000 clients in one process";
    report.add(what, "marchwire", "memory of a follower", "bytes",
               std::vector{crowd.add(std::vector(followers, stand.follower()), feed_of("public"))});
    std::vector<sdk::ClientSettings> phones;
    for (const std::string& token : stand.stage.marshal_tokens(marshals)) {
        phones.push_back(stand.staff(token, phones.size() + 2));
    }
    report.add(what, "marchwire", "memory of a marshal (1 500 of them on the roster)", "bytes",
               std::vector{crowd.add(phones, feed_of("marshal"))});
    tell_everybody(stand, crowd, options, report);
}

/// A phone that was off-line for long, and whose app was ended meanwhile.
void measure_queue(const std::filesystem::path& directory, const bench::Options& options, bench::Report& report) {
    Stand stand(directory);
    std::vector<double> kept_ms, answered_ms;
    std::uint64_t device = 10;
    for (const std::string& token : stand.stage.marshal_tokens(static_cast<std::uint32_t>(options.rounds(5, 1)))) {
        sdk::ClientSettings settings = stand.staff(token, ++device);
        settings.queue_file = (directory / ("queue" + std::to_string(device))).string();
        const auto begun = Clock::now();
        {
            sdk::Client offline(stand.io, settings, {});
            for (std::uint32_t i = 0; i < queued; ++i) {
                if (!offline.command(MarchStage::march_log, sdk::CheckIn{}, nullptr).durable) give_up("not kept");
            }
        }
        kept_ms.push_back(ms_since(begun) / queued);
        std::size_t answered = 0;
        const std::size_t effects = stand.checked_in;
        sdk::Callbacks callbacks;
        callbacks.on_reply = [&](sdk::CommandId, const sdk::Outcome& outcome) {
            if (const auto* error = std::get_if<sdk::Error>(&outcome)) give_up(error->message);
            ++answered;
        };
        sdk::Client back(stand.io, settings, std::move(callbacks));
        const auto came = Clock::now();
        back.connect();
        stand.until([&] { return answered == queued; }, "all are answered");
        answered_ms.push_back(ms_since(came));
        stand.until([&] { return stand.checked_in >= effects + queued; }, "all of them are seen on ops");
        stand.io.restart();
        stand.io.run_for(milliseconds(200));  // one more would come behind them
        if (stand.checked_in != effects + queued) give_up("a command has had another effect than one");
    }
    const std::string what = "1 000 check-ins in the queue's file, over a restart";
    report.add(what, "marchwire", "each kept", "ms", kept_ms);
    report.add(what, "marchwire", "connect to the last answer", "ms", answered_ms);
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const bench::Scratch scratch(".");
    bench::Report report;
    std::filesystem::create_directories(scratch.path() / "crowd");
    std::filesystem::create_directories(scratch.path() / "queue");
    measure_crowd(scratch.path() / "crowd", options, report);
    measure_queue(scratch.path() / "queue", options, report);
    return report.write(options) ? 0 : 1;
}
