// What the store's part of opening and of replay costs: opening a log of 100 000 entries from its checkpoint, and
// reading a long log page by page.
#include "base/limits.hpp"
#include "store/sqlite_log.hpp"

#include "support/report.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t opened_entries = 100'000;
constexpr std::size_t checkpoint_bytes = 1024UL * 1024;  // a march with its roster and some routes

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "read_log: %s\n", why.c_str());
    std::exit(1);
}

base::LogId the_log() { return base::LogId::parse("summer/denver-co").value(); }

base::Tip tip_of(std::uint64_t seq) {
    base::Tip tip;
    tip.seq = base::Seq{seq};
    for (std::size_t i = 0; seq != 0 && i < 8; ++i) tip.digest[i] = static_cast<std::uint8_t>(seq >> (8 * i));
    return tip;
}

std::unique_ptr<store::SqliteLog> open_store(const fs::path& directory) {
    auto log = store::SqliteLog::open(directory);
    if (!log) give_up(log.error().message);
    return std::move(*log);
}

void fill(store::EventLog& log, std::uint64_t entries) {
    constexpr std::uint64_t group = 10'000;
    for (std::uint64_t seq = 0; seq < entries; seq += group) {
        store::AppendRequest request;
        request.log = the_log();
        request.new_log = seq == 0;
        request.expected = tip_of(seq);
        for (std::uint64_t i = 1; i <= group; ++i) request.entries.push_back({tip_of(seq + i), std::string(150, 'x')});
        std::promise<bool> stored;
        log.append(std::move(request), [&](const store::AppendOutcome& outcome) {
            stored.set_value(outcome.has_value() && std::holds_alternative<store::Appended>(*outcome));
        });
        if (!stored.get_future().get()) give_up("an append was refused");
    }
}

store::Entries read(store::EventLog& log, std::uint64_t from, std::size_t limit) {
    std::promise<store::Entries> page;
    log.read(the_log(), base::Seq{from}, limit, [&](base::Result<store::Entries> entries) {
        if (!entries) give_up(entries.error().message);
        page.set_value(std::move(*entries));
    });
    return page.get_future().get();
}

/// Reads from `from` to the end; how many.
std::uint64_t read_rest(store::EventLog& log, std::uint64_t from) {
    std::uint64_t count = 0;
    for (;;) {
        const auto page = read(log, from + count, base::limits::opening_page_entries);
        if (page.empty()) return count;
        count += page.size();
    }
}

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Open, checkpoint and the entries after it, in a store that has just started: nothing of the log is in its cache.
double opening_ms(const fs::path& directory) {
    const auto log = open_store(directory);
    const auto start = Clock::now();
    std::promise<store::OpenedLog> answer;
    log->open(the_log(), [&](base::Result<store::OpenedLog> opened) { answer.set_value(std::move(opened).value()); });
    const auto opened = answer.get_future().get();
    const auto tail = read_rest(*log, opened.checkpoint.tip.seq.value + 1);
    const double took = milliseconds_since(start);
    if (opened.checkpoint.tip.seq.value + tail != opened_entries) give_up("the log is not whole");
    return took;
}

double entries_per_second(const fs::path& directory, std::uint64_t entries) {
    const auto log = open_store(directory);
    const auto start = Clock::now();
    if (read_rest(*log, 1) != entries) give_up("the log is not whole");
    return static_cast<double>(entries) / (milliseconds_since(start) / 1000);
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    auto form = std::string("./bench-read-XXXXXX");
    if (::mkdtemp(form.data()) == nullptr) give_up("cannot write to this directory");
    const fs::path directory = form;
    const fs::path small = directory / "small";
    const fs::path large = directory / "large";
    const std::uint64_t long_entries = options.quick ? 200'000 : 1'000'000;
    {
        const auto log = open_store(small);
        fill(*log, opened_entries);
        const auto tip = tip_of(opened_entries - base::limits::checkpoint_every_entries);
        std::promise<bool> kept;
        log->put_checkpoint(the_log(), {tip, std::string(checkpoint_bytes, 'c')},
                            [&](const auto& done) { kept.set_value(done.has_value()); });
        if (!kept.get_future().get()) give_up("the checkpoint was refused");
        fill(*open_store(large), long_entries);
    }
    std::vector<double> opening;
    std::vector<double> reading;
    for (int round = 0; round < options.rounds(9, 3); ++round) {
        opening.push_back(opening_ms(small));
        reading.push_back(entries_per_second(large, long_entries));
    }
    fs::remove_all(directory);

    bench::Report report;
    report.add("open a log of 100 000 entries, checkpoint 5 000 back", "marchwire", "store's part", "ms", opening);
    report.add("read a log from its first entry, pages of 2 000", "marchwire", "entries", "1/s", reading);
    return report.write(options) ? 0 : 1;
}
