// The frame reader against the rules of RFC 6455, one test a rule.
#include "wire/frame_reader.hpp"
#include "support/client_frame.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using marchwire::test::ClientFrame;
using marchwire::test::close_payload;
using marchwire::test::read_all;
using marchwire::wire::FrameReader;
using Events = std::vector<std::string>;

namespace {

constexpr unsigned continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10;

std::string frame(unsigned opcode, std::string payload, bool fin = true) {
    ClientFrame made{std::move(payload), opcode};
    made.fin = fin;
    return made.bytes();
}

const Events broken{"violation 1002"};
const Events not_utf8{"violation 1007"};
const Events too_large{"violation 1009"};

}  // namespace

TEST_CASE("the masked Hello of RFC 6455 5.7 is read", "[wire][frames]") {
    const std::string bytes("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
    CHECK(read_all(bytes) == Events{"text Hello"});
}

TEST_CASE("text and binary messages come out whole and unmasked whatever their length", "[wire][frames]") {
    for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 125U, 126U, 127U, 255U, 256U, 65'535U, 65'536U}) {
        std::string payload;
        for (std::size_t i = 0; i < size; ++i) payload.push_back(static_cast<char>('a' + i % 26));
        CHECK(read_all(frame(binary, payload)) == Events{"binary " + payload});
        CHECK(read_all(frame(text, payload)) == Events{"text " + payload});
    }
}

TEST_CASE("frames that arrive byte by byte say the same as frames that arrive at once", "[wire][frames]") {
    const std::string bytes = frame(text, "Gr\xC3\xBC\xC3\x9F Gott") + frame(ping, "still there?") +
                              frame(binary, std::string(300, 'x')) + frame(text, "one ", false) + frame(pong, "") +
                              frame(continuation, "two") + frame(closing, close_payload(1000, "bye"));
    const Events expected = read_all(bytes);
    REQUIRE(expected.size() == 6);
    for (const std::size_t step : {1U, 2U, 3U, 5U, 64U}) {
        FrameReader reader(64 * 1024);
        CHECK(read_all(reader, bytes, step) == expected);
    }
}

TEST_CASE("several frames of one read come out one after the other", "[wire][frames]") {
    CHECK(read_all(frame(text, "a") + frame(binary, "b") + frame(ping, "c")) == Events{"text a", "binary b", "ping c"});
}

TEST_CASE("a frame of a client without a mask is refused", "[wire][frames]") {
    ClientFrame bare{"hello", text};
    bare.masked = false;
    CHECK(read_all(bare.bytes()) == broken);
}

TEST_CASE("a mask of zeros is a mask", "[wire][frames]") {
    ClientFrame plain{"hello", text};
    plain.key = 0;
    CHECK(read_all(plain.bytes()) == Events{"text hello"});
}

TEST_CASE("each reserved bit is refused since no extension was agreed on", "[wire][frames]") {
    for (const unsigned bit : {0x40U, 0x20U, 0x10U}) {
        ClientFrame extended{"hello", text};
        extended.reserved = bit;
        CHECK(read_all(extended.bytes()) == broken);
    }
}

TEST_CASE("each reserved opcode is refused", "[wire][frames]") {
    for (const unsigned opcode : {3U, 4U, 5U, 6U, 7U, 11U, 12U, 13U, 14U, 15U}) {
        CHECK(read_all(frame(opcode, "")) == broken);
    }
}

