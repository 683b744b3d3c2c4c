// Settings: where they come from, who wins, and what is said about wrong ones.
#include "base/config.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

namespace marchwire::base {
namespace {

Source flags(std::map<std::string, std::string, std::less<>> values) { return source_of_flags(std::move(values)); }

Result<Config> of_flags(std::map<std::string, std::string, std::less<>> values) {
    const Source source = flags(std::move(values));
    return make_config(std::span(&source, 1));
}

class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& text)
        : path_(std::filesystem::temp_directory_path() / ("marchwire-config-" + std::to_string(::getpid()) + ".toml")) {
        std::ofstream(path_) << text;
    }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

TEST_CASE("without settings the server listens on loopback only", "[base][config]") {
    const auto config = make_config({});
    REQUIRE(config.has_value());
    CHECK(config->listen == Address{"127.0.0.1", 8080});
    CHECK(config->listen_ops == Address{"127.0.0.1", 8081});
    CHECK(config->admin == Address{"127.0.0.1", 9090});
    CHECK(config->origins.empty());
    CHECK_FALSE(config->demo_clock);
}

TEST_CASE("flags win over the environment and the environment over the file", "[base][config]") {
    const TemporaryFile file("listen = '127.0.0.1:1'\ndata = 'of-file'\nshards = 3\norigins = ['https://a.example']\n");
    const auto from_file = source_of_file(file.path());
    REQUIRE(from_file.has_value());
    const Source environment = source_of_environment([](const char* name) -> const char* {
        if (std::string_view(name) == "MARCHWIRE_LISTEN") return "127.0.0.1:2";
        if (std::string_view(name) == "MARCHWIRE_DATA") return "of-environment";
        return nullptr;
    });
    const std::vector<Source> sources = {*from_file, environment, flags({{"listen", "127.0.0.1:3"}})};
    const auto config = make_config(sources);
    REQUIRE(config.has_value());
    CHECK(config->listen.port == 3);
    CHECK(config->listen_ops.port == 4);
    CHECK(config->data == "of-environment");
    CHECK(config->shards == 3);
    CHECK(config->origins == std::vector<std::string>{"https://a.example"});
}

TEST_CASE("a wrong setting is refused with the place where it stands", "[base][config]") {
    CHECK(of_flags({{"listen", "everywhere"}}).error().field == "--listen");
    CHECK(of_flags({{"listen_ops", "127.0.0.1:99999"}}).error().field == "--listen-ops");
    CHECK(of_flags({{"shards", "-1"}}).error().field == "--shards");
    CHECK(of_flags({{"drain", "nan"}}).error().field == "--drain");
    CHECK(of_flags({{"log_level", "loud"}}).error().message == "Give debug, info, warn or error.");
    CHECK(of_flags({{"origins", "*"}}).error().field == "--origins");
    CHECK(of_flags({{"origins", "https://a.example/"}}).error().field == "--origins");
    CHECK(of_flags({{"listen", "127.0.0.1:9090"}}).error().field == "listen");

    const TemporaryFile unknown("listn = '127.0.0.1:1'\n");
    CHECK(source_of_file(unknown.path()).error().field == "listn in " + unknown.path() + " line 1");
    CHECK(source_of_file("/nowhere/at-all.toml").error().message.starts_with("This is not TOML"));
}

TEST_CASE("a demo clock names start and rate and is refused off loopback", "[base][config]") {
    const auto config = of_flags({{"demo_clock", "2018-06-30T13:00:00Z,60"}});
    REQUIRE(config.has_value());
    CHECK(config->demo_clock == DemoClockSetting{UtcMs{1'530'363'600'000}, 60, {}});
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z"}}).has_error());
    CHECK(of_flags({{"demo_clock", "yesterday,60"}}).has_error());
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,0.01"}}).has_error());
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,60,5000"}})->demo_clock->since == UtcMs{5'000});
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,60,0"}}).has_error());
    // Stands until the host moves it, so it has run since nothing.
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,0"}})->demo_clock ==
          DemoClockSetting{UtcMs{1'530'363'600'000}, 0, {}});
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,0,5000"}}).has_error());
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,60,1,1"}}).has_error());
    CHECK(of_flags({{"demo_clock", "2018-06-30T13:00:00Z,60"}, {"listen", "0.0.0.0:8080"}}).error().field ==
          "demo_clock");
}

