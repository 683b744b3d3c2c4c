// The frame reader and frames of server/wire before two clients that others wrote, and before a bare socket: what
// RFC 6455 asks of a server. The cases themselves are in node/echo_client.mjs, node/echo_raw.mjs and
// python/echo_client.py.
#include "node_client.hpp"
#include "support/program.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::test {
namespace {

/// An echo server on a port of its own, gone with it.
class EchoServer {
public:
    EchoServer() : program_({WS_ECHO_PATH, "--listen", "127.0.0.1:0"}, Stream::out) {
        port_ = program_.read_until([](const std::string& said) { return said.ends_with('\n'); });
        REQUIRE_FALSE(port_.empty());
        port_.pop_back();
    }

    void holds_before_node(const std::string& client, const std::string& name) const {
        holds({"node", node_program(client), port_, name});
    }
    /// Debian's own Python: the module that it needs is Debian's.
    void holds_before_python(const std::string& name) const {
        holds({"/usr/bin/python3", MARCHWIRE_SOURCE_DIR "/tests/integration/python/echo_client.py", port_, name});
    }
    void holds_before_both(const std::string& name) const {
        holds_before_node("echo_client.mjs", name);
        holds_before_python(name);
    }

private:
    static void holds(const std::vector<std::string>& client) {
        const Ended ended = run_program(client);
        INFO(client[1] << ": " << ended.out);
        CHECK(ended.exit_code == 0);
    }
    Program program_;
    std::string port_;
};

TEST_CASE("two foreign clients get back messages of every form of length", "[integration][echo]") {
    EchoServer().holds_before_both("lengths");
}

TEST_CASE("two foreign clients get a pong with their bytes for each ping", "[integration][echo]") {
    EchoServer().holds_before_both("pings");
}

TEST_CASE("two foreign clients get pongs between the fragments of a message and then the message",
          "[integration][echo]") {
    EchoServer().holds_before_both("fragments");
}

TEST_CASE("two foreign clients may send fragments without a byte", "[integration][echo]") {
    EchoServer().holds_before_both("empty_fragments");
}

TEST_CASE("two foreign clients may cut a text in the middle of any character", "[integration][echo]") {
    EchoServer().holds_before_both("utf8");
}

TEST_CASE("two foreign clients get back a thousand messages in their order", "[integration][echo]") {
    EchoServer().holds_before_both("order");
}

TEST_CASE("two foreign clients hear their own close code and reason", "[integration][echo]") {
    EchoServer().holds_before_both("close_codes");
}

TEST_CASE("a client that sends one byte at a time is understood", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "byte_by_byte");
}

TEST_CASE("frames right behind the request are not lost", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "hasty");
}

TEST_CASE("a request without a key is answered by 400", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "no_key");
}

TEST_CASE("a bare socket with a broken frame header is closed with 1002", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "broken_headers");
}

TEST_CASE("a bare socket whose frames are out of order is closed with 1002", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "broken_order");
}

TEST_CASE("a bare socket with a broken control frame is closed with 1002", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "broken_control");
}

TEST_CASE("a bare socket with a close code that may not be sent is closed with 1002", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "broken_close_codes");
}

TEST_CASE("a bare socket with text that is not UTF-8 is closed with 1007", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "broken_utf8");
}

TEST_CASE("a bare socket with a message too large is closed with 1009", "[integration][echo]") {
    EchoServer().holds_before_node("echo_raw.mjs", "too_large");
}

}  // namespace
}  // namespace marchwire::test
