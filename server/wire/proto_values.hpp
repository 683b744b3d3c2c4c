// Plain values <-> Protobuf, below whole messages. (internal to wire: nobody else includes *.pb.h)
#pragma once

#include "base/outcome.hpp"
#include "core/column.hpp"
#include "core/command.hpp"
#include "core/event.hpp"
#include "core/views.hpp"
#include "wire/messages.hpp"

#include "marchwire/v1/log.pb.h"
#include "marchwire/v1/ops.pb.h"
#include "marchwire/v1/public.pb.h"
#include "marchwire/v1/session.pb.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::wire {

namespace pb = marchwire::v1;

/// Gathers what is wrong with a message that is being read: the first complaint stays.
class Reading {
public:
    void complain(std::string field, std::string message) {
        if (!refusal_) refusal_ = base::invalid(std::move(field), std::move(message));
    }
    void complain(const base::Refusal& refusal) {
        if (!refusal_) refusal_ = refusal;
    }
    [[nodiscard]] const std::optional<base::Refusal>& refusal() const { return refusal_; }

    /// A word of a closed list: known and not left out.
    template <class Word>
    [[nodiscard]] Word word(int value, bool known, const char* field) {
        if (!known || value == 0) {
            complain(field, "Give one of the words that proto/README.md lists for this field.");
            return Word{1};
        }
        return static_cast<Word>(value);
    }
    /// A whole number that must fit.
    [[nodiscard]] std::uint8_t small(std::uint32_t value, const char* field) {
        if (value > 255) complain(field, "This number is too large.");
        return static_cast<std::uint8_t>(value);
    }
    [[nodiscard]] base::Slug slug(const std::string& text, const char* field);
    [[nodiscard]] base::LogId log(const std::string& text, const char* field);

private:
    std::optional<base::Refusal> refusal_;
};

// ---- to Protobuf -------------------------------------------------------------------------------
void put(pb::Position& out, const base::Position& in);
void put(pb::LatLon& out, const base::LatLon& in);
void put(pb::Tip& out, const base::Tip& in);
void put(pb::Error& out, const base::Refusal& in);
void put(pb::PlannedPhase& out, const core::PlannedPhase& in);
void put(pb::Notice& out, const core::Notice& in);
void put(pb::CallToAction& out, const core::CallToAction& in);
void put(pb::MarchSpec& out, const core::MarchSpec& in);
void put(pb::CampaignSpec& out, const core::CampaignSpec& in);
void put(pb::RouteLine& out, const core::RouteLine& in);
void put(pb::Route& out, const core::Route& in);
void put(pb::Place& out, const core::Place& in);
void put(pb::Member& out, const core::Member& in);
void put(pb::AlertKey& out, const core::AlertKey& in);
void put(pb::Alert& out, const core::Alert& in);
void put(pb::PassedMark& out, const core::PassedMark& in);
void put(pb::ColumnSample& out, const core::ColumnSample& in);
void put(pb::ColumnRecord& out, const core::ColumnRecord& in);
void put(pb::Count& out, const core::Count& in);
void put(pb::PushSubscription& out, const core::PushSubscription& in);
void put(pb::ServersSeen& out, const core::ServersSeen& in);
void put(pb::SosPin& out, const core::SosPin& in);
void put(pb::SosCancelled& out, const core::SosCancelled& in);
void put(pb::Readiness& out, const core::Readiness& in);
void put(pb::AlertPolicy& out, const core::AlertPolicy& in);
void put(pb::Proposal& out, const core::Proposal& in);
void put(pb::OrderAudience& out, const core::OrderAudience& in);
void put(pb::Receipts& out, const std::vector<core::Receipt>& in);
void put(pb::Order& out, const core::Order& in);
void put(pb::RecipientsAdded& out, const core::RecipientsAdded& in);
void put(pb::ReceiptsMoved& out, const core::ReceiptsMoved& in);
void put(pb::OrdersEnded& out, const core::OrdersEnded& in);
void put(pb::RestrictedBlock& out, const core::RestrictedBlock& in);
void put(pb::Incident& out, const core::Incident& in);
void put(pb::IncidentReported& out, const core::IncidentReported& in);
void put(pb::IncidentChanged& out, const core::IncidentChanged& in);
void put(pb::Intersection& out, const core::Intersection& in);
void put(pb::RouteClosures& out, const core::RouteClosures& in);
void put(pb::PublicClosures& out, const core::PublicClosures& in);
void put(pb::IntersectionsChanged& out, const core::IntersectionsChanged& in);
void put(pb::Retention& out, const core::Retention& in);
void put(pb::RetentionHeld& out, const core::RetentionHeld& in);
void put(pb::RetentionReleased& out, const core::RetentionReleased& in);
void put(pb::MarchExported& out, const core::MarchExported& in);
void put(pb::MarchForgotten& out, const core::MarchForgotten& in);
void put(pb::MarchListing& out, const core::MarchListing& in);
void put(pb::Person& out, const core::Person& in);
void put(pb::Token& out, const core::Token& in);
void put(pb::Invite& out, const core::Invite& in);
void put(pb::ImportRecord& out, const core::ImportRecord& in);
void put(pb::Line& out, const std::vector<base::LatLon>& in);
void put(pb::PublicMarch& out, const core::PublicMarch& in);
void put(pb::PublicPhase& out, const core::PublicPhase& in);
void put(pb::PublicRoute& out, const core::PublicRoute& in);
void put(pb::PublicColumn& out, const core::PublicColumn& in);
void put(pb::OverviewRow& out, const core::OverviewRow& in);
void put(pb::DeskRow& out, const core::DeskRow& in);
void put(pb::Event& out, const core::Event& in);
void put(pb::OpsSnapshot& out, const core::MarchState& in);

