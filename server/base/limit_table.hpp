// The limits that a client can meet, as data: what it is told, and how they are counted. docs/LIMITS.md is made of it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::base {

enum class Limit : std::uint8_t {
    connections,
    connections_public,
    handshakes,
    handshakes_public,
    newcomers,
    address_connections,
    address_newcomers,
    address_blamed,
    address_handshakes,
    tls_handshake,
    proxy_header,
    http_header,
    http_fields,
    http_body,
    http_request,
    http_idle,
    hello_deadline,
    hello_rate,
    wrong_tokens,
    device_sessions,
    app_token,
    message,
    client_frames,
    commands,
    subscriptions,
    queue_followers,
    queue_staff,
    queue_answers,
    write_stall,
    silence,
};
inline constexpr std::size_t limit_count = static_cast<std::size_t>(Limit::silence) + 1;

struct LimitRow {
    Limit limit;
    std::string_view name;  ///< in metrics: marchwire_limited_total{limit="NAME"}
    std::string value;      ///< with its setting in brackets where there is one
    std::string_view unit;
    std::string_view scope;
    std::string_view told;  ///< to the client
};
/// In the order of Limit.
[[nodiscard]] std::span<const LimitRow> limit_table();
[[nodiscard]] std::string_view name_of(Limit limit);
/// docs/LIMITS.md, and what `marchwired --limits` prints.
[[nodiscard]] std::string limits_page();

/// How often each was met since the start. Relaxed: figures for people.
class LimitCounts {
public:
    void count(Limit limit) { all_.at(static_cast<std::size_t>(limit)).fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t of(Limit limit) const {
        return all_.at(static_cast<std::size_t>(limit)).load(std::memory_order_relaxed);
    }

private:
    std::array<std::atomic<std::uint64_t>, limit_count> all_{};
};

}  // namespace marchwire::base
