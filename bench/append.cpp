// What group commit is worth, and what the log costs over bare SQLite: commands per second, synced, one by one
// and in groups, with the same rows, settings and groups beneath.
#include "store/sqlite_log.hpp"
#include "store/sqlite_statement.hpp"

#include "support/report.hpp"

#include <sys/vfs.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;
namespace fs = std::filesystem;

constexpr std::size_t group_commands = 100;
constexpr std::uint64_t devices = 500;
constexpr int logs = 60;
constexpr std::size_t entry_bytes = 150;  // a check-in as stored

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "append: %s\n", why.c_str());
    std::exit(1);
}

/// A directory of this run on a real disk: an fsync in memory costs nothing and the figures would say nothing.
class Scratch {
public:
    explicit Scratch(const fs::path& below) {
        struct statfs found {};
        constexpr decltype(found.f_type) in_memory = 0x01021994;
        if (::statfs(below.c_str(), &found) != 0) give_up("there is no directory " + below.string());
        if (found.f_type == in_memory) give_up(below.string() + " is in memory; name a directory on a disk by --dir");
        auto form = (below / "bench-append-XXXXXX").string();
        if (::mkdtemp(form.data()) == nullptr) give_up("cannot write to " + below.string());
        path_ = form;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    [[nodiscard]] fs::path sub(int number) const { return path_ / std::to_string(number); }

private:
    fs::path path_;
};

base::Tip tip_of(std::uint64_t seq) {
    base::Tip tip;
    tip.seq = base::Seq{seq};
    for (std::size_t i = 0; seq != 0 && i < tip.digest.size(); ++i) {
        tip.digest[i] = static_cast<std::uint8_t>((seq * 0x9E3779B97F4A7C15ULL) >> (i % 8 * 8));
    }
    return tip;
}

base::CommandId id_of(std::uint64_t number) {
    return {base::DeviceId{(number % devices + 1) * 0x9E3779B97F4A7C15ULL}, number / devices + 1};
}

base::LogId log_of(int number) { return base::LogId::parse("summer/city-" + std::to_string(number)).value(); }

/// Appends groups to one log after the other, each from the answer to the one before: what waits together is
/// committed together, and two under way would share a COMMIT that the floor does not share.
class Writer {
public:
    Writer(store::EventLog& log, std::size_t group) : log_(log), group_(group) {
        for (int i = 0; i < logs; ++i) {
            std::latch made(1);
            store::AppendRequest create;
            create.log = log_of(i);
            create.new_log = true;
            log_.append(std::move(create), [&made](const auto&) { made.count_down(); });
            made.wait();
        }
    }

    /// Commands per second.
    double run(std::size_t groups) {
        left_ = groups;
        std::latch done(static_cast<std::ptrdiff_t>(groups));
        done_ = &done;
        // Sent from there, so that only the store's thread uses this object from then on.
        const auto start = std::chrono::steady_clock::now();
        log_.list([this](const auto&) { send(); });
        done.wait();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        return static_cast<double>(groups * group_) / took.count();
    }

private:
    void send() {
        if (left_ == 0) return;
        --left_;
        const std::size_t turn = next_++ % logs;
        store::AppendRequest request;
        request.log = log_of(static_cast<int>(turn));
        request.expected = tip_of(seqs_[turn]);
        request.now = base::UtcMs{1};
        for (std::size_t i = 0; i < group_; ++i) {
            const auto tip = tip_of(++seqs_[turn]);
            request.entries.push_back({tip, std::string(entry_bytes, 'x')});
            request.ids.push_back({id_of(number_++), 7, tip});
        }
        log_.append(std::move(request), [this](const store::AppendOutcome& outcome) {
            if (!outcome || !std::holds_alternative<store::Appended>(*outcome)) give_up("an append was refused");
            send();
            done_->count_down();
        });
    }

    store::EventLog& log_;
    const std::size_t group_;
    std::array<std::uint64_t, logs> seqs_{};
    std::uint64_t next_ = 0;
    std::uint64_t number_ = 0;
    std::size_t left_ = 0;
    std::latch* done_ = nullptr;
};

double through_the_log(const fs::path& directory, std::size_t group, std::size_t groups) {
    auto log = store::SqliteLog::open(directory);
    if (!log) give_up(log.error().message);
    Writer writer(**log, group);
    const double per_second = writer.run(groups);
    (*log)->stop();
    return per_second;
}

constexpr const char* bare_set_up = R"sql(
PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -65536;
CREATE TABLE entries (place INTEGER PRIMARY KEY, epoch INTEGER, digest BLOB, bytes BLOB);
CREATE TABLE ids (log INTEGER, device INTEGER, counter INTEGER, content_hash INTEGER, at INTEGER, epoch INTEGER,
    seq INTEGER, digest BLOB, PRIMARY KEY (log, device, counter)) WITHOUT ROWID;
)sql";

