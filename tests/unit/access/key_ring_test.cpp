// The key file: made once, kept, refused when it is not what it was.
#include "access/key_ring.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace marchwire::access {
namespace {

namespace fs = std::filesystem;

/// A directory of its own, gone at the end of the test.
class Folder {
public:
    Folder() : path_(fs::temp_directory_path() / ("marchwire-keys-" + std::to_string(::getpid()))) {
        fs::remove_all(path_);
        fs::create_directory(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }
    [[nodiscard]] std::string file() const { return path_ / "keys.json"; }

private:
    fs::path path_;
};

base::LogId log(const char* text) { return base::LogId::parse(text).value(); }

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

TEST_CASE("keys are made once and are the same after a restart", "[access][keys]") {
    const Folder folder;
    const auto first = KeyRing::open(folder.file());
    REQUIRE(first.has_value());
    const auto second = KeyRing::open(folder.file());
    REQUIRE(second.has_value());
    CHECK(first->chain_key(log("c/m")) == second->chain_key(log("c/m")));
    CHECK(first->signing_public() == second->signing_public());
    CHECK(std::distance(fs::directory_iterator(fs::path(folder.file()).parent_path()), fs::directory_iterator()) == 1);
}

TEST_CASE("only the owner may read the key file", "[access][keys]") {
    const Folder folder;
    REQUIRE(KeyRing::open(folder.file()).has_value());
    struct stat status {};
    REQUIRE(::stat(folder.file().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    for (const mode_t mode : {mode_t{0640}, mode_t{0604}}) {
        REQUIRE(::chmod(folder.file().c_str(), mode) == 0);
        const auto refused = KeyRing::open(folder.file());
        REQUIRE(refused.has_error());
        CHECK(refused.error().message.find("chmod 600") != std::string::npos);
    }
}

TEST_CASE("each log has a chain key of its own", "[access][keys]") {
    const Folder folder;
    const auto ring = KeyRing::open(folder.file());
    REQUIRE(ring.has_value());
    CHECK(ring->chain_key(log("c/m")) != ring->chain_key(log("c/n")));
    CHECK(ring->chain_key(log("c")) != ring->chain_key(log("c/c")));
}

TEST_CASE("a purpose has a key of its own, the same on every server with the file", "[access][keys]") {
    const Folder folder;
    const auto one = KeyRing::open(folder.file());
    const auto other = KeyRing::open(folder.file());
    REQUIRE((one.has_value() && other.has_value()));
    CHECK(one->key_for("vapid") == other->key_for("vapid"));
    CHECK(one->key_for("vapid") != one->key_for("push"));
}

TEST_CASE("another server has other keys", "[access][keys]") {
    base::Hash256 one{};
    {
        const Folder folder;
        one = KeyRing::open(folder.file()).value().chain_key(log("c/m"));
    }
    const Folder folder;
    CHECK(KeyRing::open(folder.file()).value().chain_key(log("c/m")) != one);
}

TEST_CASE("a signed tip holds for its log and its tip only", "[access][keys]") {
    const Folder folder;
    const auto ring = KeyRing::open(folder.file());
    REQUIRE(ring.has_value());
    base::Tip tip{base::Epoch{1}, base::Seq{1000}, {}};
    tip.digest[0] = 7;
    const Signature signature = ring->sign_tip(log("c/m"), tip);
    CHECK(is_signed_tip(ring->signing_public(), log("c/m"), tip, signature));
    CHECK_FALSE(is_signed_tip(ring->signing_public(), log("c/n"), tip, signature));
    base::Tip other = tip;
    other.digest[31] = 1;
    CHECK_FALSE(is_signed_tip(ring->signing_public(), log("c/m"), other, signature));
    other = tip;
    other.epoch = base::Epoch{2};
    CHECK_FALSE(is_signed_tip(ring->signing_public(), log("c/m"), other, signature));
    Signature torn = signature;
    torn[63] ^= 1;
    CHECK_FALSE(is_signed_tip(ring->signing_public(), log("c/m"), tip, torn));
    PublicKey stranger = ring->signing_public();
    stranger[3] ^= 1;
    CHECK_FALSE(is_signed_tip(stranger, log("c/m"), tip, signature));
}

TEST_CASE("a damaged key file is refused and not replaced", "[access][keys]") {
    const Folder folder;
    REQUIRE(KeyRing::open(folder.file()).has_value());
    const std::string whole = text_of(folder.file());
    std::string other_public = whole;
    const auto digit = other_public.find("signing_public") + 18;
    other_public[digit] = other_public[digit] == '0' ? '1' : '0';
    for (const std::string& text :
         {std::string(), whole.substr(0, whole.size() / 2), std::string("[]"), other_public}) {
        write(folder.file(), text);
        CHECK(KeyRing::open(folder.file()).has_error());
        CHECK(text_of(folder.file()) == text);
    }
    write(folder.file(), whole);
    CHECK(KeyRing::open(folder.file()).has_value());
}

TEST_CASE("a key file of another version says so", "[access][keys]") {
    const Folder folder;
    write(folder.file(), R"({"version":2})");
    REQUIRE(::chmod(folder.file().c_str(), 0600) == 0);
    const auto refused = KeyRing::open(folder.file());
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.find("another version") != std::string::npos);
}

TEST_CASE("keys in a directory that is not there are refused with the remedy", "[access][keys]") {
    const Folder folder;
    const auto refused = KeyRing::open(folder.file() + "/nowhere/keys.json");
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.find("directory") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::access
