#include "core/readiness.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <set>

namespace marchwire::core {
namespace {

bool is_over(Phase phase) { return phase == Phase::closed || phase == Phase::cancelled; }

/// To be reached by phone: whoever is commanded and has one.
bool needs_phone(const Member& member) { return !member.no_phone && member.role != Role::legal_observer; }

/// Whoever redeems an invite has confirmed by that.
bool is_checked(const Member& member) { return member.duty != Duty::invited || member.last_check_in; }

}  // namespace

Readiness readiness_of(const MarchState& state) {
    Readiness ready;
    ready.is_asked = !state.spec.drill && !is_over(state.phase);
    ready.needs_route = state.spec.kind == MarchKind::in_person &&
                        (state.spec.plan.empty() ||
                         std::ranges::count(state.spec.plan, Phase::marching, &PlannedPhase::phase) != 0);
    ready.has_route = state.active_route != 0;
    for (const Member& member : state.roster) {
        if (!needs_phone(member)) continue;
        ++ready.phones_needed;
        if (is_checked(member)) ++ready.phones_checked;
    }
    return ready;
}

std::map<Slug, Enrolment> enrolments(const CampaignState& state) {
    std::map<Slug, Enrolment> found;
    std::set<std::pair<PersonId, Role>> counted;
    for (const Token& token : state.tokens) {
        const bool is_in = !token.revoked && !token.public_key.empty() && !token.march.empty();
        const bool is_lead = token.role == Role::city_lead;
        const bool confirms = token.role == Role::section_lead || token.role == Role::anchor;
        if (!is_in || (!is_lead && !confirms) || !counted.emplace(token.person, token.role).second) continue;
        Enrolment& of_march = found[token.march];
        ++(is_lead ? of_march.leads : of_march.second_persons);
    }
    return found;
}

std::map<std::string, UtcMs> forgotten_drills(const CampaignState& state) {
    std::map<std::string, UtcMs> last;
    for (const MarchListing& listing : state.marches) {
        const auto end = listing.march.text().rfind("-drill");
        if (!listing.forgotten_at || end == std::string::npos) continue;
        UtcMs& at = last[listing.march.text().substr(0, end)];
        at = std::max(at, listing.forgotten_at - base::limits::drill_kept);
    }
    return last;
}

bool has_second_person(const Readiness& ready) {
    return ready.leads >= 2 || (ready.leads == 1 && ready.second_persons != 0);
}

std::vector<std::string> open_points(const Readiness& ready) {
    std::vector<std::string> points;
    if (!ready.is_asked) return points;
    if (ready.leads == 0) points.emplace_back("No city lead is in: invite one, who redeems it on their phone.");
    if (!has_second_person(ready)) {
        points.emplace_back(
            "Nobody could confirm a resume after a stop: bring in a second lead, a section lead or the anchor.");
    }
    if (ready.needs_route && !ready.has_route) {
        points.emplace_back("No route is active: import one, approve and activate it.");
    }
    if (ready.phones_needed == 0) {
        points.emplace_back("Nobody with a phone is on the roster: import it.");
    } else if (ready.phones_checked < ready.phones_needed) {
        points.push_back(std::to_string(ready.phones_needed - ready.phones_checked) + " of " +
                         std::to_string(ready.phones_needed) +
                         " phones were never heard: have their people redeem their invites.");
    }
    if (!ready.last_drill_at) points.emplace_back("This city has had no drill: make one and play it through.");
    return points;
}

}  // namespace marchwire::core
