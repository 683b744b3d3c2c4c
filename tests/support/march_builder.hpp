// A march for tests: people are put on it, commands are told to it, and what was accepted is stamped and applied.
#pragma once

#include "base/limits.hpp"
#include "core/decide.hpp"
#include "core/duty.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace marchwire::test {

namespace core = marchwire::core;
namespace limits = marchwire::base::limits;
using base::minutes;
using base::seconds;

/// Stands in for the chain: tests of the core need only that each entry has another one.
inline base::Digest digest_of(base::Seq seq) {
    base::Digest digest{};
    for (std::size_t i = 0; i < 8; ++i) digest[i] = static_cast<std::uint8_t>(seq.value >> (8 * i));
    digest[31] = 1;
    return digest;
}

/// The events of one kind among many, in order.
template <class Kind>
std::vector<Kind> all_of(const std::vector<core::Event>& events) {
    std::vector<Kind> found;
    for (const core::Event& event : events) {
        if (const Kind* one = std::get_if<Kind>(&event)) found.push_back(*one);
    }
    return found;
}

/// St. Louis on Flag Day 2018, PLANNED with its step-off at 16:00 UTC, its clock at 14:00 UTC. Each person is a
/// number and a role; a city lead (`lead`) and somebody of the national desk (`desk`) are there from the start,
/// on no roster.
class MarchBuilder {
public:
    using Events = std::vector<core::Event>;
    using Outcome = base::Result<Events>;

    explicit MarchBuilder(core::MarchKind kind = core::MarchKind::in_person) {
        state.id = {slug("flag-day-2018"), slug("st-louis-mo")};
        core::CreateMarch create;
        create.spec.city = "St. Louis";
        create.spec.state = "MO";
        create.spec.tz = "America/Chicago";
        create.spec.kind = kind;
        if (kind == core::MarchKind::in_person) {
            create.spec.plan = {{core::Phase::assembling, now + minutes(60)},
                                {core::Phase::marching, step_off},
                                {core::Phase::rally, step_off + minutes(60)}};
        } else {
            create.spec.plan = {{core::Phase::live, step_off}};
        }
        create.topic_base = 1U << 16U;
        lead = somebody(core::Role::city_lead);
        desk = somebody(core::Role::national_desk);
        must(desk, create);
    }

    /// A person who holds a token for this role and stands on no roster yet.
    core::PersonId somebody(core::Role role) {
        const core::PersonId person{++persons_};
        roles_[person] = role;
        return person;
    }
    /// A person on the roster, INVITED.
    core::PersonId put(core::Role role, std::uint32_t section = 0, core::PersonId buddy = {}) {
        const core::PersonId person = somebody(role);
        assign(person, section, buddy);
        return person;
    }
    /// As redeeming the invite would leave this person.
    void confirm(core::PersonId person) { state.roster[member(person).ordinal].duty = core::Duty::confirmed; }
    /// As `put`, and the person has reported from their post: ON_DUTY.
    core::PersonId on_duty(core::Role role, std::uint32_t section = 0, core::PersonId buddy = {}) {
        const core::PersonId person = put(role, section, buddy);
        must(person, core::CheckIn{});
        return person;
    }
    void assign(core::PersonId person, std::uint32_t section, core::PersonId buddy, bool no_phone = false) {
        const std::string callsign = "marshal " + std::to_string(person.value);
        must(lead, core::AssignDuty{person, callsign, roles_.at(person), section, buddy, no_phone});
    }

    [[nodiscard]] core::Actor actor(core::PersonId person) const {
        core::Actor actor;
        actor.person = person;
        actor.role = roles_.at(person);
        if (actor.role != core::Role::national_desk && actor.role != core::Role::auditor) actor.march = state.id.march;
        return actor;
    }

