// A march under way whose people are ordered about. (tests)
#pragma once

#include "core/order.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace marchwire::test {

inline core::OrderAudience to_all() { return {}; }
inline core::OrderAudience to_section(std::uint32_t section) { return {core::AudienceKind::section, {}, section, {}}; }
inline core::OrderAudience to_role(core::Role role) { return {core::AudienceKind::role, role, 0, {}}; }
inline core::OrderAudience to_names(std::vector<core::PersonId> names) {
    return {core::AudienceKind::names, {}, 0, std::move(names)};
}

inline core::IssueOrder ordered(core::OrderKind kind, core::OrderAudience audience,
                                std::string text = "Close the gap at the library.") {
    core::IssueOrder wish;
    wish.kind = kind;
    wish.text = std::move(text);
    wish.audience = std::move(audience);
    return wish;
}

/// A march under way: two marshals in section 1, one in section 2, leads of both, and a city lead on the roster.
struct OrderStreet {
    MarchBuilder march;
    core::PersonId ann, ben, cid, lead_one, lead_two, city_lead;

    OrderStreet() {
        march.march_off();
        ann = march.on_duty(core::Role::side, 1);
        ben = march.on_duty(core::Role::side, 1, ann);
        cid = march.on_duty(core::Role::tail, 2);
        lead_one = march.on_duty(core::Role::section_lead, 1);
        lead_two = march.on_duty(core::Role::section_lead, 2);
        city_lead = march.on_duty(core::Role::city_lead);
    }
    std::uint32_t issue(core::OrderKind kind, core::OrderAudience audience) {
        march.must(city_lead, ordered(kind, std::move(audience)));
        return march.state.orders_issued;
    }
    [[nodiscard]] const core::Order& order(std::uint32_t number) const {
        const core::Order* found = march.state.order(number);
        REQUIRE(found != nullptr);
        return *found;
    }
    [[nodiscard]] std::vector<core::PersonId> recipients(std::uint32_t number) const {
        std::vector<core::PersonId> persons;
        for (const core::Receipt& receipt : order(number).receipts) {
            persons.push_back(march.state.roster[receipt.ordinal].person);
        }
        return persons;
    }
    [[nodiscard]] const core::Receipt& receipt(std::uint32_t number, core::PersonId person) const {
        const core::Receipt* found = order(number).receipt(march.member(person).ordinal);
        REQUIRE(found != nullptr);
        return *found;
    }
    void all_ack(std::uint32_t number) {
        for (const core::PersonId person : recipients(number)) {
            if (!core::is_answered(receipt(number, person).state))
                march.must(person, core::Acknowledge{.order = number});
        }
    }
    [[nodiscard]] const core::Alert* alert(core::AlertKind kind, std::uint32_t number) const {
        const auto found = march.state.alerts.find({kind, {}, number});
        return found == march.state.alerts.end() ? nullptr : &found->second;
    }
    std::vector<core::Event> pass(core::Millis time) {
        march.now = march.now + time;
        return march.tick();
    }
};

}  // namespace marchwire::test
