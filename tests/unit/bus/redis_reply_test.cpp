// RESP2 as values, and what Redis' errors mean.
#include "bus/redis_reply.hpp"
#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace marchwire::bus {
namespace {

TEST_CASE("a reply of every kind is read, nested ones too", "[bus][redis_reply]") {
    ReplyReader reader;
    reader.feed("*6\r\n$3\r\nabc\r\n:-5\r\n$-1\r\n+OK\r\n-ERR no\r\n*2\r\n$0\r\n\r\n*0\r\n");
    const auto reply = reader.next();
    REQUIRE(reply.has_value());
    REQUIRE(reply->items.size() == 6);
    CHECK(reply->items[0].text == "abc");
    CHECK(reply->items[1].integer == -5);
    CHECK(reply->items[2].kind == Reply::Kind::nil);
    CHECK(reply->items[3].kind == Reply::Kind::status);
    CHECK(reply->items[4].is_error());
    REQUIRE(reply->items[5].items.size() == 2);
    CHECK(reply->items[5].items[1].kind == Reply::Kind::array);
    CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("text may hold any bytes", "[bus][redis_reply]") {
    const std::string bytes("a\0\r\n\xFF", 5);
    ReplyReader reader;
    reader.feed("$5\r\n" + bytes + "\r\n");
    CHECK(reader.next()->text == bytes);
    std::string command;
    const std::vector<std::string_view> words{"SET", bytes, ""};
    append_command(command, words);
    CHECK(command == "*3\r\n$3\r\nSET\r\n$5\r\n" + bytes + "\r\n$0\r\n\r\n");
}

TEST_CASE("what is no reply of ours breaks the reader until it is reset", "[bus][redis_reply]") {
    ReplyReader reader;
    const std::string huge = "*" + std::to_string(base::limits::redis_reply_items + 1) + "\r\n";
    for (const std::string& bad : {std::string("what\r\n"), std::string("*x\r\n"), huge}) {
        reader.feed(bad);
        CHECK_FALSE(reader.next().has_value());
        CHECK_FALSE(reader.broken().empty());
        reader.feed("+OK\r\n");
        CHECK_FALSE(reader.next().has_value());
        reader.reset();
        reader.feed("+OK\r\n");
        CHECK(reader.next().has_value());
    }
}

TEST_CASE("an error's first word says what it means", "[bus][redis_reply]") {
    CHECK(fault_of("OOM command not allowed when used memory > 'maxmemory'.") == RedisFault::not_now);
    CHECK(fault_of("READONLY You can't write against a read only replica.") == RedisFault::not_here);
    CHECK(fault_of("NOSCRIPT No matching script.") == RedisFault::no_script);
    CHECK(fault_of("NOPERM this user has no permissions") == RedisFault::no_access);
    CHECK(fault_of("WRONGTYPE Operation against a key") == RedisFault::foreign_key);
    CHECK(fault_of("MOVED 3999 127.0.0.1:6381") == RedisFault::cluster);
    CHECK(fault_of("ERR unknown command") == RedisFault::other);
    CHECK(fault_of("") == RedisFault::other);
}

}  // namespace
}  // namespace marchwire::bus
