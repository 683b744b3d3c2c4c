// Tokens that people of an earlier simulation still hold: nobody uses them again, so they are ended.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::cli {

class EarlierTokens {
public:
    /// `tokens` as the admin socket's token_list answers for this campaign; those that are revoked are left out.
    void add(const std::string& campaign, const nlohmann::json& tokens);
    /// One that this person of "campaign/march" holds.
    [[nodiscard]] std::optional<std::uint32_t> of(const std::string& march, const std::string& callsign) const;
    /// It was revoked, or cannot be.
    void forget(const std::string& march, const std::string& callsign);

private:
    std::map<std::pair<std::string, std::string>, std::vector<std::uint32_t>> numbers_;
};

}  // namespace marchwire::cli
