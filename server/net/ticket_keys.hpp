// The keys that seal the tickets by which a client resumes its TLS session: drawn anew, and soon forgotten.
#pragma once

#include "base/units.hpp"

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>

namespace marchwire::net {

struct TicketKey {
    std::array<unsigned char, 16> name{};  ///< stands in the ticket
    std::array<unsigned char, 32> aes{};
    std::array<unsigned char, 32> mac{};
};

/// Two generations are held: a ticket of the one before is taken and renewed. Whoever copies the server's memory reads
/// with them what was said under TLS 1.2 in the last hours, and nothing older. Any thread; once for each handshake.
class TicketKeys {
public:
    explicit TicketKeys(base::UtcMs now);

    /// The one that seals now; `now` of the machine's clock.
    [[nodiscard]] TicketKey newest(base::UtcMs now);
    struct Found {
        TicketKey key;
        bool is_newest = false;
    };
    /// None: it is forgotten, or never was ours.
    [[nodiscard]] std::optional<Found> find(const unsigned char* name, base::UtcMs now);

private:
    void renew(base::UtcMs now);

    std::mutex mutex_;
    TicketKey newest_;
    std::optional<TicketKey> before_;
    base::UtcMs renewed_at_;
};

}  // namespace marchwire::net
