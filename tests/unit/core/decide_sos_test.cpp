// How a cry for help ends: by a PIN, and under duress for some alone (DOMAIN, commands).
#include "core/topics.hpp"
#include "core/views.hpp"

#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;

constexpr auto right = PinMatch::pin, forced = PinMatch::duress, wrong = PinMatch::none;

/// Section 2 with its lead, Sue, who cries, her buddy Ben in section 3, and Ned of her section; a city lead.
struct Alley {
    MarchBuilder march;
    PersonId city_lead, section_lead, ben, sue, ned;

    Alley() {
        march.march_off();
        city_lead = march.on_duty(Role::city_lead);
        section_lead = march.on_duty(Role::section_lead, 2);
        ben = march.on_duty(Role::side, 3);
        sue = march.on_duty(Role::side, 2, ben);
        ned = march.on_duty(Role::side, 2);
        march.choose_pin(sue);
    }
    [[nodiscard]] const Alert* cry(PersonId person) const { return march.open(AlertKind::sos_unowned, person.value); }
    [[nodiscard]] bool sees(PersonId person) const { return !marshal_snapshot(march.state, person)->alerts.empty(); }
    /// Cries, and is made to cancel it.
    void force(PersonId person) {
        march.must(person, RaiseSos{});
        march.must(person, march.typed(forced));
    }
    /// What the last entry says on a topic; nothing when it is not on it.
    [[nodiscard]] std::optional<SosCancelled> heard_on(std::uint32_t index) const {
        const Entry& last = march.entries.back();
        const bool bears = std::ranges::count(last.topics, index, &TopicStamp::index) != 0;
        const auto shown = bears ? shown_on(last.event, index) : std::nullopt;
        if (!shown) return std::nullopt;
        return std::get<SosCancelled>(*shown);
    }
    [[nodiscard]] std::uint32_t own_topic(PersonId person) const {
        return topic_index::person(march.member(person).ordinal);
    }
};

Duress told(const std::optional<SosCancelled>& heard) {
    REQUIRE(heard.has_value());
    return heard->duress;
}

}  // namespace

// ---- the PIN -----------------------------------------------------------------------------------

TEST_CASE("the right PIN ends the cry and everybody who heard it hears who ended it", "[core][sos]") {
    Alley alley;
    alley.march.must(alley.sue, RaiseSos{});
    REQUIRE(alley.sees(alley.ben));
    const auto events = alley.march.must(alley.sue, alley.march.typed(right));
    REQUIRE(events.size() == 1);
    CHECK(alley.cry(alley.sue) == nullptr);
    CHECK(told(alley.heard_on(topic_index::ops)) == Duress::none);
    CHECK(alley.heard_on(topic_index::ops)->person == alley.sue);
    CHECK(told(alley.heard_on(topic_index::section(2))) == Duress::none);
    CHECK(told(alley.heard_on(alley.own_topic(alley.ben))) == Duress::none);
    CHECK(alley.march.pass(minutes(5)).empty());
}

TEST_CASE("after three wrong PINs the cry stays and staff alone end it", "[core][sos]") {
    Alley alley;
    MarchBuilder& march = alley.march;
    march.must(alley.sue, RaiseSos{});
    for (const std::uint32_t left : {2U, 1U, 0U}) {
        const auto events = march.must(alley.sue, march.typed(wrong));
        REQUIRE(all_of<SosPinMistyped>(events).size() == 1);
        CHECK(all_of<SosPinMistyped>(events).front().tries_left == left);
    }
    CHECK(march.refused(alley.sue, march.typed(right)).code == RefusalCode::permission_denied);
    CHECK(march.refused(alley.sue, march.typed(forced)).code == RefusalCode::permission_denied);
    const Alert open = *alley.cry(alley.sue);
    march.must(alley.section_lead, ClearAlert{open.key, open.version, "she is with me"});
    // The next cry has tries of its own.
    march.must(alley.sue, RaiseSos{});
    march.must(alley.sue, march.typed(right));
    CHECK(alley.cry(alley.sue) == nullptr);
}

TEST_CASE("crying once more gives no further tries", "[core][sos]") {
    Alley alley;
    MarchBuilder& march = alley.march;
    march.must(alley.sue, RaiseSos{});
    for (int i = 0; i < 3; ++i) {
        march.must(alley.sue, march.typed(wrong));
        march.must(alley.sue, RaiseSos{});
    }
    march.pass(minutes(6));
    march.must(alley.sue, RaiseSos{});
    CHECK(march.refused(alley.sue, march.typed(right)).code == RefusalCode::permission_denied);
}

