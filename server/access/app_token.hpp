// Short tokens that the backend of an embedding app signs: compact JWS, EdDSA and nothing else.
#pragma once

#include "base/ids.hpp"
#include "base/issuers.hpp"
#include "base/outcome.hpp"
#include "base/units.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::access {

/// Whom an app says that somebody is.
struct AppClaims {
    std::string issuer;
    std::string audience;
    base::LogId march;
    std::string subject;    ///< a callsign of that march's roster, or nobody there
    base::UtcMs issued_at;  ///< whole seconds; 0: not said
    base::UtcMs expires_at;
    bool operator==(const AppClaims&) const = default;
};

/// Tokens of ours are base64url and have no dot.
[[nodiscard]] inline bool is_app_token(std::string_view text) { return text.find('.') != std::string_view::npos; }

/// What the token says when it is to be believed at `now`, of the machine's clock. EXPIRED when it was right and its
/// time is over, TOO_LARGE and INVALID_ARGUMENT when it is larger or lives longer than one may, else UNAUTHENTICATED;
/// the field is "hello.token", and the sentence is for who writes the backend. Nothing that is not signed is judged but
/// for the names that its key is found by.
[[nodiscard]] base::Result<AppClaims> read_app_token(std::string_view token, const std::vector<base::Issuer>& issuers,
                                                     base::UtcMs now);

/// `pem`: a private key of Ed25519, as `openssl genpkey -algorithm ed25519` makes it.
[[nodiscard]] base::Result<std::string> sign_app_token(const std::string& pem, std::string_view kid,
                                                       const AppClaims& claims);

}  // namespace marchwire::access
