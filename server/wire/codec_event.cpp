// Events <-> Protobuf: what the log stores and staff read.
#include "wire/proto_values.hpp"

#include <cstring>

namespace marchwire::wire {
namespace {

/// Writes one event into its place of the oneof.
struct PutEvent {
    pb::Event& out;

    void operator()(const core::MarchCreated& in) const {
        auto& event = *out.mutable_march_created();
        event.set_topic_base(in.topic_base);
        put(*event.mutable_spec(), in.spec);
        event.set_sections(in.sections);
    }
    void operator()(const core::MarchUpdated& in) const {
        auto& event = *out.mutable_march_updated();
        event.set_version(in.version);
        put(*event.mutable_spec(), in.spec);
    }
    void operator()(const core::SectionsSet& in) const { out.mutable_sections_set()->set_sections(in.sections); }
    void operator()(const core::PhaseChanged& in) const {
        auto& event = *out.mutable_phase_changed();
        event.set_version(in.version);
        event.set_from(static_cast<pb::Phase>(in.from));
        event.set_to(static_cast<pb::Phase>(in.to));
        if (in.before) event.set_before(static_cast<pb::Phase>(*in.before));
        event.set_reason(in.reason);
        event.set_public_sentence(in.public_sentence);
        event.set_correction(in.correction);
    }
    void operator()(const core::ProposalMade& in) const {
        put(*out.mutable_proposal_made()->mutable_proposal(), in.proposal);
    }
    void operator()(const core::ProposalEnded& in) const {
        auto& event = *out.mutable_proposal_ended();
        event.set_number(in.number);
        event.set_confirmed(in.confirmed);
        event.set_confirmer(in.confirmer.value);
    }
    void operator()(const core::RouteImported& in) const {
        auto& event = *out.mutable_route_imported();
        event.set_version(in.version);
        if (in.line) put(*event.mutable_line(), *in.line);
    }
    void operator()(const core::RouteStatusChanged& in) const {
        auto& event = *out.mutable_route_status_changed();
        event.set_version(in.version);
        event.set_status(static_cast<pb::RouteStatus>(in.status));
        event.set_public_from_ms(in.public_from.value);
        if (in.line) put(*event.mutable_line(), *in.line);
    }
    void operator()(const core::DutyAssigned& in) const {
        auto& event = *out.mutable_duty_assigned();
        event.set_person(in.person.value);
        event.set_ordinal(in.ordinal);
        event.set_callsign(in.callsign);
        event.set_role(static_cast<pb::Role>(in.role));
        event.set_section(in.section);
        event.set_section_before(in.section_before);
        event.set_buddy(in.buddy.value);
        event.set_no_phone(in.no_phone);
        event.set_language(in.language);
    }
    void operator()(const core::DutyChanged& in) const {
        auto& event = *out.mutable_duty_changed();
        event.set_person(in.person.value);
        event.set_from(static_cast<pb::Duty>(in.from));
        event.set_to(static_cast<pb::Duty>(in.to));
        event.set_version(in.version);
        event.set_due_at_ms(in.due_at.value);
        event.set_handover_to(in.handover_to.value);
    }
    void operator()(const core::CheckedIn& in) const {
        auto& event = *out.mutable_checked_in();
        event.set_person(in.person.value);
        event.set_report(static_cast<pb::Report>(in.report));
        if (in.place.kind != core::PlaceKind::none) put(*event.mutable_place(), in.place);
        event.set_battery_percent(in.battery_percent);
        event.set_headcount(in.headcount);
        event.set_made_at_ms(in.made_at.value);
        event.set_due_at_ms(in.due_at.value);
        event.set_reported_by(in.reported_by.value);
        event.set_heard_by(static_cast<pb::HeardBy>(in.heard_by));
    }
    void operator()(const core::SosRaised& in) const {
        out.mutable_sos_raised()->set_person(in.person.value);
        out.mutable_sos_raised()->set_made_at_ms(in.made_at.value);
    }
    void operator()(const core::SosPinSet& in) const { put(*out.mutable_sos_pin_set()->mutable_pin(), in.pin); }
    void operator()(const core::SosPinMistyped& in) const {
        out.mutable_sos_pin_mistyped()->set_person(in.person.value);
        out.mutable_sos_pin_mistyped()->set_tries_left(in.tries_left);
    }
    void operator()(const core::SosCancelled& in) const { put(*out.mutable_sos_cancelled(), in); }
    void operator()(const core::CountReported& in) const {
        put(*out.mutable_count_reported()->mutable_count(), in.count);
    }
    void operator()(const core::PushSubscribed& in) const {
        put(*out.mutable_push_subscribed()->mutable_subscription(), in.subscription);
    }
    void operator()(const core::PushUnsubscribed& in) const {
        out.mutable_push_unsubscribed()->set_person(in.person.value);
        out.mutable_push_unsubscribed()->set_device(in.device.value);
    }
    void operator()(const core::PolicySet& in) const { put(*out.mutable_policy_set()->mutable_policy(), in.policy); }
    void operator()(const core::ServersObserved& in) const {
        put(*out.mutable_servers_observed()->mutable_servers(), in.servers);
    }
    void operator()(const core::SilenceObserved& in) const {
        auto& event = *out.mutable_silence_observed();
        for (const auto& [person, since] : in.silent) {
            auto& silence = *event.add_silent();
            silence.set_person(person.value);
            silence.set_since_ms(since.value);
        }
        for (const base::PersonId person : in.heard) event.add_heard(person.value);
    }
    void operator()(const core::CheckInNudged& in) const {
        auto& event = *out.mutable_check_in_nudged();
        event.set_person(in.person.value);
        event.set_due_at_ms(in.due_at.value);
    }
    void operator()(const core::CheckInsScheduled& in) const {
        out.mutable_check_ins_scheduled()->set_due_at_ms(in.due_at.value);
    }
    void operator()(const core::TimersShifted& in) const { out.mutable_timers_shifted()->set_by_ms(in.by.value); }
    void operator()(const core::AlertRaised& in) const { put(*out.mutable_alert_raised()->mutable_alert(), in.alert); }
    void operator()(const core::AlertStepped& in) const {
        auto& event = *out.mutable_alert_stepped();
        put(*event.mutable_key(), in.key);
        event.set_state(static_cast<pb::AlertState>(in.state));
        event.set_step(in.step);
        event.set_version(in.version);
        event.set_step_at_ms(in.step_at.value);
        for (const base::PersonId person : in.notified) event.add_notified(person.value);
    }
    void operator()(const core::AlertAcked& in) const {
        auto& event = *out.mutable_alert_acked();
        put(*event.mutable_key(), in.key);
        event.set_version(in.version);
        event.set_owner(in.owner.value);
    }
    void operator()(const core::AlertCleared& in) const {
        auto& event = *out.mutable_alert_cleared();
        put(*event.mutable_key(), in.key);
        event.set_version(in.version);
        event.set_by(in.by.value);
        event.set_reason(in.reason);
    }
    void operator()(const core::OrderIssued& in) const { put(*out.mutable_order_issued()->mutable_order(), in.order); }
    void operator()(const core::RecipientsAdded& in) const { put(*out.mutable_recipients_added(), in); }
    void operator()(const core::ReceiptsMoved& in) const { put(*out.mutable_receipts_moved(), in); }
    void operator()(const core::OrdersEnded& in) const { put(*out.mutable_orders_ended(), in); }
    void operator()(const core::ColumnSampled& in) const {
        put(*out.mutable_column_sampled()->mutable_sample(), in.sample);
    }
    void operator()(const core::WaypointPassed& in) const {
        auto& event = *out.mutable_waypoint_passed();
        event.set_end(static_cast<pb::End>(in.end));
        put(*event.mutable_mark(), in.mark);
        event.set_person(in.person.value);
    }
    void operator()(const core::IncidentReported& in) const { put(*out.mutable_incident_reported(), in); }
    void operator()(const core::IncidentChanged& in) const { put(*out.mutable_incident_changed(), in); }
    void operator()(const core::RestrictedRead& in) const {
        out.mutable_restricted_read()->set_incident(in.incident);
        out.mutable_restricted_read()->set_person(in.person.value);
    }
    void operator()(const core::IntersectionsChanged& in) const { put(*out.mutable_intersections_changed(), in); }
    void operator()(const core::ClosuresSet& in) const {
        put(*out.mutable_closures_set()->mutable_closures(), in.closures);
    }
    void operator()(const core::NoticePosted& in) const {
        put(*out.mutable_notice_posted()->mutable_notice(), in.notice);
    }
    void operator()(const core::CallsToActionSet& in) const {
        put_all(*out.mutable_calls_to_action_set()->mutable_calls(), in.calls);
    }
    void operator()(const core::RetentionHeld& in) const { put(*out.mutable_retention_held(), in); }
    void operator()(const core::RetentionReleased& in) const { put(*out.mutable_retention_released(), in); }
    void operator()(const core::MarchExported& in) const { put(*out.mutable_march_exported(), in); }
    void operator()(const core::ShredWaived& in) const { out.mutable_shred_waived()->set_person(in.person.value); }
    void operator()(const core::MarchShredded&) const { out.mutable_march_shredded(); }
    void operator()(const core::PersonDetailsSet& in) const {
        out.mutable_person_details_set()->set_person(in.person.value);
        out.mutable_person_details_set()->set_sealed(in.sealed);
    }
    void operator()(const core::PersonRevealed& in) const {
        out.mutable_person_revealed()->set_person(in.person.value);
        out.mutable_person_revealed()->set_by(in.by.value);
    }
    void operator()(const core::PersonErased& in) const {
        out.mutable_person_erased()->set_person(in.person.value);
        out.mutable_person_erased()->set_by(in.by.value);
    }
    void operator()(const core::SecretsForgotten& in) const {
        out.mutable_secrets_forgotten()->set_what(static_cast<pb::SealedClass>(in.what));
    }
    void operator()(const core::MarchForgotten& in) const { put(*out.mutable_march_forgotten(), in); }
    void operator()(const core::KeeperChanged& in) const { out.mutable_keeper_changed()->set_term(in.term.value); }
    void operator()(const core::TipSigned& in) const {
        put(*out.mutable_tip_signed()->mutable_tip(), in.tip);
        out.mutable_tip_signed()->set_signature(in.signature.data(), in.signature.size());
    }
    void operator()(const core::LogRepaired& in) const {
        auto& event = *out.mutable_log_repaired();
        put(*event.mutable_found(), in.found);
        put(*event.mutable_verified(), in.verified);
        for (const base::CommandId& id : in.lost) {
            auto& lost = *event.add_lost();
            lost.set_device(id.device.value);
            lost.set_counter(id.counter);
        }
    }
    void operator()(const core::CampaignCreated& in) const {
        out.mutable_campaign_created()->set_topic_base(in.topic_base);
        put(*out.mutable_campaign_created()->mutable_spec(), in.spec);
    }
    void operator()(const core::CampaignUpdated& in) const {
        out.mutable_campaign_updated()->set_version(in.version);
        put(*out.mutable_campaign_updated()->mutable_spec(), in.spec);
    }
    void operator()(const core::MarchListed& in) const {
        put(*out.mutable_march_listed()->mutable_listing(), in.listing);
    }
    void operator()(const core::PersonAdded& in) const {
        put(*out.mutable_person_added()->mutable_person(), in.person);
    }
    void operator()(const core::TokenIssued& in) const { put(*out.mutable_token_issued()->mutable_token(), in.token); }
    void operator()(const core::TokenRevoked& in) const {
        out.mutable_token_revoked()->set_number(in.number);
        out.mutable_token_revoked()->set_reason(in.reason);
    }
    void operator()(const core::InviteMade& in) const { put(*out.mutable_invite_made()->mutable_invite(), in.invite); }
    void operator()(const core::InviteChanged& in) const {
        out.mutable_invite_changed()->set_number(in.number);
        out.mutable_invite_changed()->set_state(static_cast<pb::InviteState>(in.state));
    }
    void operator()(const core::InviteMistyped& in) const { out.mutable_invite_mistyped()->set_number(in.number); }
    void operator()(const core::ImportRecorded& in) const {
        put(*out.mutable_import_recorded()->mutable_record(), in.record);
    }
};

core::Phase phase_of(int value, Reading& reading, const char* field) {
    return reading.word<core::Phase>(value, pb::Phase_IsValid(value), field);
}

core::PhaseChanged read(const pb::PhaseChanged& in, Reading& reading) {
    core::PhaseChanged event;
    event.version = in.version();
    event.from = phase_of(in.from(), reading, "phase_changed.from");
    event.to = phase_of(in.to(), reading, "phase_changed.to");
    if (in.before() != 0) event.before = phase_of(in.before(), reading, "phase_changed.before");
    event.reason = in.reason();
    event.public_sentence = in.public_sentence();
    event.correction = in.correction();
    return event;
}

core::RouteStatusChanged read(const pb::RouteStatusChanged& in, Reading& reading) {
    core::RouteStatusChanged event;
    event.version = in.version();
    event.status = reading.word<core::RouteStatus>(in.status(), pb::RouteStatus_IsValid(in.status()),
                                                   "route_status.status");
    event.public_from = {in.public_from_ms()};
    if (in.has_line()) event.line = read(in.line(), reading);
    return event;
}

core::DutyAssigned read(const pb::DutyAssigned& in, Reading& reading) {
    core::DutyAssigned event;
    event.person = base::PersonId{in.person()};
    event.ordinal = in.ordinal();
    event.callsign = in.callsign();
    event.role = reading.word<core::Role>(in.role(), pb::Role_IsValid(in.role()), "duty_assigned.role");
    event.section = in.section();
    event.section_before = in.section_before();
    event.buddy = base::PersonId{in.buddy()};
    event.no_phone = in.no_phone();
    event.language = in.language();
    return event;
}

core::DutyChanged read(const pb::DutyChanged& in, Reading& reading) {
    return {base::PersonId{in.person()},
            reading.word<core::Duty>(in.from(), pb::Duty_IsValid(in.from()), "duty_changed.from"),
            reading.word<core::Duty>(in.to(), pb::Duty_IsValid(in.to()), "duty_changed.to"),
            in.version(),
            {in.due_at_ms()},
            base::PersonId{in.handover_to()}};
}

core::CheckedIn read(const pb::CheckedIn& in, Reading& reading) {
    core::CheckedIn event;
    event.person = base::PersonId{in.person()};
    event.report = reading.word<core::Report>(in.report(), pb::Report_IsValid(in.report()), "checked_in.report");
    event.place = read(in.place(), reading);
    event.battery_percent = reading.small(in.battery_percent(), "checked_in.battery_percent");
    event.headcount = in.headcount();
    event.made_at = {in.made_at_ms()};
    event.due_at = {in.due_at_ms()};
    event.reported_by = base::PersonId{in.reported_by()};
    event.heard_by = heard_by_of(in.heard_by(), reading);
    return event;
}

core::SilenceObserved read(const pb::SilenceObserved& in, Reading&) {
    core::SilenceObserved event;
    for (const pb::Silence& silence : in.silent()) {
        event.silent.push_back({base::PersonId{silence.person()}, {silence.since_ms()}});
    }
    for (const std::uint64_t person : in.heard()) event.heard.push_back(base::PersonId{person});
    return event;
}

core::AlertStepped read(const pb::AlertStepped& in, Reading& reading) {
    core::AlertStepped event;
    event.key = read(in.key(), reading);
    event.state = reading.word<core::AlertState>(in.state(), pb::AlertState_IsValid(in.state()), "alert_stepped.state");
    event.step = in.step();
    event.version = in.version();
    event.step_at = {in.step_at_ms()};
    for (const std::uint64_t person : in.notified()) event.notified.push_back(base::PersonId{person});
    return event;
}

core::TipSigned read(const pb::TipSigned& in, Reading& reading) {
    core::TipSigned event{read(in.tip(), reading), {}};
    if (in.signature().size() == event.signature.size()) {
        std::memcpy(event.signature.data(), in.signature().data(), event.signature.size());
    } else {
        reading.complain("tip_signed.signature", "A signature has 64 bytes.");
    }
    return event;
}

core::LogRepaired read(const pb::LogRepaired& in, Reading& reading) {
    core::LogRepaired event{read(in.found(), reading), read(in.verified(), reading), {}};
    for (const pb::CommandId& id : in.lost()) event.lost.push_back({base::DeviceId{id.device()}, id.counter()});
    return event;
}

core::WaypointPassed read(const pb::WaypointPassed& in, Reading& r) {
    return {r.word<core::End>(in.end(), pb::End_IsValid(in.end()), "passed.end"), read(in.mark(), r),
            base::PersonId{in.person()}};
}

/// What no person says, what is on no phone, what stands in a campaign's log, and whatever stands in none.
core::Event read_other_event(const pb::Event& in, Reading& r) {
    switch (in.event_case()) {
        case pb::Event::kSosPinSet: return core::SosPinSet{read(in.sos_pin_set().pin(), r)};
        case pb::Event::kSosPinMistyped:
            return core::SosPinMistyped{base::PersonId{in.sos_pin_mistyped().person()},
                                        in.sos_pin_mistyped().tries_left()};
        case pb::Event::kSosCancelled: return read(in.sos_cancelled(), r);
        case pb::Event::kPushSubscribed: return core::PushSubscribed{read(in.push_subscribed().subscription(), r)};
        case pb::Event::kPushUnsubscribed:
            return core::PushUnsubscribed{base::PersonId{in.push_unsubscribed().person()},
                                          base::DeviceId{in.push_unsubscribed().device()}};
        case pb::Event::kServersObserved: return core::ServersObserved{read(in.servers_observed().servers(), r)};
        case pb::Event::kCampaignCreated:
            return core::CampaignCreated{in.campaign_created().topic_base(), read(in.campaign_created().spec(), r)};
        case pb::Event::kCampaignUpdated:
            return core::CampaignUpdated{in.campaign_updated().version(), read(in.campaign_updated().spec(), r)};
        case pb::Event::kMarchListed: return core::MarchListed{read(in.march_listed().listing(), r)};
        case pb::Event::kPersonAdded: return core::PersonAdded{read(in.person_added().person(), r)};
        case pb::Event::kTokenIssued: return core::TokenIssued{read(in.token_issued().token(), r)};
        case pb::Event::kInviteMade: return core::InviteMade{read(in.invite_made().invite(), r)};
        case pb::Event::kInviteChanged: {
            const int state = in.invite_changed().state();
            return core::InviteChanged{
                in.invite_changed().number(),
                r.word<core::InviteState>(state, pb::InviteState_IsValid(state), "invite_changed.state")};
        }
        case pb::Event::kInviteMistyped: return core::InviteMistyped{in.invite_mistyped().number()};
        case pb::Event::kTokenRevoked:
            return core::TokenRevoked{in.token_revoked().number(), in.token_revoked().reason()};
        case pb::Event::kImportRecorded: return core::ImportRecorded{read(in.import_recorded().record(), r)};
        case pb::Event::kRetentionHeld: return read(in.retention_held(), r);
        case pb::Event::kRetentionReleased: return read(in.retention_released(), r);
        case pb::Event::kMarchExported: return read(in.march_exported(), r);
        case pb::Event::kShredWaived: return core::ShredWaived{base::PersonId{in.shred_waived().person()}};
        case pb::Event::kMarchShredded: return core::MarchShredded{};
        case pb::Event::kMarchForgotten: return read(in.march_forgotten(), r);
        case pb::Event::kPersonDetailsSet:
            return core::PersonDetailsSet{base::PersonId{in.person_details_set().person()},
                                          in.person_details_set().sealed()};
        case pb::Event::kPersonRevealed:
            return core::PersonRevealed{base::PersonId{in.person_revealed().person()},
                                        base::PersonId{in.person_revealed().by()}};
        case pb::Event::kPersonErased:
            return core::PersonErased{base::PersonId{in.person_erased().person()},
                                      base::PersonId{in.person_erased().by()}};
        case pb::Event::kSecretsForgotten: {
            const int what = in.secrets_forgotten().what();
            return core::SecretsForgotten{
                r.word<core::SealedClass>(what, pb::SealedClass_IsValid(what), "secrets_forgotten.what")};
        }
        default:
            r.complain("event", "This kind of event is not known: the log is of a newer version, or damaged.");
            return core::SectionsSet{};
    }
}

}  // namespace

void put(pb::Event& out, const core::Event& in) { std::visit(PutEvent{out}, in); }

core::Event read(const pb::Event& in, Reading& r) {
    using P = base::PersonId;
    switch (in.event_case()) {
        case pb::Event::kMarchCreated:
            return core::MarchCreated{in.march_created().topic_base(), read(in.march_created().spec(), r),
                                      in.march_created().sections()};
        case pb::Event::kMarchUpdated:
            return core::MarchUpdated{in.march_updated().version(), read(in.march_updated().spec(), r)};
        case pb::Event::kSectionsSet: return core::SectionsSet{in.sections_set().sections()};
        case pb::Event::kPhaseChanged: return read(in.phase_changed(), r);
        case pb::Event::kProposalMade: return core::ProposalMade{read(in.proposal_made().proposal(), r)};
        case pb::Event::kProposalEnded:
            return core::ProposalEnded{in.proposal_ended().number(), in.proposal_ended().confirmed(),
                                       P{in.proposal_ended().confirmer()}};
        case pb::Event::kRouteImported:
            return core::RouteImported{in.route_imported().version(), read(in.route_imported().line(), r)};
        case pb::Event::kRouteStatusChanged: return read(in.route_status_changed(), r);
        case pb::Event::kDutyAssigned: return read(in.duty_assigned(), r);
        case pb::Event::kDutyChanged: return read(in.duty_changed(), r);
        case pb::Event::kCheckedIn: return read(in.checked_in(), r);
        case pb::Event::kSosRaised: return core::SosRaised{P{in.sos_raised().person()}, {in.sos_raised().made_at_ms()}};
        case pb::Event::kCountReported: return core::CountReported{read(in.count_reported().count(), r)};
        case pb::Event::kPolicySet: return core::PolicySet{read(in.policy_set().policy(), r)};
        case pb::Event::kSilenceObserved: return read(in.silence_observed(), r);
        case pb::Event::kCheckInNudged:
            return core::CheckInNudged{P{in.check_in_nudged().person()}, {in.check_in_nudged().due_at_ms()}};
        case pb::Event::kCheckInsScheduled: return core::CheckInsScheduled{{in.check_ins_scheduled().due_at_ms()}};
        case pb::Event::kTimersShifted: return core::TimersShifted{{in.timers_shifted().by_ms()}};
        case pb::Event::kAlertRaised: return core::AlertRaised{read(in.alert_raised().alert(), r)};
        case pb::Event::kAlertStepped: return read(in.alert_stepped(), r);
        case pb::Event::kAlertAcked:
            return core::AlertAcked{read(in.alert_acked().key(), r), in.alert_acked().version(),
                                    P{in.alert_acked().owner()}};
        case pb::Event::kAlertCleared:
            return core::AlertCleared{read(in.alert_cleared().key(), r), in.alert_cleared().version(),
                                      P{in.alert_cleared().by()}, in.alert_cleared().reason()};
        case pb::Event::kOrderIssued: return core::OrderIssued{read(in.order_issued().order(), r)};
        case pb::Event::kRecipientsAdded: return read(in.recipients_added(), r);
        case pb::Event::kReceiptsMoved: return read(in.receipts_moved(), r);
        case pb::Event::kOrdersEnded: return read(in.orders_ended(), r);
        case pb::Event::kColumnSampled: return core::ColumnSampled{read(in.column_sampled().sample(), r)};
        case pb::Event::kWaypointPassed: return read(in.waypoint_passed(), r);
        case pb::Event::kIncidentReported: return read(in.incident_reported(), r);
        case pb::Event::kIncidentChanged: return read(in.incident_changed(), r);
        case pb::Event::kRestrictedRead:
            return core::RestrictedRead{in.restricted_read().incident(), P{in.restricted_read().person()}};
        case pb::Event::kIntersectionsChanged: return read(in.intersections_changed(), r);
        case pb::Event::kClosuresSet: return core::ClosuresSet{read(in.closures_set().closures(), r)};
        case pb::Event::kNoticePosted: return core::NoticePosted{read(in.notice_posted().notice(), r)};
        case pb::Event::kCallsToActionSet: return core::CallsToActionSet{read_all(in.calls_to_action_set().calls(), r)};
        case pb::Event::kKeeperChanged: return core::KeeperChanged{base::Term{in.keeper_changed().term()}};
        case pb::Event::kTipSigned: return read(in.tip_signed(), r);
        case pb::Event::kLogRepaired: return read(in.log_repaired(), r);
        default: return read_other_event(in, r);
    }
}

}  // namespace marchwire::wire
