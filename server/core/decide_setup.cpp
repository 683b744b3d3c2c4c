// What a march is: its data, plan, sections and drafts of its route.
#include "core/decide_family.hpp"
#include "core/phase_table.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

bool is_state_code(std::string_view text) {
    return text.empty() || (text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; }));
}

MarchSpec spec_as_stored(MarchSpec spec) {
    if (spec.site) {
        spec.site = as_stored(*spec.site);
    }
    return spec;
}

base::Refusal stale_spec(const MarchState& state) {
    return conflict("version", "Somebody changed this march meanwhile; look again and decide.", state.spec_version,
                    state.spec.city);
}

base::Refusal march_is_over(const MarchState& state) {
    return wrong_transition("The march is " + std::string(name_of(state.phase)) + " and is not changed any more.");
}

Complaint check_change(const MarchState& state, std::uint32_t version) {
    if (version != state.spec_version) {
        return stale_spec(state);
    }
    if (phase_is_final(state.phase)) {
        return march_is_over(state);
    }
    return std::nullopt;
}

/// What everybody should know who is coming: the public by a notice, staff by an order to answer.
void tell_change(const Ask& ask, std::string notice, FollowingOrder order, Events& events) {
    Notice posted;
    posted.number = ask.state.notices_posted + 1;
    posted.severity = Severity::warning;
    posted.text = std::move(notice);
    posted.posted_at = ask.now;
    events.emplace_back(NoticePosted{std::move(posted)});
    order.to_answer = limits::order_due_plan;
    order.to_confirmed = true;
    open_order(ask, std::move(order), events);
}

/// Phones show the time in the march's zone, from the plan: core knows no zones.
void tell_times(const Ask& ask, Events& events) {
    tell_change(
        ask, "The times of this march have changed.",
        {OrderKind::info, "rescheduled", "CHANGED TIMES: the march has a new plan. Look at the times before you go."},
        events);
}

void tell_venue(const Ask& ask, const std::string& venue, Events& events) {
    std::string text = "NEW PLACE: the march meets elsewhere" + (venue.empty() ? "" : ": " + venue) + ".";
    if (ask.state.spec.drill) text.insert(0, "DRILL ");
    const bool is_short = !check_text(text, "text", limits::order_characters, Presence::required);
    tell_change(ask, venue.empty() ? "The meeting place of this march has changed." : "New meeting place: " + venue,
                {OrderKind::info,
                 "venue_moved",
                 is_short ? std::move(text) : "NEW PLACE: the march meets elsewhere. Look at the map before you go.",
                 {venue}},
                events);
}

Complaint check_line(const RouteLine& line) {
    if (auto wrong = check_text(line.name, "line.name", limits::name_characters, Presence::optional)) {
        return wrong;
    }
    if (auto wrong = check_text(line.source, "line.source", limits::source_characters, Presence::optional)) {
        return wrong;
    }
    if (line.points.size() > limits::route_points) {
        return base::refuse(base::RefusalCode::too_large, "line.points",
                            "Simplify the route to at most " + std::to_string(limits::route_points) + " points.");
    }
    if (line.points.size() < 2) {
        return base::invalid("line.points", "A route needs at least two points.");
    }
    for (std::size_t i = 0; i < line.points.size(); ++i) {
        if (!is_on_earth(line.points[i])) {
            return base::invalid("line.points[" + std::to_string(i) + "]",
                                 "Give latitude from -90 to 90 and longitude from -180 to 180.");
        }
    }
    const LatLon first = as_stored(line.points.front());
    if (std::ranges::all_of(line.points, [&](const LatLon& at) { return as_stored(at) == first; })) {
        return base::invalid("line.points", "The route has no length; draw it to where the march ends.");
    }
    for (const std::uint32_t leg : line.closed_legs) {
        if (leg + 1 >= line.points.size()) {
            return base::invalid("line.closed_legs", "A closed leg must be a leg of this route.");
        }
    }
    return std::nullopt;
}

