// What every store promises about appends, ids and reads, sentence by sentence of store/event_log.hpp.
#include "event_log_contract.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace marchwire;
using namespace marchwire::contract;
using base::RefusalCode;
using base::UtcMs;
using store::KnownId;

namespace {

using Texts = std::vector<std::string>;

store::IdRecord record(std::uint64_t device, std::uint64_t counter, std::uint64_t content_hash = 7) {
    return {command(device, counter), content_hash, {}};
}

#define FOR_EACH_STORE()                                      \
    const Subject subject = GENERATE(from_range(subjects())); \
    INFO("store: " << subject.name);                          \
    Store store(subject)

}  // namespace

TEST_CASE("a log exists once it was created and only then", "[contract][store]") {
    FOR_EACH_STORE();
    CHECK(store.open(march).error().code == RefusalCode::not_found);
    CHECK(store.read(march, 1, 10).error().code == RefusalCode::not_found);
    CHECK(store.put_checkpoint(march, {}).error().code == RefusalCode::not_found);
    CHECK(store.append(group(march, {}, {"a"})).error().code == RefusalCode::not_found);

    const auto tip = store.create(march, {"a", "b"});
    const auto opened = store.open(march).value();
    CHECK(opened.tip == tip);
    CHECK(opened.checkpoint.tip == base::Tip{});
    CHECK(opened.checkpoint.bytes.empty());

    auto again = group(march, {}, {"x"});
    again.new_log = true;
    CHECK(store.append(again).error().code == RefusalCode::conflict);
    CHECK(store.open(march).value().tip == tip);
}

TEST_CASE("a log may be created empty", "[contract][store]") {
    FOR_EACH_STORE();
    CHECK(store.create(march, {}) == base::Tip{});
    CHECK(store.open(march).value().tip == base::Tip{});
    CHECK(store.read(march, 1, 10).value().empty());
    CHECK(store.extend(march, {}, {"a"}).seq == base::Seq{1});
}

TEST_CASE("what was appended is read back byte for byte and in order", "[contract][store]") {
    FOR_EACH_STORE();
    const std::string odd("\0\xff no text", 10);
    auto tip = store.create(march, {"a"});
    tip = store.extend(march, tip, {odd, ""});
    const auto all = store.read(march, 1, 100).value();
    CHECK(texts_of(all) == Texts{"a", odd, ""});
    REQUIRE(all.size() == 3);
    CHECK(all[0].tip.seq == base::Seq{1});
    CHECK(all[2].tip == tip);
}

TEST_CASE("a group with a wrong tip is refused whole and hears what it missed", "[contract][store]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a"});
    const auto tip = store.extend(march, first, {"b", "c"});
    const auto outcome = store.append(group(march, first, {"x", "y"}));
    CHECK(refused(outcome).tip == tip);
    CHECK(refused(outcome).expected_is_in_log);
    CHECK(texts_of(refused(outcome).missed) == Texts{"b", "c"});
    CHECK(texts_of(store.read(march, 1, 10).value()) == Texts{"a", "b", "c"});
}

TEST_CASE("a group decided on the empty log hears all entries", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    const auto outcome = store.append(group(march, {}, {"x"}));
    CHECK(refused(outcome).tip == tip);
    CHECK(refused(outcome).expected_is_in_log);
    CHECK(texts_of(refused(outcome).missed) == Texts{"a", "b"});
}

TEST_CASE("a tip that is not in the log is told apart from one that is behind", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    auto strange = tip;
    SECTION("another digest") { strange.digest[0] ^= 1; }
    SECTION("another epoch") { strange.epoch = base::Epoch{9}; }
    SECTION("beyond the end") { strange.seq = base::Seq{5}; }
    const auto outcome = store.append(group(march, strange, {"x"}));
    CHECK(refused(outcome).tip == tip);
    CHECK_FALSE(refused(outcome).expected_is_in_log);
    CHECK(refused(outcome).missed.empty());
}

TEST_CASE("a missed tail is told at most a replay window at a time", "[contract][store]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a"});
    store.extend(march, first, Texts(base::limits::replay_window_entries + 5, "b"));
    const auto outcome = store.append(group(march, first, {"x"}));
    REQUIRE(refused(outcome).missed.size() == base::limits::replay_window_entries);
    CHECK(refused(outcome).missed.front().tip.seq == base::Seq{2});
}

