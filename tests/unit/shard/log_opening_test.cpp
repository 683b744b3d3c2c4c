// Opening a log: its chain is checked, its checkpoint is used, and clients can resume.
#include "shard/log_opening.hpp"

#include "base/limits.hpp"
#include "shard/log_repair.hpp"
#include "store/memory_log.hpp"
#include "support/named.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace marchwire;
using test::slug;
using Opened = base::Result<shard::OpenedDesk<core::MarchState>>;

namespace {

class Silent final : public shard::Audience<core::MarchState> {
public:
    void stored(const core::Entry&, const base::Digest&) override {}
    void group_stored() override {}
    void history_doubted() override {}
    void history_changed() override {}
    void history_ended() override {}
    [[nodiscard]] bool repairs() const override { return false; }
};

struct OpeningStage {
    base::ManualClock clock{base::UtcMs{1'528'984'800'000}};
    store::MemoryLog memory{store::MemoryLog::Drive::by_caller};
    std::shared_ptr<boost::asio::io_context> io = std::make_shared<boost::asio::io_context>(1);
    shard::Counters counters;
    Silent audience;
    base::LogId id{slug("flag-day-2018"), slug("st-louis-mo")};
    std::shared_ptr<shard::LogDesk<core::MarchState>> desk;
    std::vector<base::Tip> tips;  ///< of what was copied

    OpeningStage() {
        core::MarchState state;
        state.id = id;
        desk = std::make_shared<shard::LogDesk<core::MarchState>>(place("key"), state,
                                                                  shard::Vault(base::sha256("key"), id), audience);
        core::CreateMarch wish;
        wish.spec.city = "St. Louis";
        wish.spec.tz = "America/Chicago";
        wish.topic_base = 1U << 16U;
        put(wish);
    }
    shard::DeskPlace place(std::string_view key) {
        return {id, memory, clock, shard::Mailbox(io), counters, base::sha256(key)};
    }
    void settle() { settle(memory); }
    void settle(store::MemoryLog& log) const {
        std::size_t done = 1;
        while (done != 0) {
            io->restart();
            done = log.run_some() + io->poll();
        }
    }
    void put(core::CommandBody body) {
        shard::Asked asked;
        asked.command.body = std::move(body);
        asked.actor.host = true;
        asked.answer = [](const base::Result<wire::Accepted>& outcome) { REQUIRE(outcome.has_value()); };
        desk->submit(std::move(asked));
        settle();
    }
    void notice() { put(core::PostNotice{core::Severity::info, {}, "Water at the arch", {}}); }
    void hidden(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) put(core::SetSections{static_cast<std::uint32_t>(2 + i % 2)});
    }
    void checkpoint() {
        memory.put_checkpoint(id, desk->checkpoint(), [](const auto&) {});
        settle();
    }
    Opened open(std::string_view key = "key") {
        std::optional<Opened> answer;
        shard::open_march_log(place(key), [&](Opened opened) { answer = std::move(opened); });
        settle();
        REQUIRE(answer.has_value());
        return std::move(*answer);
    }
    /// The first so many entries, in another store.
    void copy(std::size_t count, store::MemoryLog& to) {
        memory.read(id, base::Seq{1}, count, [&](const base::Result<store::Entries>& read) {
            REQUIRE(read.has_value());
            for (const store::StoredEntry& entry : *read) tips.push_back(entry.tip);
            store::AppendRequest request;
            request.log = id;
            request.new_log = true;
            request.entries = *read;
            to.append(std::move(request), [](const store::AppendOutcome& outcome) { REQUIRE(outcome.has_value()); });
        });
        settle();
        settle(to);
    }
    shard::FoundLog repair(store::MemoryLog& cut, const shard::Footprints& footprints) {
        shard::DeskPlace there{id, cut, clock, shard::Mailbox(io), counters, base::sha256("key")};
        std::optional<shard::FoundLog> found;
        shard::find_log(there, desk->committed(), desk->vault(), footprints, shard::RepairTurn::ours,
                        [&](shard::FoundLog answer) { found = std::move(answer); });
        settle(cut);
        REQUIRE(found.has_value());
        return *found;
    }
    Opened open_in(store::MemoryLog& log) {
        std::optional<Opened> answer;
        shard::DeskPlace there{id, log, clock, shard::Mailbox(io), counters, base::sha256("key")};
        shard::open_march_log(there, [&](Opened opened) { answer = std::move(opened); });
        settle(log);
        REQUIRE(answer.has_value());
        return std::move(*answer);
    }
    [[nodiscard]] base::Position tip() const { return shard::position_of(desk->committed().tip); }
};

}  // namespace

