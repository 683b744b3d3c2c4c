#include "item_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace marchwire::cli {
namespace {

std::string quoted(const std::string& text) { return text.empty() ? std::string() : " \"" + text + "\""; }

std::string metres(const std::optional<double>& value) {
    return value ? std::to_string(std::lround(*value)) + " m" : std::string("?");
}

std::string figure_unit(sdk::AlertKind kind) {
    if (kind == sdk::AlertKind::intersection_not_ready) return " s";
    if (kind == sdk::AlertKind::bus_lag) return " ms";
    if (kind == sdk::AlertKind::instance_lost) return " of the servers";
    return kind == sdk::AlertKind::gap_open || kind == sdk::AlertKind::off_route ? " m" : " %";
}

std::string figure_text(sdk::AlertKind kind, std::uint32_t figure) {
    const std::string number = std::to_string(figure);
    return kind == sdk::AlertKind::lead_recovered ? "token " + number : number + figure_unit(kind);
}

/// A smaller gap is how people walk.
constexpr double shown_gap_metres = 20;

std::string reported(sdk::UtcMs at) { return at == 0 ? std::string() : " by report of " + clock_text(at) + " UTC"; }

std::string pace_text(double metres_per_second) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%.1f km/h", metres_per_second * 3.6);
    return text.data();
}

std::string place_text(const sdk::Place& place) {
    switch (place.kind) {
        case sdk::PlaceKind::none: return {};
        case sdk::PlaceKind::post: return " at waypoint " + std::to_string(place.number);
        case sdk::PlaceKind::section: return " with section " + std::to_string(place.number);
        case sdk::PlaceKind::route_metre: return " at " + std::to_string(place.number) + " m";
    }
    return {};
}

/// "counted 4000 (3500 to 5000) by photo", "counted 3.5 people per m2 in section 2".
std::string count_text(const sdk::Count& count) {
    std::string text = "counted";
    if (count.value != 0) {
        text += " " + std::to_string(count.value) + " (" + std::to_string(count.low) + " to " +
                std::to_string(count.high) + ") by " + std::string(sdk::name_of(count.method));
    }
    if (count.density_per_10_m2 != 0) {
        text += (count.value != 0 ? ", " : " ") + std::to_string(count.density_per_10_m2 / 10) + "." +
                std::to_string(count.density_per_10_m2 % 10) + " people per m2";
    }
    return count.section == 0 ? text : text + " in section " + std::to_string(count.section);
}

/// "advance phase: rally", "hold".
std::string wish_text(const sdk::Proposal& proposal) {
    std::string text = proposal.kind;
    std::ranges::replace(text, '_', ' ');
    return proposal.about.empty() ? text : text + ": " + proposal.about;
}

/// Says each kind of change in a few words.
struct Sentence {
    const sdk::March* march;

