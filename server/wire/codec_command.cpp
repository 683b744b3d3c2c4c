// Commands from Protobuf: what clients and the host's command line ask for.
#include "base/limits.hpp"
#include "wire/proto_values.hpp"

namespace marchwire::wire {
namespace {

using P = base::PersonId;

core::Phase phase_of(int value, Reading& reading) {
    return reading.word<core::Phase>(value, pb::Phase_IsValid(value), "to");
}

core::Role role_of(int value, Reading& reading) {
    return reading.word<core::Role>(value, pb::Role_IsValid(value), "role");
}

core::IssueToken read(const pb::IssueToken& in, Reading& reading) {
    core::IssueToken wish;
    wish.hash = read_hash(in.hash(), reading, "hash", "Send the SHA-256 of the token: 32 bytes.");
    wish.person = P{in.person()};
    wish.role = role_of(in.role(), reading);
    wish.march = reading.slug(in.march(), "march");
    wish.expires_at = {in.expires_at_ms()};
    wish.recovery = in.recovery();
    return wish;
}

constexpr const char* hash_of_secret = "Send the SHA-256 of the link's secret: 32 bytes.";

core::InviteMarshal read(const pb::InviteMarshal& in, Reading& reading) {
    core::InviteMarshal wish;
    wish.secret_hash = read_hash(in.secret_hash(), reading, "secret_hash", hash_of_secret);
    wish.person = P{in.person()};
    wish.role = role_of(in.role(), reading);
    wish.march = reading.slug(in.march(), "march");
    wish.expires_at = {in.expires_at_ms()};
    wish.second_device = in.second_device();
    return wish;
}

core::AddDevice read(const pb::AddDevice& in, Reading& reading) {
    return {read_hash(in.secret_hash(), reading, "secret_hash", hash_of_secret), {in.expires_at_ms()}};
}

core::MoveVenue read(const pb::MoveVenue& in, Reading& reading) {
    core::MoveVenue wish{in.venue(), std::nullopt, in.version()};
    if (in.has_site()) wish.site = wire::read(in.site(), reading);
    return wish;
}

core::AssignDuty read(const pb::AssignDuty& in, Reading& reading) {
    core::AssignDuty wish;
    wish.person = P{in.person()};
    wish.callsign = in.callsign();
    wish.role = role_of(in.role(), reading);
    wish.section = in.section();
    wish.buddy = P{in.buddy()};
    wish.no_phone = in.no_phone();
    wish.language = in.language();
    return wish;
}

core::CheckIn read(const pb::CheckIn& in, Reading& reading) {
    core::CheckIn wish;
    wish.report = reading.word<core::Report>(in.report(), pb::Report_IsValid(in.report()), "report");
    wish.place = read(in.place(), reading);
    wish.battery_percent = reading.small(in.battery_percent(), "battery_percent");
    wish.headcount = in.headcount();
    wish.on_behalf_of = P{in.on_behalf_of()};
    wish.heard_by = heard_by_of(in.heard_by(), reading);
    return wish;
}

core::ReportCount read(const pb::ReportCount& in, Reading& reading) {
    core::ReportCount wish;
    wish.method = reading.word<core::CountMethod>(in.method(), pb::CountMethod_IsValid(in.method()), "method");
    wish.low = in.low();
    wish.value = in.value();
    wish.high = in.high();
    wish.section = in.section();
    wish.density_per_10_m2 = in.density_per_10_m2();
    return wish;
}

core::SetPolicy read(const pb::SetPolicy& in, Reading& reading) {
    if (in.preset() == pb::ALERT_PRESET_UNSPECIFIED) return {};
    return {reading.word<core::AlertPreset>(in.preset(), pb::AlertPreset_IsValid(in.preset()), "preset")};
}

core::RecordImport read(const pb::RecordImport& in) {
    return {in.number(), in.file_sha256(), in.marches(), in.created(), in.changed(), in.unchanged()};
}

/// Set-up: campaign, march, roster, route.
std::optional<core::CommandBody> read_setup(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kCreateCampaign:
            return core::CreateCampaign{read(in.create_campaign().spec(), r), in.create_campaign().topic_base()};
        case pb::Command::kUpdateCampaign:
            return core::UpdateCampaign{read(in.update_campaign().spec(), r), in.update_campaign().version()};
        case pb::Command::kListMarch:
            return core::ListMarch{r.slug(in.list_march().march(), "march"), in.list_march().topic_base()};
        case pb::Command::kAddPerson:
            return core::AddPerson{in.add_person().callsign(), r.slug(in.add_person().march(), "march")};
        case pb::Command::kIssueToken: return read(in.issue_token(), r);
        case pb::Command::kInviteMarshal: return read(in.invite_marshal(), r);
        case pb::Command::kAddDevice: return read(in.add_device(), r);
        case pb::Command::kConfirmInvite: return core::ConfirmInvite{in.confirm_invite().number()};
        case pb::Command::kRevokeInvite: return core::RevokeInvite{in.revoke_invite().number()};
        case pb::Command::kRevokeToken:
            return core::RevokeToken{in.revoke_token().number(), in.revoke_token().reason()};
        case pb::Command::kRecordImport: return read(in.record_import());
        case pb::Command::kCreateMarch:
            return core::CreateMarch{read(in.create_march().spec(), r), in.create_march().topic_base(),
                                     in.create_march().sections()};
        case pb::Command::kUpdateMarch:
            return core::UpdateMarch{read(in.update_march().spec(), r), in.update_march().version()};
        case pb::Command::kMoveVenue: return read(in.move_venue(), r);
        case pb::Command::kReschedule:
            return core::Reschedule{read_all(in.reschedule().plan(), r), in.reschedule().version()};
        case pb::Command::kSetSections: return core::SetSections{in.set_sections().sections()};
        case pb::Command::kSetPolicy: return read(in.set_policy(), r);
        case pb::Command::kAssignDuty: return read(in.assign_duty(), r);
        case pb::Command::kImportRoute: return core::ImportRoute{read(in.import_route().line(), r)};
        default: return std::nullopt;
    }
}

/// The day itself: phases, routes.
std::optional<core::CommandBody> read_march(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kAdvancePhase: return read(in.advance_phase(), r);
        case pb::Command::kCorrectPhase:
            return core::CorrectPhase{phase_of(in.correct_phase().to(), r), in.correct_phase().phase_version(),
                                      in.correct_phase().reason()};
        case pb::Command::kHold: return read(in.hold(), r);
        case pb::Command::kRelease: return read(in.release(), r);
        case pb::Command::kStop: return read(in.stop(), r);
        case pb::Command::kProposeResume:
            return core::ProposeResume{in.propose_resume().phase_version(), in.propose_resume().reason()};
        case pb::Command::kConfirmResume: return core::ConfirmResume{in.confirm_resume().proposal()};
        case pb::Command::kConfirmProposal:
            return core::ConfirmProposal{in.confirm_proposal().proposal(), in.confirm_proposal().typed_name()};
        case pb::Command::kPostpone: return read(in.postpone(), r);
        case pb::Command::kCancel: return read(in.cancel(), r);
        case pb::Command::kApproveRoute: return read(in.approve_route(), r);
        case pb::Command::kActivateRoute: return read(in.activate_route(), r);
        case pb::Command::kWithdrawRoute: return read(in.withdraw_route(), r);
        default: return std::nullopt;
    }
}