TEST_CASE("a length in a longer form than it needs is refused", "[wire][frames]") {
    for (const std::size_t size : {0U, 5U, 125U}) {
        ClientFrame two{std::string(size, 'x')};
        two.length_form = 2;
        CHECK(read_all(two.bytes()) == broken);
    }
    for (const std::size_t size : {0U, 126U, 65'535U}) {
        ClientFrame eight{std::string(size, 'x')};
        eight.length_form = 8;
        CHECK(read_all(eight.bytes()) == broken);
    }
}

TEST_CASE("a 64-bit length with its highest bit set is refused", "[wire][frames]") {
    const std::string bytes = std::string("\x82\xFF", 2) + std::string("\x80\0\0\0\0\x01\0\0", 8) + "abcd";
    CHECK(read_all(bytes) == broken);
}

TEST_CASE("control frames of 125 bytes are read and longer ones are refused", "[wire][frames]") {
    const std::string most(125, 'p');
    CHECK(read_all(frame(ping, most)) == Events{"ping " + most});
    CHECK(read_all(frame(pong, most)) == Events{"pong " + most});
    for (const unsigned opcode : {ping, pong, closing}) {
        CHECK(read_all(frame(opcode, std::string(126, 'p'))) == broken);
    }
}

TEST_CASE("a control frame in fragments is refused", "[wire][frames]") {
    for (const unsigned opcode : {ping, pong, closing}) CHECK(read_all(frame(opcode, "", false)) == broken);
}

TEST_CASE("a message in fragments comes out whole", "[wire][frames]") {
    CHECK(read_all(frame(text, "step ", false) + frame(continuation, "off", true)) == Events{"text step off"});
    CHECK(read_all(frame(binary, "", false) + frame(continuation, "a", false) + frame(continuation, "", false) +
                   frame(continuation, "b", true)) == Events{"binary ab"});
}

TEST_CASE("control frames between fragments are told at once", "[wire][frames]") {
    CHECK(read_all(frame(text, "a", false) + frame(ping, "1") + frame(continuation, "b", false) + frame(pong, "2") +
                   frame(continuation, "c")) == Events{"ping 1", "pong 2", "text abc"});
}

TEST_CASE("a message that begins while another is open is refused", "[wire][frames]") {
    CHECK(read_all(frame(text, "a", false) + frame(text, "b")) == broken);
    CHECK(read_all(frame(binary, "a", false) + frame(text, "b", false)) == broken);
}

TEST_CASE("a continuation of nothing is refused", "[wire][frames]") {
    CHECK(read_all(frame(continuation, "a")) == broken);
    CHECK(read_all(frame(text, "a", false) + frame(continuation, "b") + frame(continuation, "c")) ==
          Events{"text ab", "violation 1002"});
}

TEST_CASE("text that is not UTF-8 is refused with 1007", "[wire][frames]") {
    CHECK(read_all(frame(text, "\xC3\x28")) == not_utf8);
    CHECK(read_all(frame(text, "a", false) + frame(continuation, "\xED\xA0\x80")) == not_utf8);
    CHECK(read_all(frame(text, "cut off \xE2\x82")) == not_utf8);
}

TEST_CASE("a character may be cut by the border of two fragments", "[wire][frames]") {
    CHECK(read_all(frame(text, "\xE2\x82", false) + frame(continuation, "\xAC")) == Events{"text \xE2\x82\xAC"});
}

TEST_CASE("binary messages may hold any bytes", "[wire][frames]") {
    const std::string any("\xFF\x00\xFE", 3);
    CHECK(read_all(frame(binary, any)) == Events{"binary " + any});
}

TEST_CASE("a close without a payload says 1005", "[wire][frames]") {
    CHECK(read_all(frame(closing, "")) == Events{"close 1005 "});
}

TEST_CASE("a close with one byte is refused", "[wire][frames]") { CHECK(read_all(frame(closing, "x")) == broken); }

TEST_CASE("close codes that may be sent are read with their reason", "[wire][frames]") {
    for (const unsigned code : {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 3000U, 4000U, 4999U}) {
        CHECK(read_all(frame(closing, close_payload(code, "why"))) == Events{"close " + std::to_string(code) + " why"});
    }
}

TEST_CASE("close codes that may not be sent are refused", "[wire][frames]") {
    for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65'535U}) {
        CHECK(read_all(frame(closing, close_payload(code))) == broken);
    }
}

TEST_CASE("a close reason that is not UTF-8 is refused with 1007", "[wire][frames]") {
    CHECK(read_all(frame(closing, close_payload(1000, "\xFF"))) == not_utf8);
}

TEST_CASE("a message as large as the bound is read and one byte more is refused with 1009", "[wire][frames]") {
    constexpr std::size_t bound = 1'000;
    FrameReader at_bound(bound);
    CHECK(read_all(at_bound, frame(binary, std::string(bound, 'x'))).size() == 1);
    FrameReader over(bound);
    CHECK(read_all(over, frame(binary, std::string(bound + 1, 'x'))) == too_large);
}

TEST_CASE("a message too large is refused at its header without waiting for its bytes", "[wire][frames]") {
    FrameReader reader(1'000);
    CHECK(read_all(reader, frame(binary, std::string(1'001, 'x')).substr(0, 4)) == too_large);
}

TEST_CASE("fragments that are small each but too large together are refused with 1009", "[wire][frames]") {
    FrameReader reader(1'000);
    CHECK(read_all(reader, frame(binary, std::string(600, 'x'), false) +
                               frame(continuation, std::string(401, 'x'), false)) == too_large);
}

TEST_CASE("after a violation nothing more is read", "[wire][frames]") {
    FrameReader reader(64 * 1024);
    CHECK(read_all(reader, frame(3, "")) == broken);
    CHECK(read_all(reader, frame(text, "hello")).empty());
}

TEST_CASE("giving the buffer back loses nothing that is pending", "[wire][frames]") {
    FrameReader reader(64 * 1024);
    const std::string whole = frame(text, "hello");
    CHECK(read_all(reader, whole.substr(0, 4)).empty());
    reader.shrink();
    CHECK(read_all(reader, whole.substr(4)) == Events{"text hello"});
    CHECK(read_all(reader, frame(text, "he", false)).empty());
    reader.shrink();
    CHECK(read_all(reader, frame(continuation, "llo")) == Events{"text hello"});
    reader.shrink();
    CHECK(read_all(reader, whole) == Events{"text hello"});
}
