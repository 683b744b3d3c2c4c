// What every store promises about the keys of what a log keeps sealed.
#include "event_log_contract.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace marchwire;
using namespace marchwire::contract;
using base::RefusalCode;
using store::StoredKey;

namespace {

#define FOR_EACH_STORE()                                      \
    const Subject subject = GENERATE(from_range(subjects())); \
    INFO("store: " << subject.name);                          \
    Store store(subject)

const base::LogId other_march = test::log_named("summer/boston-ma");

store::AppendRequest group_with_keys(const base::Tip& after, std::vector<StoredKey> keys) {
    store::AppendRequest request = group(march, after, {"c"});
    request.keys = std::move(keys);
    return request;
}

}  // namespace

TEST_CASE("keys are stored with the group that brings them and replace those of their names",
          "[contract][store][keys]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    store.create(other_march, {"x"});
    CHECK(store.read_keys(march, {"places"}).value().empty());
    const auto appended = store.append(group_with_keys(tip, {{"places", "one"}, {"person/7", std::string("\0z", 2)}}));
    REQUIRE(appended.has_value());
    const std::vector<StoredKey> both{{"person/7", std::string("\0z", 2)}, {"places", "one"}};
    CHECK(store.read_keys(march, {"person/7", "gone", "places"}).value() == both);
    CHECK(store.read_keys(other_march, {"places"}).value().empty());

    // A group that is refused brings none.
    const auto refused = store.append(group_with_keys(tip, {{"places", "two"}}));
    REQUIRE(refused.has_value());
    CHECK(std::holds_alternative<store::AppendRefused>(*refused));
    CHECK(store.read_keys(march, {"places"}).value() == std::vector<StoredKey>{{"places", "one"}});
    REQUIRE(store.append(group_with_keys(store.open(march).value().tip, {{"places", "three"}})).has_value());
    CHECK(store.read_keys(march, {"places"}).value() == std::vector<StoredKey>{{"places", "three"}});
}

TEST_CASE("a key that was dropped is not there and the log is as it was", "[contract][store][keys]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    REQUIRE(store.append(group_with_keys(tip, {{"places", "one"}, {"restricted", "two"}})).has_value());
    REQUIRE(store.drop_keys(march, {"places", "never"}).has_value());
    CHECK(store.read_keys(march, {"places", "restricted"}).value() == std::vector<StoredKey>{{"restricted", "two"}});
    CHECK(texts_of(store.read(march, 1, 10).value()) == std::vector<std::string>{"a", "b", "c"});
    // Again: whoever comes after a server that was lost drops what it dropped.
    CHECK(store.drop_keys(march, {"places"}).has_value());
    CHECK(store.drop_keys(other_march, {"places"}).error().code == RefusalCode::not_found);
    CHECK(store.read_keys(other_march, {"places"}).value().empty());
}

TEST_CASE("keys outlive their server and go with their log", "[contract][store][keys]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    REQUIRE(store.append(group_with_keys(tip, {{"places", "one"}})).has_value());
    if (subject.keeps_over_reopening) {
        store.reopen();
        CHECK(store.read_keys(march, {"places"}).value() == std::vector<StoredKey>{{"places", "one"}});
    }
    REQUIRE(store.shred(march).has_value());
    store.create(march, {"new"});
    CHECK(store.read_keys(march, {"places"}).value().empty());
}
