#include "core/chain.hpp"

#include <array>

namespace marchwire::core {
namespace {

std::array<char, 8> big_endian(std::uint64_t value) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[7 - i] = static_cast<char>(value & 0xFFU);
        value >>= 8U;
    }
    return bytes;
}

std::string_view text_of(const base::Digest& digest) {
    return {static_cast<const char*>(static_cast<const void*>(digest.data())), digest.size()};
}

}  // namespace

base::Digest next_digest(const base::Hmac& chain_key, const base::Digest& previous, base::Seq seq,
                         std::string_view stored_bytes) {
    const auto place = big_endian(seq.value);
    const std::array<std::string_view, 3> parts{text_of(previous), std::string_view{place.data(), place.size()},
                                                stored_bytes};
    return chain_key.of(parts);
}

std::string tip_statement(const base::LogId& log, const base::Tip& tip) {
    std::string statement = "marchwire tip 1\n" + log.text() + "\n";
    statement += std::to_string(tip.epoch.value) + "\n" + std::to_string(tip.seq.value) + "\n";
    statement += text_of(tip.digest);
    return statement;
}

}  // namespace marchwire::core