TEST_CASE("the store is SQLite unless a rehearsal in memory is asked for by its name", "[base][config]") {
    CHECK(make_config({})->store == StoreKind::sqlite);
    CHECK(of_flags({{"store", "sqlite"}})->store == StoreKind::sqlite);
    CHECK(of_flags({{"store", "memory"}})->store == StoreKind::memory);
    const auto refused = of_flags({{"store", "redis"}});
    CHECK(refused.error().field == "--store");
    CHECK(refused.error().message ==
          "Give sqlite, memory for a rehearsal of which nothing is kept, or the address of Redis as in "
          "redis://127.0.0.1:6379/0.");
    const Source environment = source_of_environment([](const char* name) -> const char* {
        return std::string_view(name) == "MARCHWIRE_STORE" ? "memory" : nullptr;
    });
    CHECK(make_config(std::span(&environment, 1))->store == StoreKind::memory);
}

TEST_CASE("an address of Redis is a store that several servers share", "[base][config]") {
    const auto config = of_flags({{"store", "rediss://redis.example:6380/1"},
                                  {"redis_user", "marchwire"},
                                  {"redis_password_file", "/etc/marchwire/redis"},
                                  {"redis_ca", "/etc/marchwire/ca.pem"},
                                  {"redis_replicas", "1"},
                                  {"keys", "/etc/marchwire/keys.json"}});
    CHECK(config->store == StoreKind::redis);
    CHECK(config->redis == "rediss://redis.example:6380/1");
    CHECK(config->redis_user == "marchwire");
    CHECK(config->redis_password_file == "/etc/marchwire/redis");
    CHECK(config->redis_ca == "/etc/marchwire/ca.pem");
    CHECK(config->redis_replicas == 1);
    CHECK(config->keys == "/etc/marchwire/keys.json");
}

TEST_CASE("a durable Redis is required by a flag, true in the environment or a boolean in the file", "[base][config]") {
    CHECK_FALSE(of_flags({{"store", "redis://h"}})->require_durable);
    CHECK(of_flags({{"store", "redis://h"}, {"require_durable", "true"}})->require_durable);
    CHECK_FALSE(of_flags({{"store", "redis://h"}, {"require_durable", "false"}})->require_durable);
    CHECK(of_flags({{"store", "redis://h"}, {"require_durable", "yes"}}).error().field == "--require-durable");
    CHECK(of_flags({{"require_durable", "true"}}).error().field == "store");
    const TemporaryFile file("store = \"redis://h\"\nrequire_durable = true\n");
    const auto source = source_of_file(file.path());
    REQUIRE(source.has_value());
    CHECK(make_config(std::span(&*source, 1))->require_durable);
}

TEST_CASE("load balancers are named by their IP addresses", "[base][config]") {
    CHECK(of_flags({{"proxies", "10.0.0.5,::1"}})->proxies == std::vector<std::string>{"10.0.0.5", "::1"});
    CHECK(of_flags({{"proxies", "balancer.example"}}).error().field == "--proxies");
}

TEST_CASE("off loopback a server speaks TLS unless somebody says that a proxy does", "[base][config]") {
    for (const char* key : {"listen", "listen_ops"}) {
        const auto refused = of_flags({{key, "0.0.0.0:8088"}});
        REQUIRE(refused.has_error());
        CHECK(refused.error().field == "tls_cert");
        CHECK(refused.error().message.find("plain_off_loopback") != std::string::npos);
        CHECK(of_flags({{key, "0.0.0.0:8088"}, {"plain_off_loopback", "true"}}).has_value());
        CHECK(of_flags({{key, "0.0.0.0:8088"}, {"tls_cert", "chain.pem"}, {"tls_key", "key.pem"}}).has_value());
    }
    CHECK(of_flags({{"listen", "[::1]:8088"}}).has_value());
}