template <class Out, class In>
void put_all(google::protobuf::RepeatedPtrField<Out>& out, const std::vector<In>& in) {
    out.Reserve(static_cast<int>(in.size()));
    for (const In& value : in) put(*out.Add(), value);
}

// ---- from Protobuf -----------------------------------------------------------------------------
[[nodiscard]] base::Position read(const pb::Position& in, Reading& reading);
[[nodiscard]] base::LatLon read(const pb::LatLon& in, Reading& reading);
[[nodiscard]] base::Tip read(const pb::Tip& in, Reading& reading);
[[nodiscard]] core::PlannedPhase read(const pb::PlannedPhase& in, Reading& reading);
[[nodiscard]] core::Notice read(const pb::Notice& in, Reading& reading);
[[nodiscard]] core::CallToAction read(const pb::CallToAction& in, Reading& reading);
[[nodiscard]] core::MarchSpec read(const pb::MarchSpec& in, Reading& reading);
[[nodiscard]] core::CampaignSpec read(const pb::CampaignSpec& in, Reading& reading);
[[nodiscard]] std::shared_ptr<const core::RouteLine> read(const pb::RouteLine& in, Reading& reading);
[[nodiscard]] core::Route read(const pb::Route& in, Reading& reading);
[[nodiscard]] core::Place read(const pb::Place& in, Reading& reading);
[[nodiscard]] core::Member read(const pb::Member& in, Reading& reading);
[[nodiscard]] core::AlertKey read(const pb::AlertKey& in, Reading& reading);
[[nodiscard]] core::Alert read(const pb::Alert& in, Reading& reading);
[[nodiscard]] core::PassedMark read(const pb::PassedMark& in, Reading& reading);
[[nodiscard]] core::ColumnSample read(const pb::ColumnSample& in, Reading& reading);
[[nodiscard]] core::ColumnRecord read(const pb::ColumnRecord& in, Reading& reading);
[[nodiscard]] core::Count read(const pb::Count& in, Reading& reading);
[[nodiscard]] core::ServersSeen read(const pb::ServersSeen& in, Reading& reading);
[[nodiscard]] core::Duress duress_of(int value, Reading& reading);
[[nodiscard]] core::SosPin read(const pb::SosPin& in, Reading& reading);
[[nodiscard]] core::SosCancelled read(const pb::SosCancelled& in, Reading& reading);
[[nodiscard]] core::Readiness read(const pb::Readiness& in, Reading& reading);
[[nodiscard]] core::PushSubscription read(const pb::PushSubscription& in, Reading& reading);
[[nodiscard]] core::AlertPolicy read(const pb::AlertPolicy& in, Reading& reading);
/// `none` is a word as well: the own phone was heard.
[[nodiscard]] core::HeardBy heard_by_of(int value, Reading& reading);
[[nodiscard]] core::Proposal read(const pb::Proposal& in, Reading& reading);
[[nodiscard]] core::AdvancePhase read(const pb::AdvancePhase& in, Reading& reading);
[[nodiscard]] core::Hold read(const pb::Hold& in, Reading& reading);
[[nodiscard]] core::Release read(const pb::Release& in, Reading& reading);
[[nodiscard]] core::Stop read(const pb::Stop& in, Reading& reading);
[[nodiscard]] core::Postpone read(const pb::Postpone& in, Reading& reading);
[[nodiscard]] core::Cancel read(const pb::Cancel& in, Reading& reading);
[[nodiscard]] core::ApproveRoute read(const pb::ApproveRoute& in, Reading& reading);
[[nodiscard]] core::ActivateRoute read(const pb::ActivateRoute& in, Reading& reading);
[[nodiscard]] core::WithdrawRoute read(const pb::WithdrawRoute& in, Reading& reading);
[[nodiscard]] core::PostNotice read(const pb::PostNotice& in, Reading& reading);
[[nodiscard]] core::SetCallsToAction read(const pb::SetCallsToAction& in, Reading& reading);
[[nodiscard]] core::OrderAudience read(const pb::OrderAudience& in, Reading& reading);
/// Ascending, each note about one of them.
[[nodiscard]] std::vector<core::Receipt> read(const pb::Receipts& in, Reading& reading);
[[nodiscard]] core::Order read(const pb::Order& in, Reading& reading);
[[nodiscard]] core::RecipientsAdded read(const pb::RecipientsAdded& in, Reading& reading);
[[nodiscard]] core::ReceiptsMoved read(const pb::ReceiptsMoved& in, Reading& reading);
[[nodiscard]] core::OrdersEnded read(const pb::OrdersEnded& in, Reading& reading);
[[nodiscard]] core::IssueOrder read(const pb::IssueOrder& in, Reading& reading);
[[nodiscard]] core::OpenRollCall read(const pb::OpenRollCall& in, Reading& reading);
[[nodiscard]] core::Acknowledge read(const pb::Acknowledge& in, Reading& reading);
[[nodiscard]] core::AnswerRollCall read(const pb::AnswerRollCall& in, Reading& reading);
[[nodiscard]] core::RestrictedBlock read(const pb::RestrictedBlock& in, Reading& reading);
[[nodiscard]] core::Incident read(const pb::Incident& in, Reading& reading);
[[nodiscard]] core::IncidentReported read(const pb::IncidentReported& in, Reading& reading);
[[nodiscard]] core::IncidentChanged read(const pb::IncidentChanged& in, Reading& reading);
[[nodiscard]] core::ReportIncident read(const pb::ReportIncident& in, Reading& reading);
[[nodiscard]] core::UpdateIncident read(const pb::UpdateIncident& in, Reading& reading);
[[nodiscard]] core::Intersection read(const pb::Intersection& in, Reading& reading);
[[nodiscard]] core::RouteClosures read(const pb::RouteClosures& in, Reading& reading);
[[nodiscard]] core::IntersectionsChanged read(const pb::IntersectionsChanged& in, Reading& reading);
[[nodiscard]] core::Retention read(const pb::Retention& in, Reading& reading);
[[nodiscard]] core::HoldRetention read(const pb::HoldRetention& in, Reading& reading);
[[nodiscard]] core::ReleaseRetention read(const pb::ReleaseRetention& in, Reading& reading);
[[nodiscard]] core::RecordExport read(const pb::RecordExport& in, Reading& reading);
[[nodiscard]] core::WaiveExport read(const pb::WaiveExport& in, Reading& reading);
[[nodiscard]] core::RetentionHeld read(const pb::RetentionHeld& in, Reading& reading);
[[nodiscard]] core::RetentionReleased read(const pb::RetentionReleased& in, Reading& reading);
[[nodiscard]] core::MarchExported read(const pb::MarchExported& in, Reading& reading);
[[nodiscard]] core::MarchForgotten read(const pb::MarchForgotten& in, Reading& reading);
[[nodiscard]] core::SetIntersection read(const pb::SetIntersection& in, Reading& reading);
[[nodiscard]] core::MarchListing read(const pb::MarchListing& in, Reading& reading);
[[nodiscard]] core::Person read(const pb::Person& in, Reading& reading);
[[nodiscard]] core::Token read(const pb::Token& in, Reading& reading);
[[nodiscard]] core::Invite read(const pb::Invite& in, Reading& reading);
/// A SHA-256; complains with this sentence of anything else.
[[nodiscard]] base::Digest read_hash(const std::string& in, Reading& reading, const char* field, const char* sentence);
[[nodiscard]] core::ImportRecord read(const pb::ImportRecord& in, Reading& reading);
[[nodiscard]] core::Event read(const pb::Event& in, Reading& reading);
[[nodiscard]] core::Command read(const pb::Command& in, Reading& reading);

template <class In>
[[nodiscard]] auto read_all(const google::protobuf::RepeatedPtrField<In>& in, Reading& reading) {
    std::vector<decltype(read(std::declval<const In&>(), reading))> values;
    values.reserve(static_cast<std::size_t>(in.size()));
    for (const In& value : in) values.push_back(read(value, reading));
    return values;
}

// ---- text and bytes ----------------------------------------------------------------------------
/// The Protobuf JSON mapping, fields that are not set left out.
[[nodiscard]] std::string json_of(const google::protobuf::Message& message);
/// Unknown fields are skipped. The refusal names the place as well as the library can.
[[nodiscard]] base::Result<void> parse_json(std::string_view text, google::protobuf::Message& message);
/// Equal messages give equal bytes.
[[nodiscard]] std::string bytes_of(const google::protobuf::Message& message);
/// One `items` entry of a ServerMessage: tag, length, bytes; or one JSON object.
[[nodiscard]] std::string item_of(const pb::Item& item, Encoding encoding);

}  // namespace marchwire::wire