TEST_CASE("who has cried for nothing or has no PIN is told what to do", "[core][sos]") {
    Alley alley;
    CHECK(alley.march.refused(alley.sue, alley.march.typed(right)).code == RefusalCode::not_found);
    alley.march.must(alley.ned, RaiseSos{});
    const auto refusal = alley.march.refused(alley.ned, alley.march.typed(PinMatch::untold));
    CHECK(refusal.field == "pin");
    CHECK(refusal.message.find("section lead") != std::string::npos);
    CHECK(alley.cry(alley.ned) != nullptr);
}

TEST_CASE("a PIN that was looked at before the last cry does not end it", "[core][sos]") {
    Alley alley;
    alley.march.must(alley.sue, RaiseSos{});
    const CancelSos before = alley.march.typed(right);
    alley.march.must(alley.sue, RaiseSos{});
    CHECK(alley.march.refused(alley.sue, before).code == RefusalCode::conflict);
    CHECK(alley.cry(alley.sue) != nullptr);
}

TEST_CASE("whoever takes a phone chooses no PIN on it", "[core][sos]") {
    Alley alley;
    SetSosPin wish;
    wish.made.salt = std::string(base::limits::sos_pin_salt_bytes, 't');
    CHECK(alley.march.refused(alley.sue, wish).code == RefusalCode::conflict);
    alley.march.must(alley.ned, RaiseSos{});
    CHECK(alley.march.refused(alley.ned, wish).code == RefusalCode::invalid_transition);
    // With a new invite, by the server: what was tried stays tried.
    alley.march.must(alley.sue, RaiseSos{});
    alley.march.must(alley.sue, alley.march.typed(wrong));
    wish.made.person = alley.sue;
    wish.replaces = true;
    REQUIRE(alley.march.tell(MarchBuilder::keeper(), wish).has_value());
    CHECK(alley.march.state.sos_pins.at(alley.sue).salt == wish.made.salt);
    CHECK(alley.march.state.sos_pins.at(alley.sue).wrong_tries == 1);
    CHECK_FALSE(alley.march.tell(alley.ned, wish).has_value());
}

TEST_CASE("a PIN is on no feed", "[core][sos]") {
    Alley alley;
    alley.march.choose_pin(alley.ned);
    CHECK(alley.march.entries.back().topics.empty());
}

// ---- under duress ------------------------------------------------------------------------------

TEST_CASE("under duress it ends for the person and all who are near and goes on for the leads", "[core][sos]") {
    Alley alley;
    alley.force(alley.sue);
    REQUIRE(alley.cry(alley.sue) != nullptr);
    CHECK(alley.cry(alley.sue)->duress == Duress::section);
    CHECK_FALSE(alley.sees(alley.sue));
    CHECK_FALSE(alley.sees(alley.ben));
    CHECK_FALSE(alley.sees(alley.ned));
    CHECK(alley.sees(alley.section_lead));
    CHECK(section_snapshot(alley.march.state, 2).state.alerts.size() == 1);
    CHECK(desk_row(alley.march.state, alley.march.now).alerts.front().duress == Duress::section);
    CHECK(told(alley.heard_on(topic_index::ops)) == Duress::section);
    CHECK(told(alley.heard_on(topic_index::section_ops(2))) == Duress::section);
    CHECK(told(alley.heard_on(alley.own_topic(alley.section_lead))) == Duress::section);
    CHECK(told(alley.heard_on(topic_index::section(2))) == Duress::none);
    CHECK(told(alley.heard_on(alley.own_topic(alley.sue))) == Duress::none);
    CHECK(told(alley.heard_on(alley.own_topic(alley.ben))) == Duress::none);
}

TEST_CASE("the lead of a section hears the truth on the first of the topics that a feed of theirs holds",
          "[core][sos]") {
    Alley alley;
    alley.force(alley.sue);
    const auto place_of = [&](std::uint32_t index) {
        return std::ranges::find(alley.march.entries.back().topics, index, &TopicStamp::index);
    };
    CHECK(place_of(topic_index::section_ops(2)) < place_of(topic_index::section(2)));
    CHECK(place_of(alley.own_topic(alley.section_lead)) < place_of(topic_index::section(2)));
}