TEST_CASE("how many may come in is set by numbers and PROXY headers want a list of balancers", "[base][config]") {
    const auto config = of_flags({{"connections", "5000"},
                                  {"connections_per_address", "12"},
                                  {"newcomers_per_address", "3"},
                                  {"sessions_per_device", "2"},
                                  {"proxies", "10.0.0.5"},
                                  {"proxy_protocol", "true"}});
    REQUIRE(config.has_value());
    CHECK(config->connections == 5'000);
    CHECK(config->connections_per_address == 12);
    CHECK(config->newcomers_per_address == 3);
    CHECK(config->sessions_per_device == 2);
    CHECK(config->proxy_protocol);
    CHECK(of_flags({{"connections_per_address", "0"}}).error().field == "--connections-per-address");
    CHECK(of_flags({{"connections", "many"}}).error().field == "--connections");
    CHECK(of_flags({{"proxy_protocol", "true"}}).error().field == "proxies");
}

TEST_CASE("settings of Redis without Redis are a mistake that is named", "[base][config]") {
    CHECK(of_flags({{"redis_replicas", "1"}}).error().field == "store");
    CHECK(of_flags({{"store", "redis://h"}, {"redis_user", "marchwire"}}).error().field == "redis_password_file");
    CHECK(of_flags({{"store", "redis://h"}, {"redis_replicas", "x"}}).error().field == "--redis-replicas");
}

TEST_CASE("the outbox' settings say what is missing", "[base][config]") {
    const auto hook = of_flags({{"webhook", "https://hooks.example.org/wake"}, {"webhook_secret_file", "secret"}});
    REQUIRE(hook.has_value());
    CHECK(hook->webhook == "https://hooks.example.org/wake");
    CHECK(hook->webhook_secret_file == "secret");
    CHECK(of_flags({{"webhook", "https://hooks.example.org/wake"}}).error().field == "webhook_secret_file");
    CHECK(of_flags({{"webhook_secret_file", "secret"}}).error().field == "webhook");
    CHECK(of_flags({{"webhook", "http://hooks.example.org/"}}).error().field == "--webhook");
    CHECK(of_flags({{"webhook", "http://127.0.0.1:1/"}, {"webhook_secret_file", "secret"}}).has_value());
    CHECK(of_flags({{"push_contact", "mailto:o@example.org"}, {"push_private", "true"}})->push_private);
    CHECK(of_flags({{"push_contact", "me"}}).error().field == "--push-contact");
    CHECK(of_flags({{"push_private", "true"}}).error().field == "push_contact");
    CHECK(of_flags({{"outbox_ca", "ca.pem"}}).error().field == "push_contact");
}

TEST_CASE("TLS takes a certificate and its key or neither", "[base][config]") {
    const auto both = of_flags({{"tls_cert", "chain.pem"}, {"tls_key", "key.pem"}});
    REQUIRE(both.has_value());
    CHECK(both->tls_cert == "chain.pem");
    CHECK(both->tls_key == "key.pem");
    CHECK(make_config({})->tls_cert.empty());
    const auto no_key = of_flags({{"tls_cert", "chain.pem"}});
    REQUIRE(no_key.has_error());
    CHECK(no_key.error().field == "tls_key");
    CHECK(no_key.error().message.find("leave tls_cert out") != std::string::npos);
    const auto no_certificate = of_flags({{"tls_key", "key.pem"}});
    REQUIRE(no_certificate.has_error());
    CHECK(no_certificate.error().field == "tls_cert");
}

TEST_CASE("addresses may be of either family", "[base][config]") {
    CHECK(Address::parse("[::1]:8080", "listen")->text() == "[::1]:8080");
    CHECK(Address::parse("[::1]:8080", "listen")->is_loopback());
    CHECK(Address::parse(":8080", "listen")->text() == "0.0.0.0:8080");
    CHECK(Address::parse("::1:8080", "listen").has_error());
    CHECK(Address::parse("localhost:8080", "listen").has_error());
}

}  // namespace
}  // namespace marchwire::base
