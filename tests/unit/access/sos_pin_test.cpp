// PINs by which people cancel their own cry for help.
#include "access/sos_pin.hpp"

#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

namespace marchwire::access {
namespace {

KeyRing keys_of_one_server() {
    std::string folder = (std::filesystem::temp_directory_path() / "marchwire-pin-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    KeyRing keys = KeyRing::open(folder + "/keys.json").value();
    std::filesystem::remove_all(folder);
    return keys;
}

TEST_CASE("a PIN and a duress PIN are told apart and all else is wrong", "[access][sos]") {
    const KeyRing keys = keys_of_one_server();
    const core::SosPin known = hash_pins(keys, {"4711", "1174"});
    CHECK(known.salt.size() == base::limits::sos_pin_salt_bytes);
    CHECK(match_of(keys, known, "4711") == core::PinMatch::pin);
    CHECK(match_of(keys, known, "1174") == core::PinMatch::duress);
    CHECK(match_of(keys, known, "0000") == core::PinMatch::none);
    CHECK(match_of(keys, hash_pins(keys, {"4711", ""}), "1174") == core::PinMatch::none);
}

TEST_CASE("who has the log without the key file finds no PIN by trying", "[access][sos]") {
    const core::SosPin known = hash_pins(keys_of_one_server(), {"4711", ""});
    CHECK(match_of(keys_of_one_server(), known, "4711") == core::PinMatch::none);
}

TEST_CASE("one PIN of two people has two hashes", "[access][sos]") {
    const KeyRing keys = keys_of_one_server();
    CHECK(hash_pins(keys, {"4711", ""}).hash != hash_pins(keys, {"4711", ""}).hash);
}

TEST_CASE("PINs are four to eight digits and a duress PIN is another one", "[access][sos]") {
    CHECK(check_pins({"4711", ""}).has_value());
    CHECK(check_pins({"12345678", "87654321"}).has_value());
    for (const char* pin : {"", "471", "123456789", "47a1", " 4711"}) {
        INFO(pin);
        REQUIRE_FALSE(check_pins({pin, ""}).has_value());
        CHECK(check_pins({pin, ""}).error().field == "pin");
    }
    CHECK(check_pins({"4711", "47"}).error().field == "duress_pin");
    CHECK(check_pins({"4711", "4711"}).error().field == "duress_pin");
}

}  // namespace
}  // namespace marchwire::access
