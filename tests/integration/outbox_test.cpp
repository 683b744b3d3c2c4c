// People whose phones are away: the matrix says so, the webhook and Web Push call them, and an SMS goes out.
#include "support/https_fake.hpp"
#include "support/patience.hpp"
#include "support/push_browser.hpp"
#include "two_servers.hpp"

#include "base/base64.hpp"
#include "outbox/webhook.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <set>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

/// A receiver, the secret that it shares with the server, and what servers are told of both.
struct Hook {
    explicit Hook(HttpsFake::Speaks speaks = HttpsFake::Speaks::tls) : fake(speaks) { write("secret", secret); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text << "\n";
        ::chmod(path(name).c_str(), 0600);
    }
    [[nodiscard]] std::string path(const std::string& name) const { return directory.path() + "/" + name; }
    [[nodiscard]] std::vector<std::string> arguments() const {
        return {"--webhook",    fake.url("/wake"), "--webhook-secret-file",
                path("secret"), "--outbox-ca",     fake.certificate()};
    }

    TemporaryDirectory directory;
    HttpsFake fake;
    std::string secret = "what the receiver and the server share";
};

double figure_of(const RealServer& server, const std::string& what, const std::string& way) {
    return server.figure("marchwire_outbox_" + what + "_total{way=\"" + way + "\"}");
}

/// On post by the radio: nobody has ever heard this person's phone.
sdk::PersonId on_post_by_radio(RealServer& server, Somebody& lead, const std::string& callsign) {
    (void)server.token("side", callsign, 2);
    sdk::CheckIn heard;
    heard.heard_by = sdk::HeardBy::radio;
    lead.until([&] {
        const auto march = lead.client.march(feed("ops"));
        const auto found = std::ranges::find(march->roster, callsign, &sdk::Member::callsign);
        if (found != march->roster.end()) heard.on_behalf_of = found->person;
        return heard.on_behalf_of != 0;
    });
    lead.must(heard);
    return heard.on_behalf_of;
}

std::uint32_t hold_section_two(Somebody& lead, std::chrono::milliseconds time) {
    sdk::IssueOrder wish;
    wish.kind = sdk::OrderKind::hold;
    wish.text = "Stop at the library.";
    wish.audience.kind = sdk::AudienceKind::section;
    wish.audience.section = 2;
    const auto now = std::chrono::system_clock::now() + time;
    wish.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    return static_cast<std::uint32_t>(lead.must(wish).made);
}

/// What stands in the lead's matrix of somebody; nothing before the order is there.
sdk::Receipt receipt_of(Somebody& lead, std::uint32_t number, sdk::PersonId person) {
    const auto held = lead.client.march(feed("ops"));
    const sdk::Order* order = held->order(number);
    const sdk::Receipt* receipt = order == nullptr ? nullptr : order->receipt(person);
    return receipt == nullptr ? sdk::Receipt{} : *receipt;
}

std::string key_of(std::uint32_t order, sdk::PersonId person, int step) {
    return march_name + "/" + std::to_string(order) + "/" + std::to_string(person) + "/" + std::to_string(step);
}

TEST_CASE("a marshal who is away is called for once per step, though the receiver answers 500 twice first",
          "[integration][outbox]") {
    Hook hook;
    hook.fake.answer({{500}, {500}});
    RealServer server(hook.arguments());
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    lead.follow(feed("ops"));
    const sdk::PersonId away = on_post_by_radio(server, lead, "Away");
    Somebody there(server, server.token("side", "There", 2));
    there.follow(feed("marshal"));
    there.must(sdk::CheckIn{});

    const std::uint32_t order = hold_section_two(lead, std::chrono::seconds(4));
    there.until([&] { return there.client.march(feed("marshal"))->order(order) != nullptr; });
    // The matrix says so, and since when.
    lead.until([&] { return receipt_of(lead, order, away).unreached_since != 0; });
    CHECK(receipt_of(lead, order, away).state == sdk::ReceiptState::queued);
    CHECK(receipt_of(lead, order, there.client.march(feed("marshal"))->self->person).unreached_since == 0);
    wait_until([&] { return figure_of(server, "called", "webhook") == 2; });
    CHECK(figure_of(server, "retried", "webhook") == 2);

    std::map<std::string, int> answered;
    for (const FakeRequest& request : hook.fake.requests()) {
        const Json body = Json::parse(request.body);
        const auto stamp = std::stoll(request.headers.at("marchwire-timestamp"));
        CHECK(request.headers.at("marchwire-signature") == outbox::webhook_signature(hook.secret, stamp, request.body));
        CHECK(request.headers.at("idempotency-key") == body.at("key"));
        CHECK(body.at("person") == away);
        CHECK(body.at("kind") == "hold");
        CHECK(body.size() == 9);  // ids and kinds: neither the text nor a place
        CHECK(request.body.find("library") == std::string::npos);
        ++answered[body.at("key")];
    }
    CHECK(answered == std::map<std::string, int>{{key_of(order, away, 1), 3}, {key_of(order, away, 2), 1}});

    // Somebody hears the person: the matrix believes it.
    sdk::Acknowledge heard{order, {away}, 0, sdk::HeardBy::radio};
    lead.must(heard);
    lead.until([&] { return receipt_of(lead, order, away).state == sdk::ReceiptState::acked; });
    CHECK(receipt_of(lead, order, away).unreached_since == 0);
    CHECK(server.stop() == 0);
}