    [[nodiscard]] std::string who(sdk::PersonId person) const {
        const sdk::Member* member = march == nullptr ? nullptr : march->member(person);
        return member == nullptr ? "person " + std::to_string(person) : member->callsign;
    }
    /// By the place in the roster.
    [[nodiscard]] std::string whose(std::uint32_t ordinal) const {
        if (march != nullptr && march->self && march->self->ordinal == ordinal) return march->self->callsign;
        if (march != nullptr) {
            const auto found = std::ranges::find(march->roster, ordinal, &sdk::Member::ordinal);
            if (found != march->roster.end()) return found->callsign;
        }
        return "number " + std::to_string(ordinal) + " of the roster";
    }
    [[nodiscard]] std::string about(const sdk::AlertChanged& c) const {
        constexpr std::uint64_t section_unit = 256;  // of coverage_lost
        const auto section = [](std::uint64_t number) {
            return number == 0 ? std::string("the whole march") : "section " + std::to_string(number);
        };
        if (c.kind == sdk::AlertKind::gap_open) return "what follows " + section(c.number);
        if (c.kind == sdk::AlertKind::intersection_not_ready) return "waypoint " + std::to_string(c.number);
        if (c.kind == sdk::AlertKind::lost_child) return "incident " + std::to_string(c.number);
        if (c.number != 0) return "order " + std::to_string(c.number);
        if (sdk::is_about_person(c.kind)) return who(c.subject);
        if (c.kind == sdk::AlertKind::coverage_lost) {
            const auto role = static_cast<sdk::Role>(c.subject % section_unit);
            return std::string(sdk::name_of(role)) + " in " + section(c.subject / section_unit);
        }
        if (c.kind == sdk::AlertKind::phase_late) {
            return std::string(sdk::name_of(static_cast<sdk::Phase>(c.subject)));
        }
        return section(c.subject);
    }
    std::string operator()(const sdk::PhaseChanged& c) const {
        std::string text = "phase " + std::string(sdk::name_of(c.phase)) + quoted(c.sentence);
        return c.reason.empty() ? text : text + " (" + c.reason + ")";
    }
    std::string operator()(const sdk::MarchUpdated&) const { return "plan of the march changed"; }
    std::string operator()(const sdk::RouteChanged& c) const {
        return "route " + std::to_string(c.version) + " " + std::string(sdk::name_of(c.status)) + quoted(c.name);
    }
    std::string operator()(const sdk::NoticePosted& c) const {
        return "notice " + std::string(sdk::name_of(c.notice.severity)) + quoted(c.notice.text);
    }
    std::string operator()(const sdk::CallsToActionSet& c) const {
        return "calls to action: " + std::to_string(c.calls);
    }
    std::string operator()(const sdk::MemberChanged& c) const {
        return who(c.person) + (c.duty ? " " + std::string(sdk::name_of(*c.duty)) : std::string(" assigned"));
    }
    std::string operator()(const sdk::CheckedIn& c) const {
        std::string text = who(c.person) + " checked in: " + std::string(sdk::name_of(c.report)) + place_text(c.place);
        if (c.reported_by != 0) {
            text += ", said by " + who(c.reported_by) + " (" + std::string(sdk::name_of(c.heard_by)) + ")";
        }
        return c.battery_percent == 0 ? text : text + ", battery " + std::to_string(c.battery_percent) + " %";
    }
    std::string operator()(const sdk::SosRaised& c) const { return who(c.person) + " calls for help"; }
    std::string operator()(const sdk::SosCancelled& c) const {
        return who(c.person) + (c.under_duress
                                    ? " was made to cancel the call for help: it stays open, say nothing to them"
                                    : " cancelled the call for help");
    }
    std::string operator()(const sdk::SosPinMistyped& c) const {
        return who(c.person) + ": a wrong PIN for the call for help, " + std::to_string(c.tries_left) + " tries left";
    }
    std::string operator()(const sdk::CountReported& c) const { return count_text(c.count); }
    std::string operator()(const sdk::PolicySet& c) const {
        return "alerts: " + std::string(sdk::name_of(c.preset)) + (c.by_size ? ", by size of the roster" : "");
    }
    std::string operator()(const sdk::AlertChanged& c) const {
        const std::string figure = c.figure == 0 ? "" : " (" + figure_text(c.kind, c.figure) + ")";
        return "alert " + std::string(sdk::name_of(c.kind)) + " of " + about(c) + figure +
               (c.critical ? ", critical, " : " ") + std::string(sdk::name_of(c.state)) + " step " +
               std::to_string(c.step);
    }
    std::string operator()(const sdk::OrderIssued& c) const {
        return "order " + std::to_string(c.number) + " " + std::string(sdk::name_of(c.kind)) + quoted(c.text);
    }
    std::string operator()(const sdk::ReceiptsMoved& c) const {
        std::string text = "order " + std::to_string(c.order) + ":";
        for (const auto& move : c.moves) {
            text += (&move == &c.moves.front() ? " " : ", ") + whose(move.ordinal) + " " +
                    std::string(sdk::name_of(move.state)) + unreached_text(move.unreached_since);
        }
        return text;
    }
    std::string operator()(const sdk::OrdersEnded& c) const {
        std::string text = "order";
        for (const std::uint32_t order : c.orders) text += " " + std::to_string(order);
        text += " " + std::string(sdk::name_of(c.state));
        return c.superseded_by == 0 ? text : text + " by " + std::to_string(c.superseded_by);
    }
    std::string operator()(const sdk::IncidentChanged& c) const {
        std::string text = "incident " + std::to_string(c.number) + " " + std::string(sdk::name_of(c.kind)) + " " +
                           std::string(sdk::name_of(c.state));
        if (c.owner != 0) text += " of " + who(c.owner);
        return text + quoted(c.description) + quoted(c.note);
    }
    std::string operator()(const sdk::IntersectionsChanged& c) const {
        if (c.changes.empty()) return "no intersection of the new route is staffed";
        std::string text = "intersection";
        for (const auto& change : c.changes) {
            text += (&change == &c.changes.front() ? " " : ", ") + std::to_string(change.waypoint) + " " +
                    std::string(sdk::name_of(change.state));
        }
        return text;
    }
    std::string operator()(const sdk::ClosuresSet& c) const {
        return "closed: " + std::to_string(c.legs) + " legs, " + std::to_string(c.exits) + " exits";
    }
    std::string operator()(const sdk::PersonRevealed& c) const {
        return who(c.by) + " has read name and number of " + who(c.person);
    }
    std::string operator()(const sdk::PersonErased& c) const {
        return "name and number of " + who(c.person) + " are deleted, by " + who(c.by);
    }
    std::string operator()(const sdk::RestrictedRead& c) const {
        return who(c.person) + " has read what is restricted of incident " + std::to_string(c.incident);
    }
    std::string operator()(const sdk::ColumnSampled& c) const {
        const auto end = [](const std::optional<std::uint32_t>& at, sdk::KnownBy by) {
            return !at ? std::string("?") : std::to_string(*at) + (by == sdk::KnownBy::report ? " m by report" : " m");
        };
        return "column of this minute: head " + end(c.sample.head_metres, c.sample.head_by) + ", tail " +
               end(c.sample.tail_metres, c.sample.tail_by);
    }
    std::string operator()(const sdk::WaypointPassed& c) const {
        const std::string at = c.mark.waypoint != 0 ? "waypoint " + std::to_string(c.mark.waypoint)
                                                    : std::to_string(std::lround(c.mark.along_metres)) + " m";
        const std::string end(sdk::name_of(c.end));
        if (c.person == 0) return "the " + end + " is at " + at + " of the new route";
        return who(c.person) + ": the " + end + " passed " + at + " at " + clock_text(c.mark.at) + " UTC";
    }
    std::string operator()(const sdk::ProposalMade& c) const {
        std::string text = "proposal " + std::to_string(c.proposal.number) + " by " + who(c.proposal.proposer) +
                           " to " + wish_text(c.proposal);
        return text + quoted(c.proposal.reason);
    }
    std::string operator()(const sdk::ProposalEnded& c) const {
        return "proposal " + std::to_string(c.number) + (c.confirmed ? " confirmed" : " ended");
    }
    std::string operator()(const sdk::ColumnMoved& c) const {
        if (!c.head_metres && !c.tail_metres) return c.moving ? "column moving" : "column: nothing fresh";
        std::string text = "column head " + metres(c.head_metres) + reported(c.head_reported_at) + ", tail " +
                           metres(c.tail_metres) + reported(c.tail_reported_at);
        if (c.length_metres) text += ", length " + metres(c.length_metres);
        if (c.head_pace) text += ", head at " + pace_text(*c.head_pace);
        if (c.tail_pace) text += ", tail at " + pace_text(*c.tail_pace);
        for (const sdk::SectionGap& gap : c.gaps) {
            if (gap.metres < shown_gap_metres) continue;
            text += ", gap of " + metres(gap.metres) + " behind section " + std::to_string(gap.ahead);
        }
        if (!c.arrivals.empty()) {
            text += ", at waypoint " + std::to_string(c.arrivals.front().waypoint) + " by " +
                    clock_text(c.arrivals.front().at) + " UTC";
        }
        return text + (c.stale ? " (positions were missed)" : "");
    }
    std::string operator()(const sdk::MarshalMoved& c) const {
        if (!c.along_metres) return {};  // a place off the route says nothing in a line of text
        return who(c.person) + " at " + std::to_string(*c.along_metres) + " m" + (c.flagged ? " (implausible)" : "");
    }
    std::string operator()(const sdk::MarshalHeard& c) const {
        constexpr std::array words = {"unknown", "live", "stale", "unreachable", "pocketed"};
        const auto word = static_cast<std::size_t>(c.reachability);
        return who(c.person) + " " + (word < words.size() ? words[word] : words[0]);
    }
    std::string operator()(const sdk::RowsChanged& c) const {
        std::string text;
        for (const sdk::Row& row : c.rows) text += (text.empty() ? "" : "\n") + row_text(row);
        for (const std::string& gone : c.gone) text += (text.empty() ? "" : "\n") + gone + ": deleted after its time";
        return text;
    }
    std::string operator()(const sdk::OtherChange& c) const { return c.name; }
};

