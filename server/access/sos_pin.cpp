#include "access/sos_pin.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace marchwire::access {
namespace {

namespace limits = base::limits;

/// scrypt of what the key file makes of the PIN.
base::Digest slow_hash(const KeyRing& keys, const std::string& pin, const std::string& salt) {
    const std::array<std::string_view, 1> parts{pin};
    const base::Hash256 keyed = base::Hmac(keys.key_for("sos pin")).of(parts);
    base::Digest hash{};
    constexpr std::uint64_t memory_most = 64UL * 1024 * 1024;  // four times what it takes
    const int made = EVP_PBE_scrypt(
        reinterpret_cast<const char*>(keyed.data()), keyed.size(), reinterpret_cast<const unsigned char*>(salt.data()),
        salt.size(), limits::sos_pin_cost, limits::sos_pin_block, 1, memory_most, hash.data(), hash.size());
    MARCHWIRE_INVARIANT(made == 1);
    return hash;
}

bool is_same(const base::Digest& a, const base::Digest& b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace

base::Result<void> check_pin(const std::string& typed, const char* field) {
    const bool fits = typed.size() >= limits::sos_pin_digits_least && typed.size() <= limits::sos_pin_digits_most;
    if (fits && std::ranges::all_of(typed, [](char one) { return one >= '0' && one <= '9'; })) return {};
    return base::invalid(field, "A PIN has " + std::to_string(limits::sos_pin_digits_least) + " to " +
                                    std::to_string(limits::sos_pin_digits_most) + " digits.");
}

base::Result<void> check_pins(const core::SetSosPin& chosen) {
    if (auto fits = check_pin(chosen.pin, "pin"); !fits) return fits;
    if (chosen.duress_pin.empty()) return {};
    if (auto fits = check_pin(chosen.duress_pin, "duress_pin"); !fits) return fits;
    if (chosen.duress_pin != chosen.pin) return {};
    return base::invalid("duress_pin", "Choose another than the PIN: it is for when you are forced to cancel.");
}

core::SosPin hash_pins(const KeyRing& keys, const core::SetSosPin& chosen) {
    core::SosPin made;
    made.salt = base::random_bytes(limits::sos_pin_salt_bytes);
    made.hash = slow_hash(keys, chosen.pin, made.salt);
    if (!chosen.duress_pin.empty()) made.duress_hash = slow_hash(keys, chosen.duress_pin, made.salt);
    return made;
}

core::PinMatch match_of(const KeyRing& keys, const core::SosPin& known, const std::string& typed) {
    const base::Digest hash = slow_hash(keys, typed, known.salt);
    const bool is_pin = is_same(hash, known.hash);
    const bool is_duress = is_same(hash, known.duress_hash);
    if (is_pin) return core::PinMatch::pin;
    return is_duress ? core::PinMatch::duress : core::PinMatch::none;
}

}  // namespace marchwire::access
