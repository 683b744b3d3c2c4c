// What is stored sealed: nothing of it stands in the bytes, all of it comes back with the keys, and none without.
#include "shard/vault.hpp"

#include "support/named.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace marchwire;
using core::SealedClass;

namespace {

const base::LogId sealed_march = test::log_named("flag-day-2018/st-louis-mo");
const base::Hash256 chain_key = base::sha256("a chain key");

shard::Vault vault_with_keys() {
    shard::Vault vault(chain_key, sealed_march);
    CHECK(vault.draw_missing());
    CHECK_FALSE(vault.draw_missing());
    return vault;
}

core::Entry entry_of(core::Event event) {
    core::Entry entry;
    entry.seq = base::Seq{41};
    entry.event = std::move(event);
    return entry;
}

core::IncidentReported lost_child() {
    core::IncidentReported reported;
    reported.incident.number = 3;
    reported.incident.kind = core::IncidentKind::lost_child;
    reported.incident.place = {core::PlaceKind::post, 7};
    reported.incident.description = "a yellow raincoat";
    reported.incident.notes = {{{}, base::PersonId{4}, core::IncidentState::reported, {}, "last seen at the arch"}};
    reported.restricted = core::RestrictedBlock{"Kim Doe", "asthma", "the mother is at the fountain"};
    return reported;
}

bool holds(const std::string& bytes, const std::string& words) { return bytes.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("an entry comes back whole and its secrets stand nowhere in what is stored", "[shard][vault][privacy]") {
    const shard::Vault vault = vault_with_keys();
    const core::IncidentReported said = lost_child();
    const std::string bytes = vault.encode(entry_of(said));
    for (const char* words : {"raincoat", "arch", "Kim", "asthma", "fountain"}) CHECK_FALSE(holds(bytes, words));
    const auto bare = wire::decode_stored(bytes);
    REQUIRE(bare.has_value());
    CHECK(std::get<core::IncidentReported>(bare->event).incident.place == core::Place{});
    CHECK(bare->sealed.size() == 2);

    const auto opened = vault.decode(bytes);
    REQUIRE(opened.has_value());
    CHECK(opened->sealed.empty());
    const auto& event = std::get<core::IncidentReported>(opened->event);
    CHECK(event.incident == said.incident);
    CHECK(event.restricted == said.restricted);
}

TEST_CASE("the order that describes a lost child is sealed and other orders are not", "[shard][vault][privacy]") {
    const shard::Vault vault = vault_with_keys();
    core::OrderIssued order;
    order.order.template_name = core::lost_child_template;
    order.order.text = "LOST CHILD: a yellow raincoat";
    const std::string bytes = vault.encode(entry_of(order));
    CHECK_FALSE(holds(bytes, "raincoat"));
    CHECK(std::get<core::OrderIssued>(vault.decode(bytes)->event).order.text == order.order.text);
    order.order.template_name.clear();
    CHECK(holds(vault.encode(entry_of(order)), "raincoat"));
}

TEST_CASE("what was sealed under a deleted key is not there and the rest of the entry is", "[shard][vault]") {
    shard::Vault vault = vault_with_keys();
    const std::string bytes = vault.encode(entry_of(lost_child()));
    vault.forget(SealedClass::restricted);
    const auto opened = vault.decode(bytes);
    REQUIRE(opened.has_value());
    const auto& event = std::get<core::IncidentReported>(opened->event);
    CHECK(event.incident.place == core::Place{core::PlaceKind::post, 7});
    CHECK_FALSE(event.restricted.has_value());
    CHECK(event.incident.description.empty());
    CHECK(opened->sealed.size() == 1);
    // Nor is anything sealed by it any more.
    CHECK(wire::decode_stored(vault.encode(entry_of(lost_child())))->sealed.size() == 1);
}

TEST_CASE("keys come back from the store for the same key file and log alone", "[shard][vault]") {
    const shard::Vault vault = vault_with_keys();
    const std::string bytes = vault.encode(entry_of(lost_child()));
    const auto opens = [&](const base::Hash256& key, const base::LogId& log) {
        shard::Vault other(key, log);
        other.take(vault.stored_keys());
        return other.decode(bytes)->sealed.empty();
    };
    CHECK(opens(chain_key, sealed_march));
    CHECK_FALSE(opens(base::sha256("another file"), sealed_march));
    CHECK_FALSE(opens(chain_key, test::log_named("flag-day-2018/boston-ma")));
    for (const store::StoredKey& key : vault.stored_keys()) CHECK(key.wrapped.size() <= 128);
}

TEST_CASE("a sealed part opens in its own entry alone", "[shard][vault]") {
    const shard::Vault vault = vault_with_keys();
    core::Entry moved = *wire::decode_stored(vault.encode(entry_of(lost_child())));
    moved.seq = base::Seq{42};
    CHECK(vault.decode(wire::encode_stored(moved))->sealed.size() == 2);
}

TEST_CASE("a person's name opens with the newest key of this person", "[shard][vault][privacy]") {
    const shard::Vault vault = vault_with_keys();
    const base::PersonId ada{7};
    const wire::PersonDetails said{"Ada Example", "+1 314 555 0100"};
    const auto first = vault.seal(ada, said);
    const auto second = vault.seal(ada, said);
    CHECK_FALSE(holds(first.sealed, "Ada"));
    CHECK(first.key.name == "person/7");
    CHECK(vault.open(ada, first.sealed, first.key) == said);
    CHECK_FALSE(vault.open(ada, first.sealed, second.key).has_value());
    CHECK_FALSE(vault.open(base::PersonId{8}, first.sealed, first.key).has_value());
}

TEST_CASE("a checkpoint is sealed whole", "[shard][vault][privacy]") {
    const shard::Vault vault = vault_with_keys();
    const std::string sealed = vault.seal_checkpoint("Kim Doe, and all else");
    CHECK_FALSE(holds(sealed, "Kim"));
    CHECK(vault.open_checkpoint(sealed) == "Kim Doe, and all else");
    CHECK_FALSE(shard::Vault(base::sha256("another file"), sealed_march).open_checkpoint(sealed).has_value());
    CHECK_FALSE(vault.open_checkpoint("Kim Doe").has_value());
}
