// Outgoing frames, UTF-8 and the table of close codes.
#include "wire/frame.hpp"
#include "wire/close_codes.hpp"
#include "wire/utf8.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace marchwire::wire;

TEST_CASE("a frame is unmasked and whole and uses the shortest length form", "[wire][frames]") {
    CHECK(*make_frame(Opcode::text, "Hello") == std::string("\x81\x05Hello"));
    CHECK(*make_frame(Opcode::binary, "") == std::string("\x82\0", 2));
    const auto header = [](std::size_t payload) {
        const std::string all = *make_frame(Opcode::binary, std::string(payload, 'x'));
        return all.substr(0, all.size() - payload);
    };
    CHECK(header(125) == std::string("\x82\x7D"));
    CHECK(header(126) == std::string("\x82\x7E\0\x7E", 4));
    CHECK(header(65'535) == std::string("\x82\x7E\xFF\xFF"));
    CHECK(header(65'536) == std::string("\x82\x7F\0\0\0\0\0\x01\0\0", 10));
}

TEST_CASE("a run is a frame around its payload in both encodings", "[wire][frames]") {
    const std::string_view items[] = {"one", "two"};
    CHECK(*make_run(items, Encoding::proto) == *make_frame(Opcode::binary, "onetwo"));
    CHECK(*make_run(items, Encoding::json) == *make_frame(Opcode::text, R"({"items":[one,two]})"));
    CHECK(*make_run({}, Encoding::json) == *make_frame(Opcode::text, R"({"items":[]})"));
}

TEST_CASE("messages laid together are one with the items of all, whatever their lengths", "[wire][frames]") {
    for (const Encoding encoding : {Encoding::proto, Encoding::json}) {
        for (const std::size_t size : {1U, 100U, 125U, 126U, 65'535U, 65'536U}) {
            const std::string item(size, 'x');
            const Frame one = make_message(item, encoding);
            const Frame other = make_message("other", encoding);
            CHECK(items_in(*one, encoding) == item);
            const std::string_view parts[] = {items_in(*one, encoding), items_in(*other, encoding)};
            const std::string_view items[] = {item, "other"};
            CHECK(*make_run(parts, encoding) == *make_run(items, encoding));
        }
    }
}

TEST_CASE("a close frame bears its code and a reason that fits", "[wire][frames]") {
    CHECK(*make_close(4000, "come back") == std::string("\x88\x0B\x0F\xA0") + "come back");
    CHECK(make_close(1000, std::string(500, 'x'))->size() == 2 + 125);
}

TEST_CASE("a reason that is too long is cut between two characters", "[wire][frames]") {
    const std::string reason = std::string(122, 'x') + "\xC3\xA9";
    const Frame frame = make_close(1000, reason);
    CHECK(frame->substr(4) == std::string(122, 'x'));
    CHECK(is_utf8(frame->substr(4)));
}

TEST_CASE("UTF-8 is what RFC 3629 says", "[wire][frames]") {
    for (const char* good : {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "eight by\xC3\xA9te blocks"}) {
        CHECK(is_utf8(good));
    }
    CHECK(is_utf8(std::string_view("\0", 1)));
    for (const char* bad : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xED\xBF\xBF", "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
                            "\xFE", "\xFF", "long and plain until \xC3", "\xF0\x9F\x98"}) {
        CHECK_FALSE(is_utf8(bad));
    }
}

TEST_CASE("each close code has one row with a name and a sentence", "[wire][frames]") {
    std::set<CloseCode> codes;
    std::set<std::string_view> names;
    for (const CloseRow& row : close_table) {
        CHECK(codes.insert(row.code).second);
        CHECK(names.insert(row.name).second);
        CHECK_FALSE(row.meaning.empty());
        CHECK(name_of(row.code) == row.name);
    }
}
