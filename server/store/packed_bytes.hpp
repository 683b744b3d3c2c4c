// Numbers, digests and tips as the bytes that Redis keeps: big endian, one after the other.
#pragma once

#include "store/event_log.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::store {

inline constexpr std::size_t tip_bytes = 8 + 8 + sizeof(Digest);

inline void append_number(std::string& bytes, std::uint64_t value, int width = 8) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU));
    }
}
[[nodiscard]] inline std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

inline void append_digest(std::string& bytes, const Digest& digest) {
    for (const std::uint8_t byte : digest) bytes.push_back(static_cast<char>(byte));
}
/// Of the first 32 bytes.
[[nodiscard]] inline Digest digest_in(std::string_view bytes) {
    Digest digest{};
    std::memcpy(digest.data(), bytes.data(), digest.size());
    return digest;
}

inline void append_tip(std::string& bytes, const Tip& tip) {
    append_number(bytes, tip.epoch.value);
    append_number(bytes, tip.seq.value);
    append_digest(bytes, tip.digest);
}
[[nodiscard]] inline std::optional<Tip> unpacked_tip(std::string_view bytes) {
    if (bytes.size() != tip_bytes) return std::nullopt;
    Tip tip;
    tip.epoch.value = static_cast<std::uint32_t>(number_at(bytes, 0, 8));
    tip.seq.value = number_at(bytes, 8, 8);
    tip.digest = digest_in(bytes.substr(16));
    return tip;
}

}  // namespace marchwire::store
