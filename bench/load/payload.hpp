// The 200 bytes that every subject carries: when, on which topic, which one, and a text that must arrive as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::load {

inline constexpr std::size_t payload_bytes = 200;

struct Stamp {
    std::int64_t at_ns = 0;    ///< when it was due, by now_ns()
    std::uint32_t topic = 0;   ///< 0 to 9 999
    std::uint32_t number = 0;  ///< of its topic, from 0; below 100 million

    bool operator==(const Stamp&) const = default;
};

/// Printable ASCII without quotes, so that it is the same in JSON.
[[nodiscard]] std::string payload_of(const Stamp& stamp);

/// None when even one byte is not as payload_of() made it.
[[nodiscard]] std::optional<Stamp> read_payload(std::string_view payload);

}  // namespace marchwire::load
