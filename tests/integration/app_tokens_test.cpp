// Apps that embed the SDK: their backend signs, a real server believes, for as long as it should.
#include "real_server.hpp"
#include "support/app_key.hpp"
#include "support/patience.hpp"

#include "access/app_token.hpp"
#include "base/clock.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

constexpr int not_let_in = 6;

/// An app and its place in a file of issuers.
struct App {
    AppSigner signer{1};

    [[nodiscard]] static std::string key_row(const AppSigner& key, const std::string& kid) {
        return "[[issuers.keys]]\nkid = \"" + kid + "\"\npublic = \"\"\"\n" + key.public_pem() + "\"\"\"\n";
    }
    [[nodiscard]] static std::string head() {
        return "[[issuers]]\nname = \"city-app\"\naudience = \"our-marches\"\nmarches = [\"flag-day/*\"]\n";
    }
    [[nodiscard]] static std::string token(const AppSigner& key, const std::string& kid, const std::string& subject,
                                           base::Millis lives = base::minutes(5)) {
        const base::UtcMs now = base::SystemClock().now();
        const access::AppClaims claims{"city-app",
                                       "our-marches",
                                       base::LogId::parse(march_name).value(),
                                       subject,
                                       lives.value > 0 ? now : base::UtcMs{},
                                       now + lives};
        return access::sign_app_token(key.pem(), kid, claims).value();
    }
    [[nodiscard]] std::string token(const std::string& subject, base::Millis lives = base::minutes(5)) const {
        return token(signer, "k1", subject, lives);
    }
};

/// A server that believes an app, with Tail 1 and Side 1 on a roster that came from a table: they have no tokens.
struct WithApp {
    App app;
    TemporaryDirectory beside;
    std::string issuers = beside.path() + "/issuers.toml";
    std::unique_ptr<RealServer> server;

    WithApp() {
        write(App::head() + App::key_row(app.signer, "k1"));
        server = std::make_unique<RealServer>(std::vector<std::string>{"--issuers", issuers});
        server->make_march();
        const std::string table = beside.path() + "/roster.csv";
        std::ofstream(table) << "callsign,role,section,buddy,no_phone\nTail 1,tail,5,Side 1,\nSide 1,side,5,Tail 1,\n";
        REQUIRE(host({"roster", "import", table, "--march", march_name}).exit_code == 0);
    }
    void write(const std::string& text) const { std::ofstream(issuers) << text; }
    [[nodiscard]] Ended host(std::vector<std::string> verb) const {
        verb.insert(verb.begin(), {MARCHWIRE_PATH, "--json", "--data", server->data()});
        return run_program(verb);
    }
    [[nodiscard]] Ended check_in(const std::string& token) const { return Hand{*server, token}.run({"check-in"}); }
    [[nodiscard]] Json member(const std::string& callsign) const {
        const Json state = server->state();
        for (const Json& one : state.at("roster")) {
            if (one.at("callsign") == callsign) return one;
        }
        return {};
    }
};

TEST_CASE("an app's token for a callsign checks that person in", "[integration][app]") {
    const WithApp with;
    const Ended ended = with.check_in(with.app.token("Tail 1"));
    INFO(ended.out);
    REQUIRE(ended.exit_code == 0);
    CHECK(with.member("Tail 1").at("duty") == "ON_DUTY");
    CHECK(with.member("Side 1").at("duty") == "INVITED");
    // With that person's rights and no more.
    CHECK(Hand{*with.server, with.app.token("Tail 1")}.run({"access", "list"}).exit_code == not_let_in);
}

TEST_CASE("somebody of an app whom the roster does not know follows and no more", "[integration][app]") {
    const WithApp with;
    Somebody nobody(*with.server, with.app.token("tail 1"));  // callsigns are exact
    nobody.follow(feed("public"));
    CHECK(nobody.welcome.person == 0);
    CHECK(nobody.welcome.role == sdk::Role::follower);
    const sdk::Outcome outcome = nobody.ask(sdk::CheckIn{});
    const auto* error = std::get_if<sdk::Error>(&outcome);
    REQUIRE(error != nullptr);
    CHECK(error->code == sdk::ErrorCode::permission_denied);
}

