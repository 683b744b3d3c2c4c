#include "feed_fold.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace marchwire::sdk {
namespace {

void expect(v1::Member& member, std::int64_t due_at_ms) {
    member.set_due_at_ms(due_at_ms);
    member.set_nudged(false);
}

std::tuple<int, std::uint64_t, std::uint32_t> place_of(const v1::AlertKey& key) {
    return {key.kind(), key.subject(), key.number()};
}

}  // namespace

bool checks_in(v1::Duty duty) { return duty == v1::CHECKED_IN || duty == v1::ON_DUTY || duty == v1::HANDOVER_PENDING; }

void fold_assigned(v1::Member& member, const v1::DutyAssigned& event) {
    member.set_person(event.person());
    member.set_ordinal(event.ordinal());
    member.set_callsign(event.callsign());
    member.set_role(event.role());
    member.set_section(event.section());
    member.set_buddy(event.buddy());
    member.set_no_phone(event.no_phone());
    member.set_language(event.language());
}

void fold_duty(v1::Member& member, const v1::DutyChanged& event, std::int64_t at_ms) {
    member.set_duty(event.to());
    member.set_duty_version(event.version());
    member.set_duty_since_ms(at_ms);
    member.set_handover_to(event.handover_to());
    expect(member, event.due_at_ms());
}

void fold_check_in(v1::Member& member, const v1::CheckedIn& event, std::int64_t at_ms) {
    member.set_last_check_in_ms(at_ms);
    member.set_last_report(event.report());
    if (event.place().kind() != v1::PLACE_NONE) *member.mutable_last_place() = event.place();
    if (event.battery_percent() != 0) member.set_battery_percent(event.battery_percent());
    member.set_heard_by(event.heard_by());
    if (event.reported_by() == 0) member.set_silent_since_ms(0);
    expect(member, event.due_at_ms());
}

void fold_scheduled(v1::Member& member, std::int64_t due_at_ms) {
    const bool asked = !member.no_phone() && member.role() != v1::LEGAL_OBSERVER;
    if (asked && checks_in(member.duty())) expect(member, due_at_ms);
}

void fold_shift(v1::Member& member, std::int64_t by_ms) {
    if (member.due_at_ms() != 0) member.set_due_at_ms(member.due_at_ms() + by_ms);
    if (member.duty() == v1::HANDOVER_PENDING && member.duty_since_ms() != 0) {
        member.set_duty_since_ms(member.duty_since_ms() + by_ms);
    }
}

v1::Alert* find_alert(Alerts& alerts, const v1::AlertKey& key) {
    const auto found = std::find_if(alerts.begin(), alerts.end(),
                                    [&](const v1::Alert& alert) { return place_of(alert.key()) == place_of(key); });
    return found == alerts.end() ? nullptr : &*found;
}

void put_alert(Alerts& alerts, const v1::Alert& alert) {
    if (v1::Alert* known = find_alert(alerts, alert.key())) {
        *known = alert;
        return;
    }
    *alerts.Add() = alert;
    for (int at = alerts.size() - 1; at > 0 && place_of(alerts[at].key()) < place_of(alerts[at - 1].key()); --at) {
        alerts.SwapElements(at, at - 1);
    }
}

void erase_alert(Alerts& alerts, const v1::AlertKey& key) {
    if (v1::Alert* known = find_alert(alerts, key)) {
        const auto at = std::find_if(alerts.begin(), alerts.end(), [&](const v1::Alert& a) { return &a == known; });
        alerts.erase(at);
    }
}

void step_alert(v1::Alert& alert, const v1::AlertStepped& event) {
    alert.set_state(event.state());
    alert.set_step(event.step());
    alert.set_version(event.version());
    alert.set_step_at_ms(event.step_at_ms());
}

void ack_alert(v1::Alert& alert, const v1::AlertAcked& event) {
    alert.set_state(v1::ACKED);
    alert.set_version(event.version());
    alert.set_owner(event.owner());
    alert.set_step_at_ms(0);
}

v1::AlertKey cry_of(std::uint64_t person) {
    v1::AlertKey key;
    key.set_kind(v1::SOS_UNOWNED);
    key.set_subject(person);
    return key;
}

void go_on_under_duress(v1::Alert& alert, const v1::SosCancelled& event) {
    alert.set_duress(event.duress());
    alert.set_version(event.version());
    alert.set_step(event.step());
    alert.set_state(event.state());
    alert.set_step_at_ms(event.step_at_ms());
    alert.clear_owner();
}

void put_notice(Notices& notices, const v1::Notice& notice) {
    *notices.Add() = notice;
    if (notices.size() > notices_kept) notices.erase(notices.begin());
}

bool is_about(const v1::AlertKey& key, std::uint64_t person) {
    return is_about_person(static_cast<AlertKind>(key.kind())) && key.subject() == person;
}

void put_count(Counts& counts, const v1::Count& count) {
    *counts.Add() = count;
    if (counts.size() > counts_kept) counts.erase(counts.begin());
}

void fold_retention(v1::Retention& said, const v1::Event& event, std::int64_t at_ms) {
    if (event.has_retention_held()) {
        said.set_held_by(event.retention_held().person());
        said.set_hold_reason(event.retention_held().reason());
        said.set_held_at_ms(at_ms);
    } else if (event.has_retention_released()) {
        said.clear_held_by();
        said.clear_hold_reason();
        said.clear_held_at_ms();
    } else if (event.has_march_exported()) {
        said.set_exported_by(event.march_exported().person());
        said.set_export_sha256(event.march_exported().sha256());
        said.set_exported_at_ms(at_ms);
    } else if (event.has_shred_waived()) {
        said.set_waived_by(event.shred_waived().person());
        said.set_waived_at_ms(at_ms);
    } else if (event.has_march_shredded()) {
        said.set_shredded_at_ms(at_ms);
    } else if (event.secrets_forgotten().what() == v1::PLACES) {
        said.set_places_forgotten_at_ms(at_ms);
    } else if (event.secrets_forgotten().what() == v1::RESTRICTED) {
        said.set_restricted_forgotten_at_ms(at_ms);
    } else if (event.secrets_forgotten().what() == v1::PERSONS) {
        said.set_persons_forgotten_at_ms(at_ms);
    }
}

}  // namespace marchwire::sdk
