// A march's day as its people live it. Each day is played twice, on the core alone and through three server processes
// of which the one that keeps the march is killed; both logs must say the same but for terms and times.
#pragma once

#include "field_worlds.hpp"

#include "support/walking_people.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::test {

using base::hours;
using base::minutes;
using base::seconds;
using core::PersonId;

/// Phones that are on say each 30 s that they are; those of walkers tell their place each 5 s. Whatever a phone
/// off-line is told to send waits in it, with the time it was made.
class FieldDay {
public:
    explicit FieldDay(World& world) : world_(world) {}

    // ---- who is there -----------------------------------------------------------------------------
    /// With a token and on the roster.
    PersonId person(const std::string& callsign, core::Role role, std::uint32_t section = 0, PersonId buddy = {},
                    bool no_phone = false);
    /// With a token alone: the national desk.
    PersonId desk(const std::string& callsign) { return world_.add(callsign, core::Role::national_desk); }

    // ---- what they do -----------------------------------------------------------------------------
    /// It must be accepted; what it made. Of a phone off-line 0: it is sent when the phone is on-line again.
    std::uint64_t does(PersonId person, core::CommandBody body);
    /// The refusal; it says what to do.
    base::Refusal refused(PersonId person, core::CommandBody body);
    void host(core::CommandBody body);
    void all(const std::vector<PersonId>& people, const core::CommandBody& body);
    /// "She is on post: I have heard her."
    void checks_in_for(PersonId person, PersonId other, core::HeardBy heard_by);
    /// By the lead, to this phase.
    void advances(PersonId lead, core::Phase to);
    /// From `person`'s own phone: delivered, seen, acknowledged.
    void acknowledges(PersonId person, std::uint64_t order);

    // ---- phones -----------------------------------------------------------------------------------
    void phone_on(PersonId person) { live_.insert(person); }
    /// Lost and revoked: whatever is sent from it is refused.
    void revokes(PersonId person);
    void has_a_new_phone(PersonId person);
    /// No word from it, neither of its person nor of the phone.
    void phone_off(PersonId person);
    void pockets(PersonId person) { world_.heard(person, wire::Screen::off); }
    void off_line(PersonId person);
    /// What waited is sent, twice: the phone has not heard the answers.
    void on_line(PersonId person);

    // ---- the street -------------------------------------------------------------------------------
    /// The line, imported, approved and activated by the lead.
    std::uint32_t route(PersonId lead, std::vector<core::LatLon> points, std::vector<core::Waypoint> waypoints = {});
    /// Walks along these points from now on, so many metres from their start.
    void walks(PersonId person, const std::vector<core::LatLon>& points, double metres, double metres_per_second = 1.1);
    void halts(PersonId person) { walkers_.at(person).pace = 0; }
    void goes_on(PersonId person, double metres_per_second = 1.1) { walkers_.at(person).pace = metres_per_second; }

    // ---- time -------------------------------------------------------------------------------------
    void pass(base::Millis time);
    /// Until so late in St. Louis.
    void until(int hour, int minute);

    // ---- what is seen -----------------------------------------------------------------------------
    [[nodiscard]] const core::MarchState& state() { return world_.state(); }
    [[nodiscard]] const std::vector<core::Entry>& entries() { return world_.entries(); }
    [[nodiscard]] core::Phase phase() { return state().phase; }
    [[nodiscard]] const core::Member& member(PersonId person);
    /// Open now; null when there is none.
    [[nodiscard]] const core::Alert* alert(core::AlertKind kind, std::uint64_t subject = 0, std::uint32_t number = 0);
    [[nodiscard]] const core::Order& order(std::uint64_t number);
    [[nodiscard]] core::ReceiptState receipt(std::uint64_t order, PersonId person);
    /// The newest order of this kind.
    [[nodiscard]] std::uint64_t newest_order(core::OrderKind kind);
    template <class Kind>
    [[nodiscard]] std::vector<Kind> events() {
        std::vector<Kind> found;
        for (const core::Entry& entry : world_.entries()) {
            if (const Kind* one = std::get_if<Kind>(&entry.event)) found.push_back(*one);
        }
        return found;
    }
    /// How often an alert of this kind was raised today.
    [[nodiscard]] std::size_t raised(core::AlertKind kind);
    [[nodiscard]] std::uint64_t commands() const { return commands_; }

private:
    struct Walker {
        std::vector<core::LatLon> points;
        double metres = 0, pace = 0;
    };
    core::Command command(PersonId person, core::CommandBody body);
    void second();

    World& world_;
    std::set<PersonId> live_;
    std::map<PersonId, std::vector<core::Command>> waiting_;  ///< of phones off-line
    std::map<PersonId, Walker> walkers_;
    std::map<PersonId, std::uint64_t> counters_;
    std::uint64_t commands_ = 0;
    std::uint64_t seconds_ = 0;
};

enum class Kind : std::uint8_t { march, drill };
/// Plays the day twice, the second time with a keeper killed at a command that `name` seeds, and compares the logs.
/// MARCHWIRE_DAY_SEED=NUMBER has another command.
void play_twice(const std::string& name, const std::function<void(FieldDay&)>& day, Kind kind = Kind::march);

}  // namespace marchwire::test