/// People on the street, alerts, and what the public is told.
std::optional<core::CommandBody> read_field(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kCheckIn: return read(in.check_in(), r);
        case pb::Command::kMarkPassed:
            return core::MarkPassed{
                in.mark_passed().waypoint(),
                r.word<core::End>(in.mark_passed().end(), pb::End_IsValid(in.mark_passed().end()), "end"),
                in.mark_passed().route_version()};
        case pb::Command::kTakeBreak: return core::TakeBreak{in.take_break().duty_version()};
        case pb::Command::kEndDuty: return core::EndDuty{in.end_duty().duty_version()};
        case pb::Command::kHandOver:
            return core::HandOver{P{in.hand_over().person()}, in.hand_over().duty_version(), P{in.hand_over().to()}};
        case pb::Command::kAnswerHandOver:
            return core::AnswerHandOver{P{in.answer_hand_over().person()}, in.answer_hand_over().duty_version(),
                                        in.answer_hand_over().takes()};
        case pb::Command::kCheckInSection:
            return core::CheckInSection{in.check_in_section().section(),
                                        heard_by_of(in.check_in_section().heard_by(), r)};
        case pb::Command::kRaiseSos: return core::RaiseSos{};
        case pb::Command::kCancelSos: return core::CancelSos{in.cancel_sos().pin()};
        case pb::Command::kSetSosPin: return core::SetSosPin{in.set_sos_pin().pin(), in.set_sos_pin().duress_pin()};
        case pb::Command::kReportCount: return read(in.report_count(), r);
        case pb::Command::kSubscribePush:
            return core::SubscribePush{in.subscribe_push().endpoint(), in.subscribe_push().p256dh(),
                                       in.subscribe_push().auth()};
        case pb::Command::kUnsubscribePush: return core::UnsubscribePush{};
        case pb::Command::kAckAlert: return core::AckAlert{read(in.ack_alert().key(), r), in.ack_alert().version()};
        case pb::Command::kClearAlert:
            return core::ClearAlert{read(in.clear_alert().key(), r), in.clear_alert().version(),
                                    in.clear_alert().reason()};
        case pb::Command::kPostNotice: return read(in.post_notice(), r);
        case pb::Command::kSetCallsToAction: return read(in.set_calls_to_action(), r);
        default: return std::nullopt;
    }
}

