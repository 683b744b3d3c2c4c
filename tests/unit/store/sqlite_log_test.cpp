// What only the SQLite log has: a directory of its own, disks that fail, processes that die.
#include "store/sqlite_log.hpp"
#include "faulty_vfs.hpp"
#include "store/offline_log.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <random>
#include <semaphore>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace marchwire;
using base::RefusalCode;
using store::OfflineLog;
using store::SqliteLog;

namespace {

namespace fs = std::filesystem;
const base::LogId march = test::log_named("summer/denver-co");

class Directory {
public:
    Directory() {
        auto form = (fs::temp_directory_path() / "marchwire-store-XXXXXX").string();
        REQUIRE(::mkdtemp(form.data()) != nullptr);
        path_ = form;
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    [[nodiscard]] fs::path data() const { return path_ / "data"; }
    [[nodiscard]] fs::path copy() const { return path_ / "copy"; }

private:
    fs::path path_;
};

base::Tip tip_of(std::uint64_t seq) {
    base::Tip tip;
    tip.seq = base::Seq{seq};
    for (std::size_t i = 0; seq != 0 && i < 8; ++i) tip.digest[i] = static_cast<std::uint8_t>(seq >> (8 * i));
    return tip;
}

store::AppendRequest entry_at(std::uint64_t seq) {
    store::AppendRequest request;
    request.log = march;
    request.new_log = seq == 1;
    request.expected = tip_of(seq - 1);
    request.entries = {{tip_of(seq), "entry " + std::to_string(seq)}};
    request.ids = {{{base::DeviceId{1}, seq}, seq, tip_of(seq)}};
    request.now = base::UtcMs{1};
    return request;
}

store::AppendOutcome append(store::EventLog& log, std::uint64_t seq) {
    std::promise<store::AppendOutcome> answer;
    log.append(entry_at(seq), [&](store::AppendOutcome outcome) { answer.set_value(std::move(outcome)); });
    return answer.get_future().get();
}

bool is_stored(const store::AppendOutcome& outcome) {
    return outcome.has_value() && std::holds_alternative<store::Appended>(*outcome);
}

/// Every entry 1..tip is there with its own digest; the tip.
std::uint64_t verified_tip(const fs::path& directory) {
    auto log = OfflineLog::open(directory);
    REQUIRE(log.has_value());
    const auto opened = log->open(march);
    if (!opened) return 0;
    std::uint64_t seq = 0;
    for (;;) {
        const auto page = log->read(march, base::Seq{seq + 1}, 1'000).value();
        if (page.empty()) break;
        for (const auto& entry : page) {
            ++seq;
            REQUIRE(entry.tip == tip_of(seq));
            REQUIRE(entry.bytes == "entry " + std::to_string(seq));
        }
    }
    REQUIRE(opened->tip == tip_of(seq));
    return seq;
}

/// Which files of the directory hold these bytes.
std::vector<std::string> files_with(const fs::path& directory, const std::string& bytes) {
    std::vector<std::string> found;
    for (const auto& file : fs::recursive_directory_iterator(directory)) {
        std::ifstream in(file.path(), std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        if (all.find(bytes) != std::string::npos) found.push_back(file.path().filename().string());
    }
    return found;
}

store::AppendRequest whole_log(const base::LogId& log, const std::string& text) {
    store::AppendRequest request = entry_at(1);
    request.log = log;
    for (std::uint64_t seq = 2; seq <= 400; ++seq) request.entries.push_back({tip_of(seq), text});
    request.entries.front().bytes = std::string(20'000, '.') + text;
    return request;
}

}  // namespace

TEST_CASE("a second opener of a data directory is told that it is in use", "[store][sqlite]") {
    const Directory directory;
    auto first = SqliteLog::open(directory.data());
    REQUIRE(first.has_value());
    const auto second = SqliteLog::open(directory.data());
    REQUIRE(second.has_error());
    CHECK(second.error().code == RefusalCode::conflict);
    CHECK(second.error().field == "data");
    CHECK(OfflineLog::open(directory.data()).error().code == RefusalCode::conflict);
    first->reset();
    CHECK(SqliteLog::open(directory.data()).has_value());
}

TEST_CASE("a data directory and its files are for their owner only", "[store][sqlite]") {
    const Directory directory;
    const auto log = SqliteLog::open(directory.data());
    REQUIRE(log.has_value());
    CHECK((fs::status(directory.data()).permissions() & fs::perms::all) == fs::perms::owner_all);
    for (const auto& file : fs::directory_iterator(directory.data())) {
        INFO(file.path().string());
        CHECK((file.status().permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
    }
}

TEST_CASE("a file that is no database is refused and left as it is", "[store][sqlite]") {
    const Directory directory;
    fs::create_directories(directory.data());
    const std::string text(10'000, 'x');
    {
        std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen((directory.data() / "marchwire.db").c_str(), "w"),
                                                   &std::fclose);
        REQUIRE(std::fwrite(text.data(), 1, text.size(), file.get()) == text.size());
    }
    const auto log = SqliteLog::open(directory.data());
    REQUIRE(log.has_error());
    CHECK(log.error().field == "data");
    CHECK(fs::file_size(directory.data() / "marchwire.db") == text.size());
}

TEST_CASE("off-line reading of a directory without data says so and makes none", "[store][sqlite]") {
    const Directory directory;
    CHECK(OfflineLog::open(directory.data()).error().code == RefusalCode::not_found);
    CHECK_FALSE(fs::exists(directory.data()));
}

TEST_CASE("the store remembers when a server last ran on it", "[store][sqlite]") {
    const Directory directory;
    {
        const auto log = SqliteLog::open(directory.data());
        CHECK((*log)->last_alive() == base::UtcMs{0});
        (*log)->put_last_alive(base::UtcMs{1'000});
        (*log)->put_last_alive(base::UtcMs{3'000});
        REQUIRE(is_stored(append(**log, 1)));
    }
    CHECK((*SqliteLog::open(directory.data()))->last_alive() == base::UtcMs{3'000});
}

TEST_CASE("a clean stop leaves no write-ahead log behind", "[store][sqlite]") {
    const Directory directory;
    {
        const auto log = SqliteLog::open(directory.data());
        REQUIRE(is_stored(append(**log, 1)));
        CHECK(fs::file_size(directory.data() / "marchwire.db-wal") > 0);
    }
    std::error_code none;
    const auto left = fs::file_size(directory.data() / "marchwire.db-wal", none);
    CHECK((none || left == 0));
    CHECK(verified_tip(directory.data()) == 1);
}

TEST_CASE("the write-ahead log stays bounded however much is written", "[store][sqlite]") {
    const Directory directory;
    const auto log = SqliteLog::open(directory.data());
    const std::string large(1024 * 1024, 'x');
    std::uintmax_t largest = 0;
    for (std::uint64_t seq = 1; seq <= 64; ++seq) {
        auto request = entry_at(seq);
        request.entries[0].bytes = large;
        std::promise<bool> stored;
        (*log)->append(std::move(request), [&](const auto& outcome) { stored.set_value(is_stored(outcome)); });
        REQUIRE(stored.get_future().get());
        largest = std::max(largest, fs::file_size(directory.data() / "marchwire.db-wal"));
    }
    CHECK(largest < 24 * 1024 * 1024);
    CHECK((*log)->healthy());
}

TEST_CASE("a failed fsync refuses its group for good and nothing of it comes back", "[store][sqlite]") {
    const Directory directory;
    auto& faults = support::faulty_vfs();
    {
        const auto log = SqliteLog::open(directory.data(), {support::faulty_vfs_name});
        REQUIRE(log.has_value());
        REQUIRE(is_stored(append(**log, 1)));
        REQUIRE(is_stored(append(**log, 2)));
        CHECK((*log)->healthy());

        faults.fail_syncs(1);
        CHECK(append(**log, 3).error().code == RefusalCode::unavailable);
        CHECK(faults.failed() == 1);
        CHECK_FALSE((*log)->healthy());
        // The disk works again, but what its cache lost nobody knows: no more commands, and no reads either.
        CHECK(append(**log, 3).error().code == RefusalCode::unavailable);
        std::promise<bool> read;
        (*log)->read(march, base::Seq{1}, 10, [&](const auto& page) { read.set_value(page.has_value()); });
        CHECK_FALSE(read.get_future().get());

        // As after a kill at this moment: what lies on the disk now.
        fs::copy(directory.data(), directory.copy());
    }
    CHECK(verified_tip(directory.copy()) == 2);
    CHECK(verified_tip(directory.data()) == 2);
    const auto again = SqliteLog::open(directory.data());
    REQUIRE(again.has_value());
    CHECK(is_stored(append(**again, 3)));
}

TEST_CASE("a write that fails for want of space refuses its group for good", "[store][sqlite]") {
    const Directory directory;
    auto& faults = support::faulty_vfs();
    {
        const auto log = SqliteLog::open(directory.data(), {support::faulty_vfs_name});
        REQUIRE(is_stored(append(**log, 1)));
        faults.fail_writes(1);
        CHECK(append(**log, 2).error().code == RefusalCode::unavailable);
        CHECK(faults.failed() == 1);
        CHECK_FALSE((*log)->healthy());
    }
    CHECK(verified_tip(directory.data()) == 1);
}

namespace {

/// Appends on and on, some ahead of the answers, and writes each acknowledged seq to the pipe, until killed.
[[noreturn]] void append_until_killed(const fs::path& directory, std::uint64_t tip, int pipe) {
    std::counting_semaphore<64> ahead(64);
    auto log = SqliteLog::open(directory);
    if (!log) ::_exit(1);
    for (std::uint64_t seq = tip + 1;; ++seq) {
        ahead.acquire();
        (*log)->append(entry_at(seq), [&ahead, pipe, seq](const auto& outcome) {
            if (!is_stored(outcome) || ::write(pipe, &seq, sizeof seq) != sizeof seq) ::_exit(2);
            ahead.release();
        });
    }
}

/// Reads `count` acknowledged seqs, kills the child, reads what else it had acknowledged; the last one.
std::uint64_t kill_after(int pipe, std::uint64_t count, pid_t child) {
    std::uint64_t last = 0;
    std::uint64_t seq = 0;
    for (std::uint64_t i = 0; i < count && ::read(pipe, &seq, sizeof seq) == sizeof seq; ++i) last = seq;
    REQUIRE(::kill(child, SIGKILL) == 0);
    while (::read(pipe, &seq, sizeof seq) == sizeof seq) last = seq;
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    return last;
}

}  // namespace

TEST_CASE("everything acknowledged before a kill at any moment is there afterwards", "[store][sqlite][crash]") {
    const Directory directory;
    std::mt19937 random(20180630);
    std::uint64_t tip = 0;
    for (int round = 0; round < 12; ++round) {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        // No other thread lives here between the rounds, so the child may start its own.
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(ends[0]);
            append_until_killed(directory.data(), tip, ends[1]);
        }
        ::close(ends[1]);
        const auto acknowledged = kill_after(ends[0], 1 + random() % 300, child);
        ::close(ends[0]);
        REQUIRE(acknowledged > tip);
        // Each look reads the WAL that the killed process left and leaves it there for the next round.
        tip = verified_tip(directory.data());
        REQUIRE(tip >= acknowledged);
    }
}

TEST_CASE("no file of the data directory holds a word of a log that was shredded", "[store][sqlite][shred]") {
    Directory directory;
    auto log = SqliteLog::open(directory.data()).value();
    const auto put = [&](store::AppendRequest request) {
        std::promise<bool> stored;
        log->append(std::move(request), [&](const auto& outcome) { stored.set_value(is_stored(outcome)); });
        REQUIRE(stored.get_future().get());
    };
    const base::LogId other = test::log_named("summer/boston-ma");
    put(whole_log(march, "callsign-of-a-marshal"));
    put(whole_log(other, "another-march"));
    std::promise<bool> kept;
    log->put_checkpoint(march, {tip_of(400), "callsign-of-a-marshal" + std::string(10'000, '.')},
                        [&](const auto& outcome) { kept.set_value(outcome.has_value()); });
    REQUIRE(kept.get_future().get());
    REQUIRE_FALSE(files_with(directory.data(), "callsign-of-a-marshal").empty());

    std::promise<base::Result<store::Shredded>> shredded;
    log->shred(march, [&](auto outcome) { shredded.set_value(std::move(outcome)); });
    const auto outcome = shredded.get_future().get();
    REQUIRE(outcome.has_value());
    CHECK(outcome->files == store::Shredded::Files::rewritten);
    // While the server runs, and not only when it has ended.
    CHECK(files_with(directory.data(), "callsign-of-a-marshal").empty());
    CHECK(files_with(directory.data(), "denver-co").empty());
    CHECK_FALSE(files_with(directory.data(), "another-march").empty());
    log->stop();
    log.reset();
    CHECK(files_with(directory.data(), "callsign-of-a-marshal").empty());
    CHECK(OfflineLog::open(directory.data())->list() == std::vector{other});
}

TEST_CASE("after a shred the log goes on and survives the next opening", "[store][sqlite][shred]") {
    Directory directory;
    auto log = SqliteLog::open(directory.data()).value();
    for (std::uint64_t seq = 1; seq <= 3; ++seq) REQUIRE(is_stored(append(*log, seq)));
    std::promise<base::Result<store::Shredded>> shredded;
    log->shred(march, [&](auto outcome) { shredded.set_value(std::move(outcome)); });
    REQUIRE(shredded.get_future().get().has_value());
    for (std::uint64_t seq = 1; seq <= 5; ++seq) REQUIRE(is_stored(append(*log, seq)));
    log->stop();
    log.reset();
    CHECK(verified_tip(directory.data()) == 5);
}
