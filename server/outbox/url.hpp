// A URL that the outbox may call, and the addresses that it may lead to.
#pragma once

#include "base/outcome.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace marchwire::outbox {

struct Url {
    bool tls = true;
    std::string host;  ///< a name or an IP address, without brackets
    std::uint16_t port = 443;
    std::string target = "/";
    bool operator==(const Url&) const = default;

    /// As in a Host header, and what a browser calls the origin.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] std::string origin() const;
};

/// https, or http to this host itself. Neither user, password nor fragment; at most limits::push_endpoint_characters,
/// printable ASCII. `field` names it in the refusal.
[[nodiscard]] base::Result<Url> parse_url(std::string_view text, const std::string& field);

/// Of this host: 127.0.0.0/8, ::1.
[[nodiscard]] bool is_loopback(const boost::asio::ip::address& address);
/// Somewhere on the internet: not loopback, private, link-local, carrier-grade NAT, multicast, documentation or
/// reserved. What embeds an IPv4 address (mapped, NAT64, 6to4) is as that address.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

}  // namespace marchwire::outbox