/// Orders and their receipts.
std::optional<core::CommandBody> read_order(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kIssueOrder: return read(in.issue_order(), r);
        case pb::Command::kCancelOrder: return core::CancelOrder{in.cancel_order().order(), in.cancel_order().reason()};
        case pb::Command::kOpenRollCall: return read(in.open_roll_call(), r);
        case pb::Command::kMarkDelivered: return core::MarkDelivered{in.mark_delivered().order()};
        case pb::Command::kMarkSeen: return core::MarkSeen{in.mark_seen().order()};
        case pb::Command::kAcknowledge: return read(in.acknowledge(), r);
        case pb::Command::kDecline: return core::Decline{in.decline().order(), in.decline().reason()};
        case pb::Command::kAnswerRollCall: return read(in.answer_roll_call(), r);
        default: return std::nullopt;
    }
}

/// The street of the active route.
std::optional<core::CommandBody> read_street(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kSetIntersection: return read(in.set_intersection(), r);
        case pb::Command::kCloseLeg: return core::CloseLeg{in.close_leg().leg(), in.close_leg().route_version()};
        case pb::Command::kOpenExit: return core::OpenExit{in.open_exit().waypoint(), in.open_exit().route_version()};
        case pb::Command::kCloseExit:
            return core::CloseExit{in.close_exit().waypoint(), in.close_exit().route_version()};
        default: return std::nullopt;
    }
}

/// The end of the log.
std::optional<core::CommandBody> read_retention(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kHoldRetention: return read(in.hold_retention(), r);
        case pb::Command::kReleaseRetention: return read(in.release_retention(), r);
        case pb::Command::kRecordExport: return read(in.record_export(), r);
        case pb::Command::kWaiveExport: return read(in.waive_export(), r);
        default: return std::nullopt;
    }
}

/// Incidents, and who people are.
std::optional<core::CommandBody> read_incident(const pb::Command& in, Reading& r) {
    switch (in.body_case()) {
        case pb::Command::kReportIncident: return read(in.report_incident(), r);
        case pb::Command::kAssignIncident:
            return core::AssignIncident{in.assign_incident().incident(), in.assign_incident().version(),
                                        P{in.assign_incident().owner()}};
        case pb::Command::kUpdateIncident: return read(in.update_incident(), r);
        case pb::Command::kResolveIncident:
            return core::ResolveIncident{in.resolve_incident().incident(), in.resolve_incident().version(),
                                         in.resolve_incident().outcome()};
        case pb::Command::kReopenIncident:
            return core::ReopenIncident{in.reopen_incident().incident(), in.reopen_incident().version(),
                                        in.reopen_incident().reason()};
        case pb::Command::kReadRestricted: return core::ReadRestricted{in.read_restricted().incident()};
        case pb::Command::kSetPersonDetails:
            return core::SetPersonDetails{P{in.set_person_details().person()}, in.set_person_details().name(),
                                          in.set_person_details().phone()};
        case pb::Command::kRevealPerson: return core::RevealPerson{P{in.reveal_person().person()}};
        case pb::Command::kErasePerson: return core::ErasePerson{P{in.erase_person().person()}};
        default: return std::nullopt;
    }
}

}  // namespace

core::Command read(const pb::Command& in, Reading& reading) {
    core::Command command;
    command.id = {base::DeviceId{in.id().device()}, in.id().counter()};
    command.made_at = {in.made_at_ms()};
    if (pb::Level_IsValid(in.min_level())) {
        command.min_level = static_cast<core::Level>(in.min_level());
    } else {
        reading.complain("min_level", "Give STORED, SYNCED or REPLICATED.");
    }
    auto body = read_setup(in, reading);
    if (!body) body = read_march(in, reading);
    if (!body) body = read_field(in, reading);
    if (!body) body = read_order(in, reading);
    if (!body) body = read_incident(in, reading);
    if (!body) body = read_street(in, reading);
    if (!body) body = read_retention(in, reading);
    if (!body) {
        reading.complain("body", "Say what to do: this command is empty, or newer than the server.");
        body = core::SetSections{};
    }
    command.body = *std::move(body);
    return command;
}

}  // namespace marchwire::wire
