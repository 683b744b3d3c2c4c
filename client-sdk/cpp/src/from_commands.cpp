// Commands of the public headers as messages of the wire.
#include "to_values.hpp"

namespace marchwire::sdk {
namespace {

void put_audience(v1::OrderAudience& out, const OrderAudience& audience) {
    out.set_kind(static_cast<v1::AudienceKind>(audience.kind));
    if (audience.role != Role::unknown) out.set_role(static_cast<v1::Role>(audience.role));
    out.set_section(audience.section);
    for (const PersonId name : audience.names) out.add_names(name);
}

void put_place(v1::Place& out, const Place& place) {
    out.set_kind(static_cast<v1::PlaceKind>(place.kind));
    out.set_number(place.number);
}

void put_methane(v1::Methane& out, const Methane& methane) {
    out.set_major(methane.major);
    out.set_exact_place(methane.exact_place);
    out.set_type(methane.type);
    out.set_hazards(methane.hazards);
    out.set_access(methane.access);
    out.set_casualties(methane.casualties);
    out.set_services(methane.services);
}

void put_restricted(v1::RestrictedBlock& out, const RestrictedBlock& block) {
    out.set_name(block.name);
    out.set_medical(block.medical);
    out.set_contact(block.contact);
}

struct Body {
    v1::Command& into;

