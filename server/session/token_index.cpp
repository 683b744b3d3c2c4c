// Who a token is.
#include "session/token_index.hpp"

#include <utility>

namespace marchwire::session {

void TokenIndex::put(const base::Slug& campaign, const core::Token& token) {
    if (token.revoked) {
        grants_.erase(token.hash);
        return;
    }
    Grant grant;
    grant.campaign = campaign;
    grant.number = token.number;
    grant.actor.person = token.person;
    grant.actor.role = token.role;
    grant.actor.march = token.march;
    grant.expires_at = token.expires_at;
    grants_.insert_or_assign(token.hash, std::move(grant));
}

std::optional<Grant> TokenIndex::find(const base::Hash256& hash, base::UtcMs now) const {
    const auto known = grants_.find(hash);
    if (known == grants_.end()) return std::nullopt;
    if (known->second.expires_at && now >= known->second.expires_at) return std::nullopt;
    return known->second;
}

}  // namespace marchwire::session