TEST_CASE("a log opens to the state that its desk held", "[shard]") {
    OpeningStage f;
    f.notice();
    f.hidden(3);
    if (GENERATE(true, false)) f.checkpoint();
    f.notice();
    const auto opened = f.open();
    REQUIRE(opened.has_value());
    CHECK(opened->state == f.desk->committed());
    CHECK(opened->recent.size() == f.desk->committed().tip.seq.value);
    CHECK(opened->before == base::Position{});
    CHECK(opened->before_public == base::Position{});
}

TEST_CASE("a log whose chain does not hold is not opened and names itself", "[shard]") {
    OpeningStage f;
    f.notice();
    const auto opened = f.open("another key");
    REQUIRE(opened.has_error());
    CHECK(opened.error().code == base::RefusalCode::unavailable);
    CHECK(opened.error().message.find("flag-day-2018/st-louis-mo") != std::string::npos);
    CHECK(opened.error().message.find("entry 1") != std::string::npos);
}

TEST_CASE("a checkpoint that cannot be read is passed over", "[shard]") {
    OpeningStage f;
    f.notice();
    f.memory.put_checkpoint(f.id, {f.desk->committed().tip, "no checkpoint at all"}, [](const auto&) {});
    f.settle();
    const auto opened = f.open();
    REQUIRE(opened.has_value());
    CHECK(opened->state == f.desk->committed());
}

TEST_CASE("a log that was repaired opens from its repair on, where nothing before it is left", "[shard][repair]") {
    OpeningStage f;
    f.notice();
    f.hidden(3);
    f.notice();
    const bool all_gone = GENERATE(true, false);
    // What is left of the log, and the repair of one who had folded all of it.
    store::MemoryLog cut(store::MemoryLog::Drive::by_caller);
    if (!all_gone) f.copy(2, cut);
    core::MarchState state = f.desk->committed();
    shard::Footprints footprints;
    const auto found = all_gone ? base::Tip{} : f.tips.at(1);
    if (!all_gone) footprints.add(found, {}, 0);
    const auto repaired = f.repair(cut, footprints);
    REQUIRE(repaired.verdict == shard::FoundLog::Verdict::repaired);
    core::apply(state, *repaired.repair, repaired.digest);

    const auto opened = f.open_in(cut);
    REQUIRE(opened.has_value());
    CHECK(opened->state == state);
    CHECK(opened->state.repaired_at == base::Seq{7});
    CHECK(opened->recent.empty());
    CHECK(opened->before == shard::position_of(state.tip));
    // Two notices and the creation; whoever holds the position of the lost one takes the snapshot.
    CHECK(opened->before_public == base::Position{state.tip.epoch, base::Seq{3}, opened->before.digest});
}

TEST_CASE("a long log opens with its newest entries and where both counts stood before them", "[shard]") {
    OpeningStage f;
    const std::size_t window = base::limits::window_at_opening;
    const auto where = GENERATE(0, 1, 2);
    base::Position public_before = {base::Epoch{1}, base::Seq{1}, f.tip().digest};  // MarchCreated
    if (where == 1) {
        f.hidden(3);
        f.notice();  // before the window
        public_before = {base::Epoch{1}, base::Seq{2}, f.tip().digest};
    }
    f.hidden(window / 2);
    if (where == 2) f.notice();  // inside it
    f.hidden(window / 2);
    const bool with_checkpoint = GENERATE(true, false);
    if (with_checkpoint) f.checkpoint();
    f.hidden(2);

    const auto opened = f.open();
    REQUIRE(opened.has_value());
    CHECK(opened->state == f.desk->committed());
    REQUIRE_FALSE(opened->recent.empty());
    CHECK(opened->recent.back().entry.seq == f.tip().seq);
    CHECK(opened->before.seq.next() == opened->recent.front().entry.seq);
    if (where == 2 && with_checkpoint) {
        // Only reading further back would tell what the public had seen before: the window begins after the notice.
        CHECK(opened->before_public.seq.value == 2);
        CHECK(opened->recent.size() == window / 2 + 2);
    } else {
        CHECK(opened->recent.size() == window);
        CHECK(opened->before_public == public_before);
    }
}
