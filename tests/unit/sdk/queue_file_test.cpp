// Commands on a disk: what was stored is there, what has left is not.
#include "src/queue_file.hpp"

#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace marchwire::sdk::test {
namespace {

constexpr std::uint64_t phone = 0xfedc'ba98'7654'3210;

struct QueueStage {
    marchwire::test::TemporaryDirectory directory;
    std::string path = directory.path() + "/queue";

    [[nodiscard]] std::string bytes() const {
        std::string all;
        for (const char* part : {"", "-wal"}) {
            std::ifstream file(path + part, std::ios::binary);
            all += std::string(std::istreambuf_iterator<char>(file), {});
        }
        return all;
    }
};

TEST_CASE("what a phone has not had answered is there after its app was started again", "[sdk][queue]") {
    QueueStage stage;
    {
        const auto first = QueueFile::open(stage.path, phone);
        REQUIRE(first.file);
        CHECK(first.rows.empty());
        CHECK(first.file->put({7, "check-in", 1'000}));
        CHECK(first.file->put({8, "incident", 2'000}));
        CHECK(first.file->put({9, "receipt", 3'000}));
        first.file->mark_answered(8);
    }
    const auto again = QueueFile::open(stage.path, phone);
    REQUIRE(again.rows.size() == 2);
    CHECK(again.rows[0].counter == 7);
    CHECK(again.rows[0].message == "check-in");
    CHECK(again.rows[0].made_wall == 1'000);
    CHECK(again.rows[1].counter == 9);
    CHECK(again.counter == 9);
    CHECK(again.problem.empty());
}

TEST_CASE("no counter comes twice though all was answered", "[sdk][queue]") {
    QueueStage stage;
    {
        const auto first = QueueFile::open(stage.path, phone);
        CHECK(first.file->put({7, "check-in", 1'000}));
        first.file->erase(7);
    }
    CHECK(QueueFile::open(stage.path, phone).counter == 7);
    { CHECK(QueueFile::open(stage.path, phone).file->reserve(12)); }
    CHECK(QueueFile::open(stage.path, phone).counter == 12);
}

TEST_CASE("what left the queue's file is not found in its bytes", "[sdk][queue]") {
    QueueStage stage;
    const auto opened = QueueFile::open(stage.path, phone);
    CHECK(opened.file->put({1, "a lost shoe by the bakery", 1'000}));
    CHECK(stage.bytes().find("bakery") != std::string::npos);
    opened.file->erase(1);
    CHECK(stage.bytes().find("bakery") == std::string::npos);
}

TEST_CASE("a queue that another client holds or another device owns is left as it is", "[sdk][queue]") {
    QueueStage stage;
    {
        const auto first = QueueFile::open(stage.path, phone);
        CHECK(first.file->put({1, "check-in", 1'000}));
        const auto second = QueueFile::open(stage.path, phone);
        CHECK_FALSE(second.file);
        CHECK_FALSE(second.problem.empty());
    }
    const auto stranger = QueueFile::open(stage.path, phone + 1);
    CHECK_FALSE(stranger.file);
    CHECK(QueueFile::open(stage.path, phone).rows.size() == 1);
    CHECK_FALSE(std::filesystem::exists(stage.path + ".broken"));
}

TEST_CASE("a file that is no queue is set aside and the phone goes on", "[sdk][queue]") {
    QueueStage stage;
    std::ofstream(stage.path) << std::string(5'000, '?');
    const auto opened = QueueFile::open(stage.path, phone);
    REQUIRE(opened.file);
    CHECK_FALSE(opened.problem.empty());
    CHECK(opened.file->put({1, "check-in", 1'000}));
    CHECK(std::filesystem::file_size(stage.path + ".broken") == 5'000);
}

}  // namespace
}  // namespace marchwire::sdk::test
