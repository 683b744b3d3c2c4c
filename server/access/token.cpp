// Opaque tokens.
#include "access/token.hpp"

#include "base/outcome.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstdint>

namespace marchwire::access {

std::string new_token() {
    std::array<std::uint8_t, 32> bits{};
    MARCHWIRE_INVARIANT(RAND_bytes(bits.data(), static_cast<int>(bits.size())) == 1);
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    std::uint32_t waiting = 0;
    unsigned waiting_bits = 0;
    for (const std::uint8_t byte : bits) {
        waiting = (waiting << 8U) | byte;
        waiting_bits += 8;
        while (waiting_bits >= 6) {
            waiting_bits -= 6;
            text += letters[(waiting >> waiting_bits) & 63U];
        }
    }
    text += letters[(waiting << (6 - waiting_bits)) & 63U];  // 256 bits leave four over
    return text;
}

base::Hash256 hash_token(std::string_view text) { return base::sha256(text); }

}  // namespace marchwire::access