TEST_CASE("a cry that was cancelled under duress climbs on and no phone near it hears of that", "[core][sos]") {
    Alley alley;
    alley.march.must(alley.sue, RaiseSos{});
    const Alert open = *alley.cry(alley.sue);
    alley.march.must(alley.ben, AckAlert{open.key, open.version});
    alley.march.must(alley.sue, alley.march.typed(forced));
    const std::size_t before = alley.march.entries.size();
    // Whoever had it has it no more: it was ended for them.
    const auto climbed = all_of<AlertStepped>(alley.march.pass(minutes(5)));
    REQUIRE(climbed.size() == 3);
    CHECK(climbed.back().state == AlertState::exhausted);
    const std::set<std::uint32_t> near = {topic_index::staff, topic_index::section(2), alley.own_topic(alley.sue),
                                          alley.own_topic(alley.ben), alley.own_topic(alley.ned)};
    for (std::size_t i = before; i < alley.march.entries.size(); ++i) {
        const Entry& entry = alley.march.entries[i];
        if (!std::holds_alternative<AlertStepped>(entry.event)) continue;
        CHECK(std::ranges::none_of(entry.topics, [&](const TopicStamp& stamp) { return near.contains(stamp.index); }));
    }
    const Alert last = *alley.cry(alley.sue);
    alley.march.must(alley.city_lead, ClearAlert{last.key, last.version, "found, and safe"});
    CHECK(std::ranges::none_of(alley.march.entries.back().topics,
                               [&](const TopicStamp& stamp) { return near.contains(stamp.index); }));
}

TEST_CASE("who was told that it has ended finds no alert to take", "[core][sos]") {
    Alley alley;
    const PersonId medic = alley.march.on_duty(Role::medic, 2);
    alley.force(alley.sue);
    const Alert open = *alley.cry(alley.sue);
    for (const PersonId near : {alley.sue, alley.ben, medic}) {
        CHECK(alley.march.refused(near, AckAlert{open.key, open.version}).code == RefusalCode::not_found);
        CHECK(alley.march.refused(near, ClearAlert{open.key, open.version, "so"}).code == RefusalCode::not_found);
    }
    alley.march.must(alley.section_lead, AckAlert{open.key, open.version});
    CHECK(alley.cry(alley.sue)->owner == alley.section_lead);
}

TEST_CASE("nobody reads on their own feeds that they were forced", "[core][sos]") {
    Alley alley;
    alley.march.choose_pin(alley.section_lead);
    alley.force(alley.section_lead);
    CHECK(alley.cry(alley.section_lead)->duress == Duress::city);
    CHECK(told(alley.heard_on(topic_index::ops)) == Duress::city);
    CHECK(told(alley.heard_on(topic_index::section_ops(2))) == Duress::none);
    CHECK(section_snapshot(alley.march.state, 2).state.alerts.empty());
    CHECK(alley.sees(alley.city_lead));

    alley.march.choose_pin(alley.city_lead);
    alley.force(alley.city_lead);
    CHECK(alley.cry(alley.city_lead)->duress == Duress::desk);
    CHECK(told(alley.heard_on(topic_index::ops)) == Duress::none);
    const Alert open = *alley.cry(alley.city_lead);
    CHECK(alley.march.refused(alley.march.lead, AckAlert{open.key, open.version}).code == RefusalCode::not_found);
    const auto desk = desk_row(alley.march.state, alley.march.now).alerts;
    CHECK(std::ranges::count(desk, Duress::desk, &Alert::duress) == 1);
    alley.march.must(alley.march.desk, AckAlert{open.key, open.version});
    CHECK(alley.march.entries.back().topics.empty());
}

TEST_CASE("a cry after one that was cancelled under duress is open to all again", "[core][sos]") {
    Alley alley;
    alley.force(alley.sue);
    alley.march.must(alley.sue, RaiseSos{});
    CHECK(alley.cry(alley.sue)->duress == Duress::none);
    CHECK(alley.cry(alley.sue)->version == 2);
    CHECK(alley.sees(alley.ben));
    alley.march.must(alley.sue, alley.march.typed(right));
    CHECK(alley.cry(alley.sue) == nullptr);
}

}  // namespace marchwire::core