    /// Decides; what was accepted is stamped and applied, and its entries are kept.
    Outcome tell(const core::Actor& who, core::CommandBody body) {
        core::Command command;
        if (who.role != core::Role::keeper) command.id = {base::DeviceId{who.person.value + 100}, ++commands_};
        command.made_at = now;
        command.body = std::move(body);
        const core::Context context{now, who};
        Outcome outcome = core::decide(state, command, context);
        if (!outcome) return outcome;
        for (const core::Event& event : *outcome) {
            core::Entry entry = core::stamp(state, event, command, context);
            core::apply(state, entry, digest_of(entry.seq));
            entries.push_back(std::move(entry));
        }
        return outcome;
    }
    Outcome tell(core::PersonId person, core::CommandBody body) { return tell(actor(person), std::move(body)); }
    Events must(core::PersonId person, core::CommandBody body) {
        Outcome outcome = tell(person, std::move(body));
        if (!outcome) FAIL("refused: " << outcome.error().field << ": " << outcome.error().message);
        return std::move(*outcome);
    }
    /// The refusal; it must name what to do.
    base::Refusal refused(core::PersonId person, core::CommandBody body) {
        const Outcome outcome = tell(person, std::move(body));
        if (outcome) FAIL("this was accepted");
        CHECK_FALSE(outcome.error().message.empty());
        return outcome.error();
    }

    [[nodiscard]] static core::Actor keeper() {
        core::Actor actor;
        actor.role = core::Role::keeper;
        return actor;
    }
    /// The keeper's Tick at the present time; no events when nothing is due.
    Events tick() {
        Outcome outcome = tell(keeper(), core::Tick{state.term});
        return outcome ? std::move(*outcome) : Events{};
    }
    /// Moves the clock to the keeper's next due time and ticks.
    Events tick_when_due() {
        const core::UtcMs due = core::next_due(state);
        REQUIRE(due);
        now = std::max(now, due);
        return tick();
    }

    void advance(core::Phase to) {
        core::AdvancePhase advance{to, state.phase_version, {}};
        if (to == core::Phase::closed) advance.typed_name = state.id.march.text();
        must(lead, advance);
    }
    void march_off() {
        advance(core::Phase::assembling);
        advance(core::Phase::marching);
    }
    /// This person has a PIN and a duress PIN.
    void choose_pin(core::PersonId person) {
        core::SetSosPin wish;
        wish.made.salt = std::string(limits::sos_pin_salt_bytes, 's');
        must(person, wish);
    }
    /// As whoever hashes hands on what was typed.
    [[nodiscard]] core::CancelSos typed(core::PinMatch match) const { return {"", match, state.tip.seq}; }
    /// Imports a route of two points and approves it; answers its version.
    std::uint32_t approved_route() {
        auto line = std::make_shared<core::RouteLine>();
        line->points = {{38.627, -90.199}, {38.63, -90.19}};
        must(lead, core::ImportRoute{line});
        const auto version = static_cast<std::uint32_t>(state.routes.size());
        must(lead, core::ApproveRoute{version});
        return version;
    }

    [[nodiscard]] const core::Member& member(core::PersonId person) const {
        const core::Member* found = state.member(person);
        REQUIRE(found != nullptr);
        return *found;
    }
    /// The open alert about somebody's silence; null when there is none.
    [[nodiscard]] const core::Alert* missed(core::PersonId person) const {
        const auto found = state.alerts.find({core::AlertKind::checkin_missed, person});
        return found == state.alerts.end() ? nullptr : &found->second;
    }

    /// The open alert of this key; null when there is none.
    [[nodiscard]] const core::Alert* open(core::AlertKind kind, std::uint64_t subject = 0) const {
        const auto found = state.alerts.find({kind, core::PersonId{subject}});
        return found == state.alerts.end() ? nullptr : &found->second;
    }
    /// Time passes and the keeper does what is due at each moment; answers all of its events.
    Events pass(base::Millis time) {
        const core::UtcMs until = now + time;
        Events all;
        for (core::UtcMs due = core::next_due(state); due && due <= until; due = core::next_due(state)) {
            now = std::max(now, due);
            for (core::Event& event : tick()) all.push_back(std::move(event));
        }
        now = until;
        return all;
    }

    core::UtcMs now{1'528'984'800'000};                   ///< 2018-06-14T14:00:00Z
    core::UtcMs step_off{1'528'984'800'000 + 7'200'000};  ///< 11 a.m. Central
    core::MarchState state;
    std::vector<core::Entry> entries;
    core::PersonId lead;
    core::PersonId desk;

private:
    std::map<core::PersonId, core::Role> roles_;
    std::uint64_t persons_ = 0;
    std::uint64_t commands_ = 0;
};

}  // namespace marchwire::test
