#include "command_message.hpp"

#include "wire/proto_values.hpp"

#include <stdexcept>
#include <variant>

namespace marchwire::test {
namespace {

using wire::put;

/// Enumerators have the same numbers on both sides: wire/proto_values.hpp, Reading::word.
template <class Message, class Word>
Message word(Word value) {
    return static_cast<Message>(value);
}

struct Body {
    v1::Command& into;

    // ---- set-up --------------------------------------------------------------------------------
    void operator()(const core::CreateCampaign& c) const {
        put(*into.mutable_create_campaign()->mutable_spec(), c.spec);
        into.mutable_create_campaign()->set_topic_base(c.topic_base);
    }
    void operator()(const core::ListMarch& c) const {
        into.mutable_list_march()->set_march(c.march.text());
        into.mutable_list_march()->set_topic_base(c.topic_base);
    }
    void operator()(const core::CreateMarch& c) const {
        put(*into.mutable_create_march()->mutable_spec(), c.spec);
        into.mutable_create_march()->set_topic_base(c.topic_base);
        into.mutable_create_march()->set_sections(c.sections);
    }
    void operator()(const core::AddPerson& c) const {
        into.mutable_add_person()->set_callsign(c.callsign);
        into.mutable_add_person()->set_march(c.march.text());
    }
    void operator()(const core::IssueToken& c) const {
        v1::IssueToken& body = *into.mutable_issue_token();
        body.set_hash(std::string(c.hash.begin(), c.hash.end()));
        body.set_person(c.person.value);
        body.set_role(word<v1::Role>(c.role));
        body.set_march(c.march.text());
    }
    void operator()(const core::AssignDuty& c) const {
        v1::AssignDuty& body = *into.mutable_assign_duty();
        body.set_person(c.person.value);
        body.set_callsign(c.callsign);
        body.set_role(word<v1::Role>(c.role));
        body.set_section(c.section);
        body.set_buddy(c.buddy.value);
        body.set_no_phone(c.no_phone);
    }
    void operator()(const core::SetPolicy& c) const {
        v1::SetPolicy& body = *into.mutable_set_policy();
        if (c.preset) body.set_preset(word<v1::AlertPreset>(*c.preset));
    }
    void operator()(const core::Reschedule& c) const {
        wire::put_all(*into.mutable_reschedule()->mutable_plan(), c.plan);
        into.mutable_reschedule()->set_version(c.version);
    }
    void operator()(const core::ImportRoute& c) const { put(*into.mutable_import_route()->mutable_line(), *c.line); }
    void operator()(const core::ApproveRoute& c) const { into.mutable_approve_route()->set_version(c.version); }
    void operator()(const core::ActivateRoute& c) const {
        into.mutable_activate_route()->set_version(c.version);
        into.mutable_activate_route()->set_active_version(c.active_version);
    }

    // ---- the march -----------------------------------------------------------------------------
    void operator()(const core::AdvancePhase& c) const {
        v1::AdvancePhase& body = *into.mutable_advance_phase();
        body.set_to(word<v1::Phase>(c.to));
        body.set_phase_version(c.phase_version);
        body.set_typed_name(c.typed_name);
    }
    void operator()(const core::Hold& c) const {
        v1::Hold& body = *into.mutable_hold();
        body.set_phase_version(c.phase_version);
        body.set_reason(c.reason);
        body.set_public_sentence(c.public_sentence);
    }
    void operator()(const core::Release& c) const { into.mutable_release()->set_phase_version(c.phase_version); }
    void operator()(const core::Stop& c) const {
        into.mutable_stop()->set_reason(c.reason);
        into.mutable_stop()->set_public_sentence(c.public_sentence);
    }
    void operator()(const core::ProposeResume& c) const {
        into.mutable_propose_resume()->set_phase_version(c.phase_version);
        into.mutable_propose_resume()->set_reason(c.reason);
    }
    void operator()(const core::ConfirmResume& c) const { into.mutable_confirm_resume()->set_proposal(c.proposal); }

