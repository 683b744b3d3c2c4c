// Incidents and intersections in the folds of ops and marshal.
#include "feed_fold.hpp"

#include <algorithm>

namespace marchwire::sdk {
namespace {

void forget_the_oldest(Incidents& incidents) {
    auto too_many = std::count_if(incidents.begin(), incidents.end(), has_ended) - incidents_ended_kept;
    for (; too_many > 0; --too_many) {
        auto oldest = incidents.end();
        for (auto one = incidents.begin(); one != incidents.end(); ++one) {
            if (!has_ended(*one)) continue;
            if (oldest == incidents.end() || one->changed_at_ms() < oldest->changed_at_ms()) oldest = one;
        }
        incidents.erase(oldest);
    }
}

}  // namespace

v1::Incident* find_incident(Incidents& incidents, std::uint32_t number) {
    const auto found = std::find_if(incidents.begin(), incidents.end(),
                                    [&](const v1::Incident& one) { return one.number() == number; });
    return found == incidents.end() ? nullptr : &*found;
}

bool has_ended(const v1::Incident& incident) {
    return incident.state() == v1::INCIDENT_RESOLVED || incident.state() == v1::INCIDENT_CLOSED;
}

bool is_shown_to(const v1::Incident& incident, const v1::Member& self) {
    if (has_ended(incident)) return false;
    if (incident.reporter() == self.person() || incident.owner() == self.person()) return true;
    if (incident.kind() == v1::INCIDENT_POLICE) return self.role() == v1::POLICE_LIAISON;
    if (incident.kind() == v1::INCIDENT_MEDICAL && self.role() == v1::MEDIC) return true;
    return incident.section() != 0 && incident.section() == self.section();
}

void put_incident(Incidents& incidents, const v1::Incident& changed) {
    v1::Incident* known = find_incident(incidents, changed.number());
    if (known == nullptr) {
        *incidents.Add() = changed;
        for (int at = incidents.size() - 1; at > 0 && incidents[at].number() < incidents[at - 1].number(); --at) {
            incidents.SwapElements(at, at - 1);
        }
    } else {
        v1::Incident now = changed;
        now.mutable_notes()->Swap(known->mutable_notes());
        now.mutable_notes()->MergeFrom(changed.notes());
        const int more = std::max(0, now.notes_size() - incident_notes_kept);
        now.mutable_notes()->DeleteSubrange(0, more);
        known->Swap(&now);
    }
    forget_the_oldest(incidents);
}

void erase_incident(Incidents& incidents, std::uint32_t number) {
    incidents.erase(std::remove_if(incidents.begin(), incidents.end(),
                                   [&](const v1::Incident& one) { return one.number() == number; }),
                    incidents.end());
}

void shift_incidents(Incidents& incidents, std::int64_t by_ms) {
    for (v1::Incident& incident : incidents) {
        const bool waits = !has_ended(incident) && incident.decide_by_ms() != 0;
        if (waits) incident.set_decide_by_ms(incident.decide_by_ms() + by_ms);
    }
}

void put_intersections(Intersections& held, const v1::IntersectionsChanged& event) {
    if (event.whole()) held.Clear();
    for (const v1::Intersection& one : event.intersections()) {
        const auto known = std::find_if(held.begin(), held.end(),
                                        [&](const v1::Intersection& i) { return i.waypoint() == one.waypoint(); });
        if (known != held.end()) {
            *known = one;
            continue;
        }
        *held.Add() = one;
        for (int at = held.size() - 1; at > 0 && held[at].waypoint() < held[at - 1].waypoint(); --at) {
            held.SwapElements(at, at - 1);
        }
    }
}

void forget_secrets(Incidents& incidents, Orders& orders, v1::SealedClass what) {
    for (v1::Incident& incident : incidents) {
        if (what == v1::PLACES) incident.clear_place();
        if (what != v1::RESTRICTED) continue;
        incident.clear_is_restricted();
        if (incident.kind() != v1::INCIDENT_LOST_CHILD) continue;
        incident.clear_description();
        for (v1::IncidentNote& note : *incident.mutable_notes()) note.clear_text();
    }
    for (v1::Order& order : orders) {
        const bool described_child = what == v1::RESTRICTED && order.template_name() == "lost_child";
        if (described_child) order.clear_text();
    }
}

void forget_words(Orders& orders, std::uint32_t number) {
    v1::Order* order = number == 0 ? nullptr : find_order(orders, number);
    if (order == nullptr) return;
    order->clear_text();
    order->clear_parameters();
}

}  // namespace marchwire::sdk