TEST_CASE("a token that is not right is refused with what to do", "[integration][app]") {
    const WithApp with;
    const auto says = [](const Ended& ended, const char* code) {
        CAPTURE(ended.out);
        return ended.exit_code != 0 && ended.out.find(code) != std::string::npos;
    };
    const Ended expired = with.check_in(with.app.token("Tail 1", base::seconds(-1)));
    CHECK(says(expired, "EXPIRED"));
    CHECK(says(expired, "ask your app for a new one"));
    CHECK(says(with.check_in(App::token(AppSigner{2}, "k1", "Tail 1")), "UNAUTHENTICATED"));
    CHECK(says(with.check_in(with.app.token("Tail 1", base::minutes(12))), "INVALID_ARGUMENT"));
    CHECK(says(with.check_in(with.app.token(std::string(2'000, 'x'))), "TOO_LARGE"));
    CHECK(with.server->figure("marchwire_limited_total{limit=\"app_token\"}") == 2);
}

TEST_CASE("keys of an app are changed without a restart", "[integration][app]") {
    const WithApp with;
    const AppSigner next{2};
    const std::string new_token = App::token(next, "k2", "Side 1");
    CHECK(with.check_in(new_token).exit_code != 0);
    with.write(App::head() + App::key_row(with.app.signer, "k1") + App::key_row(next, "k2"));
    with.server->signal(SIGHUP);
    wait_until([&] { return with.check_in(new_token).exit_code == 0; });
    CHECK(with.check_in(with.app.token("Tail 1")).exit_code == 0);
    with.write(App::head() + App::key_row(next, "k2"));
    with.server->signal(SIGHUP);
    wait_until([&] { return with.check_in(with.app.token("Tail 1")).exit_code != 0; });
    CHECK(with.check_in(new_token).exit_code == 0);
    // What cannot be read changes nothing, and is told.
    with.write("[[issuers]]\nname = 7\n");
    with.server->signal(SIGHUP);
    CHECK(with.check_in(new_token).exit_code == 0);
    CHECK(with.server->stop() == 0);
    CHECK(with.server->said().find("issuers_kept") != std::string::npos);
}

TEST_CASE("a session of an app ends with its token and comes back with the next", "[integration][app]") {
    const WithApp with;
    boost::asio::io_context io{1};
    int asked = 0;
    int online = 0;
    std::optional<sdk::Stopped> stopped;
    sdk::ClientSettings settings;
    settings.url = with.server->staff_url();
    settings.device = 4711;
    settings.retry_first = sdk::Millis(50);
    settings.fetch_token = [&](const std::function<void(std::string)>& done) {
        ++asked;
        done(with.app.token("Tail 1", base::seconds(2)));
    };
    sdk::Callbacks callbacks;
    callbacks.on_state = [&](const sdk::ConnectionState& state) {
        if (std::holds_alternative<sdk::Online>(state)) ++online;
        if (const auto* over = std::get_if<sdk::Stopped>(&state)) stopped = *over;
    };
    sdk::Client client(io, settings, callbacks);
    client.connect();
    const auto begun = std::chrono::steady_clock::now();
    while (online < 2 && !stopped && std::chrono::steady_clock::now() - begun < std::chrono::seconds(20)) {
        io.restart();
        io.run_one_for(std::chrono::seconds(1));
    }
    CHECK_FALSE(stopped);
    CHECK(online == 2);
    CHECK(asked >= 2);
    CHECK(std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(900));
}

TEST_CASE("whoever was shut out stays out of apps as well", "[integration][app]") {
    const WithApp with;
    const std::string own = with.server->token("tail", "Tail 1", 5);
    Somebody by_app(*with.server, with.app.token("Tail 1"));
    by_app.until([&] { return by_app.times_online == 1; });
    REQUIRE(with.host({"token", "revoke", "flag-day", "1"}).exit_code == 0);
    CHECK_THROWS(by_app.until([] { return false; }));
    REQUIRE(by_app.stopped);
    CHECK(by_app.stopped->reason.find("revoked") != std::string::npos);
    const Ended again = with.check_in(with.app.token("Tail 1"));
    CHECK(again.exit_code != 0);
    CHECK(again.out.find("PERMISSION_DENIED") != std::string::npos);
    // A new way in of their own opens that of the app too.
    (void)with.server->token("tail", "Tail 1", 5);
    CHECK(with.check_in(with.app.token("Tail 1")).exit_code == 0);
}

TEST_CASE("a detained person's app is silent until somebody has seen them", "[integration][app]") {
    const WithApp with;
    const Hand lead{*with.server, with.server->token("city-lead", "Lead 1")};
    const Hand buddy{*with.server, with.app.token("Side 1")};
    lead.must({"phase", "assembling"});
    Somebody by_app(*with.server, with.app.token("Tail 1"));
    by_app.until([&] { return by_app.times_online == 1; });
    by_app.must(sdk::CheckIn{});
    buddy.must({"check-in"});
    buddy.must({"check-in", "--for", "Tail 1", "--heard", "seen", "--report", "detained"});
    CHECK_THROWS(by_app.until([] { return false; }));
    CHECK(by_app.stopped);
    CHECK(with.check_in(with.app.token("Tail 1")).exit_code != 0);
    buddy.must({"check-in", "--for", "Tail 1", "--heard", "seen", "--report", "on-post"});
    CHECK(with.check_in(with.app.token("Tail 1")).exit_code == 0);
}

TEST_CASE("a server that knows no issuers believes no app", "[integration][app]") {
    RealServer server;
    server.make_march();
    const Ended ended = Hand{server, App().token("Tail 1")}.run({"check-in"});
    CHECK(ended.exit_code != 0);
    CHECK(ended.out.find("believes no app") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::test
