// The link to Redis as a machine: greeting, replies in order, silence, coming back.
#include "bus/redis_link.hpp"
#include "base/limits.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <utility>

namespace marchwire::bus {
namespace {

namespace limits = base::limits;
using base::Millis;
using base::UtcMs;

std::string bulk(const std::string& text) { return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n"; }

std::string info(const std::string& version = "7.0.15", const std::string& mode = "standalone",
                 const std::string& role = "master") {
    return bulk("# Server\r\nredis_version:" + version + "\r\nredis_mode:" + mode +
                "\r\n# Persistence\r\naof_enabled:1\r\n# Replication\r\nrole:" + role + "\r\n");
}

/// A link and the time.
struct Held {
    explicit Held(LinkSettings settings = {}) : link(std::move(settings), 7) {}
    LinkActions open() {
        (void)link.start(now);
        return link.on_open(now);
    }
    LinkActions become_ready() {
        (void)open();
        return link.on_bytes(info() + "+OK\r\n", now);
    }
    WriteBytes ask(std::uint64_t ticket, std::string_view word) {
        const std::array<std::string_view, 1> words{word};
        return link.send(ticket, words, now);
    }
    RedisLink link;
    UtcMs now{1'000};
};

const LinkLost& loss_in(const LinkActions& actions) {
    REQUIRE(actions.size() >= 2);
    CHECK(std::holds_alternative<CloseSocket>(actions[actions.size() - 2]));
    return std::get<LinkLost>(actions.back());
}

Reply status(const std::string& text) {
    Reply reply;
    reply.kind = Reply::Kind::status;
    reply.text = text;
    return reply;
}

TEST_CASE("a link greets with what it was given and is ready when all was taken", "[bus][redis_link]") {
    LinkSettings settings;
    settings.user = "marchwire";
    settings.password = "secret";
    settings.database = 3;
    settings.name = "one";
    Held held(settings);
    const LinkActions greeting = held.open();
    REQUIRE(greeting.size() == 1);
    std::string expected;
    for (const std::vector<std::string_view>& words : {std::vector<std::string_view>{"AUTH", "marchwire", "secret"},
                                                       {"SELECT", "3"},
                                                       {"INFO"},
                                                       {"CLIENT", "SETNAME", "one"}}) {
        append_command(expected, words);
    }
    CHECK(std::get<WriteBytes>(greeting[0]).bytes == expected);
    CHECK(held.link.on_bytes("+OK\r\n+OK\r\n" + info(), held.now).empty());
    CHECK_FALSE(held.link.ready());
    const LinkActions ready = held.link.on_bytes("+OK\r\n", held.now);
    CHECK(ready == LinkActions{LinkReady{{"7.0.15", "standalone", "master", true}}});
    CHECK(held.link.ready());
}

TEST_CASE("a greeting that is refused for good says that somebody must act", "[bus][redis_link]") {
    LinkSettings settings;
    settings.password = "wrong";
    Held held(settings);
    (void)held.open();
    const LinkActions actions = held.link.on_bytes("-WRONGPASS invalid username-password pair\r\n", held.now);
    CHECK(loss_in(actions).operator_needed);
    CHECK(loss_in(actions).why.find("WRONGPASS") != std::string::npos);
}

TEST_CASE("a server that cannot be used is named for what it is", "[bus][redis_link]") {
    const auto loss_by = [](const std::string& said) {
        Held held;
        (void)held.open();
        return loss_in(held.link.on_bytes(said, held.now));
    };
    const LinkLost cluster = loss_by(info("7.0.15", "cluster"));
    CHECK(cluster.operator_needed);
    CHECK(cluster.why.find("Cluster") != std::string::npos);
    CHECK(loss_by(info("7.0.15", "sentinel")).operator_needed);
    const LinkLost old = loss_by(info("5.0.3"));
    CHECK(old.operator_needed);
    CHECK(old.why.find("5.0.3") != std::string::npos);
    // After a failover the master is elsewhere: no setting is wrong.
    CHECK_FALSE(loss_by(info("7.0.15", "standalone", "slave")).operator_needed);
    CHECK_FALSE(loss_by("-LOADING Redis is loading the dataset in memory\r\n").operator_needed);
    // It answers INFO while it loads. Taken for ready it refused the keeping's scripts, and the march was kept by
    // nobody.
    const LinkLost loading = loss_by(
        bulk("redis_version:7.0.15\r\nredis_mode:standalone\r\nloading:1\r\nrole:master\r\n"));
    CHECK_FALSE(loading.operator_needed);
    CHECK(loading.why.find("loads") != std::string::npos);
    CHECK_FALSE(loss_by("HTTP/1.1 400 Bad Request\r\n").operator_needed);
}

TEST_CASE("replies go to requests in their order, however the bytes are cut", "[bus][redis_link]") {
    Held held;
    (void)held.become_ready();
    (void)held.ask(1, "PING");
    (void)held.ask(2, "PING");
    const std::string bytes = "+one\r\n+two\r\n";
    LinkActions all;
    for (const char byte : bytes) {
        for (LinkAction& action : held.link.on_bytes({&byte, 1}, held.now)) all.push_back(std::move(action));
    }
    CHECK(all == LinkActions{Replied{1, status("one")}, Replied{2, status("two")}});
}

TEST_CASE("an error is a reply like any other", "[bus][redis_link]") {
    Held held;
    (void)held.become_ready();
    (void)held.ask(1, "PING");
    const LinkActions actions = held.link.on_bytes("-OOM command not allowed\r\n", held.now);
    REQUIRE(actions.size() == 1);
    CHECK(std::get<Replied>(actions[0]).reply.is_error());
    CHECK(held.link.ready());
}

TEST_CASE("a server that falls silent is left, one that answers slowly but steadily is not", "[bus][redis_link]") {
    Held held;
    (void)held.become_ready();
    CHECK_FALSE(held.link.due().has_value());
    (void)held.ask(1, "PING");
    (void)held.ask(2, "PING");
    held.now = held.now + limits::redis_reply_deadline - Millis{1};
    CHECK(held.link.on_time(held.now).empty());
    (void)held.link.on_bytes("+one\r\n", held.now);
    held.now = held.now + limits::redis_reply_deadline - Millis{1};
    CHECK(held.link.on_time(held.now).empty());
    held.now = held.now + Millis{1};
    CHECK_FALSE(loss_in(held.link.on_time(held.now)).operator_needed);
}

TEST_CASE("a greeting without an answer ends at the deadline of the connect", "[bus][redis_link]") {
    Held held;
    (void)held.open();
    held.now = held.now + limits::redis_connect_deadline;
    (void)loss_in(held.link.on_time(held.now));
}

TEST_CASE("a lost link is opened again, ever more rarely up to a bound, never all at one moment", "[bus][redis_link]") {
    Held held;
    (void)held.link.start(held.now);
    std::int64_t longest = 0;
    for (int tries = 0; tries < 200; ++tries) {
        (void)loss_in(held.link.on_closed("refused", held.now));
        const Millis rest = *held.link.due() - held.now;
        CHECK(rest <= limits::redis_retry_most);
        if (tries == 0) CHECK(rest <= limits::redis_retry_first);
        longest = std::max(longest, rest.value);
        held.now = *held.link.due();
        CHECK(held.link.on_time(held.now) == LinkActions{OpenSocket{}});
    }
    CHECK(longest > limits::redis_retry_most.value / 2);

    (void)held.link.on_open(held.now);
    (void)held.link.on_bytes(info() + "+OK\r\n", held.now);
    (void)held.link.on_closed("killed", held.now);
    CHECK(*held.link.due() - held.now <= limits::redis_retry_first);  // it was there: the next is quick again
}

TEST_CASE("what an ended connection still says is not heard", "[bus][redis_link]") {
    Held held;
    (void)held.become_ready();
    (void)held.ask(1, "PING");
    (void)held.link.on_closed("cut", held.now);
    CHECK(held.link.on_bytes("+late\r\n", held.now).empty());
    CHECK(held.link.on_closed("again", held.now).empty());
}

TEST_CASE("a reply that nobody asked for and bytes that are no RESP end the link", "[bus][redis_link]") {
    Held held;
    (void)held.become_ready();
    (void)loss_in(held.link.on_bytes("+what\r\n", held.now));
    Held other;
    (void)other.become_ready();
    (void)other.ask(1, "PING");
    (void)loss_in(other.link.on_bytes("?what\r\n", other.now));
}

TEST_CASE("a link for subscriptions hears what comes and waits for no reply", "[bus][redis_link]") {
    LinkSettings settings;
    settings.use = LinkUse::subscriptions;
    Held held(settings);
    (void)held.open();
    CHECK(held.link.on_bytes("+OK\r\n", held.now) == LinkActions{LinkReady{}});
    (void)held.ask(0, "SUBSCRIBE");
    CHECK_FALSE(held.link.due().has_value());
    const LinkActions heard = held.link.on_bytes("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", held.now);
    REQUIRE(heard.size() == 1);
    CHECK(std::get<Heard>(heard[0]).message.items[1].text == "c");
    CHECK(loss_in(held.link.on_bytes("-NOPERM no channel\r\n", held.now)).operator_needed);
}

}  // namespace
}  // namespace marchwire::bus