Complaint check_waypoints(const std::vector<Waypoint>& waypoints) {
    if (waypoints.size() > limits::route_waypoints) {
        return base::refuse(base::RefusalCode::too_large, "line.waypoints",
                            "Keep at most " + std::to_string(limits::route_waypoints) + " waypoints.");
    }
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < waypoints.size(); ++i) {
        const Waypoint& waypoint = waypoints[i];
        const std::string field = "line.waypoints[" + std::to_string(i) + "]";
        if (auto wrong = check_text(waypoint.name, field + ".name", limits::name_characters, Presence::optional)) {
            return wrong;
        }
        if (!is_on_earth(waypoint.at)) {
            return base::invalid(field + ".at", "Give latitude from -90 to 90 and longitude from -180 to 180.");
        }
        if (!std::isfinite(waypoint.along.value) || waypoint.along.value < 0) {
            return base::invalid(field + ".along", "Give the metres from the route's start.");
        }
        numbers.push_back(waypoint.number);
    }
    std::ranges::sort(numbers);
    const bool twice = std::ranges::adjacent_find(numbers) != numbers.end();
    if (twice || (!numbers.empty() && numbers.front() == 0)) {
        return base::invalid("line.waypoints", "Number the waypoints from 1, each once.");
    }
    return std::nullopt;
}

}  // namespace

LatLon as_stored(LatLon at) { return {std::round(at.lat * 1e7) / 1e7, std::round(at.lon * 1e7) / 1e7}; }

bool is_on_earth(LatLon at) {
    return std::isfinite(at.lat) && std::isfinite(at.lon) && std::abs(at.lat) <= 90 && std::abs(at.lon) <= 180;
}

Complaint check_plan(MarchKind kind, const std::vector<PlannedPhase>& plan, std::string_view field) {
    if (plan.size() > limits::plan_phases) {
        return base::invalid(std::string(field),
                             "A plan has at most " + std::to_string(limits::plan_phases) + " phases.");
    }
    UtcMs latest;
    for (std::size_t i = 0; i < plan.size(); ++i) {
        const std::string path = std::string(field) + "[" + std::to_string(i) + "]";
        if (!phase_can_be_planned(kind, plan[i].phase)) {
            return base::invalid(path + ".phase",
                                 "A march of this kind cannot plan to be " + std::string(name_of(plan[i].phase)) + ".");
        }
        if (plan[i].at.value < 0 || (plan[i].at && plan[i].at < latest)) {
            return base::invalid(path + ".at_ms", "List the phases in the order of their times.");
        }
        latest = std::max(latest, plan[i].at);
    }
    return std::nullopt;
}

Complaint check_spec(const MarchSpec& spec) {
    if (auto wrong = check_text(spec.city, "spec.city", limits::name_characters, Presence::required)) {
        return wrong;
    }
    if (!is_state_code(spec.state)) {
        return base::invalid("spec.state", "Give the state as two capital letters, or leave it empty.");
    }
    if (auto wrong = check_text(spec.venue, "spec.venue", limits::name_characters, Presence::optional)) {
        return wrong;
    }
    if (auto wrong = check_zone(spec.tz, "spec.tz")) {
        return wrong;
    }
    if (auto wrong = check_text(spec.source, "spec.source", limits::source_characters, Presence::optional)) {
        return wrong;
    }
    if (spec.site && !is_on_earth(*spec.site)) {
        return base::invalid("spec.site", "Give latitude from -90 to 90 and longitude from -180 to 180.");
    }
    if (spec.kind != MarchKind::in_person && spec.kind != MarchKind::virtual_event) {
        return base::invalid("spec.kind", "Say whether the march is in person or virtual.");
    }
    return check_plan(spec.kind, spec.plan, "spec.plan");
}

Complaint check_topic_base(std::uint32_t base) {
    if (base == 0 || (base & 0xFFFFU) != 0) {
        return base::invalid("topic_base", "A topic base is not 0 and has its low 16 bits zero.");
    }
    return std::nullopt;
}

Decision decide_on(const Ask& ask, const CreateMarch& wish) {
    if (ask.state.exists()) {
        return conflict("log", "This march exists already; update it.", ask.state.spec_version, ask.state.spec.city);
    }
    if (auto wrong = check_topic_base(wish.topic_base)) {
        return *wrong;
    }
    if (auto wrong = check_spec(wish.spec)) {
        return *wrong;
    }
    if (wish.sections > limits::sections) {
        return base::invalid("sections", "A march has 1 to " + std::to_string(limits::sections) + " sections.");
    }
    const std::uint32_t sections = wish.sections == 0 ? limits::sections_default : wish.sections;
    return events_of(MarchCreated{wish.topic_base, spec_as_stored(wish.spec), sections});
}