    void operator()(const CheckIn& c) const {
        v1::CheckIn& body = *into.mutable_check_in();
        body.set_report(static_cast<v1::Report>(c.report));
        if (c.place.kind != PlaceKind::none) {
            body.mutable_place()->set_kind(static_cast<v1::PlaceKind>(c.place.kind));
            body.mutable_place()->set_number(c.place.number);
        }
        body.set_battery_percent(c.battery_percent);
        body.set_headcount(c.headcount);
        body.set_on_behalf_of(c.on_behalf_of);
        body.set_heard_by(static_cast<v1::HeardBy>(c.heard_by));
    }
    void operator()(const CheckInSection& c) const {
        into.mutable_check_in_section()->set_section(c.section);
        into.mutable_check_in_section()->set_heard_by(static_cast<v1::HeardBy>(c.heard_by));
    }
    void operator()(const HandOver& c) const {
        v1::HandOver& body = *into.mutable_hand_over();
        body.set_person(c.person);
        body.set_duty_version(c.duty_version);
        body.set_to(c.to);
    }
    void operator()(const AnswerHandOver& c) const {
        v1::AnswerHandOver& body = *into.mutable_answer_hand_over();
        body.set_person(c.person);
        body.set_duty_version(c.duty_version);
        body.set_takes(c.takes);
    }
    void operator()(const RaiseSos&) const { into.mutable_raise_sos(); }
    void operator()(const CancelSos& c) const { into.mutable_cancel_sos()->set_pin(c.pin); }
    void operator()(const SetSosPin& c) const {
        into.mutable_set_sos_pin()->set_pin(c.pin);
        into.mutable_set_sos_pin()->set_duress_pin(c.duress_pin);
    }
    void operator()(const ReportCount& c) const {
        v1::ReportCount& body = *into.mutable_report_count();
        body.set_method(static_cast<v1::CountMethod>(c.method));
        body.set_low(c.low);
        body.set_value(c.value);
        body.set_high(c.high);
        body.set_section(c.section);
        body.set_density_per_10_m2(c.density_per_10_m2);
    }
    void operator()(const SubscribePush& c) const {
        v1::SubscribePush& body = *into.mutable_subscribe_push();
        body.set_endpoint(c.endpoint);
        body.set_p256dh(c.p256dh);
        body.set_auth(c.auth);
    }
    void operator()(const UnsubscribePush&) const { into.mutable_unsubscribe_push(); }
    void operator()(const SetPolicy& c) const {
        into.mutable_set_policy()->set_preset(static_cast<v1::AlertPreset>(c.preset));
    }
    void operator()(const MarkPassed& c) const {
        v1::MarkPassed& body = *into.mutable_mark_passed();
        body.set_waypoint(c.waypoint);
        body.set_end(static_cast<v1::End>(c.end));
        body.set_route_version(c.route_version);
    }
    void operator()(const TakeBreak& c) const { into.mutable_take_break()->set_duty_version(c.duty_version); }
    void operator()(const EndDuty& c) const { into.mutable_end_duty()->set_duty_version(c.duty_version); }
    void operator()(const AdvancePhase& c) const {
        v1::AdvancePhase& body = *into.mutable_advance_phase();
        body.set_to(static_cast<v1::Phase>(c.to));
        body.set_phase_version(c.phase_version);
        body.set_typed_name(c.typed_name);
    }
    void operator()(const CorrectPhase& c) const {
        v1::CorrectPhase& body = *into.mutable_correct_phase();
        body.set_to(static_cast<v1::Phase>(c.to));
        body.set_phase_version(c.phase_version);
        body.set_reason(c.reason);
    }
    void operator()(const Hold& c) const {
        v1::Hold& body = *into.mutable_hold();
        body.set_phase_version(c.phase_version);
        body.set_reason(c.reason);
        body.set_public_sentence(c.public_sentence);
    }
    void operator()(const Release& c) const { into.mutable_release()->set_phase_version(c.phase_version); }
    void operator()(const Stop& c) const {
        into.mutable_stop()->set_reason(c.reason);
        into.mutable_stop()->set_public_sentence(c.public_sentence);
    }
    void operator()(const ProposeResume& c) const {
        into.mutable_propose_resume()->set_phase_version(c.phase_version);
        into.mutable_propose_resume()->set_reason(c.reason);
    }
    void operator()(const ConfirmResume& c) const { into.mutable_confirm_resume()->set_proposal(c.proposal); }
    void operator()(const ConfirmProposal& c) const {
        into.mutable_confirm_proposal()->set_proposal(c.proposal);
        into.mutable_confirm_proposal()->set_typed_name(c.typed_name);
    }
    void operator()(const Postpone& c) const {
        into.mutable_postpone()->set_phase_version(c.phase_version);
        into.mutable_postpone()->set_reason(c.reason);
    }
    void operator()(const Cancel& c) const {
        into.mutable_cancel()->set_phase_version(c.phase_version);
        into.mutable_cancel()->set_reason(c.reason);
    }
    void operator()(const ApproveRoute& c) const { into.mutable_approve_route()->set_version(c.version); }
    void operator()(const ActivateRoute& c) const {
        into.mutable_activate_route()->set_version(c.version);
        into.mutable_activate_route()->set_active_version(c.active_version);
    }
    void operator()(const WithdrawRoute& c) const { into.mutable_withdraw_route()->set_version(c.version); }
    void operator()(const AssignDuty& c) const {
        v1::AssignDuty& body = *into.mutable_assign_duty();
        body.set_person(c.person);
        body.set_callsign(c.callsign);
        body.set_role(static_cast<v1::Role>(c.role));
        body.set_section(c.section);
        body.set_buddy(c.buddy);
        body.set_no_phone(c.no_phone);
        body.set_language(c.language);
    }
    void operator()(const AddPerson& c) const {
        into.mutable_add_person()->set_callsign(c.callsign);
        into.mutable_add_person()->set_march(c.march);
    }
    void operator()(const InviteMarshal& c) const {
        v1::InviteMarshal& body = *into.mutable_invite_marshal();
        body.set_secret_hash(c.secret_hash);
        body.set_person(c.person);
        body.set_role(static_cast<v1::Role>(c.role));
        body.set_march(c.march);
        body.set_expires_at_ms(c.expires_at);
        body.set_second_device(c.second_device);
    }
    void operator()(const AddDevice& c) const {
        into.mutable_add_device()->set_secret_hash(c.secret_hash);
        into.mutable_add_device()->set_expires_at_ms(c.expires_at);
    }
    void operator()(const ConfirmInvite& c) const { into.mutable_confirm_invite()->set_number(c.number); }
    void operator()(const RevokeInvite& c) const { into.mutable_revoke_invite()->set_number(c.number); }
    void operator()(const RevokeDevice& c) const {
        into.mutable_revoke_token()->set_number(c.number);
        into.mutable_revoke_token()->set_reason(c.reason);
    }
    void operator()(const AckAlert& c) const {
        v1::AckAlert& body = *into.mutable_ack_alert();
        body.mutable_key()->set_kind(static_cast<v1::AlertKind>(c.kind));
        body.mutable_key()->set_subject(c.subject);
        body.mutable_key()->set_number(c.number);
        body.set_version(c.version);
    }
    void operator()(const ClearAlert& c) const {
        v1::ClearAlert& body = *into.mutable_clear_alert();
        body.mutable_key()->set_kind(static_cast<v1::AlertKind>(c.kind));
        body.mutable_key()->set_subject(c.subject);
        body.mutable_key()->set_number(c.number);
        body.set_version(c.version);
        body.set_reason(c.reason);
    }
    void operator()(const Reschedule& c) const {
        v1::Reschedule& body = *into.mutable_reschedule();
        for (const PlannedPhase& planned : c.plan) {
            v1::PlannedPhase& phase = *body.add_plan();
            phase.set_phase(static_cast<v1::Phase>(planned.phase));
            phase.set_at_ms(planned.at);
        }
        body.set_version(c.spec_version);
    }
    void operator()(const MoveVenue& c) const {
        v1::MoveVenue& body = *into.mutable_move_venue();
        body.set_venue(c.venue);
        if (c.site) *body.mutable_site() = wire_point(*c.site);
        body.set_version(c.spec_version);
    }
    void operator()(const IssueOrder& c) const {
        v1::IssueOrder& body = *into.mutable_issue_order();
        body.set_kind(static_cast<v1::OrderKind>(c.kind));
        body.set_template_name(c.template_name);
        for (const std::string& parameter : c.parameters) body.add_parameters(parameter);
        body.set_text(c.text);
        put_audience(*body.mutable_audience(), c.audience);
        body.set_deadline_ms(c.deadline);
    }
    void operator()(const CancelOrder& c) const {
        into.mutable_cancel_order()->set_order(c.order);
        into.mutable_cancel_order()->set_reason(c.reason);
    }
    void operator()(const OpenRollCall& c) const {
        v1::OpenRollCall& body = *into.mutable_open_roll_call();
        put_audience(*body.mutable_audience(), c.audience);
        body.set_text(c.text);
        body.set_deadline_ms(c.deadline);
    }
    void operator()(const MarkDelivered& c) const { into.mutable_mark_delivered()->set_order(c.order); }
    void operator()(const MarkSeen& c) const { into.mutable_mark_seen()->set_order(c.order); }
    void operator()(const Acknowledge& c) const {
        v1::Acknowledge& body = *into.mutable_acknowledge();
        body.set_order(c.order);
        for (const PersonId person : c.on_behalf_of) body.add_on_behalf_of(person);
        body.set_section(c.section);
        body.set_heard_by(static_cast<v1::HeardBy>(c.heard_by));
    }
    void operator()(const Decline& c) const {
        into.mutable_decline()->set_order(c.order);
        into.mutable_decline()->set_reason(c.reason);
    }
    void operator()(const AnswerRollCall& c) const {
        v1::AnswerRollCall& body = *into.mutable_answer_roll_call();
        body.set_order(c.order);
        body.set_headcount(c.headcount);
        body.set_on_behalf_of(c.on_behalf_of);
        body.set_heard_by(static_cast<v1::HeardBy>(c.heard_by));
    }
    void operator()(const ReportIncident& c) const {
        v1::ReportIncident& body = *into.mutable_report_incident();
        body.set_kind(static_cast<v1::IncidentKind>(c.kind));
        body.set_severity(static_cast<v1::Severity>(c.severity));
        if (c.place.kind != PlaceKind::none) put_place(*body.mutable_place(), c.place);
        body.set_description(c.description);
        if (c.methane != Methane{}) put_methane(*body.mutable_methane(), c.methane);
        if (c.restricted) put_restricted(*body.mutable_restricted(), *c.restricted);
        body.set_tell_all(c.tell_all);
    }
    void operator()(const AssignIncident& c) const {
        v1::AssignIncident& body = *into.mutable_assign_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_owner(c.owner);
    }
    void operator()(const UpdateIncident& c) const {
        v1::UpdateIncident& body = *into.mutable_update_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_state(static_cast<v1::IncidentState>(c.state));
        body.set_kind(static_cast<v1::IncidentKind>(c.kind));
        body.set_severity(static_cast<v1::Severity>(c.severity));
        if (c.place) put_place(*body.mutable_place(), *c.place);
        body.set_description(c.description);
        body.set_note(c.note);
        if (c.methane) put_methane(*body.mutable_methane(), *c.methane);
        if (c.restricted) put_restricted(*body.mutable_restricted(), *c.restricted);
        body.set_duplicate_of(c.duplicate_of);
        body.set_escalate(c.escalate);
        body.set_tell_all(c.tell_all);
    }
    void operator()(const ResolveIncident& c) const {
        v1::ResolveIncident& body = *into.mutable_resolve_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_outcome(c.outcome);
    }
    void operator()(const ReopenIncident& c) const {
        v1::ReopenIncident& body = *into.mutable_reopen_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_reason(c.reason);
    }
    void operator()(const ReadRestricted& c) const { into.mutable_read_restricted()->set_incident(c.incident); }
    void operator()(const SetIntersection& c) const {
        v1::SetIntersection& body = *into.mutable_set_intersection();
        body.set_waypoint(c.waypoint);
        body.set_state(static_cast<v1::IntersectionState>(c.state));
        body.set_version(c.version);
        body.set_route_version(c.route_version);
    }
    void operator()(const CloseLeg& c) const {
        into.mutable_close_leg()->set_leg(c.leg);
        into.mutable_close_leg()->set_route_version(c.route_version);
    }
    void operator()(const OpenExit& c) const {
        into.mutable_open_exit()->set_waypoint(c.waypoint);
        into.mutable_open_exit()->set_route_version(c.route_version);
    }
    void operator()(const CloseExit& c) const {
        into.mutable_close_exit()->set_waypoint(c.waypoint);
        into.mutable_close_exit()->set_route_version(c.route_version);
    }
    void operator()(const PostNotice& c) const {
        v1::PostNotice& body = *into.mutable_post_notice();
        body.set_severity(static_cast<v1::Severity>(c.severity));
        body.set_language(c.language);
        body.set_text(c.text);
        body.set_expires_at_ms(c.expires_at);
    }
    void operator()(const HoldRetention& c) const { into.mutable_hold_retention()->set_reason(c.reason); }
    void operator()(const ReleaseRetention& c) const { into.mutable_release_retention()->set_reason(c.reason); }
    void operator()(const RecordExport& c) const { into.mutable_record_export()->set_sha256(c.sha256); }
    void operator()(const SetPersonDetails& c) const {
        v1::SetPersonDetails& body = *into.mutable_set_person_details();
        body.set_person(c.person);
        body.set_name(c.name);
        body.set_phone(c.phone);
    }
    void operator()(const RevealPerson& c) const { into.mutable_reveal_person()->set_person(c.person); }
    void operator()(const ErasePerson& c) const { into.mutable_erase_person()->set_person(c.person); }
    void operator()(const WaiveExport& c) const { into.mutable_waive_export()->set_typed_name(c.typed_name); }
};

}  // namespace

void put(const Command& command, v1::Command& into) { std::visit(Body{into}, command); }

}  // namespace marchwire::sdk
