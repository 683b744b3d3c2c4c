// The server's settings, with one rule of precedence: flags over environment over file over default.
#pragma once

#include "base/door_limits.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/outcome.hpp"
#include "base/units.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::base {

/// Where to listen. Port 0 lets the system choose (tests).
struct Address {
    std::string host = "127.0.0.1";  ///< an IP address, without brackets
    std::uint16_t port = 0;

    bool operator==(const Address&) const = default;
    /// `127.0.0.1:8080`, `[::1]:8080`, `:8080` (all interfaces of IPv4).
    [[nodiscard]] static Result<Address> parse(std::string_view text, std::string_view field);
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool is_loopback() const;
};

/// `2018-06-30T13:00:00Z,60`: begins there, runs 60 times as fast. With a third value, real time in milliseconds
/// since 1970, it has run since then: servers that are given the same three agree on the time.
struct DemoClockSetting {
    UtcMs start;
    double rate = 1;  ///< 0: stands until the host moves it
    UtcMs since;      ///< real time; 0: since the server started, and never before what the log holds
    bool operator==(const DemoClockSetting&) const = default;
};

/// What holds the log. DESIGN 4.1: only what is stored outlives the server.
enum class StoreKind : std::uint8_t {
    sqlite,
    memory,  ///< gone with the process: rehearsals and benchmarks
    redis,   ///< shared by several servers
};

struct Config {
    Address listen{"127.0.0.1", 8080};      ///< followers and pages
    Address listen_ops{"127.0.0.1", 8081};  ///< staff; by default the port after `listen`
    Address admin{"127.0.0.1", 9090};       ///< health and metrics
    std::string data = "marchwire-data";    ///< directory of log, keys and admin socket
    StoreKind store = StoreKind::sqlite;
    std::string redis;                 ///< its address, when it is the store
    std::string redis_user;            ///< empty: the default user
    std::string redis_password_file;   ///< empty: no password
    std::string redis_ca;              ///< PEM file for rediss://; empty: what the system trusts
    std::uint32_t redis_replicas = 0;  ///< that must have an entry before it is answered as REPLICATED
    bool require_durable = false;      ///< do not start on a Redis whose settings lose what was acknowledged
    std::string issuers;               ///< TOML file of apps whose tokens are believed; empty: none
    std::string keys;                  ///< key file; empty: keys.json in `data`
    std::uint32_t shards = 0;          ///< 0: one per core
    std::vector<std::string> proxies;  ///< IP addresses of load balancers: they say from where a client comes
    bool proxy_protocol = false;       ///< by a PROXY header before all else, and not by X-Forwarded-For
    bool plain_off_loopback = false;   ///< without a certificate others than this host may come in all the same
    std::uint32_t connections = 0;     ///< of all doors, followers at most 80 % of them; 0: as memory has room for
    std::uint32_t connections_per_address = limits::connections_per_address;
    std::uint32_t newcomers_per_address = limits::newcomers_per_address_second;  ///< a second
    std::uint32_t sessions_per_device = limits::sessions_per_device;             ///< on each shard
    std::string public_url;            ///< where people's phones find this server; invites begin with it
    std::vector<std::string> origins;  ///< allowed for Hello with credentials; none: only no Origin
    std::string tls_cert;              ///< PEM file; empty: plain
    std::string tls_key;               ///< PEM file; there when `tls_cert` is
    std::string webhook;               ///< URL that is told whom to wake; empty: none
    std::string webhook_secret_file;   ///< there when `webhook` is
    std::string push_contact;          ///< mailto: or https: of the operator, for push services; empty: no Web Push
    std::string outbox_ca;             ///< PEM file: whom both believe beside what the system trusts; empty: nobody
    bool push_private = false;         ///< push endpoints may lie in private networks
    std::string log_level = "info";
    LogForm log_form = LogForm::text;
    std::optional<DemoClockSetting> demo_clock;
    Millis drain = seconds(5);  ///< clients are told to come back spread over this
};

/// One setting as a person may give it, for `--help`, docs and the parser alike.
struct Setting {
    std::string_view key;   ///< of the TOML file; with '-' for '_' the flag; MARCHWIRE_<KEY> the environment
    std::string_view form;  ///< ADDR:PORT, DIR, ...; empty: its flag takes no value and means true
    std::string_view help;
};
[[nodiscard]] std::span<const Setting> settings();

/// Settings from one place, by key. `name_of` tells a person where a key came from.
struct Source {
    std::map<std::string, std::string, std::less<>> values;
    std::function<std::string(std::string_view key)> name_of;
};

/// MARCHWIRE_LISTEN and so on. `value_of` is getenv or a test's table; null means not set.
[[nodiscard]] Source source_of_environment(const std::function<const char*(const char*)>& value_of);
/// INVALID_ARGUMENT with file, line and key for text that is not TOML, unknown keys and wrong types;
/// lists (origins) become comma-separated text.
[[nodiscard]] Result<Source> source_of_file(const std::string& path);
/// Flags given, by key.
[[nodiscard]] Source source_of_flags(std::map<std::string, std::string, std::less<>> values);

/// Sources in rising order of precedence. The refusal's field is where the value came from.
[[nodiscard]] Result<Config> make_config(std::span<const Source> sources);

}  // namespace marchwire::base