Decision decide_on(const Ask& ask, const UpdateMarch& wish) {
    const MarchState& state = ask.state;
    if (auto wrong = check_change(state, wish.version)) {
        return *wrong;
    }
    MarchSpec spec = spec_as_stored(wish.spec);
    spec.plan = state.spec.plan;
    if (auto wrong = check_spec(spec)) {
        return *wrong;
    }
    if (spec.kind != state.spec.kind && state.phase != Phase::planned) {
        return base::invalid("spec.kind", "The kind of a march is fixed once it has begun.");
    }
    if (spec.venue != state.spec.venue || spec.site != state.spec.site) {
        return base::invalid("spec.venue", "Move the venue by move_venue: it tells everybody who is coming.");
    }
    // Who could read the feed so far must not change behind their backs.
    if (spec.drill != state.spec.drill) {
        return base::invalid("spec.drill", "A march cannot become a drill, nor a drill a march: create another.");
    }
    return events_of(MarchUpdated{state.spec_version + 1, std::move(spec)});
}

Decision decide_on(const Ask& ask, const MoveVenue& wish) {
    const MarchState& state = ask.state;
    if (auto wrong = check_change(state, wish.version)) {
        return *wrong;
    }
    MarchSpec spec = state.spec;
    spec.venue = wish.venue;
    spec.site = wish.site;
    spec = spec_as_stored(std::move(spec));
    if (auto wrong = check_spec(spec)) {
        return *wrong;
    }
    const bool moved = spec != state.spec;
    Events events = events_of(MarchUpdated{state.spec_version + 1, std::move(spec)});
    if (moved) {
        tell_venue(ask, wish.venue, events);
    }
    return events;
}

Decision decide_on(const Ask& ask, const Reschedule& wish) {
    const MarchState& state = ask.state;
    if (auto wrong = check_change(state, wish.version)) {
        return *wrong;
    }
    if (auto wrong = check_plan(state.spec.kind, wish.plan, "plan")) {
        return *wrong;
    }
    MarchSpec spec = state.spec;
    spec.plan = wish.plan;
    const UtcMs public_from = default_public_from(spec.plan, ask.now);
    const bool moved = spec.plan != state.spec.plan;
    Events events = events_of(MarchUpdated{state.spec_version + 1, std::move(spec)});
    announce_route(state, public_from, events);
    if (moved) {
        tell_times(ask, events);
    }
    return events;
}

Decision decide_on(const Ask& ask, const SetSections& wish) {
    if (phase_is_final(ask.state.phase)) {
        return march_is_over(ask.state);
    }
    if (wish.sections == 0 || wish.sections > limits::sections) {
        return base::invalid("sections", "A march has 1 to " + std::to_string(limits::sections) + " sections.");
    }
    const auto left_out = std::ranges::find_if(ask.state.roster,
                                               [&](const Member& member) { return member.section > wish.sections; });
    if (left_out != ask.state.roster.end()) {
        return base::invalid("sections",
                             "Move the marshals of section " + std::to_string(left_out->section) + " first.");
    }
    return events_of(SectionsSet{wish.sections});
}

Decision decide_on(const Ask& ask, const ImportRoute& wish) {
    const MarchState& state = ask.state;
    if (phase_is_final(state.phase)) {
        return march_is_over(state);
    }
    if (!wish.line) {
        return base::invalid("line", "Send the route's line.");
    }
    if (auto wrong = check_line(*wish.line)) {
        return *wrong;
    }
    if (auto wrong = check_waypoints(wish.line->waypoints)) {
        return *wrong;
    }
    if (state.routes.size() >= limits::routes_kept) {
        return base::refuse(
            base::RefusalCode::too_large, "line",
            "A march keeps " + std::to_string(limits::routes_kept) + " route versions; use one of them.");
    }
    auto line = std::make_shared<RouteLine>(*wish.line);
    std::ranges::transform(line->points, line->points.begin(), [](LatLon at) { return as_stored(at); });
    for (Waypoint& waypoint : line->waypoints) {
        waypoint.at = as_stored(waypoint.at);
    }
    return events_of(RouteImported{static_cast<std::uint32_t>(state.routes.size()) + 1, std::move(line)});
}

}  // namespace marchwire::core
