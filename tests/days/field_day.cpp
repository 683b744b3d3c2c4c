#include "field_day.hpp"

#include "field_servers.hpp"

#include "base/hmac.hpp"
#include "wire/codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

core::LatLon place_along(const std::vector<core::LatLon>& points, double metres) {
    for (std::size_t i = 1; i < points.size(); ++i) {
        const double leg = metres_between(points[i - 1], points[i]);
        if (metres <= leg && leg > 0) {
            const double share = std::max(0.0, metres / leg);
            return {points[i - 1].lat + share * (points[i].lat - points[i - 1].lat),
                    points[i - 1].lon + share * (points[i].lon - points[i - 1].lon)};
        }
        metres -= leg;
    }
    return points.back();
}

/// Phones tell places in units of 1e-7 degrees.
core::LatLon as_told(const core::LatLon& at) {
    return {std::round(at.lat * 1e7) / 1e7, std::round(at.lon * 1e7) / 1e7};
}

bool is_of_time(const std::string& name) {
    static const std::set<std::string> names{"seq", "prev", "publicSeq", "term", "epoch"};
    return names.contains(name) || name.ends_with("Ms");
}

void drop_times(Json& json) {
    if (json.is_object()) {
        for (auto it = json.begin(); it != json.end();) {
            it = is_of_time(it.key()) ? json.erase(it) : std::next(it);
        }
    }
    if (json.is_structured()) {
        for (Json& part : json) drop_times(part);
    }
}

/// Whose phone was silent at which second, as the keeper of that moment had heard them.
bool tells_unreached(const core::Event& event) {
    const auto* moved = std::get_if<core::ReceiptsMoved>(&event);
    return moved != nullptr && std::ranges::all_of(moved->receipts, [](const core::Receipt& receipt) {
               return receipt.state == core::ReceiptState::queued;
           });
}

/// What the log says but for terms and times: who keeps the march, samples of each minute, and who was unreached at
/// which second are of these.
std::vector<std::string> said(const std::vector<core::Entry>& entries) {
    std::vector<std::string> texts;
    for (const core::Entry& entry : entries) {
        const bool is_of_keeping = std::holds_alternative<core::KeeperChanged>(entry.event) ||
                                   std::holds_alternative<core::TipSigned>(entry.event) ||
                                   std::holds_alternative<core::TimersShifted>(entry.event) ||
                                   std::holds_alternative<core::ColumnSampled>(entry.event);
        if (is_of_keeping || tells_unreached(entry.event)) continue;
        Json json = Json::parse(wire::entry_json(entry));
        drop_times(json);
        texts.push_back(json.dump());
    }
    return texts;
}

std::string chosen_seed() {
    const char* chosen = std::getenv("MARCHWIRE_DAY_SEED");
    return chosen == nullptr ? "" : chosen;
}

std::uint64_t seed_of(const std::string& name) {
    const base::Hash256 hash = base::sha256(name + chosen_seed());
    return hash[0] * 65'536ULL + hash[1] * 256ULL + hash[2];
}

}  // namespace

// ---- people and commands -----------------------------------------------------------------------

PersonId FieldDay::person(const std::string& callsign, core::Role role, std::uint32_t section, PersonId buddy,
                          bool no_phone) {
    const PersonId person = world_.add(callsign, role);
    host(core::AssignDuty{person, callsign, role, section, buddy, no_phone});
    if (!no_phone) live_.insert(person);
    return person;
}

void FieldDay::host(core::CommandBody body) {
    const auto outcome = world_.host(std::move(body));
    if (!outcome) FAIL("refused: " << outcome.error().field << ": " << outcome.error().message);
}

