// What stands before a conversation: PROXY headers, X-Forwarded-For and a request's head, of whatever bytes.
#include "base/door_limits.hpp"
#include "base/limits.hpp"
#include "net/proxy_header.hpp"
#include "net/request_head.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>
#include <vector>

namespace {

namespace net = marchwire::net;

void require(bool holds) {
    if (!holds) std::abort();
}

/// What is whole or broken stays so whatever follows it, and what wants more is no longer than we look.
void check_proxy(const std::string& bytes) {
    const net::ProxyRead read = net::read_proxy_header(bytes);
    if (const auto* header = std::get_if<net::ProxyHeader>(&read)) {
        require(header->bytes != 0 && header->bytes <= bytes.size());
        require(net::read_proxy_header(bytes.substr(0, header->bytes)) == read);
        require(net::read_proxy_header(bytes + "GET / HTTP/1.1\r\n") == read);
    } else if (std::holds_alternative<net::ProxyBroken>(read)) {
        require(net::read_proxy_header(bytes + "x") == read);
    } else {
        require(bytes.size() < marchwire::base::limits::proxy_header_bytes);
    }
}

}  // namespace

// Called by the fuzzer, or by support/replay_main.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    check_proxy(bytes);
    check_proxy("PROXY TCP4 " + bytes);
    check_proxy(std::string("\r\n\r\n\0\r\nQUIT\n", 12) + bytes);
    const std::vector<std::string> proxies = {"10.0.0.5"};
    const auto client = net::client_of_forwarded(bytes, proxies);
    require(!client || client->to_string() != proxies.front());
    const auto objection = net::objection_to_head("GET / HTTP/1.1\r\nHost: a\r\n" + bytes + "\r\n\r\n");
    require(!objection || !objection->sentence.empty());
    return 0;
}
