// What does not fit is refused at the border of the C SDK, and says how.
#include "c_client.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace marchwire::test {
namespace {

TEST_CASE("the C SDK takes no null where there must be something", "[c][border]") {
    CHECK(marchwire_settings_new(nullptr) == nullptr);
    CHECK(marchwire_settings_set_ca_file(nullptr, "x") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_token(nullptr, "x") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_asks_tokens(nullptr, 1) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_key(nullptr, "x") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_queue_file(nullptr, "x") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_device(nullptr, 1, 0) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_name(nullptr, "x") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_retry(nullptr, 1, 1) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_commands_waiting(nullptr, 1) == MARCHWIRE_NULL_ARGUMENT);
    const Settings settings = settings_for();
    CHECK(marchwire_settings_set_ca_file(settings.get(), nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_token(settings.get(), nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_key(settings.get(), nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_queue_file(settings.get(), nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_settings_set_name(settings.get(), nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_key_new(nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_event_fail(nullptr, "why") == MARCHWIRE_NULL_ARGUMENT);
    // Nothing to free is freed.
    marchwire_settings_free(nullptr);
    marchwire_invitation_free(nullptr);
    marchwire_string_free(nullptr);
    CHECK(marchwire_client_free(nullptr) == MARCHWIRE_OK);
}

TEST_CASE("the C SDK asks nothing of a client that is null", "[c][border]") {
    OwnText text;
    CHECK(marchwire_client_new(nullptr, nullptr, nullptr) == nullptr);
    CHECK(marchwire_client_connect(nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_close(nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_drop(nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_subscribe(nullptr, "public/c/m") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_subscribe_from(nullptr, "public/c/m", R"({"epoch":1,"seq":1,"digest":1})") ==
          MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_unsubscribe(nullptr, "public/c/m") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_command(nullptr, "c/m", "{}", nullptr, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_report_position(nullptr, "c/m", "[]") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_screen(nullptr, 1) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_history(nullptr, "public/c/m", 0, 1, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_access(nullptr, "c/m", 0, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_give_token(nullptr, 1, "t", 0) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_position(nullptr, "public/c/m", text.into()) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_state(nullptr, "public/c/m", text.into()) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_is_online(nullptr) == 0);
    CHECK(marchwire_client_server_time(nullptr) == 0);
    CHECK(marchwire_client_unanswered(nullptr) == 0);
    CHECK(marchwire_client_counter(nullptr) == 0);
    CHECK(marchwire_event_get_kind(nullptr) == 0);
    CHECK(marchwire_event_get_client(nullptr) == nullptr);
    CHECK(std::string(marchwire_event_get_feed(nullptr)).empty());
    CHECK(marchwire_event_get_number(nullptr) == 0);
    CHECK(std::string(marchwire_event_get_json(nullptr)).empty());
}

TEST_CASE("a client of the C SDK takes no null for a text", "[c][border]") {
    const CClient client(settings_for());
    marchwire_client* one = client.get();
    CHECK(marchwire_client_subscribe(one, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_subscribe_from(one, "public/c/m", nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_unsubscribe(one, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_command(one, nullptr, "{}", nullptr, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_command(one, "c/m", nullptr, nullptr, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_report_position(one, nullptr, "[]") == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_report_position(one, "c/m", nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_history(one, nullptr, 0, 1, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_access(one, nullptr, 0, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_position(one, "public/c/m", nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_state(one, "public/c/m", nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_client_unanswered(one) == 0);
}

TEST_CASE("the C SDK refuses what is no feed and no position", "[c][border]") {
    const CClient client(settings_for());
    marchwire_client* one = client.get();
    OwnText text;
    for (const char* feed : {"", "public", "public/c", "march/c/m", "public/C/m", "overview/c/m", "public/c/m/"}) {
        CAPTURE(feed);
        CHECK(marchwire_client_subscribe(one, feed) == MARCHWIRE_INVALID_ARGUMENT);
        CHECK(marchwire_client_unsubscribe(one, feed) == MARCHWIRE_INVALID_ARGUMENT);
        CHECK(marchwire_client_subscribe_from(one, feed, R"({"epoch":1,"seq":"1","digest":"1"})") ==
              MARCHWIRE_INVALID_ARGUMENT);
        CHECK(marchwire_client_history(one, feed, 0, 1, nullptr) == MARCHWIRE_INVALID_ARGUMENT);
        CHECK(marchwire_client_position(one, feed, text.into()) == MARCHWIRE_INVALID_ARGUMENT);
        CHECK(marchwire_client_state(one, feed, text.into()) == MARCHWIRE_INVALID_ARGUMENT);
        CHECK(text.get() == nullptr);
    }
    for (const char* position : {"", "5", "{}", R"({"epoch":1,"seq":"1"})", R"({"epoch":1,"seq":"-1","digest":"1"})",
                                 R"({"epoch":1,"seq":"1x","digest":"1"})", R"({"epoch":1.5,"seq":1,"digest":1})",
                                 R"({"epoch":4294967296,"seq":"1","digest":"1"})"}) {
        CAPTURE(position);
        CHECK(marchwire_client_subscribe_from(one, "public/c/m", position) == MARCHWIRE_INVALID_ARGUMENT);
    }
    CHECK(marchwire_client_subscribe_from(
              one, "public/c/m", R"({"epoch":1,"seq":18446744073709551615,"digest":"2","more":0})") == MARCHWIRE_OK);
}

TEST_CASE("the C SDK refuses what are no fixes", "[c][border]") {
    const CClient client(settings_for());
    for (const char* fixes : {"", "{}", "[5]", "[{}]", R"([{"at":{"latE7":"x"}}])", R"([{"at":{"latE7":2147483648}}])",
                              R"([{"at":{},"accuracyMetres":-1}])", "[{\"at\":{}}"}) {
        CAPTURE(fixes);
        CHECK(marchwire_client_report_position(client.get(), "c/m", fixes) == MARCHWIRE_INVALID_ARGUMENT);
    }
    CHECK(marchwire_client_report_position(
              client.get(), "c/m", R"([{"at":{"latE7":"5","lonE7":6},"fixAtMs":"1528992000000"}])") == MARCHWIRE_OK);
}

constexpr const char* key_under_a_password = R"(-----BEGIN ENCRYPTED PRIVATE KEY-----
MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgC66IfYVEwnAICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEKLpdBJnbjEfCXm6lM8+WrUEgZDZ
gNBTfa7PLKBd4e1VlmpVQf1UguDvgC1CNaXyxRsOzo/QXPFeIAYzBFByaIBE7RFR
78kveQipWfVuNd3e2uo+KPBfdBA8zWbMImDgOlm9z2ptXODXpfVRNfeaTPUplgOQ
csaR7OIKXWUh89UxMXGTvze2LD2jiBiR2dbFYmfmkMkdr94ptcdspYMgJdcKAjY=
-----END ENCRYPTED PRIVATE KEY-----
)";

TEST_CASE("the C SDK refuses settings that cannot be meant", "[c][border]") {
    const Settings settings = settings_for();
    CHECK(marchwire_settings_set_device(settings.get(), 0, 5) == MARCHWIRE_INVALID_ARGUMENT);
    CHECK(marchwire_settings_set_retry(settings.get(), 0, 5) == MARCHWIRE_INVALID_ARGUMENT);
    CHECK(marchwire_settings_set_retry(settings.get(), 5, 0) == MARCHWIRE_INVALID_ARGUMENT);
    CHECK(marchwire_settings_set_commands_waiting(settings.get(), 0) == MARCHWIRE_INVALID_ARGUMENT);
    CHECK(marchwire_settings_set_key(settings.get(), "no key") == MARCHWIRE_INVALID_ARGUMENT);
    CHECK(marchwire_settings_set_key(settings.get(), key_under_a_password) == MARCHWIRE_INVALID_ARGUMENT);
    OwnText pem;
    REQUIRE(marchwire_key_new(pem.into()) == MARCHWIRE_OK);
    CHECK(pem.view().starts_with("-----BEGIN PRIVATE KEY-----"));
    CHECK(marchwire_settings_set_key(settings.get(), pem.get()) == MARCHWIRE_OK);
}

TEST_CASE("each status of the C SDK has a sentence of its own", "[c][border]") {
    std::set<std::string> sentences;
    for (marchwire_status status = MARCHWIRE_OK; status <= MARCHWIRE_FAILED; ++status) {
        sentences.insert(marchwire_status_text(status));
    }
    CHECK(sentences.size() == MARCHWIRE_FAILED + 1);
    CHECK(std::string(marchwire_status_text(99)).find("newer") != std::string::npos);
    CHECK(marchwire_version() == 1'000);
}

TEST_CASE("devices of the C SDK have numbers of their own", "[c][border]") {
    const std::set<std::uint64_t> devices{marchwire_device_new(), marchwire_device_new(), marchwire_device_new()};
    CHECK(devices.size() == 3);
    CHECK_FALSE(devices.contains(0));
}

TEST_CASE("an invite that no server takes is an answer of the C SDK", "[c][border]") {
    marchwire_invitation* invitation = marchwire_invitation_new();
    OwnText pem;
    OwnText answer;
    REQUIRE(marchwire_key_new(pem.into()) == MARCHWIRE_OK);
    CHECK(marchwire_redeem(invitation, nullptr, answer.into()) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_redeem(nullptr, pem.get(), answer.into()) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_redeem(invitation, pem.get(), nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_redeem(invitation, "no key", answer.into()) == MARCHWIRE_INVALID_ARGUMENT);
    CHECK(answer.get() == nullptr);
    // Under ThreadSanitizer Protobuf's headers lay out maps otherwise than Debian's library of it, which has none.
#ifndef __SANITIZE_THREAD__
    SECTION("a link of nowhere") {
        CHECK(marchwire_invitation_set_link(invitation, "http://127.0.0.1:1/join#secret") == MARCHWIRE_OK);
        CHECK(marchwire_redeem(invitation, pem.get(), answer.into()) == MARCHWIRE_OK);
        CHECK(answer.view().find(R"({"error":{"code":"UNAVAILABLE")") == 0);
    }
    SECTION("a code for what is no address") {
        CHECK(marchwire_invitation_set_code(invitation, "march.example.org", "17-K7QF-M2PX", nullptr) == MARCHWIRE_OK);
        CHECK(marchwire_redeem(invitation, pem.get(), answer.into()) == MARCHWIRE_OK);
        CHECK(answer.view().find(R"({"error":{"code":"INVALID_ARGUMENT","field":"url")") == 0);
    }
#endif
    CHECK(marchwire_invitation_set_link(invitation, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_invitation_set_code(invitation, "x", nullptr, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_invitation_set_pins(invitation, nullptr, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    CHECK(marchwire_invitation_set_ca_file(invitation, nullptr) == MARCHWIRE_NULL_ARGUMENT);
    marchwire_invitation_free(invitation);
}

}  // namespace
}  // namespace marchwire::test