/// Who may confirm what was proposed.
struct Confirmer {
    std::string operator()(const sdk::Hold&) const { return "a dispatcher or a city lead"; }
    std::string operator()(const sdk::Release&) const { return "a dispatcher or a city lead"; }
    std::string operator()(const sdk::Stop&) const { return "a section lead, a dispatcher or a city lead"; }
    std::string operator()(const sdk::ApproveRoute&) const { return "a city lead"; }
    std::string operator()(const sdk::ActivateRoute&) const { return "a city lead"; }
    std::string operator()(const sdk::WithdrawRoute&) const { return "a city lead"; }
    template <class Other>
    std::string operator()(const Other&) const {
        return "a city lead or the national desk";
    }
};

}  // namespace

std::string clock_text(sdk::UtcMs at) {
    if (at <= 0) return "--:--:--";
    const long long second_of_day = at / 1000 % 86'400;
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld", second_of_day / 3600, second_of_day / 60 % 60,
                  second_of_day % 60);
    return text.data();
}

std::string item_text(const sdk::Change& change, const sdk::March* march) {
    return std::visit(Sentence{march}, change);
}

std::string snapshot_text(const sdk::March& march) {
    std::string text = march.city + (march.state.empty() ? "" : ", " + march.state) + ": " +
                       std::string(sdk::name_of(march.phase)) + quoted(march.sentence);
    if (const sdk::Route* route = march.active()) {
        text += "; route " + std::to_string(route->version) + quoted(route->name);
        if (!route->source.empty()) text += " (" + route->source + ")";
    }
    if (!march.roster.empty()) text += "; " + std::to_string(march.roster.size()) + " on the roster";
    const auto open = std::ranges::count(march.orders, sdk::OrderState::open, &sdk::Order::state);
    if (open != 0) text += "; " + std::to_string(open) + " open orders";
    const auto happening = std::ranges::count(march.incidents, false, &sdk::Incident::has_ended);
    if (happening != 0) text += "; " + std::to_string(happening) + " open incidents";
    if (!march.alerts.empty()) text += "; " + std::to_string(march.alerts.size()) + " open alerts";
    for (const sdk::Proposal& proposal : march.proposals) {
        text += "; proposal " + std::to_string(proposal.number) + " to " + wish_text(proposal) + " waits";
    }
    const bool known = std::ranges::any_of(march.plan, [](const sdk::PlannedPhase& p) { return p.at != 0; });
    return known ? text : text + "; no time is known";
}

