// From the messages of the wire to the plain values of the public headers, and back. (internal to the SDK)
#pragma once

#include "marchwire/client.hpp"
#include "marchwire/v1/session.pb.h"

#include <string>

namespace marchwire::sdk {

namespace v1 = marchwire::v1;

/// Protobuf JSON on one line.
[[nodiscard]] std::string json_of(const google::protobuf::Message& message);

[[nodiscard]] Position position_of(const v1::Position& position);
void put(const Position& position, v1::Position& into);
[[nodiscard]] LatLon point_of(const v1::LatLon& point);
[[nodiscard]] v1::LatLon wire_point(const LatLon& point);
[[nodiscard]] std::vector<LatLon> points_of(const v1::Line& line);

[[nodiscard]] Error error_of(const v1::Error& error);
[[nodiscard]] Welcome welcome_of(const v1::Welcome& welcome);
[[nodiscard]] Notice notice_of(const v1::Notice& notice);
[[nodiscard]] PassedMark mark_of(const v1::PassedMark& mark);
[[nodiscard]] ColumnSample sample_of(const v1::ColumnSample& sample, UtcMs at);
[[nodiscard]] Incident incident_of(const v1::Incident& incident);
[[nodiscard]] RestrictedBlock restricted_of(const v1::RestrictedBlock& block);
[[nodiscard]] Count count_of(const v1::Count& count);
[[nodiscard]] Proposal proposal_of(const v1::Proposal& proposal);
[[nodiscard]] Member member_of(const v1::Member& member);
[[nodiscard]] March march_of(const v1::PublicSnapshot& snapshot);
[[nodiscard]] March march_of(const v1::OpsSnapshot& snapshot);
[[nodiscard]] March march_of(const v1::MarshalSnapshot& snapshot);
[[nodiscard]] Row row_of(const v1::OverviewRow& row);
[[nodiscard]] Row row_of(const v1::DeskRow& row);
[[nodiscard]] PersonAccess person_access_of(const v1::PersonAccess& access);
[[nodiscard]] Change change_of(const v1::Item& item);

/// The command's body, into a message that has its id and log already.
void put(const Command& command, v1::Command& into);

}  // namespace marchwire::sdk
