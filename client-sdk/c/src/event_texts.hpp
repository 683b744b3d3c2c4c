// Events as JSON on one line: the shapes of client-sdk/c/README.md. (internal to the C SDK)
#pragma once

#include "marchwire/client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::c {

[[nodiscard]] std::string text_of(const sdk::ConnectionState& state);
[[nodiscard]] std::string text_of(const sdk::FeedItem& item);
[[nodiscard]] std::string text_of_snapshot(const sdk::FeedName& feed);
[[nodiscard]] std::string text_of(const sdk::Gap& gap);
[[nodiscard]] std::string text_of(const sdk::Discontinuity& told);
[[nodiscard]] std::string text_of(const sdk::Skipped& skipped);
[[nodiscard]] std::string text_of_refused(const sdk::FeedName& feed, const sdk::Error& error);
[[nodiscard]] std::string text_of_reply(sdk::CommandId id, const sdk::Outcome& outcome);
[[nodiscard]] std::string text_of_lost(sdk::CommandId id, const sdk::Error& error);
[[nodiscard]] std::string text_of(const sdk::Error& error);
[[nodiscard]] std::string text_of(const sdk::Fault& fault);
[[nodiscard]] std::string text_of_token_wanted();
/// `feed`: the one that was asked for, which an error does not name.
[[nodiscard]] std::string text_of_history(const std::string& feed, const sdk::History& history);
[[nodiscard]] std::string text_of(const sdk::Access& access);
/// No event: the answer to marchwire_redeem.
[[nodiscard]] std::string text_of(const sdk::Redeemed& redeemed);
/// What marchwire_client_position gives.
[[nodiscard]] std::string text_of(const sdk::Position& position);

/// Empty where it is not what `text_of` gives.
[[nodiscard]] std::optional<sdk::Position> position_in(std::string_view text);
/// An array of marchwire.v1.Fix; empty where it is none.
[[nodiscard]] std::optional<std::vector<sdk::Fix>> fixes_in(std::string_view text);

}  // namespace marchwire::c
