// Replay of a long log: 1 000 000 entries decoded, their chain checked and folded; and the same the way a server opens
// a log that has no checkpoint, from SQLite. Both must end in the very bytes that the live fold ended in.
#include "base/limits.hpp"
#include "core/chain.hpp"
#include "core/decide.hpp"
#include "shard/log_opening.hpp"
#include "store/sqlite_log.hpp"
#include "wire/codec.hpp"

#include "support/report.hpp"
#include "support/server_child.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace marchwire;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t marshals = 500;
constexpr base::UtcMs morning{1'528'984'800'000};

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "replay: %s\n", why.c_str());
    std::exit(1);
}

base::LogId the_log() { return base::LogId::parse("flag-day-2018/st-louis-mo").value(); }

base::Hash256 the_key() {
    base::Hash256 key{};
    key.fill(0x5A);
    return key;
}

core::Actor acting(core::Role role, std::uint64_t person) {
    core::Actor actor;
    actor.person = base::PersonId{person};
    actor.role = role;
    actor.march = base::Slug::parse("st-louis-mo").value();
    return actor;
}

/// A march that lives: its log as it would be stored, and the state that came of it.
class LiveMarch {
public:
    explicit LiveMarch(std::uint64_t entries) : key_(the_key()) {
        state_.id = the_log();
        stored_.reserve(entries + 8);
        begin();
        for (std::uint64_t turn = 0; stored_.size() < entries; ++turn) go_on(turn);
    }
    [[nodiscard]] const std::vector<store::StoredEntry>& stored() const { return stored_; }
    [[nodiscard]] std::string checkpoint() const { return wire::encode_checkpoint(state_); }

private:
    void begin() {
        core::CreateMarch create;
        create.spec.city = "St. Louis";
        create.spec.tz = "America/Chicago";
        create.topic_base = 1U << 16U;
        put(lead_, create);
        for (std::uint64_t person = 1; person <= marshals; ++person) {
            core::AssignDuty assign;
            assign.person = base::PersonId{person};
            assign.callsign = "marshal " + std::to_string(person);
            assign.section = static_cast<std::uint32_t>(person % base::limits::sections_default) + 1;
            if (person % 2 == 0) assign.buddy = base::PersonId{person - 1};
            put(lead_, assign);
        }
        for (const core::Phase phase : {core::Phase::assembling, core::Phase::marching}) {
            put(lead_, core::AdvancePhase{phase, state_.phase_version, ""});
        }
    }

    /// Mostly check-ins; one in fifty goes on a break (and is back by the next check-in), a notice now and then.
    void go_on(std::uint64_t turn) {
        now_ = now_ + base::Millis{20};
        const base::PersonId person{turn % marshals + 1};
        const core::Actor marshal = acting(core::Role::side, person.value);
        const auto metre = static_cast<std::uint32_t>(turn / marshals % 100) * 50;
        const auto battery = static_cast<std::uint8_t>(100 - turn % 90);
        put(marshal, core::CheckIn{core::Report::on_post, {core::PlaceKind::route_metre, metre}, battery, 0});
        if (turn % 50 == 7) put(marshal, core::TakeBreak{state_.member(person)->duty_version});
        if (turn % 5'000 == 99) {
            core::PostNotice notice;
            notice.language = "en";
            notice.text = "Water at the corner of Market Street, number " + std::to_string(turn);
            put(lead_, notice);
        }
    }

    void put(const core::Actor& actor, core::CommandBody body) {
        core::Command command;
        command.id = {base::DeviceId{actor.person.value}, ++counter_};
        command.made_at = now_;
        command.body = std::move(body);
        const core::Context context{now_, actor};
        auto events = core::decide(state_, command, context);
        if (!events) give_up("refused: " + events.error().message);
        for (core::Event& event : *events) {
            const core::Entry entry = core::stamp(state_, std::move(event), command, context);
            std::string bytes = wire::encode_stored(entry);
            core::apply(state_, entry, core::next_digest(key_, state_.tip.digest, entry.seq, bytes));
            stored_.push_back({state_.tip, std::move(bytes)});
        }
    }

