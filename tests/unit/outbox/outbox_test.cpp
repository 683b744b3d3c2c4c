// The outbox against HTTPS servers of this machine: who is believed, what is tried again, what is forgotten.
#include "outbox/outbox.hpp"
#include "base/clock.hpp"

#include "support/https_fake.hpp"
#include "support/patience.hpp"
#include "support/push_browser.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <set>

namespace marchwire::outbox {
namespace {

using test::FakeAnswer;
using test::HttpsFake;
using test::wait_until;

const auto march = *base::LogId::parse("flag-day-2018/st-louis-mo");

/// A file of this test alone.
class SecretFile {
public:
    explicit SecretFile(const std::string& text, mode_t mode = 0600) {
        std::string name = (std::filesystem::temp_directory_path() / "marchwire-secret-XXXXXX").string();
        const int file = ::mkstemp(name.data());
        REQUIRE(file >= 0);
        ::close(file);
        path_ = name;
        std::ofstream(path_) << text;
        ::chmod(path_.c_str(), mode);
    }
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    ~SecretFile() { ::unlink(path_.c_str()); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

struct Running {
    base::SystemClock clock;
    SecretFile secret{"a secret of an operator\n"};
    std::unique_ptr<Outbox> outbox;
    std::vector<core::ForgetPush> forgotten;  ///< look at it when the outbox has stopped

    void open(OutboxSettings settings) {
        if (!settings.webhook.empty()) settings.webhook_secret_file = secret.path();
        auto opened = Outbox::open(settings);
        REQUIRE(opened.has_value());
        outbox = *std::move(opened);
        outbox->start(clock,
                      [this](const base::LogId&, core::ForgetPush gone) { forgotten.push_back(std::move(gone)); });
    }
    [[nodiscard]] core::WakeUp call(std::uint64_t person, std::vector<core::PushSubscription> pushes = {}) const {
        core::WakeUp call;
        call.march = march;
        call.order = 7;
        call.kind = core::OrderKind::hold;
        call.person = core::PersonId{person};
        call.term = core::Term{1};
        call.deadline = clock.now() + base::seconds(30);
        call.pushes = std::move(pushes);
        return call;
    }
};

OutboxSettings webhook_at(const HttpsFake& fake) {
    OutboxSettings settings;
    settings.webhook = fake.url("/wake");
    settings.ca = fake.certificate();
    return settings;
}

OutboxSettings pushes_to(const HttpsFake& fake) {
    OutboxSettings settings;
    settings.push_contact = "mailto:ops@example.org";
    settings.push_networks = Networks::any;
    settings.ca = fake.certificate();
    settings.push_seed.fill(1);
    settings.seal_key.fill(2);
    return settings;
}

TEST_CASE("the webhook has a call once though it answered 500 twice, over the connection that is open",
          "[outbox][webhook]") {
    HttpsFake fake;
    fake.answer({{500}, {503}});
    Running running;
    running.open(webhook_at(fake));
    running.outbox->wake(running.call(12));
    wait_until([&] { return running.outbox->webhook_counts().called == 1; });
    running.outbox->stop();
    const auto requests = fake.requests();
    REQUIRE(requests.size() == 3);
    for (const auto& request : requests) {
        CHECK(request.target == "/wake");
        CHECK(request.body == requests.front().body);
        CHECK(request.headers.at("idempotency-key") == "flag-day-2018/st-louis-mo/7/12/1");
    }
    CHECK(running.outbox->webhook_counts().retried == 2);
    CHECK(fake.connections() == 1);
}

TEST_CASE("a webhook that hangs up, or has forgotten the connection, is called again", "[outbox][webhook]") {
    HttpsFake fake;
    fake.answer({{200}, {200, {}, true}, {200, {}, true}});
    Running running;
    running.open(webhook_at(fake));
    running.outbox->wake(running.call(1));
    wait_until([&] { return running.outbox->webhook_counts().called == 1; });
    running.outbox->wake(running.call(2));
    wait_until([&] { return running.outbox->webhook_counts().called == 2; });
    running.outbox->stop();
    CHECK(fake.requests().size() == 4);
    CHECK(running.outbox->webhook_counts().retried == 1);  // that a kept connection was lost is no failure
}

TEST_CASE("a webhook whose certificate nobody has vouched for is told nothing", "[outbox][webhook]") {
    HttpsFake fake;
    HttpsFake another;
    OutboxSettings settings = webhook_at(fake);
    settings.ca = another.certificate();
    Running running;
    running.open(settings);
    running.outbox->wake(running.call(1));
    wait_until([&] { return running.outbox->webhook_counts().retried >= 1; });
    running.outbox->stop();
    CHECK(fake.connections() >= 1);
    CHECK(fake.requests().empty());
}

TEST_CASE("a webhook is not called again when it says that this is of no use", "[outbox][webhook]") {
    HttpsFake fake(HttpsFake::Speaks::plain);
    fake.always({403});
    Running running;
    running.open(webhook_at(fake));
    running.outbox->wake(running.call(1));
    wait_until([&] { return running.outbox->webhook_counts().refused == 1; });
    running.outbox->stop();
    CHECK(fake.requests().size() == 1);
}

TEST_CASE("fifty calls go over eight connections at most, each once", "[outbox][webhook]") {
    HttpsFake fake;
    Running running;
    running.open(webhook_at(fake));
    for (std::uint64_t person = 1; person <= 50; ++person) running.outbox->wake(running.call(person));
    wait_until([&] { return running.outbox->webhook_counts().called == 50; });
    running.outbox->stop();
    std::set<std::string> keys;
    for (const auto& request : fake.requests()) keys.insert(request.headers.at("idempotency-key"));
    CHECK(keys.size() == 50);
    CHECK(fake.requests().size() == 50);
    CHECK(fake.connections() <= 8);
}

TEST_CASE("a push reaches the browser, says who sends it, and is forgotten when the browser has gone",
          "[outbox][push]") {
    HttpsFake fake;
    const test::PushBrowser browser;
    Running running;
    running.open(pushes_to(fake));
    const core::PersonId ann{1};
    const auto sealed = running.outbox->seal(march, ann, browser.subscribe(fake.url("/device/1")));
    REQUIRE(sealed.has_value());
    const std::vector<core::PushSubscription> pushes = {{ann, base::DeviceId{5}, *sealed}};
    running.outbox->wake(running.call(1, pushes));
    wait_until([&] { return running.outbox->push_counts().called == 1; });
    fake.always({410});
    running.outbox->wake(running.call(1, pushes));
    wait_until([&] { return running.outbox->push_counts().forgotten == 1; });
    running.outbox->stop();

    const auto requests = fake.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].target == "/device/1");
    CHECK(browser.read(requests[0].body) == R"({"open":"order"})");
    const auto claims = test::vapid_claims(requests[0].headers.at("authorization"), running.outbox->push_key());
    REQUIRE(claims.has_value());
    CHECK(claims->at("aud") == fake.url(""));
    CHECK(claims->at("sub") == "mailto:ops@example.org");
    REQUIRE(running.forgotten.size() == 1);
    CHECK(running.forgotten[0].person == ann);
    CHECK(running.forgotten[0].sealed == *sealed);
}

TEST_CASE("a name that leads into this machine is not called where only the internet may be", "[outbox][push]") {
    HttpsFake fake;
    const test::PushBrowser browser;
    Running inside;
    inside.open(pushes_to(fake));
    // Sealed where it was allowed, as if the name had led elsewhere when it was looked at.
    const auto sealed = inside.outbox->seal(march, core::PersonId{1}, browser.subscribe(fake.url("/device/1")));
    REQUIRE(sealed.has_value());
    OutboxSettings settings = pushes_to(fake);
    settings.push_networks = Networks::public_only;
    Running running;
    running.open(settings);
    CHECK(running.outbox->seal(march, core::PersonId{1}, browser.subscribe(fake.url("/1"))).error().field ==
          "endpoint");
    running.outbox->wake(running.call(1, {{core::PersonId{1}, base::DeviceId{5}, *sealed}}));
    wait_until([&] { return running.outbox->push_counts().refused == 1; });
    CHECK(fake.connections() == 0);
}

TEST_CASE("the outbox says which setting is wrong", "[outbox]") {
    const auto wrong = [](OutboxSettings settings) -> std::string {
        const auto opened = Outbox::open(settings);
        return opened ? "" : opened.error().field;
    };
    const SecretFile good("a secret of an operator\n");
    const SecretFile read_by_all("a secret of an operator\n", 0644);
    const SecretFile short_one("too short\n");
    OutboxSettings settings;
    settings.webhook = "https://hooks.example.org/wake";
    settings.webhook_secret_file = good.path();
    CHECK(wrong(settings).empty());
    settings.webhook_secret_file = read_by_all.path();
    CHECK(wrong(settings) == "webhook_secret_file");
    settings.webhook_secret_file = short_one.path();
    CHECK(wrong(settings) == "webhook_secret_file");
    settings.webhook_secret_file = "/no/such/file";
    CHECK(wrong(settings) == "webhook_secret_file");
    settings.webhook_secret_file = good.path();
    settings.ca = good.path();
    CHECK(wrong(settings) == "outbox_ca");
    settings.ca = "";
    settings.webhook = "https://hooks.example.org:0/";
    CHECK(wrong(settings) == "webhook");
}

TEST_CASE("without push_contact a subscription is refused with the remedy", "[outbox][push]") {
    HttpsFake fake;
    Running running;
    running.open(webhook_at(fake));
    CHECK(running.outbox->push_key().empty());
    const test::PushBrowser browser;
    const auto refused = running.outbox->seal(march, core::PersonId{1}, browser.subscribe("https://p.example.net/1"));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == base::RefusalCode::not_found);
    CHECK(refused.error().message.find("push_contact") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::outbox
