// The contract of a repair: a log that was cut goes on under a higher epoch, by compare-and-set.
#include "event_log_contract.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <mutex>
#include <utility>
#include <vector>

namespace marchwire::contract {
namespace {

using store::AppendRequest;

/// Of a log that was found at `found`, by one who had verified it up to `verified`.
AppendRequest repair(const base::LogId& log, const base::Tip& found, std::uint64_t verified) {
    AppendRequest request;
    request.log = log;
    request.expected = found;
    request.now = base::UtcMs{2'000};
    base::Tip tip;
    tip.epoch.value = found.epoch.value + 1;
    tip.seq = base::Seq{verified + 1};
    tip.digest.fill(7);
    request.entries = {{tip, "repaired"}};
    request.repair = store::Checkpoint{tip, "the state after it"};
    request.ids = {{command(5, 9), 0, base::Tip{found.epoch, base::Seq{verified}, {}}}};
    return request;
}

TEST_CASE("a repair stores its entry beyond what was lost, with its checkpoint and ids", "[contract][store]") {
    const auto subject = GENERATE(from_range(subjects()));
    INFO(subject.name);
    Store store(subject);
    const auto log = log_named("c/m");
    const auto found = store.create(log, {"one", "two"});
    const AppendRequest request = repair(log, found, 9);
    REQUIRE(is_stored(store.append(request)));
    CHECK(store.open(log)->tip == last_of(request));
    CHECK(store.open(log)->checkpoint.bytes == "the state after it");
    CHECK(texts_of(*store.read(log, 1, 10)) == std::vector<std::string>{"one", "two", "repaired"});
    CHECK(texts_of(*store.read(log, 3, 10)) == std::vector<std::string>{"repaired"});
    CHECK(texts_of(*store.read(log, 10, 10)) == std::vector<std::string>{"repaired"});
    CHECK(store.read(log, 11, 10)->empty());

    AppendRequest lookup = group(log, last_of(request), {});
    lookup.lookups = {command(5, 9)};
    const auto outcome = store.append(lookup);
    REQUIRE(is_stored(outcome));
    const auto& known = std::get<store::Appended>(*outcome).known;
    REQUIRE(known.size() == 1);
    CHECK(known[0].answered.seq == base::Seq{9});

    // And it goes on from there, in that epoch.
    AppendRequest next = group(log, last_of(request), {"next"});
    next.entries[0].tip.epoch = last_of(request).epoch;
    REQUIRE(is_stored(store.append(next)));
    CHECK(texts_of(*store.read(log, 3, 10)) == std::vector<std::string>{"repaired", "next"});
    if (subject.keeps_over_reopening) store.reopen();
    CHECK(store.open(log)->tip == last_of(next));
}

TEST_CASE("a log that is gone is made anew by its repair", "[contract][store]") {
    const auto subject = GENERATE(from_range(subjects()));
    INFO(subject.name);
    Store store(subject);
    const auto log = log_named("c/m");
    const AppendRequest request = repair(log, {}, 9);
    REQUIRE(is_stored(store.append(request)));
    CHECK(store.open(log)->tip == last_of(request));
    CHECK(*store.list() == std::vector{log});
    CHECK(texts_of(*store.read(log, 1, 10)) == std::vector<std::string>{"repaired"});
    // Another one who would have made it finds that it is there.
    CHECK(refused(store.append(repair(log, {}, 12))).tip == last_of(request));
}

TEST_CASE("of two repairs one is stored, and one that found another tip is refused", "[contract][store]") {
    const auto subject = GENERATE(from_range(subjects()));
    INFO(subject.name);
    Store store(subject);
    const auto log = log_named("c/m");
    const auto found = store.create(log, {"one", "two"});
    const auto tip = store.extend(log, found, {"written by one who knew nothing of it"});
    const auto late = store.append(repair(log, found, 9));
    CHECK(refused(late).tip == tip);
    CHECK(refused(late).missed.empty());
    const AppendRequest first = repair(log, tip, 9);
    REQUIRE(is_stored(store.append(first)));
    CHECK(refused(store.append(repair(log, tip, 9))).tip == last_of(first));
    // A group decided before the repair is told what it missed.
    AppendRequest before = group(log, tip, {"decided before"});
    CHECK(texts_of(refused(store.append(before)).missed) == std::vector<std::string>{"repaired"});
}

TEST_CASE("a follow hears a repair after what was left, and what comes after it", "[contract][store]") {
    const auto subject = GENERATE(from_range(subjects()));
    INFO(subject.name);
    Store store(subject);
    const auto log = log_named("c/m");
    const auto found = store.create(log, {"one"});
    std::mutex mutex;
    std::vector<std::string> heard;
    auto token = store.log().follow(log, base::Seq{0}, [&](const store::StoredEntry& entry) {
        const std::lock_guard lock(mutex);
        heard.push_back(entry.bytes);
    });
    const AppendRequest request = repair(log, found, 9);
    REQUIRE(is_stored(store.append(request)));
    AppendRequest next = group(log, last_of(request), {"next"});
    next.entries[0].tip.epoch = last_of(request).epoch;
    REQUIRE(is_stored(store.append(next)));
    test::wait_until([&] {
        const std::lock_guard lock(mutex);
        return heard.size() >= 3;
    });
    const std::lock_guard lock(mutex);
    CHECK(heard == std::vector<std::string>{"one", "repaired", "next"});
}

}  // namespace
}  // namespace marchwire::contract