TEST_CASE("a known id refuses its group and is answered with hash and position", "[contract][store]") {
    FOR_EACH_STORE();
    auto tip = store.create(march, {"a"});
    const auto answered = store.extend(march, tip, {"b"}, {record(5, 1, 77)});
    tip = store.extend(march, answered, {"c"});

    auto again = group(march, tip, {"x"});
    again.ids = {{command(5, 2), 1, last_of(again)}, {command(5, 1), 78, last_of(again)}};
    const auto outcome = store.append(again);
    const auto& refusal = refused(outcome);
    CHECK(refusal.tip == tip);
    CHECK(refusal.expected_is_in_log);
    CHECK(refusal.missed.empty());
    REQUIRE(refusal.known.size() == 1);
    CHECK(refusal.known[0].id == command(5, 1));
    CHECK(refusal.known[0].standing == KnownId::Standing::known);
    CHECK(refusal.known[0].content_hash == 77);
    CHECK(refusal.known[0].answered == answered);
    CHECK(texts_of(store.read(march, 1, 10).value()) == Texts{"a", "b", "c"});
}

TEST_CASE("a refused group leaves none of its ids behind", "[contract][store]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a"});
    const auto tip = store.extend(march, first, {"b"});
    auto late = group(march, first, {"x"});
    late.ids = {{command(5, 1), 1, last_of(late)}};
    CHECK(refused(store.append(late)).known.empty());
    CHECK(store.extend(march, tip, {"c"}, {record(5, 1)}).seq == base::Seq{3});
}

TEST_CASE("a wrong tip and a known id are told in the same answer", "[contract][store]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a"});
    const auto tip = store.extend(march, first, {"b"}, {record(5, 1, 77)});
    auto late = group(march, first, {"x"});
    late.ids = {{command(5, 1), 77, last_of(late)}};
    const auto outcome = store.append(late);
    CHECK(refused(outcome).tip == tip);
    CHECK(texts_of(refused(outcome).missed) == Texts{"b"});
    CHECK(refused(outcome).known.size() == 1);
}

TEST_CASE("a lookup answers and refuses nothing", "[contract][store]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a"});
    const auto tip = store.extend(march, first, {"b"}, {record(5, 1, 77)});
    auto request = group(march, tip, {"c"});
    request.lookups = {command(5, 1), command(5, 2), command(6, 1)};
    const auto outcome = store.append(request);
    REQUIRE(is_stored(outcome));
    const auto& known = std::get<store::Appended>(*outcome).known;
    REQUIRE(known.size() == 1);
    CHECK(known[0].id == command(5, 1));
    CHECK(known[0].content_hash == 77);
    CHECK(known[0].answered == tip);
    // Looked up only: the id is still free.
    CHECK(store.extend(march, last_of(request), {"d"}, {record(5, 2)}).seq == base::Seq{4});
}

TEST_CASE("ids are remembered without entries", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a"});
    CHECK(store.extend(march, tip, {}, {record(5, 1, 9)}) == tip);
    auto again = group(march, tip, {});
    again.ids = {{command(5, 1), 9, tip}};
    const auto outcome = store.append(again);
    REQUIRE(refused(outcome).known.size() == 1);
    CHECK(refused(outcome).known[0].answered == tip);
}

TEST_CASE("an id below its device's window is told so", "[contract][store]") {
    FOR_EACH_STORE();
    constexpr std::uint64_t window = base::limits::id_window;
    auto tip = store.create(march, {"a"});
    tip = store.extend(march, tip, {"b"}, {record(5, 1), record(5, 2)});
    tip = store.extend(march, tip, {"c"}, {record(5, window + 1)});

    auto request = group(march, tip, {});
    request.lookups = {command(5, 1), command(5, 2), command(5, 3), command(6, 1)};
    const auto outcome = store.append(request);
    REQUIRE(is_stored(outcome));
    const auto& known = std::get<store::Appended>(*outcome).known;
    REQUIRE(known.size() == 2);
    CHECK(known[0].id == command(5, 1));
    CHECK(known[0].standing == KnownId::Standing::below_window);
    CHECK(known[1].id == command(5, 2));
    CHECK(known[1].standing == KnownId::Standing::known);

    auto old = group(march, tip, {"x"});
    old.ids = {{command(5, 1), 7, last_of(old)}};
    CHECK(refused(store.append(old)).known.front().standing == KnownId::Standing::below_window);
    // In the window and never used: an off-line phone's queue may come late.
    CHECK(store.extend(march, tip, {"d"}, {record(5, 3)}).seq == base::Seq{4});
}

TEST_CASE("counters may be as large as their type and never wrap", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a"});
    auto request = group(march, tip, {"x"});
    request.ids = {{command(5, ~std::uint64_t{0}), 7, last_of(request)}};
    CHECK(refused(store.append(request)).known.front().standing == KnownId::Standing::below_window);
    CHECK(store.extend(march, tip, {"b"}, {record(5, 1)}).seq == base::Seq{2});
}

