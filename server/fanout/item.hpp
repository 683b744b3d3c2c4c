// What travels on a topic: encoded and framed once per encoding, immutable, shared by every session and shard.
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"
#include "wire/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace marchwire::fanout {

/// DESIGN 4, promise 5. A is never dropped and flushes what waits before it; B is ordered and resumable;
/// of C only the newest value per key is kept; D answers requests, goes in pieces and yields.
enum class DeliveryClass : std::uint8_t { a, b, c, d };

/// Names a class C value: what kind, of whom or what. Equal keys replace one another.
struct ConflationKey {
    std::uint32_t topic = 0;  ///< base::TopicNumber's value; 0 for values outside any log
    std::uint32_t kind = 0;   ///< chosen by the publisher, one per item kind
    std::uint64_t subject = 0;

    constexpr auto operator<=>(const ConflationKey&) const = default;
};

/// One item as a message of its own, by wire::Encoding: encoded and framed once, by its desk. Null where nobody needs
/// that encoding.
using Messages = std::array<wire::Frame, wire::encoding_count>;

[[nodiscard]] inline const wire::Frame& in(const Messages& messages, wire::Encoding encoding) {
    return messages[static_cast<std::size_t>(encoding)];
}

/// An item of a log's feed on one topic. Class A and B items bear position and prev; class C ones a key.
struct LiveItem {
    base::TopicNumber topic;
    base::Position position;  ///< the log's; on the public topic the public one. Zero for class C
    base::Seq prev;           ///< seq that this topic bore before
    DeliveryClass delivery = DeliveryClass::b;
    ConflationKey key;
    base::UtcMs expires_at;  ///< class C: newcomers are not given it from then on; 0 is never
    Messages messages;
};

}  // namespace marchwire::fanout

template <>
struct std::hash<marchwire::fanout::ConflationKey> {
    std::size_t operator()(const marchwire::fanout::ConflationKey& key) const noexcept {
        const std::uint64_t both = (static_cast<std::uint64_t>(key.topic) << 32U) | key.kind;
        return static_cast<std::size_t>((both ^ (key.subject * 0x9E3779B97F4A7C15ULL)) * 0xD6E8FEB86659FD93ULL);
    }
};
