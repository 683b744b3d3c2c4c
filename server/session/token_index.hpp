// Who a token is: every campaign's unrevoked tokens by their hash, one copy per shard.
#pragma once

#include "base/hmac.hpp"
#include "core/model.hpp"
#include "core/rights.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>

namespace marchwire::session {

/// What a token proves.
struct Grant {
    base::Slug campaign;
    std::uint32_t number = 0;  ///< core::Token::number; 0: an app's token
    core::Actor actor;
    base::UtcMs expires_at;  ///< 0 is never

    /// The march's log, or the campaign's when the token is for all of it.
    [[nodiscard]] base::LogId scope() const { return base::LogId{campaign, actor.march}; }
};

/// A grant, and what else than the token its owner has to show.
struct Credential {
    Grant grant;
    std::string public_key;  ///< they sign a Challenge with this key; empty: the token is enough
};

/// One thread: each shard has its own and is told of changes in order. Looked up by hash, so that
/// comparing costs the same for right and wrong tokens.
class TokenIndex {
public:
    /// Adds, or takes away when `token.revoked`.
    void put(const base::Slug& campaign, const core::Token& token);
    /// Empty when unknown, revoked or expired.
    [[nodiscard]] std::optional<Credential> find(const base::Hash256& hash, base::UtcMs now) const;
    /// Whether this person has a token that is not revoked. Walks over all: for the moment of a revocation.
    [[nodiscard]] bool has_token(const base::Slug& campaign, base::PersonId person) const;
    [[nodiscard]] std::size_t size() const { return credentials_.size(); }

private:
    /// The hash is uniform already: its first bytes do.
    struct FirstBytes {
        std::size_t operator()(const base::Hash256& hash) const noexcept {
            std::size_t first = 0;
            std::memcpy(&first, hash.data(), sizeof first);
            return first;
        }
    };
    std::unordered_map<base::Hash256, Credential, FirstBytes> credentials_;
};

}  // namespace marchwire::session