TEST_CASE("an id older than its age is told as below the window", "[contract][store]") {
    FOR_EACH_STORE();
    const UtcMs then{1'000'000};
    auto tip = store.create(march, {"a"});
    tip = store.extend(march, tip, {"b"}, {record(5, 1)}, then);
    auto request = group(march, tip, {});
    request.lookups = {command(5, 1)};
    request.now = then + base::limits::id_age;
    auto outcome = store.append(request);
    CHECK(std::get<store::Appended>(*outcome).known.at(0).standing == KnownId::Standing::known);
    request.now = request.now + base::Millis{1};
    outcome = store.append(request);
    CHECK(std::get<store::Appended>(*outcome).known.at(0).standing == KnownId::Standing::below_window);
}

TEST_CASE("logs and devices do not share their ids", "[contract][store]") {
    FOR_EACH_STORE();
    const auto other = log_named("summer/boise-id");
    const auto tip = store.create(march, {"a"});
    const auto other_tip = store.create(other, {"a"});
    store.extend(march, tip, {"b"}, {record(5, 1), record(6, 1)});
    CHECK(store.extend(other, other_tip, {"b"}, {record(5, 1)}).seq == base::Seq{2});
}

TEST_CASE("an entry that is too large is refused and leaves nothing", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a"});
    const std::string largest(base::limits::entry_bytes, 'x');
    CHECK(store.append(group(march, tip, {"b", largest + "x"})).error().code == RefusalCode::too_large);
    CHECK(store.open(march).value().tip == tip);
    store.extend(march, tip, {largest});
    CHECK(store.read(march, 2, 1).value().at(0).bytes == largest);
}

TEST_CASE("a read keeps to its limit and to four mebibytes", "[contract][store]") {
    FOR_EACH_STORE();
    const std::string half(2UL * 1024 * 1024, 'x');
    store.create(march, {"a", "b", half, half, "c"});
    CHECK(texts_of(store.read(march, 1, 2).value()) == Texts{"a", "b"});
    CHECK(texts_of(store.read(march, 2, 1).value()) == Texts{"b"});
    CHECK(store.read(march, 3, 100).value().size() == 2);
    CHECK(store.read(march, 1, 100).value().size() == 3);
    CHECK(texts_of(store.read(march, 5, 100).value()) == Texts{"c"});
    CHECK(store.read(march, 6, 100).value().empty());
    CHECK(store.read(march, 1, 0).value().empty());
}

TEST_CASE("the newest checkpoint is kept and an older one ignored", "[contract][store]") {
    FOR_EACH_STORE();
    const auto first = store.create(march, {"a"});
    const auto tip = store.extend(march, first, {"b", "c"});
    CHECK(store.put_checkpoint(march, {tip, "state at c"}).has_value());
    CHECK(store.put_checkpoint(march, {first, "state at a"}).has_value());
    CHECK(store.open(march).value().checkpoint.bytes == "state at c");
    CHECK(store.open(march).value().checkpoint.tip == tip);
    const auto next = store.extend(march, tip, {"d"});
    CHECK(store.put_checkpoint(march, {next, "state at d"}).has_value());
    CHECK(store.open(march).value().checkpoint.bytes == "state at d");
}

TEST_CASE("list names every log once", "[contract][store]") {
    FOR_EACH_STORE();
    CHECK(store.list().value().empty());
    store.create(log_named("summer"), {"a"});
    store.create(march, {"a"});
    auto logs = store.list().value();
    std::sort(logs.begin(), logs.end());
    CHECK(logs == std::vector<base::LogId>{log_named("summer"), march});
}

TEST_CASE("a store that keeps has everything after it was opened again", "[contract][store]") {
    FOR_EACH_STORE();
    if (!subject.keeps_over_reopening) return;
    const auto first = store.create(march, {"a"});
    const auto tip = store.extend(march, first, {"b", "c"}, {record(5, 1, 77)});
    CHECK(store.put_checkpoint(march, {first, "state at a"}).has_value());
    store.create(log_named("summer"), {});
    store.reopen();

    CHECK(store.list().value().size() == 2);
    CHECK(store.open(log_named("summer")).value().tip == base::Tip{});
    const auto opened = store.open(march).value();
    CHECK(opened.tip == tip);
    CHECK(opened.checkpoint.tip == first);
    CHECK(opened.checkpoint.bytes == "state at a");
    CHECK(texts_of(store.read(march, 1, 10).value()) == Texts{"a", "b", "c"});
    auto again = group(march, tip, {"x"});
    again.ids = {{command(5, 1), 77, last_of(again)}};
    const auto outcome = store.append(again);
    REQUIRE(refused(outcome).known.size() == 1);
    CHECK(refused(outcome).known[0].content_hash == 77);
    CHECK(refused(outcome).known[0].answered == tip);
    CHECK(store.extend(march, tip, {"d"}, {record(5, 2)}).seq == base::Seq{4});
}
