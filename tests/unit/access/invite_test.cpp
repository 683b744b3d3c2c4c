// Links and codes of invites.
#include "access/invite.hpp"

#include "access/token.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <set>

namespace marchwire::access {
namespace {

const base::Slug flag_day = base::Slug::parse("flag-day-2018").value();

/// Keys of a file that goes at once.
KeyRing some_keys() {
    std::string folder = (std::filesystem::temp_directory_path() / "marchwire-invite-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    KeyRing keys = KeyRing::open(folder + "/keys.json").value();
    std::filesystem::remove_all(folder);
    return keys;
}

TEST_CASE("a code is read however it was heard", "[access][invite]") {
    const KeyRing keys = some_keys();
    const std::string code = spoken_code(keys, flag_day, 17);
    CHECK(code.starts_with("17-"));
    CHECK(code.size() == std::string("17-K7QF-M2PX").size());
    std::string slurred = code;
    for (char& one : slurred) {
        if (one == '0') one = 'o';
        if (one == '1') one = 'l';
        one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
        if (one == '-') one = ' ';
    }
    std::string in_one_word = code;
    std::erase(in_one_word, '-');
    for (const std::string& heard : {code, slurred, in_one_word}) {
        INFO(heard);
        const auto typed = read_code(heard);
        REQUIRE(typed.has_value());
        CHECK(typed->number == 17);
        CHECK(is_code(*typed, keys, flag_day));
    }
}

TEST_CASE("a code opens one invite of one campaign on servers with one key file", "[access][invite]") {
    const KeyRing keys = some_keys();
    auto typed = *read_code(spoken_code(keys, flag_day, 17));
    CHECK_FALSE(is_code(typed, some_keys(), flag_day));
    CHECK_FALSE(is_code(typed, keys, base::Slug::parse("flag-day-2019").value()));
    typed.number = 18;
    CHECK_FALSE(is_code(typed, keys, flag_day));
    std::set<std::string> codes;
    for (std::uint32_t number = 1; number <= 500; ++number) {
        codes.insert(spoken_code(keys, flag_day, number).substr(std::to_string(number).size()));
    }
    CHECK(codes.size() == 500);
}

TEST_CASE("what is no code is not taken for one", "[access][invite]") {
    for (const char* typed : {"", "17", "K7QF-M2PX", "17-K7QF-M2P", "17-K7QF-M2PU", "0-K7QF-M2PX", "x7-K7QF-M2PX",
                              "1234567890-K7QF-M2PX", "17-K7QF-M2PX!"}) {
        INFO(typed);
        CHECK_FALSE(read_code(typed).has_value());
    }
}

TEST_CASE("a link bears campaign and invite and a secret behind its hash sign", "[access][invite]") {
    const LinkSecret link{flag_day, 17, new_token()};
    const std::string fragment = fragment_of(link);
    for (const std::string& text : {fragment, "https://march.example.org/m#" + fragment}) {
        const auto read = read_link(text);
        REQUIRE(read.has_value());
        CHECK(read->campaign == flag_day);
        CHECK(read->number == 17);
        CHECK(read->secret == link.secret);
    }
    for (const std::string& text :
         {std::string(), std::string("https://march.example.org/m"), fragment.substr(1, 20), fragment + "x",
          "Flag Day.17." + link.secret, "flag-day-2018.0." + link.secret, "flag-day-2018.." + link.secret}) {
        INFO(text);
        CHECK_FALSE(read_link(text).has_value());
    }
}

}  // namespace
}  // namespace marchwire::access
