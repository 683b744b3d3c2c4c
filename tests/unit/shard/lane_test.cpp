// Work that has time, a portion in each turn.
#include "shard/lane.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace marchwire::shard::test {
namespace {

// A crowd of strangers that opened and closed the feed of one march once kept its marshals waiting for seconds.
TEST_CASE("a marshal's word goes before the rest of what a crowd asks for", "[shard][lane]") {
    const auto io = std::make_shared<boost::asio::io_context>();
    Mailbox mailbox(io);
    Lane crowd(mailbox, 2);
    std::string done;
    for (const char one : {'a', 'b', 'c', 'd', 'e'}) crowd.add([&done, one] { done += one; });
    mailbox.post([&] { done += '!'; });
    io->run();
    CHECK(done == "ab!cde");
    CHECK(crowd.size() == 0);
}

TEST_CASE("what comes while a crowd is served waits behind it", "[shard][lane]") {
    const auto io = std::make_shared<boost::asio::io_context>();
    Lane crowd(Mailbox(io), 2);
    std::string done;
    crowd.add([&] {
        done += 'a';
        crowd.add([&done] { done += 'b'; });
    });
    io->run();
    CHECK(done == "ab");
}

}  // namespace
}  // namespace marchwire::shard::test
