// From where a client of a load balancer comes: PROXY headers (HAProxy's PROXY protocol, versions 1 and 2) and
// X-Forwarded-For, read without a socket.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace marchwire::net {

/// More bytes are needed.
struct ProxyNeedsMore {
    bool operator==(const ProxyNeedsMore&) const = default;
};
/// The bytes are no PROXY header, or a broken one.
struct ProxyBroken {
    bool operator==(const ProxyBroken&) const = default;
};
struct ProxyHeader {
    std::size_t bytes = 0;                           ///< so long it was: what follows is the client's
    std::optional<boost::asio::ip::address> client;  ///< none: the balancer speaks for itself, or does not know
    bool operator==(const ProxyHeader&) const = default;
};
using ProxyRead = std::variant<ProxyNeedsMore, ProxyBroken, ProxyHeader>;

/// `bytes` from the connection's beginning. Never reads beyond limits::proxy_header_bytes.
[[nodiscard]] ProxyRead read_proxy_header(std::string_view bytes);

/// From the right, the first address that is no listed balancer's: what stands left of it anybody may have written.
/// None when there is none or it cannot be read.
[[nodiscard]] std::optional<boost::asio::ip::address> client_of_forwarded(std::string_view field,
                                                                          std::span<const std::string> proxies);

}  // namespace marchwire::net