TEST_CASE("the command line says who cannot be reached, without any outbox", "[integration][outbox]") {
    RealServer server;
    server.make_march();
    const std::string token = server.token("city_lead", "Lead 1");
    Somebody lead(server, token);
    lead.follow(feed("ops"));
    const sdk::PersonId away = on_post_by_radio(server, lead, "Away");
    const std::uint32_t order = hold_section_two(lead, std::chrono::minutes(5));
    lead.until([&] { return receipt_of(lead, order, away).unreached_since != 0; });
    const auto said = [&](std::vector<std::string> verb) {
        std::vector<std::string> all = {MARCHWIRE_PATH, "--url", server.staff_url(), "--token", token};
        all.insert(all.end(), verb.begin(), verb.end());
        return run_program(all).out;
    };
    CHECK(said({"order", "show", "1"}).find("Away: queued, cannot be reached at present, since ") != std::string::npos);
    CHECK(said({"order", "list"}).find("1 queued (1 cannot be reached at present)") != std::string::npos);
    const Json shown = Json::parse(said({"--json", "order", "show", "1"}));
    CHECK(shown.at("order").at("receipts").at(0).at("unreached_since_ms") ==
          receipt_of(lead, order, away).unreached_since);
}

TEST_CASE("a receiver whose certificate is not vouched for is told nothing, and the operator is told why",
          "[integration][outbox]") {
    const Hook hook;
    const HttpsFake another;
    auto arguments = hook.arguments();
    arguments.back() = another.certificate();
    RealServer server(arguments);
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    lead.follow(feed("ops"));
    (void)on_post_by_radio(server, lead, "Away");
    (void)hold_section_two(lead, std::chrono::minutes(5));
    wait_until([&] { return figure_of(server, "retried", "webhook") >= 1; });
    CHECK(server.stop() == 0);
    CHECK(hook.fake.requests().empty());
    CHECK(server.said().find("outbox_in_trouble way=webhook reason=\"its certificate is not believed") !=
          std::string::npos);
}

TEST_CASE("the next keeper of a march calls again with the same key and its own term",
          "[integration][outbox][servers][faults]") {
    const Hook hook;
    KeeperAndOther servers(hook.arguments());
    const std::string lead_token = servers.keeper.token("city_lead", "Lead 1");
    wait_for_token(servers.other, lead_token);
    Somebody lead(servers.other, lead_token);
    lead.follow(feed("ops"));
    const sdk::PersonId away = on_post_by_radio(servers.keeper, lead, "Away");
    const std::uint32_t order = hold_section_two(lead, std::chrono::minutes(5));
    wait_until([&] { return hook.fake.requests().size() == 1; });
    servers.keeper.kill();
    CHECK(taken_over(servers.other, std::chrono::steady_clock::now()) < back_within);
    // The order waits for longer than a phone that is there takes to say so.
    wait_until([&] { return hook.fake.requests().size() == 2; });
    const auto requests = hook.fake.requests();
    const Json first = Json::parse(requests[0].body);
    const Json again = Json::parse(requests[1].body);
    CHECK(first.at("key") == key_of(order, away, 1));
    CHECK(again.at("key") == first.at("key"));
    CHECK(again.at("term") > first.at("term"));
}

