#include "wire/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace marchwire::wire {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// Bytes of the character at `i`, or 0 when it is none. RFC 3629, 4: the second byte's range depends on the first.
std::size_t character_bytes(std::string_view text, std::size_t i) {
    const unsigned first = byte_at(text, i);
    std::size_t size = 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        size = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        size = 3;
        if (first == 0xE0) low = 0xA0;
        if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        size = 4;
        if (first == 0xF0) low = 0x90;
        if (first == 0xF4) high = 0x8F;
    } else {
        return 0;
    }
    if (text.size() - i < size) return 0;
    if (byte_at(text, i + 1) < low || byte_at(text, i + 1) > high) return 0;
    for (std::size_t k = 2; k < size; ++k) {
        if ((byte_at(text, i + k) & 0xC0U) != 0x80U) return 0;
    }
    return size;
}

}  // namespace

bool is_utf8(std::string_view text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080ULL;
    std::size_t i = 0;
    while (i < text.size()) {
        // Most messages are ASCII: eight bytes at a time.
        if (text.size() - i >= sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + i, sizeof word);
            if ((word & high_bits) == 0) {
                i += sizeof word;
                continue;
            }
        }
        if (byte_at(text, i) < 0x80) {
            ++i;
            continue;
        }
        const std::size_t size = character_bytes(text, i);
        if (size == 0) return false;
        i += size;
    }
    return true;
}

}  // namespace marchwire::wire
