// Where Redis is.
#include "bus/redis_address.hpp"

#include <charconv>
#include <optional>

namespace marchwire::bus {
namespace {

constexpr std::uint16_t redis_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (text.substr(0, prefix.size()) != prefix) return false;
    text.remove_prefix(prefix.size());
    return true;
}

/// What stands before the first such sign, which goes with it; all when there is none.
std::string_view take_until(std::string_view& text, char sign) {
    const auto at = text.find(sign);
    const std::string_view part = text.substr(0, at);
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    return part;
}

base::Refusal not_an_address(const char* what) {
    return base::invalid("redis", std::string(what) +
                                      " Write redis://host:6379/0, rediss://host:6379 for TLS, "
                                      "unix:///run/redis/redis.sock, or sentinel://host:26379,host:26379/mymaster.");
}

base::Result<RedisHost> host_in(std::string_view text, std::uint16_t port) {
    RedisHost host{{}, port};
    // An IPv6 address stands in brackets.
    const auto bracket = text.rfind(']');
    const auto colon = text.rfind(':');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (has_port) {
        const auto given = number_in<std::uint16_t>(text.substr(colon + 1));
        if (!given || *given == 0) return not_an_address("The port is no number from 1 to 65535.");
        host.port = *given;
        text = text.substr(0, colon);
    }
    if (bracket != std::string_view::npos && text.size() > 2) text = text.substr(1, text.size() - 2);
    if (text.empty()) return not_an_address("The host is missing.");
    host.name = text;
    return host;
}

/// Nothing is database 0.
base::Result<unsigned> database_in(std::string_view text) {
    if (text.empty()) return 0U;
    const auto database = number_in<unsigned>(text);
    if (!database) return not_an_address("The database is no number.");
    return *database;
}

base::Result<RedisAddress> local(std::string_view text) {
    RedisAddress address;
    address.transport = RedisAddress::Transport::local;
    const std::string_view path = take_until(text, '?');
    if (!text.empty() && !take(text, "db=")) return not_an_address("After the socket's path only ?db= may stand.");
    const auto database = database_in(text);
    if (!database) return database.error();
    if (path.empty() || path.front() != '/') return not_an_address("A socket's path begins with a slash.");
    address.path = path;
    address.database = *database;
    return address;
}

base::Result<RedisAddress> by_sentinels(std::string_view text) {
    RedisAddress address;
    std::string_view hosts = take_until(text, '/');
    while (!hosts.empty()) {
        auto host = host_in(take_until(hosts, ','), sentinel_port);
        if (!host) return host.error();
        address.sentinels.push_back(*std::move(host));
    }
    address.master = take_until(text, '/');
    const auto database = database_in(text);
    if (!database) return database.error();
    address.database = *database;
    if (address.sentinels.empty()) return not_an_address("The Sentinels are missing.");
    if (address.master.empty()) return not_an_address("The master's name is missing.");
    return address;
}

base::Result<RedisAddress> by_host(std::string_view text, RedisAddress::Transport transport) {
    RedisAddress address;
    address.transport = transport;
    auto host = host_in(take_until(text, '/'), redis_port);
    if (!host) return host.error();
    const auto database = database_in(text);
    if (!database) return database.error();
    address.host = *std::move(host);
    address.database = *database;
    return address;
}

}  // namespace

std::string RedisHost::text() const {
    const std::string shown = name.find(':') == std::string::npos ? name : '[' + name + ']';
    return shown + ':' + std::to_string(port);
}

base::Result<RedisAddress> RedisAddress::parse(std::string_view text) {
    if (text.find('@') != std::string_view::npos) {
        return base::invalid("redis",
                             "A password in an address is seen by everybody on the host: give it by "
                             "redis_user and redis_password_file.");
    }
    if (take(text, "unix://")) return local(text);
    if (take(text, "sentinel://")) return by_sentinels(text);
    if (take(text, "rediss://")) return by_host(text, Transport::tls);
    if (take(text, "redis://")) return by_host(text, Transport::plain);
    return not_an_address("This is no address of a Redis server.");
}

std::string RedisAddress::text() const {
    const std::string in_database = '/' + std::to_string(database);
    if (transport == Transport::local) return "unix://" + path;
    if (sentinels.empty()) return (transport == Transport::tls ? "rediss://" : "redis://") + host.text() + in_database;
    std::string all = "sentinel://";
    for (const RedisHost& sentinel : sentinels) all += (all.back() == '/' ? "" : ",") + sentinel.text();
    return all + '/' + master + in_database;
}

}  // namespace marchwire::bus
