#include "field_worlds.hpp"

#include "base/limits.hpp"
#include "core/waking.hpp"
#include "shard/answers.hpp"
#include "support/named.hpp"
#include "wire/codec.hpp"

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

base::Refusal of_nobody() {
    return base::refuse(base::RefusalCode::unauthenticated, "token", "This phone was revoked: ask for a new invite.");
}

}  // namespace

// ---- the core alone ----------------------------------------------------------------------------

CoreWorld::CoreWorld(bool drill) {
    state_.id = {slug("flag-day-2018"), slug("st-louis-mo")};
    const MarchTime time;
    now_ = time.begin;
    REQUIRE(host(march_of(time, drill)).has_value());
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
    core::Command command;
    command.body = std::move(body);
    return decide(actor, command);
}

World::Outcome CoreWorld::tell(core::PersonId person, const core::Command& command) {
    if (revoked_.contains(person)) return of_nobody();
    core::Actor actor;
    actor.person = person;
    actor.role = roles_.at(person);
    if (actor.role != core::Role::national_desk) actor.march = state_.id.march;
    return decide(actor, command);
}

void CoreWorld::report(core::PersonId person, const core::Fix& fix) {
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

// ---- three servers -----------------------------------------------------------------------------

ServersWorld::ServersWorld(bool drill, std::uint64_t kill_at) : kill_at_(kill_at) {
    (void)stage_.another(second_);
    (void)stage_.another(third_);
    stage_.create_campaign();
    stage_.create_march(drill);
    hub_.campaigns = {stage_.campaign};
    hub_.give(stage_.march, &first_, stage_.clock.now());
    stage_.settle();
    state_.id = stage_.march;
}

core::PersonId ServersWorld::add(const std::string& callsign, core::Role role) {
    const session::Grant grant = stage_.person(callsign, role, role == core::Role::national_desk);
    grants_.emplace(grant.actor.person, grant);
    return grant.actor.person;
}

World::Outcome ServersWorld::host(core::CommandBody body) {
    const auto answer = stage_.try_host(stage_.march, std::move(body));
    if (!answer) return answer.error();
    return answer->made;
}

shard::City& ServersWorld::server(std::size_t number) {
    if (stage_.city && number % servers == 0) return *stage_.city;
    return *stage_.others[number % stage_.others.size()];
}

Seat& ServersWorld::seat_of(core::PersonId person) {
    auto& seat = seats_[person];
    if (!seat) seat = std::make_unique<Seat>(server(person.value).backend(0), grants_.at(person));
    return *seat;
}

World::Outcome ServersWorld::tell(core::PersonId person, const core::Command& command) {
    if (!grants_.contains(person)) return of_nobody();
    const bool is_last_of_first = told_++ == kill_at_;
    const auto send = [&]() -> Seat& {
        Seat& seat = seat_of(person);
        seat.clock_now = command.made_at;
        seat.run_as(command.id, stage_.march, command.body, 1);
        return seat;
    };
    if (is_last_of_first) {
        if (kill_at_ % 2 == 1) (void)send();
        kill();
    }
    const auto reply = stage_.answer_to(send(), command.id);
    if (!reply) return reply.error();
    return reply->made;
}

/// Its phones find another server; the keeping goes to another once its lease has ended.
void ServersWorld::kill() {
    const core::UtcMs killed_at = now();
    for (auto& [person, seat] : seats_) seat.reset();
    first_.stop();
    stage_.crash();
    hub_.give(stage_.march, nullptr, killed_at);
    stage_.wait(base::limits::lease_life);
    hub_.give(stage_.march, &second_, killed_at);
    stage_.settle();
}

/// Each server hears of it by the campaign's log, and ends the sessions that were begun with the token.
void ServersWorld::revoke(core::PersonId person) {
    const Seat& seat = seat_of(person);
    stage_.revoke(grants_.at(person));
    REQUIRE(seat.revoked);
    seats_.erase(person);
    grants_.erase(person);
}

void ServersWorld::grant_anew(core::PersonId person) {
    grants_.emplace(person, stage_.grant(person, state().member(person)->role));
}

void ServersWorld::report(core::PersonId person, const core::Fix& fix) { seat_of(person).report(stage_.march, {fix}); }

void ServersWorld::heard(core::PersonId person, wire::Screen screen) {
    if (screen == wire::Screen::off) {
        seat_of(person).pocket();
    } else {
        seat_of(person).speak();
    }
}

void ServersWorld::read_on() {
    stage_.settle();
    for (bool more = true; more;) {
        stage_.memory.read(stage_.march, base::Seq{entries_.size() + 1}, 1'000, [&](const auto& read) {
            more = read && !read->empty();
            for (std::size_t i = 0; more && i < read->size(); ++i) {
                core::Entry entry = wire::decode_stored((*read)[i].bytes).value();
                core::apply(state_, entry, (*read)[i].tip.digest);
                entries_.push_back(std::move(entry));
            }
        });
        stage_.settle();
    }
}

const core::MarchState& ServersWorld::state() {
    read_on();
    return state_;
}

const std::vector<core::Entry>& ServersWorld::entries() {
    read_on();
    return entries_;
}

}  // namespace marchwire::test