core::Command FieldDay::command(PersonId person, core::CommandBody body) {
    core::Command command;
    command.id = {base::DeviceId{person.value + 5'000}, ++counters_[person]};
    command.made_at = world_.now();
    command.body = std::move(body);
    return command;
}

std::uint64_t FieldDay::does(PersonId person, core::CommandBody body) {
    const core::Command wish = command(person, std::move(body));
    if (const auto off = waiting_.find(person); off != waiting_.end()) {
        off->second.push_back(wish);
        return 0;
    }
    ++commands_;
    const auto outcome = world_.tell(person, wish);
    if (!outcome) FAIL("refused: " << outcome.error().field << ": " << outcome.error().message);
    return *outcome;
}

base::Refusal FieldDay::refused(PersonId person, core::CommandBody body) {
    ++commands_;
    const auto outcome = world_.tell(person, command(person, std::move(body)));
    if (outcome) FAIL("this was accepted");
    CHECK_FALSE(outcome.error().message.empty());
    return outcome.error();
}

void FieldDay::all(const std::vector<PersonId>& people, const core::CommandBody& body) {
    for (const PersonId person : people) (void)does(person, body);
}

void FieldDay::checks_in_for(PersonId person, PersonId other, core::HeardBy heard_by) {
    core::CheckIn check_in;
    check_in.on_behalf_of = other;
    check_in.heard_by = heard_by;
    (void)does(person, check_in);
}

void FieldDay::advances(PersonId lead, core::Phase to) {
    core::AdvancePhase advance{to, state().phase_version, {}};
    if (to == core::Phase::closed) advance.typed_name = state().id.march.text();
    (void)does(lead, advance);
}

void FieldDay::acknowledges(PersonId person, std::uint64_t order) {
    const auto number = static_cast<std::uint32_t>(order);
    (void)does(person, core::MarkDelivered{number});
    (void)does(person, core::MarkSeen{number});
    (void)does(person, core::Acknowledge{.order = number});
}

// ---- phones ------------------------------------------------------------------------------------

void FieldDay::revokes(PersonId person) {
    phone_off(person);
    world_.revoke(person);
}

void FieldDay::has_a_new_phone(PersonId person) {
    world_.grant_anew(person);
    live_.insert(person);
}

void FieldDay::phone_off(PersonId person) {
    live_.erase(person);
    walkers_.erase(person);
}

void FieldDay::off_line(PersonId person) {
    phone_off(person);
    waiting_[person];
}

void FieldDay::on_line(PersonId person) {
    const auto held = waiting_.extract(person);
    REQUIRE(held);
    live_.insert(person);
    for (const core::Command& one : held.mapped()) {
        ++commands_;
        const auto outcome = world_.tell(person, one);
        if (!outcome) FAIL("refused: " << outcome.error().field << ": " << outcome.error().message);
    }
}

// ---- the street and time -----------------------------------------------------------------------

std::uint32_t FieldDay::route(PersonId lead, std::vector<core::LatLon> points, std::vector<core::Waypoint> waypoints) {
    auto line = std::make_shared<core::RouteLine>();
    line->points = std::move(points);
    line->waypoints = std::move(waypoints);
    host(core::ImportRoute{line});
    const auto version = static_cast<std::uint32_t>(state().routes.size());
    (void)does(lead, core::ApproveRoute{version});
    (void)does(lead, core::ActivateRoute{version, state().active_route});
    return version;
}

void FieldDay::walks(PersonId person, const std::vector<core::LatLon>& points, double metres,
                     double metres_per_second) {
    walkers_[person] = {points, metres, metres_per_second};
}

void FieldDay::second() {
    ++seconds_;
    for (auto& [person, walker] : walkers_) {
        walker.metres += walker.pace;
        if (seconds_ % 5 == 0) {
            world_.report(person, {as_told(place_along(walker.points, walker.metres)), 8, world_.now()});
        }
    }
    // In three groups: whenever somebody speaks all servers are waited for.
    for (const PersonId person : live_) {
        if ((seconds_ + person.value % 3 * 10) % 30 == 0) world_.heard(person, wire::Screen::untold);
    }
    world_.second();
}

void FieldDay::pass(base::Millis time) {
    for (std::int64_t gone = 0; gone < time.value; gone += 1'000) second();
}

void FieldDay::until(int hour, int minute) {
    // 14 June 2018, Central Daylight Time: five hours behind UTC.
    const core::UtcMs wanted{1'528'952'400'000 + (hour * 60 + minute) * 60'000LL};
    REQUIRE(wanted >= world_.now());
    while (world_.now() < wanted) second();
}

// ---- what is seen ------------------------------------------------------------------------------

const core::Member& FieldDay::member(PersonId person) {
    const core::Member* found = state().member(person);
    REQUIRE(found != nullptr);
    return *found;
}

const core::Alert* FieldDay::alert(core::AlertKind kind, std::uint64_t subject, std::uint32_t number) {
    const auto& alerts = state().alerts;
    const auto found = alerts.find({kind, PersonId{subject}, number});
    return found == alerts.end() ? nullptr : &found->second;
}

const core::Order& FieldDay::order(std::uint64_t number) {
    const core::Order* found = state().order(static_cast<std::uint32_t>(number));
    REQUIRE(found != nullptr);
    return *found;
}

core::ReceiptState FieldDay::receipt(std::uint64_t number, PersonId person) {
    const core::Receipt* found = order(number).receipt(member(person).ordinal);
    REQUIRE(found != nullptr);
    return found->state;
}

std::uint64_t FieldDay::newest_order(core::OrderKind kind) {
    std::uint64_t newest = 0;
    for (const core::Order& one : state().orders) {
        if (one.kind == kind) newest = one.number;
    }
    REQUIRE(newest != 0);
    return newest;
}

std::size_t FieldDay::raised(core::AlertKind kind) {
    const auto all = events<core::AlertRaised>();
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [kind](const auto& raised) { return raised.alert.key.kind == kind; }));
}

// ---- twice -------------------------------------------------------------------------------------

void play_twice(const std::string& name, const std::function<void(FieldDay&)>& day, Kind kind) {
    CoreWorld core(kind == Kind::drill);
    FieldDay alone(core);
    day(alone);
    REQUIRE(alone.commands() > 0);

    const std::uint64_t kill_at = seed_of(name) % alone.commands();
    INFO("MARCHWIRE_DAY_SEED=" << chosen_seed() << ": the keeper was killed at command " << kill_at << " of "
                               << alone.commands());
    ServersWorld servers(kind == Kind::drill, kill_at);
    FieldDay together(servers);
    day(together);
    CHECK(servers.was_killed());

    const auto first = said(core.entries());
    const auto second = said(servers.entries());
    const auto [a, b] = std::ranges::mismatch(first, second);
    INFO("entry " << a - first.begin());
    INFO("on the core alone: " << (a == first.end() ? "nothing more" : *a));
    INFO("on three servers:  " << (b == second.end() ? "nothing more" : *b));
    CHECK((first == second));  // the first difference stands above
}

}  // namespace marchwire::test