/// The same rows and groups by prepared statements on this thread, without queue, rules or answers.
double bare(const fs::path& file, std::size_t group, std::size_t groups) {
    sqlite3* opened = nullptr;
    const int code = sqlite3_open(file.c_str(), &opened);
    const store::Connection connection(opened);
    if (code != SQLITE_OK || sqlite3_exec(opened, bare_set_up, nullptr, nullptr, nullptr) != SQLITE_OK) {
        give_up(sqlite3_errmsg(opened));
    }
    store::Statement begin(opened, "BEGIN IMMEDIATE");
    store::Statement commit(opened, "COMMIT");
    store::Statement entry(opened, "INSERT INTO entries VALUES (?1, ?2, ?3, ?4)");
    store::Statement id(opened, "INSERT INTO ids VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    std::array<std::uint64_t, logs> seqs{};
    std::uint64_t number = 0;
    const std::string bytes(entry_bytes, 'x');
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t turn = g % logs;
        const auto log = static_cast<std::int64_t>(turn + 1);
        int failed = begin.run();
        for (std::size_t i = 0; i < group; ++i) {
            const auto tip = tip_of(++seqs[turn]);
            const auto seq = static_cast<std::int64_t>(tip.seq.value);
            const auto name = id_of(number++);
            failed |= entry.bind(1, (log << 40) | seq).bind(2, 1).bind(3, tip.digest).bind(4, bytes).run();
            id.bind(1, log).bind(2, static_cast<std::int64_t>(name.device.value));
            id.bind(3, static_cast<std::int64_t>(name.counter)).bind(4, 7).bind(5, 1).bind(6, 1).bind(7, seq);
            failed |= id.bind(8, tip.digest).run();
        }
        failed |= commit.run();
        if (failed != SQLITE_OK) give_up(sqlite3_errmsg(opened));
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return static_cast<double>(groups * group) / took.count();
}

struct Samples {
    std::vector<double> single, grouped, bare_single, bare_grouped, gain, share, share_single;
};

Samples measure(const bench::Options& options, const Scratch& scratch) {
    Samples samples;
    const std::size_t singles = options.quick ? 300 : 3'000;
    const std::size_t groups = options.quick ? 200 : 2'000;
    int directory = 0;
    for (int round = 0; round < options.rounds(7, 2); ++round) {
        // Side by side in each round: a disk has moods.
        samples.bare_grouped.push_back(bare(scratch.sub(directory++), group_commands, groups));
        samples.grouped.push_back(through_the_log(scratch.sub(directory++), group_commands, groups));
        samples.bare_single.push_back(bare(scratch.sub(directory++), 1, singles));
        samples.single.push_back(through_the_log(scratch.sub(directory++), 1, singles));
        samples.gain.push_back(samples.grouped.back() / samples.single.back());
        samples.share.push_back(samples.grouped.back() / samples.bare_grouped.back());
        samples.share_single.push_back(samples.single.back() / samples.bare_single.back());
    }
    return samples;
}

}  // namespace

int main(int argc, char** argv) {
    fs::path below = ".";
    std::vector<const char*> rest;
    for (int i = 0; i < argc; ++i) {
        if (std::string_view(argv[i]) == "--dir" && i + 1 < argc) {
            below = argv[++i];
        } else {
            rest.push_back(argv[i]);
        }
    }
    const auto options = bench::read_options(static_cast<int>(rest.size()), rest.data());
    const Scratch scratch(below);
    const auto samples = measure(options, scratch);

    bench::Report report;
    const std::string single = "append, one command per COMMIT";
    const std::string grouped = "append, groups of 100 commands over 60 logs";
    report.add(single, "marchwire", "synced commands", "1/s", samples.single);
    report.add(single, "floor", "synced commands", "1/s", samples.bare_single);
    report.add(single, "marchwire", "share of bare SQLite", "ratio", samples.share_single);
    report.add(grouped, "marchwire", "synced commands", "1/s", samples.grouped);
    report.add(grouped, "floor", "synced commands", "1/s", samples.bare_grouped);
    report.add(grouped, "marchwire", "share of bare SQLite", "ratio", samples.share);
    report.add(grouped, "marchwire", "gain over one by one", "ratio", samples.gain);
    return report.write(options) ? 0 : 1;
}
