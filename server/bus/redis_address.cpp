// Where Redis is.
#include "bus/redis_address.hpp"

#include <charconv>
#include <optional>

namespace marchwire::bus {
namespace {

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

base::Refusal not_an_address(const char* what) {
    return base::invalid("redis", std::string(what) +
                                      " Write redis://host:6379/0, rediss://host:6379 for TLS, or "
                                      "unix:///run/redis/redis.sock.");
}

base::Result<RedisAddress> local(std::string_view text) {
    RedisAddress address;
    address.transport = RedisAddress::Transport::local;
    const auto query = text.find("?db=");
    if (query != std::string_view::npos) {
        const auto database = number_in<unsigned>(text.substr(query + 4));
        if (!database) return not_an_address("The database is no number.");
        address.database = *database;
        text = text.substr(0, query);
    }
    if (text.empty() || text.front() != '/') return not_an_address("A socket's path begins with a slash.");
    address.host = text;
    address.port = 0;
    return address;
}

}  // namespace

base::Result<RedisAddress> RedisAddress::parse(std::string_view text) {
    if (take(text, "unix://")) return local(text);
    RedisAddress address;
    if (take(text, "rediss://")) {
        address.transport = Transport::tls;
    } else if (!take(text, "redis://")) {
        return not_an_address("This is no address of a Redis server.");
    }
    if (text.find('@') != std::string_view::npos) {
        return base::invalid("redis", "A password in an address is seen by everybody on the host: give it by "
                                      "redis_user and redis_password_file.");
    }
    if (const auto slash = text.find('/'); slash != std::string_view::npos) {
        const std::string_view rest = text.substr(slash + 1);
        const auto database = number_in<unsigned>(rest);
        if (!rest.empty() && !database) return not_an_address("The database is no number.");
        address.database = database.value_or(0);
        text = text.substr(0, slash);
    }
    // An IPv6 address stands in brackets.
    const auto bracket = text.rfind(']');
    const auto colon = text.rfind(':');
    const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    if (has_port) {
        const auto port = number_in<std::uint16_t>(text.substr(colon + 1));
        if (!port || *port == 0) return not_an_address("The port is no number from 1 to 65535.");
        address.port = *port;
        text = text.substr(0, colon);
    }
    if (bracket != std::string_view::npos && text.size() > 2) text = text.substr(1, text.size() - 2);
    if (text.empty()) return not_an_address("The host is missing.");
    address.host = text;
    return address;
}

std::string RedisAddress::text() const {
    if (transport == Transport::local) return "unix://" + host;
    const std::string shown = host.find(':') == std::string::npos ? host : '[' + host + ']';
    return (transport == Transport::tls ? "rediss://" : "redis://") + shown + ':' + std::to_string(port) + '/' +
           std::to_string(database);
}

}  // namespace marchwire::bus
