// Blocks of an archive: what went in comes out, and damaged bytes are told apart from a block.
#include "store/archive_block.hpp"
#include "base/limits.hpp"
#include "store/packed_bytes.hpp"

#include <zlib.h>
#include <catch2/catch.hpp>

#include <string>

namespace marchwire::store {
namespace {

StoredEntry entry(std::uint32_t epoch, std::uint64_t seq, std::string bytes) {
    StoredEntry made{{base::Epoch{epoch}, Seq{seq}, {}}, std::move(bytes)};
    made.tip.digest.fill(static_cast<std::uint8_t>(seq));
    return made;
}

Entries some() {
    return {entry(1, 41, "checked in"), entry(1, 42, std::string("\0\xff no text", 10)), entry(2, 43, ""),
            entry(2, 44, std::string(100'000, 'x'))};
}

/// A block whose zlib stream is whole, whatever it holds.
std::string block_of(const std::string& bytes) {
    std::string block = "MWB1";
    append_number(block, bytes.size(), 4);
    uLongf packed = compressBound(bytes.size());
    std::string stream(packed, '\0');
    (void)compress(reinterpret_cast<Bytef*>(stream.data()), &packed, reinterpret_cast<const Bytef*>(bytes.data()),
                   bytes.size());
    return block + stream.substr(0, packed);
}

std::string laid_out(const StoredEntry& one) {
    std::string bytes;
    append_tip(bytes, one.tip);
    append_number(bytes, one.bytes.size(), 4);
    return bytes + one.bytes;
}

}  // namespace

TEST_CASE("what was packed is unpacked entry by entry", "[store][archive_block]") {
    const Entries packed = some();
    const std::string block = pack_block(packed);
    CHECK(block.size() < 2'000);
    const auto unpacked = unpack_block(block);
    REQUIRE(unpacked);
    REQUIRE(unpacked->size() == packed.size());
    for (std::size_t i = 0; i < packed.size(); ++i) {
        CHECK((*unpacked)[i].tip == packed[i].tip);
        CHECK((*unpacked)[i].bytes == packed[i].bytes);
    }
}

TEST_CASE("a block form of today is read tomorrow", "[store][archive_block]") {
    const auto unpacked = unpack_block(block_of(laid_out(entry(1, 7, "a")) + laid_out(entry(1, 8, "b"))));
    REQUIRE(unpacked);
    CHECK(unpacked->front().tip == entry(1, 7, "").tip);
    CHECK(unpacked->back().bytes == "b");
}

TEST_CASE("a bit that turns in a block is found, or means nothing", "[store][archive_block]") {
    const std::string block = pack_block({entry(1, 1, "a"), entry(1, 2, "b")});
    int taken = 0;
    for (std::size_t bit = 0; bit < 8 * block.size(); ++bit) {
        std::string damaged = block;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        const auto unpacked = unpack_block(damaged);
        if (!unpacked) continue;
        ++taken;
        REQUIRE(unpacked->size() == 2);
        CHECK(pack_block(*unpacked) == block);
    }
    // zlib fills its last byte up.
    CHECK(taken < 8);
}

TEST_CASE("a block that was cut off or goes on is no block", "[store][archive_block]") {
    const std::string block = pack_block({entry(1, 1, "a"), entry(1, 2, "b")});
    for (std::size_t size = 0; size < block.size(); ++size) CHECK_FALSE(unpack_block(block.substr(0, size)));
    CHECK_FALSE(unpack_block(block + "x"));
}

TEST_CASE("a whole zlib stream of anything else is no block", "[store][archive_block]") {
    CHECK_FALSE(unpack_block(block_of("")));
    CHECK_FALSE(unpack_block(block_of("not entries")));
    const std::string first = laid_out(entry(2, 7, "a"));
    CHECK(unpack_block(block_of(first)));
    CHECK_FALSE(unpack_block(block_of(first.substr(0, first.size() - 1))));
    CHECK_FALSE(unpack_block(block_of(laid_out(entry(1, 0, "before the first")))));
    SECTION("a hole") { CHECK_FALSE(unpack_block(block_of(first + laid_out(entry(2, 9, "b"))))); }
    SECTION("twice the same") { CHECK_FALSE(unpack_block(block_of(first + first))); }
    SECTION("an epoch that goes back") { CHECK_FALSE(unpack_block(block_of(first + laid_out(entry(1, 8, "b"))))); }
}

TEST_CASE("a block that says it is enormous takes no memory", "[store][archive_block]") {
    std::string block = block_of(laid_out(entry(1, 1, "a")));
    block.replace(4, 4, "\xff\xff\xff\xff");
    CHECK_FALSE(unpack_block(block));
}

}  // namespace marchwire::store
