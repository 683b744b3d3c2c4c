// The server's own keys: what chains and signed tips are made with.
#pragma once

#include "base/hmac.hpp"
#include "base/ids.hpp"
#include "base/outcome.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace marchwire::access {

using PublicKey = std::array<std::uint8_t, 32>;  ///< Ed25519
using Signature = std::array<std::uint8_t, 64>;

/// DATA/keys.json, readable by its owner only. Losing it means that the logs beside it cannot be verified
/// any more: it belongs in the backup, apart from them. Thread-safe after it was opened.
class KeyRing {
public:
    /// Makes the file when there is none (written whole or not at all). Refused, with the remedy, when others
    /// may read it or when it is damaged: keys are never replaced silently, since the logs stand on them.
    [[nodiscard]] static base::Result<KeyRing> open(const std::string& path);

    /// One key per log, so that a chain says nothing about another.
    [[nodiscard]] base::Hash256 chain_key(const base::LogId& log) const;
    /// A key for one more purpose ("vapid", "push"), the same on every server with this file.
    [[nodiscard]] base::Hash256 key_for(std::string_view purpose) const;
    [[nodiscard]] Signature sign_tip(const base::LogId& log, const base::Tip& tip) const;
    [[nodiscard]] const PublicKey& signing_public() const { return signing_public_; }

private:
    KeyRing() = default;
    [[nodiscard]] static base::Result<KeyRing> make(const std::string& path);
    [[nodiscard]] static base::Result<KeyRing> read(const std::string& path);

    base::Hash256 master_{};
    std::array<std::uint8_t, 32> signing_seed_{};
    PublicKey signing_public_{};
};

/// True when the tip of this log was signed by the owner of `key`.
[[nodiscard]] bool is_signed_tip(const PublicKey& key, const base::LogId& log, const base::Tip& tip,
                                 const Signature& signature);

}  // namespace marchwire::access