std::string unreached_text(sdk::UtcMs since) {
    if (since == 0) return {};
    return ", cannot be reached at present, since " + clock_text(since).substr(0, 5) + " UTC";
}

std::string order_text(const sdk::Order& order) {
    std::string text = "order " + std::to_string(order.number) + " " + std::string(sdk::name_of(order.kind)) + " " +
                       std::string(sdk::name_of(order.state)) + quoted(order.text);
    for (const auto state : {sdk::ReceiptState::queued, sdk::ReceiptState::delivered, sdk::ReceiptState::seen,
                             sdk::ReceiptState::acked, sdk::ReceiptState::declined}) {
        const auto count = std::ranges::count(order.receipts, state, &sdk::Receipt::state);
        if (count != 0) text += ", " + std::to_string(count) + " " + std::string(sdk::name_of(state));
        if (state != sdk::ReceiptState::queued) continue;
        const auto unreached = std::ranges::count_if(
            order.receipts, [](const sdk::Receipt& receipt) { return receipt.unreached_since != 0; });
        if (unreached != 0) text += " (" + std::to_string(unreached) + " cannot be reached at present)";
    }
    return order.escalated ? text + ", escalated" : text;
}

std::string incident_text(const sdk::Incident& incident, const sdk::March& march) {
    const auto who = [&](sdk::PersonId person) {
        const sdk::Member* member = march.member(person);
        return member == nullptr ? "person " + std::to_string(person) : member->callsign;
    };
    std::string text = "incident " + std::to_string(incident.number) + " " + std::string(sdk::name_of(incident.kind)) +
                       " " + std::string(sdk::name_of(incident.severity)) + " " +
                       std::string(sdk::name_of(incident.state)) + place_text(incident.place) +
                       quoted(incident.description) + ", reported by " + who(incident.reporter);
    if (incident.owner != 0) text += ", owned by " + who(incident.owner);
    if (incident.duplicate_of != 0) text += ", duplicate of " + std::to_string(incident.duplicate_of);
    if (incident.decide_by != 0) text += ", decide about the police by " + clock_text(incident.decide_by) + " UTC";
    if (incident.methane.major) text += ", MAJOR INCIDENT";
    if (incident.is_restricted) text += ", more is restricted";
    return text;
}

