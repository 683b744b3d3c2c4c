// Protobuf and its JSON mapping <-> plain values. The only user of *.pb.h in the server.
//
// All functions are pure and thread-safe. An encoded *item* is the bytes of one `items` entry, tag and
// length included (binary), or one JSON object (JSON): a run is items laid end to end, see frame.hpp.
#pragma once

#include "base/hmac.hpp"
#include "wire/frame.hpp"
#include "wire/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::wire {

// ---- conversation ------------------------------------------------------------------------------
/// INVALID_ARGUMENT with the field path for anything that is not a ClientMessage; unknown fields are
/// skipped (binary and JSON alike).
[[nodiscard]] base::Result<ClientMessage> decode_client(std::string_view bytes, Encoding encoding);
/// The answer to bytes that `decode_client` refused: by the command's id or the feed's name where they could be
/// read, so that a client knows which of its wishes is meant; else an Error.
[[nodiscard]] SessionItem answer_to_refused(std::string_view bytes, Encoding encoding, base::Refusal refusal);
[[nodiscard]] std::string encode(const SessionItem& item, Encoding encoding);

/// One item as a message of its own.
[[nodiscard]] Frame message_of(const SessionItem& item, Encoding encoding);

/// An item on a log's topic. `position` is the log's (the public one on the public topic).
[[nodiscard]] std::string encode_public(base::TopicNumber topic, const base::Position& position, base::Seq prev,
                                        const core::PublicItem& item, Encoding encoding);
/// As core::shown_on says: on a phone's topic a part may be left out.
[[nodiscard]] std::string encode_entry(base::TopicNumber topic, const base::Position& position, base::Seq prev,
                                       const core::Entry& entry, Encoding encoding);
[[nodiscard]] std::string encode_telemetry(base::TopicNumber topic, const TelemetryItem& item, Encoding encoding);

// ---- snapshots: whole bytes of the message, to be cut in pieces --------------------------------
[[nodiscard]] std::string encode_snapshot(const core::PublicSnapshot& snapshot, const core::PublicColumn& column,
                                          Encoding encoding);
[[nodiscard]] std::string encode_snapshot(const core::MarchState& ops, Encoding encoding);
[[nodiscard]] std::string encode_snapshot(const core::SectionSnapshot& snapshot, Encoding encoding);
[[nodiscard]] std::string encode_snapshot(const core::MarshalSnapshot& snapshot, Encoding encoding);

// ---- stored form -------------------------------------------------------------------------------
[[nodiscard]] std::string encode_stored(const core::Entry& entry);
/// INVALID_ARGUMENT when the bytes are no entry of a known kind: the log is of a newer version or damaged.
[[nodiscard]] base::Result<core::Entry> decode_stored(std::string_view bytes);

/// A part of an entry that is stored sealed, in the clear.
struct Secret {
    core::SealedClass what = core::SealedClass::places;
    std::string clear;
};
[[nodiscard]] bool bears_secrets(const core::Event& event);
/// Takes those out of the event.
[[nodiscard]] std::vector<Secret> take_secrets(core::Event& event);
/// Puts one back. False: it is not of this event, or no secret.
[[nodiscard]] bool put_secret(core::Event& event, const Secret& secret);
[[nodiscard]] std::string encode_details(const PersonDetails& details);
[[nodiscard]] std::optional<PersonDetails> decode_details(std::string_view bytes);

[[nodiscard]] std::string encode_checkpoint(const core::MarchState& state);
[[nodiscard]] std::string encode_checkpoint(const core::CampaignState& state);
[[nodiscard]] base::Result<core::MarchState> decode_march_checkpoint(std::string_view bytes, const base::LogId& log);
[[nodiscard]] base::Result<core::CampaignState> decode_campaign_checkpoint(std::string_view bytes,
                                                                           const base::LogId& log);

// ---- admin socket: JSON of the same messages ---------------------------------------------------
/// `{"createMarch":{...}}`: a Command's body, made_at and min_level in the JSON mapping.
[[nodiscard]] base::Result<core::Command> decode_command_json(std::string_view json);
/// OpsSnapshot and CampaignCheckpoint (token hashes left out) as JSON, for `state`.
[[nodiscard]] std::string state_json(const core::MarchState& state);
[[nodiscard]] std::string state_json(const core::CampaignState& state);
/// One entry as JSON, for `log dump`.
[[nodiscard]] std::string entry_json(const core::Entry& entry);

}  // namespace marchwire::wire
