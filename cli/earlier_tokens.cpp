#include "earlier_tokens.hpp"

#include <nlohmann/json.hpp>

namespace marchwire::cli {

void EarlierTokens::add(const std::string& campaign, const nlohmann::json& tokens) {
    for (const nlohmann::json& token : tokens) {
        if (token.value("revoked", false)) continue;
        const std::string march = campaign + "/" + token.value("march", "");
        numbers_[{march, token.value("callsign", "")}].push_back(token.value("number", 0U));
    }
}

std::optional<std::uint32_t> EarlierTokens::of(const std::string& march, const std::string& callsign) const {
    const auto found = numbers_.find({march, callsign});
    if (found == numbers_.end()) return std::nullopt;
    return found->second.back();
}

void EarlierTokens::forget(const std::string& march, const std::string& callsign) {
    const auto found = numbers_.find({march, callsign});
    if (found == numbers_.end()) return;
    found->second.pop_back();
    if (found->second.empty()) numbers_.erase(found);
}

}  // namespace marchwire::cli