std::string row_text(const sdk::Row& row) {
    std::string text = row.march + ": " + std::string(sdk::name_of(row.phase)) + quoted(row.sentence);
    if (row.next.at != 0)
        text += ", then " + std::string(sdk::name_of(row.next.phase)) + " at " + clock_text(row.next.at) + " UTC";
    if (row.roster != 0) text += ", " + std::to_string(row.on_duty) + " of " + std::to_string(row.roster) + " on duty";
    if (row.roster == 0 && row.on_duty != 0) text += ", about " + std::to_string(row.on_duty) + " on duty";
    if (row.overdue != 0) text += ", " + std::to_string(row.overdue) + " overdue";
    if (row.alerts != 0) text += ", " + std::to_string(row.alerts) + " alerts";
    if (row.head_metres) text += ", head " + std::to_string(*row.head_metres) + " m";
    if (row.tail_metres) text += ", tail " + std::to_string(*row.tail_metres) + " m";
    return row.moving && !row.head_metres ? text + ", moving" : text;
}

std::string accepted_text(const sdk::Accepted& accepted, const sdk::Command& command) {
    const std::string number = std::to_string(accepted.made);
    if (accepted.proposed) {
        return "proposed as number " + number + "; waits for " + std::visit(Confirmer{}, command) + " to confirm it\n";
    }
    const std::string stored = std::string(sdk::name_of(accepted.level)) + " at " +
                               std::to_string(accepted.position.seq);
    std::string text = stored + (accepted.made == 0 ? "" : ", number " + number) + "\n";
    if (const auto& block = accepted.restricted) {
        text += "name: " + block->name + "\nmedical: " + block->medical + "\ncontact: " + block->contact + "\n";
    }
    if (const auto& details = accepted.details) text += "name: " + details->name + "\nphone: " + details->phone + "\n";
    return text;
}

}  // namespace marchwire::cli
