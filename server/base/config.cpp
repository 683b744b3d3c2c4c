#include "base/config.hpp"

#include <date/date.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <sstream>

namespace marchwire::base {
namespace {

constexpr Setting all_settings[] = {
    {"listen", "ADDR:PORT", "followers and pages (127.0.0.1:8080)"},
    {"listen_ops", "ADDR:PORT", "marshals and desks (the port after --listen)"},
    {"admin", "ADDR:PORT", "health and metrics (127.0.0.1:9090)"},
    {"data", "DIR", "log, keys and admin socket (marchwire-data)"},
    {"store", "STORE",
     "sqlite; memory: a rehearsal, nothing is kept; or for several servers redis://HOST:PORT/DB, rediss://... (TLS), "
     "unix:///SOCKET, or sentinel://HOST:PORT,HOST:PORT/MASTER (sqlite)"},
    {"redis_user", "NAME", "of Redis' ACL (the default user)"},
    {"redis_password_file", "FILE", "Redis' password, in a file that only the server may read (none)"},
    {"redis_ca", "FILE", "PEM: whom to believe under rediss:// (what the system trusts)"},
    {"redis_replicas", "N", "copies that must have an entry before its command is answered as REPLICATED (0)"},
    {"require_durable", "", "do not start on a Redis whose settings would lose what was acknowledged (only warn)"},
    {"keys", "FILE", "the server's keys; all servers on one Redis need the same (keys.json in --data)"},
    {"issuers", "FILE", "TOML: apps whose tokens are believed, read again at SIGHUP (none: docs/EMBEDDING.md)"},
    {"shards", "N", "threads that serve clients (0: one per core)"},
    {"proxies", "IP,...", "load balancers: their X-Forwarded-For says from where a client comes (none)"},
    {"proxy_protocol", "", "they say it by a PROXY header, version 1 or 2, on followers' and staff's listeners"},
    {"connections", "N", "at once, of which followers take 80 % at most (0: as many as memory has room for)"},
    {"connections_per_address", "N", "at once by each door, of an IPv4 address or an IPv6 /64 (4000)"},
    {"newcomers_per_address", "N", "a second by each door, of such an address (100)"},
    {"sessions_per_device", "N", "of one token at once, on each shard (100)"},
    {"plain_off_loopback", "", "without a certificate listen beyond this host all the same: a proxy speaks TLS"},
    {"public_url", "URL", "where phones find the staff's listener, for the links of invites (its own address)"},
    {"origins", "URL,...", "web origins that may send credentials (none)"},
    {"tls_cert", "FILE", "PEM, certificate with its chain: followers' and staff's listeners speak TLS only (plain)"},
    {"tls_key", "FILE", "PEM, its key without a passphrase"},
    {"webhook", "URL", "https: is told whose phone an order waits for, to send an SMS perhaps (none)"},
    {"webhook_secret_file", "FILE", "signs what the webhook is told; 16 bytes or more that only the server may read"},
    {"push_contact", "URL", "mailto: or https: of you, for push services; with it Web Push wakes browsers (none)"},
    {"outbox_ca", "FILE", "PEM: whom webhook and pushes believe beside what the system trusts (nobody)"},
    {"push_private", "", "push endpoints may lie in private networks and on loopback (refused)"},
    {"log_level", "LEVEL", "debug, info, warn or error (info)"},
    {"log_form", "FORM", "text or json (text)"},
    {"demo_clock", "START,RATE",
     "run on a clock of its own, on loopback only: 2018-06-30T13:00:00Z,60; RATE 0 stands until the host moves it"},
    {"drain", "SECONDS", "at the end clients are told to come back within this time (5)"},
};

bool is_known(std::string_view key) {
    return std::ranges::any_of(all_settings, [&](const Setting& setting) { return setting.key == key; });
}

std::string upper(std::string_view key) {
    std::string text = "MARCHWIRE_";
    std::ranges::transform(key, std::back_inserter(text),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

template <class Number>
Result<Number> number_of(std::string_view text, const std::string& field, Number least, Number most) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || !(number >= least && number <= most)) {
        std::ostringstream sentence;
        sentence << "Give a number from " << least << " to " << most << ".";
        return invalid(field, sentence.str());
    }
    return number;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (comma != 0) parts.emplace_back(text.substr(0, comma));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return parts;
}

Result<DemoClockSetting> demo_clock_of(const std::string& text, const std::string& field) {
    const auto wrong = invalid(field, "Give start and rate as in 2018-06-30T13:00:00Z,60.");
    const std::vector<std::string> parts = split(text);
    if (parts.size() < 2 || parts.size() > 3) return wrong;
    std::istringstream start_text(parts[0]);
    std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds> start;
    start_text >> date::parse("%FT%TZ", start);
    if (start_text.fail() || start_text.peek() != std::istringstream::traits_type::eof()) return wrong;
    // It stands until the host moves it: since when by the machine's clock means nothing then.
    const bool stands = parts[1] == "0";
    if (stands && parts.size() == 3) return wrong;
    const auto rate = number_of<double>(parts[1], field, stands ? 0 : 0.1, 10'000);
    if (!rate) return rate.error();
    DemoClockSetting clock{UtcMs{start.time_since_epoch().count()}, *rate, {}};
    if (parts.size() == 3) {
        const auto since = number_of<std::int64_t>(parts[2], field, 1, std::numeric_limits<std::int64_t>::max());
        if (!since) return since.error();
        clock.since = UtcMs{*since};
    }
    return clock;
}

Result<std::vector<std::string>> origins_of(const std::string& text, const std::string& field) {
    auto origins = split(text);
    for (const std::string& origin : origins) {
        const bool web = origin.starts_with("https://") || origin.starts_with("http://");
        if (!web || origin.ends_with('/') || origin.find('*') != std::string::npos) {
            return invalid(field, "Give each origin as in https://desk.example.org, without a path or '*'.");
        }
    }
    return origins;
}

Result<std::vector<std::string>> proxies_of(const std::string& text, const std::string& field) {
    auto proxies = split(text);
    for (const std::string& proxy : proxies) {
        const bool six = proxy.find(':') != std::string::npos;
        const auto parsed = Address::parse(six ? "[" + proxy + "]:0" : proxy + ":0", field);
        if (!parsed) return invalid(field, "Give IP addresses as in 10.0.0.5,10.0.0.6.");
    }
    return proxies;
}

/// Puts one value into its place.
Result<void> put_address(Address& place, const std::string& text, const std::string& field) {
    auto address = Address::parse(text, field);
    if (!address) return address.error();
    place = *std::move(address);
    return {};
}

Result<void> put_store(Config& config, const std::string& text, const std::string& field) {
    const bool redis = text.starts_with("redis://") || text.starts_with("rediss://") || text.starts_with("unix://") ||
                       text.starts_with("sentinel://");
    if (!redis && text != "sqlite" && text != "memory") {
        return invalid(field,
                       "Give sqlite, memory for a rehearsal of which nothing is kept, or the address of Redis "
                       "as in redis://127.0.0.1:6379/0.");
    }
    config.store = redis ? StoreKind::redis : text == "memory" ? StoreKind::memory : StoreKind::sqlite;
    config.redis = redis ? text : "";
    return {};
}

struct NumberSetting {
    std::string_view key;
    std::uint32_t Config::*place;
    std::uint32_t least;
    std::uint32_t most;
};

/// Null for settings that are no whole numbers.
const NumberSetting* number_setting(std::string_view key) {
    constexpr auto connections = static_cast<std::uint32_t>(limits::connections_most);
    static constexpr std::array<NumberSetting, 6> all = {{
        {"shards", &Config::shards, 0, 256},
        {"redis_replicas", &Config::redis_replicas, 0, 16},
        {"connections", &Config::connections, 0, connections},
        {"connections_per_address", &Config::connections_per_address, 1, connections},
        {"newcomers_per_address", &Config::newcomers_per_address, 1, 100'000},
        {"sessions_per_device", &Config::sessions_per_device, 1, 100'000},
    }};
    const auto* found = std::ranges::find(all, key, &NumberSetting::key);
    return found == all.end() ? nullptr : found;
}

/// Null for settings that are no yes or no.
bool* yes_or_no_of(Config& config, std::string_view key) {
    if (key == "require_durable") return &config.require_durable;
    if (key == "push_private") return &config.push_private;
    if (key == "proxy_protocol") return &config.proxy_protocol;
    if (key == "plain_off_loopback") return &config.plain_off_loopback;
    return nullptr;
}

/// The URL as a whole is read by the outbox; here it is said early that it cannot be meant.
Result<void> put_webhook(Config& config, const std::string& text, const std::string& field) {
    const bool local = text.starts_with("http://127.") || text.starts_with("http://[::1]") ||
                       text.starts_with("http://localhost:") || text.starts_with("http://localhost/");
    if (!text.starts_with("https://") && !local) {
        return invalid(field, "Give an https:// URL; http:// goes to loopback only, as in http://127.0.0.1:8090/wake.");
    }
    config.webhook = text;
    return {};
}

Result<void> put_public_url(Config& config, const std::string& text, const std::string& field) {
    const bool web = text.starts_with("https://") || text.starts_with("http://");
    if (!web || text.find_first_of("#?\"<> ") != std::string::npos) {
        return invalid(field, "Give the address that phones open, as in https://march.example.org.");
    }
    config.public_url = text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
    return {};
}

Result<void> put_push_contact(Config& config, const std::string& text, const std::string& field) {
    const bool mail = text.starts_with("mailto:") && text.find('@') != std::string::npos;
    if (!mail && !text.starts_with("https://")) {
        return invalid(field, "Say how push services reach you, as in mailto:ops@example.org.");
    }
    config.push_contact = text;
    return {};
}

/// Settings that are a name or the path of a file; null for all others.
std::string* word_of(Config& config, std::string_view key) {
    if (key == "tls_cert") return &config.tls_cert;
    if (key == "tls_key") return &config.tls_key;
    if (key == "redis_user") return &config.redis_user;
    if (key == "redis_password_file") return &config.redis_password_file;
    if (key == "redis_ca") return &config.redis_ca;
    if (key == "keys") return &config.keys;
    if (key == "issuers") return &config.issuers;
    if (key == "webhook_secret_file") return &config.webhook_secret_file;
    if (key == "outbox_ca") return &config.outbox_ca;
    return nullptr;
}

Result<void> put_words(Config& config, std::string_view key, const std::string& text, const std::string& field) {
    if (key == "log_level") {
        constexpr std::array<std::string_view, 4> levels = {"debug", "info", "warn", "error"};
        if (std::ranges::find(levels, text) == levels.end()) {
            return invalid(field, "Give debug, info, warn or error.");
        }
        config.log_level = text;
    } else if (key == "log_form") {
        if (text != "text" && text != "json") return invalid(field, "Give text or json.");
        config.log_form = text == "json" ? LogForm::json : LogForm::text;
    } else if (key == "data") {
        if (text.empty()) return invalid(field, "Name the directory for the server's data.");
        config.data = text;
    } else if (std::string* word = word_of(config, key)) {
        if (text.empty()) return invalid(field, "Give a value, or leave the setting out.");
        *word = text;
    } else if (key == "proxies") {
        auto proxies = proxies_of(text, field);
        if (!proxies) return proxies.error();
        config.proxies = *std::move(proxies);
    } else {
        auto origins = origins_of(text, field);
        if (!origins) return origins.error();
        config.origins = *std::move(origins);
    }
    return {};
}

Result<void> put(Config& config, std::string_view key, const std::string& text, const std::string& field) {
    if (key == "listen") return put_address(config.listen, text, field);
    if (key == "listen_ops") return put_address(config.listen_ops, text, field);
    if (key == "admin") return put_address(config.admin, text, field);
    if (key == "store") return put_store(config, text, field);
    if (const NumberSetting* setting = number_setting(key)) {
        const auto number = number_of<std::uint32_t>(text, field, setting->least, setting->most);
        if (!number) return number.error();
        config.*setting->place = *number;
        return {};
    }
    if (bool* answer = yes_or_no_of(config, key)) {
        if (text != "true" && text != "false") return invalid(field, "Give true or false.");
        *answer = text == "true";
        return {};
    }
    if (key == "webhook") return put_webhook(config, text, field);
    if (key == "public_url") return put_public_url(config, text, field);
    if (key == "push_contact") return put_push_contact(config, text, field);
    if (key == "drain") {
        const auto drain = number_of<double>(text, field, 0, 600);
        if (!drain) return drain.error();
        config.drain = Millis{std::llround(*drain * 1000)};
        return {};
    }
    if (key == "demo_clock") {
        const auto clock = demo_clock_of(text, field);
        if (!clock) return clock.error();
        config.demo_clock = *clock;
        return {};
    }
    return put_words(config, key, text, field);
}

/// Where the doors listen, and what stands before them.
Result<void> check_doors(const Config& config) {
    const bool loopback = config.listen.is_loopback() && config.listen_ops.is_loopback();
    if (config.demo_clock && !loopback) {
        return invalid("demo_clock", "A demo clock runs on loopback only: listen on 127.0.0.1, or leave it out.");
    }
    if (config.tls_cert.empty() && config.tls_key.empty() && !loopback && !config.plain_off_loopback) {
        return invalid("tls_cert",
                       "Off loopback tokens would cross the net readable: give tls_cert and tls_key, or say "
                       "plain_off_loopback where a proxy in front speaks TLS.");
    }
    if (config.proxy_protocol && config.proxies.empty()) {
        return invalid("proxies", "A PROXY header is believed of listed balancers only: name their IP addresses.");
    }
    return {};
}

/// What only makes sense together.
Result<Config> checked(Config config) {
    if (auto doors = check_doors(config); !doors) return doors.error();
    if (config.tls_cert.empty() != config.tls_key.empty()) {
        const bool lacks_key = config.tls_key.empty();
        return invalid(lacks_key ? "tls_key" : "tls_cert",
                       std::string("TLS takes both files: name this one as well, or leave ") +
                           (lacks_key ? "tls_cert" : "tls_key") + " out.");
    }
    if (config.webhook.empty() != config.webhook_secret_file.empty()) {
        return config.webhook.empty()
                   ? invalid("webhook", "A secret without a webhook signs nothing: name its URL as well.")
                   : invalid("webhook_secret_file", "What the webhook is told is signed: name the file of the secret.");
    }
    const bool calls = !config.webhook.empty() || !config.push_contact.empty();
    if (!calls && (!config.outbox_ca.empty() || config.push_private)) {
        return invalid("push_contact", "There is nothing to call: set push_contact or webhook, or leave this out.");
    }
    const bool for_redis = !config.redis_user.empty() || !config.redis_password_file.empty() ||
                           !config.redis_ca.empty() || config.redis_replicas != 0 || config.require_durable;
    if (for_redis && config.store != StoreKind::redis) {
        return invalid("store", "The settings of Redis need its address here, as in redis://127.0.0.1:6379/0.");
    }
    if (!config.redis_user.empty() && config.redis_password_file.empty()) {
        return invalid("redis_password_file", "A user of Redis needs a password: name the file that holds it.");
    }
    const std::array<const Address*, 3> all = {&config.listen, &config.listen_ops, &config.admin};
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            if (all[i]->port != 0 && *all[i] == *all[j]) {
                return invalid("listen", "listen, listen_ops and admin each need an address of their own; " +
                                             all[i]->text() + " is named twice.");
            }
        }
    }
    return config;
}

}  // namespace

std::span<const Setting> settings() { return all_settings; }

Result<Address> Address::parse(std::string_view text, std::string_view field) {
    const auto colon = text.rfind(':');
    const auto wrong = invalid(std::string(field), "Give address and port as in 127.0.0.1:8080.");
    if (colon == std::string_view::npos) return wrong;
    const auto port = number_of<std::uint16_t>(text.substr(colon + 1), std::string(field), 0, 65'535);
    if (!port) return wrong;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return wrong;
    }
    const bool numeric = std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
    });
    if (!numeric) return wrong;
    return Address{host.empty() ? "0.0.0.0" : std::string(host), *port};
}