    // ---- people --------------------------------------------------------------------------------
    void operator()(const core::CheckIn& c) const {
        v1::CheckIn& body = *into.mutable_check_in();
        body.set_report(word<v1::Report>(c.report));
        put(*body.mutable_place(), c.place);
        body.set_battery_percent(c.battery_percent);
        body.set_headcount(c.headcount);
        body.set_on_behalf_of(c.on_behalf_of.value);
        body.set_heard_by(word<v1::HeardBy>(c.heard_by));
    }
    void operator()(const core::EndDuty& c) const { into.mutable_end_duty()->set_duty_version(c.duty_version); }
    void operator()(const core::ReportCount& c) const {
        v1::ReportCount& body = *into.mutable_report_count();
        body.set_method(word<v1::CountMethod>(c.method));
        body.set_low(c.low);
        body.set_value(c.value);
        body.set_high(c.high);
        body.set_section(c.section);
        body.set_density_per_10_m2(c.density_per_10_m2);
    }
    void operator()(const core::MarkPassed& c) const {
        v1::MarkPassed& body = *into.mutable_mark_passed();
        body.set_waypoint(c.waypoint);
        body.set_end(word<v1::End>(c.end));
        body.set_route_version(c.route_version);
    }
    void operator()(const core::AckAlert& c) const {
        put(*into.mutable_ack_alert()->mutable_key(), c.key);
        into.mutable_ack_alert()->set_version(c.version);
    }

    // ---- orders and incidents ------------------------------------------------------------------
    void operator()(const core::MarkDelivered& c) const { into.mutable_mark_delivered()->set_order(c.order); }
    void operator()(const core::MarkSeen& c) const { into.mutable_mark_seen()->set_order(c.order); }
    void operator()(const core::Acknowledge& c) const {
        v1::Acknowledge& body = *into.mutable_acknowledge();
        body.set_order(c.order);
        for (const core::PersonId person : c.on_behalf_of) body.add_on_behalf_of(person.value);
        body.set_section(c.section);
        body.set_heard_by(word<v1::HeardBy>(c.heard_by));
    }
    void operator()(const core::ReportIncident& c) const {
        v1::ReportIncident& body = *into.mutable_report_incident();
        body.set_kind(word<v1::IncidentKind>(c.kind));
        body.set_severity(word<v1::Severity>(c.severity));
        put(*body.mutable_place(), c.place);
        body.set_description(c.description);
        if (c.restricted) put(*body.mutable_restricted(), *c.restricted);
        body.set_tell_all(c.tell_all);
    }
    void operator()(const core::AssignIncident& c) const {
        v1::AssignIncident& body = *into.mutable_assign_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_owner(c.owner.value);
    }
    /// Of what it may change a day of the field only tells all.
    void operator()(const core::UpdateIncident& c) const {
        v1::UpdateIncident& body = *into.mutable_update_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_tell_all(c.tell_all);
    }
    void operator()(const core::ResolveIncident& c) const {
        v1::ResolveIncident& body = *into.mutable_resolve_incident();
        body.set_incident(c.incident);
        body.set_version(c.version);
        body.set_outcome(c.outcome);
    }
    void operator()(const core::ReadRestricted& c) const { into.mutable_read_restricted()->set_incident(c.incident); }

    template <class Other>
    void operator()(const Other&) const {
        throw std::logic_error("no day of the field says this command yet");
    }
};

}  // namespace

v1::Command command_message(const core::Command& command, const base::LogId& log) {
    v1::Command message;
    if (command.id) {
        message.mutable_id()->set_device(command.id.device.value);
        message.mutable_id()->set_counter(command.id.counter);
    }
    message.set_log(log.text());
    message.set_made_at_ms(command.made_at.value);
    std::visit(Body{message}, command.body);
    return message;
}

}  // namespace marchwire::test