TEST_CASE("a browser that subscribed is pushed to after a restart, reads only the hint, and is forgotten when gone",
          "[integration][outbox][push]") {
    HttpsFake service;
    RealServer server(
        {"--push-contact", "mailto:ops@example.org", "--push-private", "--outbox-ca", service.certificate()});
    server.make_march();
    const std::string lead_token = server.token("city_lead", "Lead 1");
    const PushBrowser browser;
    std::string push_key;
    {
        Somebody marshal(server, server.token("side", "Side 1", 2));
        marshal.follow(feed("marshal"));
        marshal.must(sdk::CheckIn{});
        const auto said = browser.subscribe(service.url("/device/1"));
        marshal.must(sdk::SubscribePush{said.endpoint, said.p256dh, said.auth});
        push_key = marshal.welcome.push_key;
    }
    REQUIRE(push_key.size() == 65);
    REQUIRE(server.stop() == 0);
    server.start();
    Somebody lead(server, lead_token);
    lead.follow(feed("ops"));
    // 'The phone that was heard has ten seconds': nobody speaks after the restart.
    (void)hold_section_two(lead, std::chrono::minutes(5));
    wait_until([&] { return figure_of(server, "called", "push") == 1; });
    service.always({410});
    (void)hold_section_two(lead, std::chrono::minutes(5));
    wait_until([&] { return figure_of(server, "forgotten", "push") == 1; });

    const auto requests = service.requests();
    REQUIRE(requests.size() == 2);
    CHECK(browser.read(requests[0].body) == R"({"open":"order"})");
    CHECK(requests[0].headers.at("urgency") == "high");
    CHECK(requests[0].headers.at("topic") == requests[1].headers.at("topic"));
    const auto claims = vapid_claims(requests[0].headers.at("authorization"), push_key);
    REQUIRE(claims.has_value());
    CHECK(claims->at("aud") == service.url(""));
    const auto left = [&] { return entries_of(server.dump(), "pushUnsubscribed").size(); };
    wait_until([&] { return left() == 1; });
    // The log knows that there was one; where it was, nobody can read in it.
    const std::string dump = server.dump();
    CHECK(entries_of(dump, "pushSubscribed").size() == 1);
    CHECK(dump.find("/device/1") == std::string::npos);
    CHECK(lead.state(feed("ops")).dump().find("device") == std::string::npos);
}

TEST_CASE("a server that sends no pushes refuses subscriptions and says whom to ask", "[integration][outbox][push]") {
    RealServer server;
    server.make_march();
    Somebody marshal(server, server.token("side", "Side 1", 2));
    marshal.follow(feed("marshal"));
    const PushBrowser browser;
    const auto said = browser.subscribe("https://push.example.net/1");
    const sdk::Outcome outcome = marshal.ask(sdk::SubscribePush{said.endpoint, said.p256dh, said.auth});
    const auto* error = std::get_if<sdk::Error>(&outcome);
    REQUIRE(error != nullptr);
    CHECK(error->message.find("push_contact") != std::string::npos);
}

/// What the sample answers to a call that nobody has signed.
std::string status_of_unsigned(const std::string& port) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoul(port))});
    const std::string body = R"({"key": "k", "person": 1, "urgent": true})";
    boost::asio::write(socket,
                       boost::asio::buffer("POST /wake HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                                           std::to_string(body.size()) + "\r\n\r\n" + body));
    std::string said;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(said), end);
    return said.substr(said.find(' ') + 1, 3);
}

TEST_CASE("the sample for an SMS gateway sends one message to the number of whoever is away",
          "[integration][outbox][sms]") {
    HttpsFake gateway(HttpsFake::Speaks::plain);
    gateway.answer({{500}});
    const Hook files;
    files.write("phones.csv", "person,phone");
    files.write("token", "the gateway's token");
    Program script({"/usr/bin/python3", MARCHWIRE_SOURCE_DIR "/samples/sms-gateway/sms_gateway.py", "--listen", "0",
                    "--secret", files.path("secret"), "--phones", files.path("phones.csv"), "--gateway",
                    gateway.url("/send"), "--token", files.path("token")},
                   Stream::out);
    const std::string line = script.read_until([](const std::string& said) { return said.ends_with('\n'); });
    REQUIRE(line.starts_with("listening on "));
    const std::string port = line.substr(13, line.size() - 14);
    RealServer server(
        {"--webhook", "http://127.0.0.1:" + port + "/wake", "--webhook-secret-file", files.path("secret")});
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    lead.follow(feed("ops"));
    const sdk::PersonId away = on_post_by_radio(server, lead, "Away");
    (void)on_post_by_radio(server, lead, "Away without a number");
    files.write("phones.csv", "person,phone\n" + std::to_string(away) + ",+13145550100");
    (void)hold_section_two(lead, std::chrono::minutes(5));
    wait_until([&] { return figure_of(server, "called", "webhook") == 2; });
    const auto messages = gateway.requests();
    REQUIRE(messages.size() == 2);  // the first of them was not taken
    CHECK(messages[1].headers.at("authorization") == "Bearer the gateway's token");
    const Json sent = Json::parse(messages[1].body);
    CHECK(sent.at("to") == "+13145550100");
    CHECK(sent.at("text").get<std::string>().starts_with("URGENT: An order waits for you."));
    CHECK(sent.at("text").get<std::string>().find("library") == std::string::npos);
    CHECK(status_of_unsigned(port) == "401");
}

}  // namespace
}  // namespace marchwire::test