std::string Address::text() const {
    const bool six = host.find(':') != std::string::npos;
    return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Address::is_loopback() const { return host.starts_with("127.") || host == "::1"; }

Source source_of_environment(const std::function<const char*(const char*)>& value_of) {
    Source source;
    for (const Setting& setting : all_settings) {
        if (const char* value = value_of(upper(setting.key).c_str())) {
            source.values.emplace(setting.key, value);
        }
    }
    source.name_of = [](std::string_view key) { return upper(key); };
    return source;
}

Source source_of_flags(std::map<std::string, std::string, std::less<>> values) {
    return {std::move(values), [](std::string_view key) {
                std::string flag = "--" + std::string(key);
                std::ranges::replace(flag, '_', '-');
                return flag;
            }};
}

namespace {

std::string place_in(const std::string& path, const std::string& key, const toml::node& node) {
    return key + " in " + path + " line " + std::to_string(node.source().begin.line);
}

}  // namespace

Result<Source> source_of_file(const std::string& path) {
    Source source;
    source.name_of = [path](std::string_view key) { return std::string(key) + " in " + path; };
    try {
        const toml::table table = toml::parse_file(path);
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            const std::string field = place_in(path, name, node);
            if (!is_known(name)) return invalid(field, "There is no such setting; marchwired --help lists them.");
            std::string text;
            if (const auto word = node.value_exact<std::string>()) {
                text = *word;
            } else if (const auto number = node.value<double>(); number && node.is_number()) {
                std::ostringstream shown;
                shown << *number;
                text = shown.str();
            } else if (const auto truth = node.value_exact<bool>()) {
                text = *truth ? "true" : "false";
            } else if (const auto* list = node.as_array()) {
                for (const auto& element : *list) text += (text.empty() ? "" : ",") + element.value_or(std::string());
            } else {
                return invalid(field, "Give text, a number or a list of texts.");
            }
            source.values.emplace(name, std::move(text));
        }
    } catch (const toml::parse_error& error) {
        return invalid(path + " line " + std::to_string(error.source().begin.line),
                       "This is not TOML: " + std::string(error.description()) + ".");
    }
    return source;
}

Result<Config> make_config(std::span<const Source> sources) {
    Config config;
    bool ops_is_named = false;
    for (const Source& source : sources) {
        for (const auto& [key, text] : source.values) {
            if (auto done = put(config, key, text, source.name_of(key)); !done) return done.error();
            ops_is_named = ops_is_named || key == "listen_ops";
        }
    }
    if (!ops_is_named) {
        const auto next = static_cast<std::uint16_t>(config.listen.port == 0 ? 0 : config.listen.port + 1);
        config.listen_ops = Address{config.listen.host, next};
    }
    return checked(std::move(config));
}

}  // namespace marchwire::base
