// Opaque tokens.
#include "access/token.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"

namespace marchwire::access {

std::string new_token() {
    constexpr std::size_t token_bytes = 32;
    return base::base64url(base::random_bytes(token_bytes));
}

base::Hash256 hash_token(std::string_view text) { return base::sha256(text); }

}  // namespace marchwire::access
