// The log that fails on demand, since other tests lean on it.
#include "support/failing_log.hpp"
#include "store/memory_log.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <optional>

using namespace marchwire;
using store::MemoryLog;
using support::FailingLog;
using Fate = support::FailingLog::Fate;

namespace {

const base::LogId denver = test::log_named("summer/denver-co");

struct Bench {
    MemoryLog memory{MemoryLog::Drive::by_caller};
    FailingLog log{memory};
    std::vector<bool> answers;  ///< stored or not, in the order of the answers

    Bench() {
        store::AppendRequest create;
        create.log = denver;
        create.new_log = true;
        memory.append(std::move(create), nullptr);
        memory.run_some();
    }
    void append(std::uint64_t seq) {
        store::AppendRequest request;
        request.log = denver;
        if (seq > 1) request.expected.seq = base::Seq{seq - 1};
        store::StoredEntry entry;
        entry.tip.seq = base::Seq{seq};
        entry.bytes = "e";
        request.entries.push_back(std::move(entry));
        log.append(std::move(request), [this](const auto& outcome) { answers.push_back(outcome.has_value()); });
        memory.run_some();
    }
    std::uint64_t tip() {
        std::uint64_t seq = 0;
        memory.open(denver, [&seq](const auto& opened) { seq = opened->tip.seq.value; });
        memory.run_some();
        return seq;
    }
};

}  // namespace

TEST_CASE("without a script everything passes", "[store][support]") {
    Bench bench;
    bench.append(1);
    CHECK(bench.answers == std::vector<bool>{true});
    CHECK(bench.tip() == 1);
}

TEST_CASE("a scripted failure stores nothing and the next append passes", "[store][support]") {
    Bench bench;
    bench.log.script({Fate::fail});
    bench.append(1);
    CHECK(bench.answers == std::vector<bool>{false});
    CHECK(bench.tip() == 0);
    bench.append(1);
    CHECK(bench.answers == std::vector<bool>{false, true});
}

TEST_CASE("a withheld answer comes after the release though all is stored before", "[store][support]") {
    Bench bench;
    bench.log.script({Fate::withhold});
    bench.append(1);
    CHECK(bench.answers.empty());
    CHECK(bench.log.held() == 1);
    CHECK(bench.tip() == 1);
    bench.log.release();
    bench.memory.run_some();
    CHECK(bench.answers == std::vector<bool>{true});
}

TEST_CASE("an append held back is stored at the release", "[store][support]") {
    Bench bench;
    bench.log.script({Fate::hold_back});
    bench.append(1);
    CHECK(bench.tip() == 0);
    bench.log.release();
    bench.memory.run_some();
    CHECK(bench.answers == std::vector<bool>{true});
    CHECK(bench.tip() == 1);
}

TEST_CASE("a lost answer is stored and says that it was not", "[store][support]") {
    Bench bench;
    bench.log.script({Fate::lose_answer});
    bench.append(1);
    CHECK(bench.answers == std::vector<bool>{false});
    CHECK(bench.tip() == 1);
}

TEST_CASE("a log that its caller drives does nothing by itself and stop refuses what waits", "[store]") {
    MemoryLog log(MemoryLog::Drive::by_caller);
    std::vector<base::RefusalCode> codes;
    log.list([&](const auto& listed) { codes.push_back(listed.error().code); });
    log.open(denver, [&](const auto& opened) { codes.push_back(opened.error().code); });
    CHECK(codes.empty());
    log.stop();
    CHECK(codes == std::vector<base::RefusalCode>(2, base::RefusalCode::unavailable));
    CHECK(log.run_some() == 0);
}
