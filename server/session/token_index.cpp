// Who a token is.
#include "session/token_index.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::session {

void TokenIndex::put(const base::Slug& campaign, const core::Token& token) {
    if (token.revoked) {
        credentials_.erase(token.hash);
        return;
    }
    Grant grant;
    grant.campaign = campaign;
    grant.number = token.number;
    grant.actor.person = token.person;
    grant.actor.role = token.role;
    grant.actor.march = token.march;
    grant.expires_at = token.expires_at;
    credentials_.insert_or_assign(token.hash, Credential{std::move(grant), token.public_key});
}

bool TokenIndex::has_token(const base::Slug& campaign, base::PersonId person) const {
    return std::ranges::any_of(credentials_, [&](const auto& one) {
        const Grant& grant = one.second.grant;
        return grant.actor.person == person && grant.campaign == campaign;
    });
}

std::optional<Credential> TokenIndex::find(const base::Hash256& hash, base::UtcMs now) const {
    const auto known = credentials_.find(hash);
    if (known == credentials_.end()) return std::nullopt;
    const base::UtcMs expires_at = known->second.grant.expires_at;
    if (expires_at && now >= expires_at) return std::nullopt;
    return known->second;
}

}  // namespace marchwire::session
