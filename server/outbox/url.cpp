#include "outbox/url.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace marchwire::outbox {
namespace {

namespace ip = boost::asio::ip;

struct Block {
    std::uint32_t first;
    unsigned bits;
};
/// What the registry of special addresses (RFC 6890) keeps from the internet.
constexpr std::array<Block, 14> not_public = {{
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // carrier-grade NAT
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local: what clouds call metadata
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 4},   // multicast
    {0xF0000000, 4},   // reserved, broadcast
}};

bool is_public_four(std::uint32_t address) {
    return std::ranges::none_of(not_public, [&](const Block& block) {
        const unsigned rest = 32 - block.bits;
        return (address >> rest) == (block.first >> rest);
    });
}

std::uint32_t four_at(const ip::address_v6::bytes_type& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = (value << 8U) | bytes.at(i);
    return value;
}

bool is_public_six(const ip::address_v6& address) {
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped()) return is_public_four(four_at(bytes, 12));
    const std::uint32_t first = four_at(bytes, 0);
    const bool nat64 = first == 0x0064FF9B && four_at(bytes, 4) == 0 && four_at(bytes, 8) == 0;
    if (nat64) return is_public_four(four_at(bytes, 12));
    if (first >> 16U == 0x2002) return is_public_four(four_at(bytes, 2));
    // Global unicast is 2000::/3; of it Teredo and other assignments (2001::/23) and documentation lead nowhere for us.
    const bool global = first >> 29U == 1;
    return global && first >> 9U != 0x20010000U >> 9U && first != 0x20010DB8;
}

base::Refusal wrong_url(const std::string& field) {
    return base::invalid(field,
                         "Give an https:// URL with a host and no user, password or '#'; http:// goes to "
                         "loopback only.");
}

/// "host:port", "[::1]:port" or without a port.
bool split_authority(std::string_view text, Url& url) {
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return false;
        url.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (!port.empty() && !port.starts_with(':')) return false;
        boost::system::error_code error;
        if (!ip::make_address(url.host, error).is_v6() || error) return false;
    } else {
        const auto colon = text.find(':');
        url.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
        const bool plain = std::ranges::all_of(url.host, [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
        });
        if (!plain) return false;
    }
    url.port = url.tls ? 443 : 80;
    if (url.host.empty()) return false;
    if (port.empty()) return true;
    port.remove_prefix(1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    return error == std::errc{} && end == port.data() + port.size() && url.port != 0;
}

bool is_this_host(const std::string& host) {
    boost::system::error_code error;
    const auto address = ip::make_address(host, error);
    return host == "localhost" || (!error && is_loopback(address));
}

}  // namespace

std::string Url::authority() const {
    const bool six = host.find(':') != std::string::npos;
    const bool usual = port == (tls ? 443 : 80);
    return (six ? "[" + host + "]" : host) + (usual ? "" : ":" + std::to_string(port));
}

std::string Url::origin() const { return (tls ? "https://" : "http://") + authority(); }

base::Result<Url> parse_url(std::string_view text, const std::string& field) {
    Url url;
    constexpr std::string_view secure = "https://";
    constexpr std::string_view plain = "http://";
    url.tls = text.starts_with(secure);
    const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
    const bool known = url.tls || text.starts_with(plain);
    if (!known || !printable || text.size() > base::limits::push_endpoint_characters ||
        text.find('#') != std::string_view::npos) {
        return wrong_url(field);
    }
    text.remove_prefix(url.tls ? secure.size() : plain.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    if (!split_authority(text.substr(0, end), url)) return wrong_url(field);
    if (!url.tls && !is_this_host(url.host)) return wrong_url(field);
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    return url;
}

bool is_loopback(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6()).is_loopback();
    }
    return address.is_loopback();
}

bool is_public(const ip::address& address) {
    return address.is_v4() ? is_public_four(address.to_v4().to_uint()) : is_public_six(address.to_v6());
}

}  // namespace marchwire::outbox
