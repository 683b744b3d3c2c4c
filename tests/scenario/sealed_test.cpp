// What is sealed: read by few, erased for good, and forgotten by the store when its time has come (DOMAIN, retention).
#include "base/limits.hpp"
#include "day.hpp"
#include "shard/vault.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

using base::hours;
using base::RefusalCode;
using wire::FeedKind;

const std::string ada = "Ada Example";

/// A march with its lead and a marshal whose name is known.
struct NamedMarch {
    CityStage stage;
    session::Grant lead_grant, anna_grant;
    std::unique_ptr<Seat> lead, anna;

    NamedMarch() {
        stage.create_campaign();
        stage.create_march();
        lead_grant = stage.person("lead", core::Role::city_lead);
        anna_grant = stage.person("anna", core::Role::side);
        stage.assign(lead_grant, "lead", 0);
        stage.assign(anna_grant, "anna", 1);
        sit_down();
        stage.must(*lead, core::SetPersonDetails{anna_grant.actor.person, ada, "+1 314 555 0100"});
    }
    void sit_down() {
        lead = stage.seat(lead_grant, 0);
        anna = stage.seat(anna_grant, 1);
    }
    void report_child() {
        core::ReportIncident child;
        child.kind = core::IncidentKind::lost_child;
        child.place = {core::PlaceKind::section, 1};
        child.restricted = core::RestrictedBlock{"Kim Doe", {}, {}};
        stage.must(*lead, child);
    }
    void close() {
        std::uint32_t version = 0;
        for (const core::Phase to : {core::Phase::assembling, core::Phase::marching, core::Phase::dispersing}) {
            stage.must(*lead, core::AdvancePhase{to, ++version, {}});
        }
        stage.must(*lead, core::AdvancePhase{core::Phase::closed, ++version, stage.march.march.text()});
    }
    void pass(base::Millis time) {
        stage.clock.advance(time);
        stage.wait(base::seconds(5));
    }
    [[nodiscard]] std::optional<wire::PersonDetails> revealed() {
        return stage.must(*lead, core::RevealPerson{anna_grant.actor.person}).details;
    }
    /// Names of the keys that the store has, of those that this march may have.
    [[nodiscard]] std::vector<std::string> keys() {
        std::vector<std::string> names = shard::Vault::key_names();
        names.push_back(shard::Vault::key_name(anna_grant.actor.person));
        std::vector<std::string> found;
        stage.memory.read_keys(stage.march, names, [&](const auto& keys) {
            for (const store::StoredKey& key : keys.value()) found.push_back(key.name);
        });
        stage.settle();
        return found;
    }
    [[nodiscard]] std::string annas_key() const { return shard::Vault::key_name(anna_grant.actor.person); }
};

}  // namespace

TEST_CASE("a lead reads a marshal's name and nobody finds it on a feed", "[scenario][sealed]") {
    NamedMarch march;
    march.lead->open(march.stage.feed(FeedKind::ops));
    march.anna->open(march.stage.feed(FeedKind::marshal));
    march.stage.settle();
    CHECK(march.revealed() == wire::PersonDetails{ada, "+1 314 555 0100"});
    CHECK(march.stage.refused(*march.anna, core::RevealPerson{march.anna_grant.actor.person}).code ==
          RefusalCode::permission_denied);
    CHECK(march.stage.refused(*march.lead, core::SetPersonDetails{march.anna_grant.actor.person, {}, "a\nb"}).field ==
          "phone");
    march.stage.settle();
    for (const Seat* seat : {march.lead.get(), march.anna.get()}) CHECK_FALSE(says(seat->everything_seen(), ada));
    CHECK_FALSE(says(march.stage.state(), ada));
    // After a restart the key is there and opens it.
    march.lead.reset();
    march.anna.reset();
    march.stage.crash();
    REQUIRE(march.stage.come_up(march.stage.clock.now()).has_value());
    march.sit_down();
    CHECK(march.revealed()->name == ada);
}

TEST_CASE("whoever was erased cannot be read by anybody and the key is gone from the store", "[scenario][sealed]") {
    NamedMarch march;
    CHECK(march.keys() == std::vector<std::string>{"places", "restricted", march.annas_key()});
    march.stage.must(*march.lead, core::ErasePerson{march.anna_grant.actor.person});
    march.stage.wait(base::seconds(2));
    CHECK(march.keys() == std::vector<std::string>{"places", "restricted"});
    CHECK(march.stage.refused(*march.lead, core::RevealPerson{march.anna_grant.actor.person}).code ==
          RefusalCode::not_found);
}

TEST_CASE("a reading that is asked again after an erasure has no answer", "[scenario][sealed]") {
    NamedMarch march;
    const base::CommandId id{base::DeviceId{77}, 1};
    const core::RevealPerson wish{march.anna_grant.actor.person};
    march.lead->run_as(id, march.stage.march, wish, 1);
    march.stage.settle();
    REQUIRE(march.lead->reply_to(id)->value().details->name == ada);
    march.stage.must(*march.lead, core::ErasePerson{march.anna_grant.actor.person});
    march.lead->replies.clear();
    march.lead->run_as(id, march.stage.march, wish, 1);
    march.stage.settle();
    CHECK(march.lead->reply_to(id)->error().code == RefusalCode::not_found);
}

TEST_CASE("each class of what is sealed loses its key in its time and the log still verifies", "[scenario][sealed]") {
    NamedMarch march;
    march.report_child();
    march.close();
    march.pass(hours(24));
    CHECK(march.keys() == std::vector<std::string>{"restricted", march.annas_key()});
    CHECK(march.stage.must(*march.lead, core::ReadRestricted{1}).restricted->name == "Kim Doe");
    march.pass(hours(48));
    CHECK(march.keys() == std::vector<std::string>{march.annas_key()});
    CHECK(march.revealed()->name == ada);
    march.pass(hours(24 * 4));
    CHECK(march.keys().empty());
    // A server that reads the log anew, with entries that it cannot open, stands where this one does.
    const auto of_the_march = [&] {
        const std::string state = march.stage.state();
        return state.substr(state.find("\"spec\""));
    };
    const std::string before = of_the_march();
    march.lead.reset();
    march.anna.reset();
    march.stage.crash();
    REQUIRE(march.stage.come_up(march.stage.clock.now()).has_value());
    CHECK(of_the_march() == before);
}

TEST_CASE("a keeper deletes the keys that the one before did not come to", "[scenario][sealed]") {
    NamedMarch march;
    march.close();
    march.lead.reset();
    march.anna.reset();
    march.stage.clock.advance(hours(24));
    // Said in the log, and the server dies before the store was asked.
    march.stage.log.lose_drops(true);
    march.stage.wait(base::seconds(5));
    CHECK(says(march.stage.state(), "placesForgottenAtMs"));
    REQUIRE(march.keys().size() == 3);
    march.stage.crash();
    march.stage.log.lose_drops(false);
    REQUIRE(march.stage.come_up(march.stage.clock.now()).has_value());
    march.stage.wait(base::seconds(5));
    CHECK(march.keys() == std::vector<std::string>{"restricted", march.annas_key()});
}

}  // namespace marchwire::test
