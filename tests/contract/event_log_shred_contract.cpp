// What every store promises about a log that is shredded.
#include "event_log_contract.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <vector>

using namespace marchwire;
using namespace marchwire::contract;
using base::RefusalCode;
using base::UtcMs;

namespace {

#define FOR_EACH_STORE()                                      \
    const Subject subject = GENERATE(from_range(subjects())); \
    INFO("store: " << subject.name);                          \
    Store store(subject)

const base::LogId neighbour = test::log_named("summer/boston-ma");

store::IdRecord id_of(std::uint64_t device) { return {command(device, 1), 7, {}}; }

/// The repair of a log that is gone, by a server that stood on `stood`.
store::AppendRequest repair_after(const base::Tip& stood) {
    store::AppendRequest request;
    request.log = march;
    base::Tip tip = stood;
    tip.epoch = base::Epoch{stood.epoch.value + 1};
    tip.seq = stood.seq.next();
    request.entries = {{tip, "repaired"}};
    request.repair = {tip, "the state"};
    request.now = UtcMs{1'000};
    return request;
}

}  // namespace

TEST_CASE("a log that was shredded is not there and others are as they were", "[contract][store][shred]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a", "b"});
    store.extend(march, first, {"c"}, {id_of(5)});
    const auto kept = store.create(neighbour, {"x", "y"});
    REQUIRE(store.put_checkpoint(march, {first, "a fold"}).has_value());

    REQUIRE(store.shred(march).has_value());
    CHECK(store.open(march).error().code == RefusalCode::not_found);
    CHECK(store.read(march, 1, 10).error().code == RefusalCode::not_found);
    CHECK(store.append(group(march, first, {"d"})).error().code == RefusalCode::not_found);
    CHECK(store.put_checkpoint(march, {first, "a fold"}).error().code == RefusalCode::not_found);
    CHECK(store.list().value() == std::vector{neighbour});
    CHECK(store.open(neighbour).value().tip == kept);
    CHECK(texts_of(store.read(neighbour, 1, 10).value()) == std::vector<std::string>{"x", "y"});
    CHECK(store.shred(march).error().code == RefusalCode::not_found);
}

TEST_CASE("a log of the name of one that was shredded may be made and has nothing of it", "[contract][store][shred]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a", "b"});
    store.extend(march, first, {"c"}, {id_of(5)});
    REQUIRE(store.put_checkpoint(march, {first, "a fold"}).has_value());
    REQUIRE(store.shred(march).has_value());

    const auto tip = store.create(march, {"new"});
    CHECK(texts_of(store.read(march, 1, 10).value()) == std::vector<std::string>{"new"});
    CHECK(store.open(march).value().checkpoint.bytes.empty());
    // An id that the old one knew is nobody's.
    CHECK(store.extend(march, tip, {"d"}, {id_of(5)}).seq == base::Seq{2});
    CHECK(store.list().value() == std::vector{march});
}

TEST_CASE("nobody brings back by a repair what was shredded", "[contract][store][shred]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    REQUIRE(store.shred(march).has_value());
    CHECK(store.append(repair_after(tip)).error().code == RefusalCode::not_found);
    CHECK(store.list().value().empty());
}

TEST_CASE("a log stays shredded when its store is opened again", "[contract][store][shred]") {
    FOR_EACH_STORE();
    if (!subject.keeps_over_reopening) return;
    store.create(march, {"a", "b"});
    store.create(neighbour, {"x"});
    REQUIRE(store.shred(march).has_value());
    store.reopen();
    CHECK(store.list().value() == std::vector{neighbour});
    CHECK(store.open(march).error().code == RefusalCode::not_found);
}

TEST_CASE("who follows a log that is shredded hears nothing of one that is made in its place",
          "[contract][store][shred]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    std::atomic<int> heard{0};
    const auto token = store.log().follow(march, tip.seq, [&](const store::StoredEntry&) { ++heard; });
    REQUIRE(store.shred(march).has_value());
    store.create(march, {"new"});
    REQUIRE(store.read(march, 1, 10).has_value());
    CHECK(heard == 0);
}
