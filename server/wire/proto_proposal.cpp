// What was proposed <-> Protobuf, and the commands that may be: a client's command and a proposal bear the same ones.
#include "wire/proto_values.hpp"

namespace marchwire::wire {
namespace {

/// Writes the command into its place of the oneof.
struct PutProposed {
    pb::Proposal& proposal;

    [[nodiscard]] pb::ProposedCommand& out() const { return *proposal.mutable_command(); }

    void operator()(std::monostate) const {}
    void operator()(const core::AdvancePhase& in) const {
        auto& body = *out().mutable_advance_phase();
        body.set_to(static_cast<pb::Phase>(in.to));
        body.set_phase_version(in.phase_version);
        body.set_typed_name(in.typed_name);
    }
    void operator()(const core::Hold& in) const {
        auto& body = *out().mutable_hold();
        body.set_phase_version(in.phase_version);
        body.set_reason(in.reason);
        body.set_public_sentence(in.public_sentence);
    }
    void operator()(const core::Release& in) const { out().mutable_release()->set_phase_version(in.phase_version); }
    void operator()(const core::Stop& in) const {
        auto& body = *out().mutable_stop();
        body.set_reason(in.reason);
        body.set_public_sentence(in.public_sentence);
    }
    void operator()(const core::Postpone& in) const {
        out().mutable_postpone()->set_phase_version(in.phase_version);
        out().mutable_postpone()->set_reason(in.reason);
    }
    void operator()(const core::Cancel& in) const {
        out().mutable_cancel()->set_phase_version(in.phase_version);
        out().mutable_cancel()->set_reason(in.reason);
    }
    void operator()(const core::ApproveRoute& in) const { out().mutable_approve_route()->set_version(in.version); }
    void operator()(const core::ActivateRoute& in) const {
        out().mutable_activate_route()->set_version(in.version);
        out().mutable_activate_route()->set_active_version(in.active_version);
    }
    void operator()(const core::WithdrawRoute& in) const { out().mutable_withdraw_route()->set_version(in.version); }
    void operator()(const core::PostNotice& in) const {
        auto& body = *out().mutable_post_notice();
        body.set_severity(static_cast<pb::Severity>(in.severity));
        body.set_language(in.language);
        body.set_text(in.text);
        body.set_expires_at_ms(in.expires_at.value);
    }
    void operator()(const core::SetCallsToAction& in) const {
        put_all(*out().mutable_set_calls_to_action()->mutable_calls(), in.calls);
    }
    void operator()(const core::HoldRetention& in) const { out().mutable_hold_retention()->set_reason(in.reason); }
    void operator()(const core::ReleaseRetention& in) const {
        out().mutable_release_retention()->set_reason(in.reason);
    }
    void operator()(const core::RecordExport& in) const { out().mutable_record_export()->set_sha256(in.sha256); }
    void operator()(const core::WaiveExport& in) const { out().mutable_waive_export()->set_typed_name(in.typed_name); }
};

core::ProposedCommand read_proposed(const pb::ProposedCommand& in, Reading& r) {
    switch (in.command_case()) {
        case pb::ProposedCommand::kAdvancePhase: return read(in.advance_phase(), r);
        case pb::ProposedCommand::kHold: return read(in.hold(), r);
        case pb::ProposedCommand::kRelease: return read(in.release(), r);
        case pb::ProposedCommand::kStop: return read(in.stop(), r);
        case pb::ProposedCommand::kPostpone: return read(in.postpone(), r);
        case pb::ProposedCommand::kCancel: return read(in.cancel(), r);
        case pb::ProposedCommand::kApproveRoute: return read(in.approve_route(), r);
        case pb::ProposedCommand::kActivateRoute: return read(in.activate_route(), r);
        case pb::ProposedCommand::kWithdrawRoute: return read(in.withdraw_route(), r);
        case pb::ProposedCommand::kPostNotice: return read(in.post_notice(), r);
        case pb::ProposedCommand::kSetCallsToAction: return read(in.set_calls_to_action(), r);
        case pb::ProposedCommand::kHoldRetention: return read(in.hold_retention(), r);
        case pb::ProposedCommand::kReleaseRetention: return read(in.release_retention(), r);
        case pb::ProposedCommand::kRecordExport: return read(in.record_export(), r);
        case pb::ProposedCommand::kWaiveExport: return read(in.waive_export(), r);
        // To resume; or of a first version of the server, which stored a hold and a stop without what was asked.
        case pb::ProposedCommand::COMMAND_NOT_SET: break;
    }
    return std::monostate{};
}

}  // namespace

core::AdvancePhase read(const pb::AdvancePhase& in, Reading& reading) {
    return {reading.word<core::Phase>(in.to(), pb::Phase_IsValid(in.to()), "to"), in.phase_version(), in.typed_name()};
}

core::Hold read(const pb::Hold& in, Reading&) { return {in.phase_version(), in.reason(), in.public_sentence()}; }

core::Release read(const pb::Release& in, Reading&) { return {in.phase_version()}; }

core::Stop read(const pb::Stop& in, Reading&) { return {in.reason(), in.public_sentence()}; }

core::Postpone read(const pb::Postpone& in, Reading&) { return {in.phase_version(), in.reason()}; }

core::Cancel read(const pb::Cancel& in, Reading&) { return {in.phase_version(), in.reason()}; }

core::ApproveRoute read(const pb::ApproveRoute& in, Reading&) { return {in.version()}; }

core::ActivateRoute read(const pb::ActivateRoute& in, Reading&) { return {in.version(), in.active_version()}; }

core::WithdrawRoute read(const pb::WithdrawRoute& in, Reading&) { return {in.version()}; }

core::PostNotice read(const pb::PostNotice& in, Reading& reading) {
    core::PostNotice wish;
    wish.severity = reading.word<core::Severity>(in.severity(), pb::Severity_IsValid(in.severity()), "severity");
    wish.language = in.language();
    wish.text = in.text();
    wish.expires_at = {in.expires_at_ms()};
    return wish;
}

core::SetCallsToAction read(const pb::SetCallsToAction& in, Reading& reading) {
    return {read_all(in.calls(), reading)};
}

void put(pb::Proposal& out, const core::Proposal& in) {
    out.set_number(in.number);
    out.set_kind(static_cast<pb::ProposalKind>(in.kind));
    out.set_proposer(in.proposer.value);
    out.set_reason(in.reason);
    out.set_made_at_ms(in.made_at.value);
    out.set_expires_at_ms(in.expires_at.value);
    std::visit(PutProposed{out}, in.command);
}

core::Proposal read(const pb::Proposal& in, Reading& reading) {
    core::Proposal proposal;
    proposal.number = in.number();
    proposal.kind = reading.word<core::ProposalKind>(in.kind(), pb::ProposalKind_IsValid(in.kind()), "proposal.kind");
    proposal.proposer = base::PersonId{in.proposer()};
    proposal.reason = in.reason();
    proposal.made_at = {in.made_at_ms()};
    proposal.expires_at = {in.expires_at_ms()};
    proposal.command = read_proposed(in.command(), reading);
    return proposal;
}

}  // namespace marchwire::wire
