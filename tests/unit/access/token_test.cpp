// Tokens are random text and known by their hash.
#include "access/token.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace marchwire::access {
namespace {

TEST_CASE("a token is 43 letters that a header and a command line carry unchanged", "[access][token]") {
    const std::string token = new_token();
    CHECK(token.size() == 43);
    CHECK(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
}

TEST_CASE("no two tokens are alike and every place of them varies", "[access][token]") {
    std::set<std::string> tokens;
    std::set<char> first;
    std::set<char> last;
    for (int i = 0; i < 500; ++i) {
        const std::string token = new_token();
        tokens.insert(token);
        first.insert(token.front());
        last.insert(token.back());
    }
    CHECK(tokens.size() == 500);
    CHECK(first.size() > 40);
    CHECK(last.size() == 16);  // four bits are left for the last letter
}

TEST_CASE("a token is stored as the SHA-256 of its text", "[access][token]") {
    const base::Hash256 hash = hash_token("abc");
    CHECK(hash[0] == 0xBA);
    CHECK(hash[1] == 0x78);
    CHECK(hash[31] == 0xAD);
}

}  // namespace
}  // namespace marchwire::access
