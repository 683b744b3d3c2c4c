#include "field_worlds.hpp"

#include "base/limits.hpp"
#include "core/waking.hpp"
#include "shard/answers.hpp"
#include "support/flag_day.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace marchwire::test {
namespace {

base::Digest another_digest(base::Seq seq) {
    base::Digest digest{};
    for (std::size_t i = 0; i < 8; ++i) digest[i] = static_cast<std::uint8_t>(seq.value >> (8 * i));
    digest[31] = 1;
    return digest;
}

}  // namespace

base::Refusal of_nobody() {
    return base::refuse(base::RefusalCode::unauthenticated, "token", "This phone was revoked: ask for a new invite.");
}

// ---- the core alone ----------------------------------------------------------------------------

CoreWorld::CoreWorld(bool drill) {
    state_.id = log_named(field_march_name);
    REQUIRE(host(flag_day_march(drill)).has_value());
    telemetry_.interrupted(now_);
}

core::PersonId CoreWorld::add(const std::string&, core::Role role) {
    const core::PersonId person{roles_.size() + 1};
    roles_[person] = role;
    return person;
}

World::Outcome CoreWorld::decide(const core::Actor& actor, const core::Command& command) {
    const core::Context context{now_, actor};
    auto events = core::decide(state_, command, context);
    if (!events) return events.error();
    std::uint64_t made = 0;
    for (core::Event& event : *events) {
        if (made == 0) made = shard::made_by(event).number;
        core::Entry entry = core::stamp(state_, std::move(event), command, context);
        core::apply(state_, entry, another_digest(entry.seq));
        entries_.push_back(std::move(entry));
    }
    return made;
}

World::Outcome CoreWorld::host(core::CommandBody body) {
    core::Actor actor;
    actor.host = true;
    actor.role = core::Role::keeper;  // of no person
    core::Command command;
    command.body = std::move(body);
    return decide(actor, command);
}

World::Outcome CoreWorld::tell(core::PersonId person, const core::Command& command) {
    if (revoked_.contains(person)) return of_nobody();
    heard(person, wire::Screen::untold);
    core::Actor actor;
    actor.person = person;
    actor.role = roles_.at(person);
    if (actor.role != core::Role::national_desk) actor.march = state_.id.march;
    return decide(actor, command);
}

void CoreWorld::report(core::PersonId person, const core::Fix& fix) {
    heard(person, wire::Screen::untold);
    (void)telemetry_.take(state_, person, {fix}, now_, feeds_);
}

void CoreWorld::heard(core::PersonId person, wire::Screen screen) {
    (void)telemetry_.heard(state_, {person, screen}, now_, feeds_);
}

void CoreWorld::second() {
    now_ = now_ + base::seconds(1);
    (void)telemetry_.second(state_, now_, shard::Telemetry::PublicColumn::made_here, feeds_);
    keep();
}

/// One thing a second, as a keeper that waits for its store.
void CoreWorld::keep() {
    core::Actor keeper;
    keeper.role = core::Role::keeper;
    core::Command command;
    const core::UtcMs due = core::next_due(state_);
    core::ObserveSilence silence = telemetry_.silence(state_, now_);
    core::ObserveUnreached unreached{state_.term, {}};
    const core::Moment moment{now_, state_.term, base::limits::wake_undelivered};
    unreached.recipients = core::unreached(state_, moment,
                                           [&](core::PersonId person) { return telemetry_.phone_of(person, now_); });
    core::ObserveColumn column = telemetry_.column_seen();
    const bool sees_column = column.route_version == state_.active_route && core::has_column(state_.phase) &&
                             !core::column_events(state_, column, now_).empty();
    silence.term = column.term = state_.term;
    if (due && due <= now_) {
        command.body = core::Tick{state_.term};
    } else if (!silence.silent.empty() || !silence.heard.empty()) {
        command.body = std::move(silence);
    } else if (!unreached.recipients.empty()) {
        command.body = std::move(unreached);
    } else if (sees_column) {
        command.body = std::move(column);
    } else {
        return;
    }
    (void)decide(keeper, command);
}

}  // namespace marchwire::test