    base::Hmac key_;
    core::MarchState state_;
    core::Actor lead_ = acting(core::Role::city_lead, 100'000);
    std::vector<store::StoredEntry> stored_;
    base::UtcMs now_ = morning;
    std::uint64_t counter_ = 0;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Seconds for all of it, on one thread, from bytes in memory.
double replay_from_memory(const LiveMarch& live, const std::string& expected) {
    const base::Hmac key(the_key());
    const auto start = Clock::now();
    core::MarchState state;
    state.id = the_log();
    for (const store::StoredEntry& stored : live.stored()) {
        const auto digest = core::next_digest(key, state.tip.digest, stored.tip.seq, stored.bytes);
        if (digest != stored.tip.digest) give_up("the chain does not hold");
        const auto entry = wire::decode_stored(stored.bytes);
        if (!entry) give_up(entry.error().message);
        core::apply(state, *entry, digest);
    }
    const double took = seconds_since(start);
    if (wire::encode_checkpoint(state) != expected) give_up("the fold is not the live one");
    return took;
}

void fill(store::EventLog& log, const LiveMarch& live) {
    constexpr std::size_t group = 10'000;
    base::Tip tip;
    for (std::size_t first = 0; first < live.stored().size(); first += group) {
        store::AppendRequest request;
        request.log = the_log();
        request.new_log = first == 0;
        request.expected = tip;
        const auto last = std::min(live.stored().size(), first + group);
        for (std::size_t i = first; i < last; ++i) request.entries.push_back(live.stored()[i]);
        tip = request.entries.back().tip;
        std::promise<bool> stored;
        log.append(std::move(request), [&](const store::AppendOutcome& outcome) {
            stored.set_value(outcome.has_value() && std::holds_alternative<store::Appended>(*outcome));
        });
        if (!stored.get_future().get()) give_up("an append was refused");
    }
}

/// The way of a server that starts: seconds until the log is open, pages read by the store's thread beside it.
double open_from_sqlite(const std::filesystem::path& directory, const std::string& expected) {
    auto log = store::SqliteLog::open(directory);
    if (!log) give_up(log.error().message);
    const auto io = std::make_shared<boost::asio::io_context>();
    auto waiting = boost::asio::make_work_guard(*io);
    const base::SystemClock clock;
    shard::Counters counters;
    const shard::DeskPlace place{the_log(), **log, clock, shard::Mailbox(io), counters, the_key()};
    std::optional<core::MarchState> state;
    const auto start = Clock::now();
    shard::open_march_log(place, [&](base::Result<shard::OpenedDesk<core::MarchState>> opened) {
        if (!opened) give_up(opened.error().message);
        state = std::move(opened->state);
        waiting.reset();
    });
    io->run();
    const double took = seconds_since(start);
    if (wire::encode_checkpoint(*state) != expected) give_up("the fold from SQLite is not the live one");
    (*log)->stop();
    return took;
}

/// The chain alone: what no replay can be faster than, since every digest must be made.
double chain_alone(const LiveMarch& live) {
    const base::Hmac key(the_key());
    const auto start = Clock::now();
    base::Digest digest{};
    for (const store::StoredEntry& stored : live.stored()) {
        digest = core::next_digest(key, digest, stored.tip.seq, stored.bytes);
    }
    const double took = seconds_since(start);
    if (digest != live.stored().back().tip.digest) give_up("the chain does not hold");
    return took;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const std::uint64_t entries = options.quick ? 100'000 : 1'000'000;
    const LiveMarch live(entries);
    const std::string expected = live.checkpoint();
    const bench::Scratch scratch(".");
    fill(**store::SqliteLog::open(scratch.path()), live);

    const auto count = static_cast<double>(live.stored().size());
    std::vector<double> memory, memory_rate, sqlite, sqlite_rate, chain, over_floor;
    for (int round = 0; round < options.rounds(7, 2); ++round) {
        chain.push_back(chain_alone(live));
        memory.push_back(replay_from_memory(live, expected));
        sqlite.push_back(open_from_sqlite(scratch.path(), expected));
        memory_rate.push_back(count / memory.back());
        sqlite_rate.push_back(count / sqlite.back());
        over_floor.push_back(memory.back() / chain.back());
    }

    bench::Report report;
    const std::string what = options.quick ? "100 000 entries of 500 marshals" : "1 000 000 entries of 500 marshals";
    const std::string in_memory = "replay, " + what + ", decode, chain and fold from memory";
    report.add(in_memory, "marchwire", "time", "s", memory);
    report.add(in_memory, "marchwire", "entries", "1/s", memory_rate);
    report.add(in_memory, "floor", "the chain's digests alone", "s", chain);
    report.add(in_memory, "marchwire", "time over the floor's", "ratio", over_floor);
    const std::string from_disk = "replay, " + what + ", a server opening the log from SQLite without a checkpoint";
    report.add(from_disk, "marchwire", "time", "s", sqlite);
    report.add(from_disk, "marchwire", "entries", "1/s", sqlite_rate);
    return report.write(options) ? 0 : 1;
}
