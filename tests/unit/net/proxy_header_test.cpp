// PROXY headers and X-Forwarded-For, byte by byte.
#include "net/proxy_header.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace marchwire::net::test {
namespace {

namespace ip = boost::asio::ip;

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string source_four("\xC0\x00\x02\x01\x7F\x00\x00\x01\xD9\x03\x1F\x90", 12);

std::string v2(unsigned char command, unsigned char family, const std::string& rest) {
    std::string bytes = signature;
    bytes += static_cast<char>(command);
    bytes += static_cast<char>(family);
    bytes += static_cast<char>(rest.size() >> 8U);
    bytes += static_cast<char>(rest.size() & 0xFFU);
    return bytes + rest;
}

std::optional<ip::address> client_in(const std::string& bytes) {
    const ProxyRead read = read_proxy_header(bytes);
    REQUIRE(std::holds_alternative<ProxyHeader>(read));
    return std::get<ProxyHeader>(read).client;
}

bool is_broken(const std::string& bytes) { return std::holds_alternative<ProxyBroken>(read_proxy_header(bytes)); }

TEST_CASE("a PROXY line tells the client's address and where it ends", "[net][proxy]") {
    const std::string line = "PROXY TCP4 192.0.2.1 127.0.0.1 55555 8080\r\n";
    CHECK(read_proxy_header(line + "GET / HTTP/1.1\r\n") ==
          ProxyRead(ProxyHeader{line.size(), ip::make_address("192.0.2.1")}));
    CHECK(client_in("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n") == ip::make_address("2001:db8::1"));
    CHECK(client_in("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n") == ip::make_address("192.0.2.1"));
    CHECK_FALSE(client_in("PROXY UNKNOWN\r\n"));
    CHECK_FALSE(client_in("PROXY UNKNOWN ff:ff 1 2 whatever\r\n"));
}

TEST_CASE("a binary PROXY header tells the client's address and where it ends", "[net][proxy]") {
    const std::string with_more = v2(0x21, 0x11, source_four + std::string("\x03\x00\x02xx", 5));
    CHECK(read_proxy_header(with_more + "\x16\x03") ==
          ProxyRead(ProxyHeader{with_more.size(), ip::make_address("192.0.2.1")}));
    const auto six = ip::make_address_v6("2001:db8::1").to_bytes();
    const std::string source(six.begin(), six.end());
    CHECK(client_in(v2(0x21, 0x21, source + source + std::string(4, '\0'))) == ip::make_address("2001:db8::1"));
    // Of the balancer itself, as to see whether the server is well; of a local socket; of nobody knows what.
    CHECK_FALSE(client_in(v2(0x20, 0x00, "")));
    CHECK_FALSE(client_in(v2(0x20, 0x11, source_four)));
    CHECK_FALSE(client_in(v2(0x21, 0x31, std::string(216, 'x'))));
    CHECK_FALSE(client_in(v2(0x21, 0x00, "")));
}

TEST_CASE("a PROXY header wants more until it is whole wherever it is cut", "[net][proxy]") {
    for (const std::string& whole :
         {std::string("PROXY TCP4 192.0.2.1 127.0.0.1 55555 8080\r\n"), v2(0x21, 0x11, source_four)}) {
        for (std::size_t cut = 0; cut < whole.size(); ++cut) {
            CAPTURE(cut);
            CHECK(std::holds_alternative<ProxyNeedsMore>(read_proxy_header(whole.substr(0, cut))));
        }
        CHECK(client_in(whole) == ip::make_address("192.0.2.1"));
    }
}

TEST_CASE("what is no PROXY header is said to be broken", "[net][proxy]") {
    for (const char* line :
         {"GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.1 127.0.0.1 1\r\n", "PROXY TCP4 192.0.2.1 127.0.0.1 1 2 3\r\n",
          "PROXY TCP4 2001:db8::1 ::1 1 2\r\n", "PROXY TCP6 192.0.2.1 127.0.0.1 1 2\r\n",
          "PROXY TCP4 192.0.2.256 127.0.0.1 1 2\r\n", "PROXY TCP4 192.0.2.1 127.0.0.1 65536 2\r\n",
          "PROXY TCP4 192.0.2.1 127.0.0.1 01 2\r\n", "PROXY TCP4 192.0.2.1 127.0.0.1 -1 2\r\n",
          "PROXY TCP4  192.0.2.1 127.0.0.1 1 2\r\n", "PROXY UDP4 192.0.2.1 127.0.0.1 1 2\r\n",
          "PROXY TCP6 fe80::1%lo ::1 1 2\r\n", "PROXY UNKNOWNX\r\n", "PROXY TCP4 192.0.2.1 127.0.0.1 1 2\n",
          "PROXY \r\n", "proxy TCP4 192.0.2.1 127.0.0.1 1 2\r\n"}) {
        CAPTURE(line);
        CHECK(is_broken(line));
    }
    CHECK(is_broken("PROXY UNKNOWN " + std::string(100, 'x')));
    CHECK(is_broken(v2(0x11, 0x11, source_four)));                // another version
    CHECK(is_broken(v2(0x22, 0x11, source_four)));                // no such command
    CHECK(is_broken(v2(0x21, 0x41, source_four)));                // no such family
    CHECK(is_broken(v2(0x21, 0x13, source_four)));                // no such transport
    CHECK(is_broken(v2(0x21, 0x11, source_four.substr(0, 11))));  // shorter than its addresses
    CHECK(is_broken(v2(0x21, 0x21, source_four)));                // of the other family
    CHECK(is_broken(v2(0x21, 0x11, std::string(1'000, 'x'))));    // longer than we look
    CHECK(is_broken(v2(0x21, 0x11, std::string(1'000, 'x')).substr(0, 16)));
}

TEST_CASE("the last address that is no balancer's is the client's whatever a client wrote before it", "[net][proxy]") {
    const std::vector<std::string> proxies = {"10.0.0.5", "10.0.0.6"};
    const auto client = [&](const char* field) { return client_of_forwarded(field, proxies); };
    CHECK(client("192.0.2.1") == ip::make_address("192.0.2.1"));
    CHECK(client("198.51.100.9, 192.0.2.1") == ip::make_address("192.0.2.1"));
    CHECK(client("<script>, 192.0.2.1 ,\t10.0.0.6, 10.0.0.5") == ip::make_address("192.0.2.1"));
    CHECK(client("::ffff:192.0.2.1") == ip::make_address("192.0.2.1"));
    CHECK_FALSE(client(""));
    CHECK_FALSE(client("10.0.0.5"));
    CHECK_FALSE(client("192.0.2.1, unknown"));
    CHECK_FALSE(client("192.0.2.1, "));
    CHECK_FALSE(client("192.0.2.1:4711"));
    std::string endless = "192.0.2.1";
    for (int i = 0; i < 100; ++i) endless += ",10.0.0.5";
    CHECK_FALSE(client(endless.c_str()));
}

}  // namespace
}  // namespace marchwire::net::test
