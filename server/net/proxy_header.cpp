#include "net/proxy_header.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"
#include "net/address_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace marchwire::net {

namespace ip = boost::asio::ip;
namespace limits = base::limits;

namespace {

constexpr std::string_view signature_v1 = "PROXY ";
constexpr std::string_view signature_v2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t line_bytes_v1 = 107;
constexpr std::size_t fixed_bytes_v2 = 16;

std::optional<ip::address> address_of(std::string_view text) {
    boost::system::error_code error;
    const auto address = ip::make_address(text, error);
    if (error) return std::nullopt;
    return canonical(address);
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    return error == std::errc{} && end == text.data() + text.size() && !leading_zero;
}

/// "TCP4 SOURCE DESTINATION PORT PORT" or "UNKNOWN ...", without the line's end.
ProxyRead read_line(std::string_view line, std::size_t bytes) {
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return ProxyHeader{bytes, std::nullopt};
    std::array<std::string_view, 5> words;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto space = line.find(' ');
        if ((space == std::string_view::npos) != (i + 1 == words.size())) return ProxyBroken{};
        words.at(i) = line.substr(0, space);
        line = space == std::string_view::npos ? std::string_view{} : line.substr(space + 1);
    }
    const bool four = words[0] == "TCP4";
    if (!four && words[0] != "TCP6") return ProxyBroken{};
    boost::system::error_code error;
    for (const std::string_view word : {words[1], words[2]}) {
        const auto address = ip::make_address(word, error);
        if (error || address.is_v4() != four || word.find('%') != std::string_view::npos) return ProxyBroken{};
    }
    if (!is_port(words[3]) || !is_port(words[4])) return ProxyBroken{};
    return ProxyHeader{bytes, address_of(words[1])};
}

ProxyRead read_v1(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, line_bytes_v1);
    const auto end = line.find("\r\n");
    if (end != std::string_view::npos) {
        return read_line(line.substr(signature_v1.size(), end - signature_v1.size()), end + 2);
    }
    const bool broken = line.size() == line_bytes_v1 || line.find('\n') != std::string_view::npos;
    return broken ? ProxyRead(ProxyBroken{}) : ProxyNeedsMore{};
}

template <class Address>
std::optional<ip::address> source_of(std::string_view addresses) {
    typename Address::bytes_type bytes{};
    std::memcpy(bytes.data(), addresses.data(), bytes.size());
    return canonical(ip::address(Address(bytes)));
}

ProxyRead read_v2(std::string_view bytes) {
    if (bytes.size() < fixed_bytes_v2) return ProxyNeedsMore{};
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    const unsigned version = at(12) >> 4U;
    const unsigned command = at(12) & 0xFU;
    const unsigned family = at(13) >> 4U;
    const unsigned transport = at(13) & 0xFU;
    const std::size_t length = at(14) * 256UL + at(15);
    const std::size_t whole = fixed_bytes_v2 + length;
    constexpr unsigned local = 0;
    constexpr unsigned proxied = 1;
    if (version != 2 || command > proxied || family > 3 || transport > 2) return ProxyBroken{};
    if (whole > limits::proxy_header_bytes) return ProxyBroken{};
    if (bytes.size() < whole) return ProxyNeedsMore{};
    if (command == local) return ProxyHeader{whole, std::nullopt};
    constexpr unsigned inet = 1;
    constexpr unsigned inet6 = 2;
    const std::string_view addresses = bytes.substr(fixed_bytes_v2, length);
    const std::size_t least = family == inet ? 12 : family == inet6 ? 36 : 0;
    if (length < least) return ProxyBroken{};
    if (family == inet) return ProxyHeader{whole, source_of<ip::address_v4>(addresses)};
    if (family == inet6) return ProxyHeader{whole, source_of<ip::address_v6>(addresses)};
    return ProxyHeader{whole, std::nullopt};
}

std::string_view trimmed_hop(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

ProxyRead read_proxy_header(std::string_view bytes) {
    const auto begins = [bytes](std::string_view signature) {
        return bytes.substr(0, signature.size()) == signature.substr(0, bytes.size());
    };
    if (begins(signature_v1)) return bytes.size() < signature_v1.size() ? ProxyRead(ProxyNeedsMore{}) : read_v1(bytes);
    if (begins(signature_v2)) return bytes.size() < signature_v2.size() ? ProxyRead(ProxyNeedsMore{}) : read_v2(bytes);
    return ProxyBroken{};
}

std::optional<ip::address> client_of_forwarded(std::string_view field, std::span<const std::string> proxies) {
    for (std::size_t hop = 0; hop < limits::forwarded_hops && !field.empty(); ++hop) {
        const auto comma = field.rfind(',');
        const auto address = address_of(trimmed_hop(comma == std::string_view::npos ? field : field.substr(comma + 1)));
        field = comma == std::string_view::npos ? std::string_view{} : field.substr(0, comma);
        if (!address) return std::nullopt;
        if (std::ranges::find(proxies, address->to_string()) == proxies.end()) return address;
    }
    return std::nullopt;
}

}  // namespace marchwire::net
