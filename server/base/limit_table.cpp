#include "base/limit_table.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"

#include <vector>

namespace marchwire::base {
namespace {

/// 4 000
std::string figure(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, " ");
    }
    return text;
}

std::string either(std::uint64_t followers, std::uint64_t staff) {
    return figure(followers) + ", staff " + figure(staff);
}

std::string burst(std::uint64_t per_second, std::uint64_t at_once) {
    return figure(per_second) + ", at once " + figure(at_once);
}

std::string seconds_of(Millis length) { return figure(static_cast<std::uint64_t>(length.value / 1000)); }

std::string seconds_of(Millis followers, Millis staff) {
    return seconds_of(followers) + ", staff " + seconds_of(staff);
}

std::string kilobytes(std::uint64_t bytes) { return figure(bytes / 1024); }

void add_doors(std::vector<LimitRow>& rows) {
    const std::string memory = "1 for each " + kilobytes(limits::connection_bytes) + " KB of half the memory; " +
                               figure(limits::connections_least) + " to " + figure(limits::connections_most) +
                               ", below the descriptor limit (`connections`)";
    const std::string open = std::to_string(100 - limits::staff_percent) + " % of ";
    static const std::string told_full = "HTTP 503, Retry-After " + seconds_of(limits::retry_when_full);
    static const std::string told_blamed = "closed; where a balancer speaks HTTP for it, HTTP 429, Retry-After " +
                                           seconds_of(limits::retry_when_often);
    static const std::string
        of_blamed = "a second, once " + figure(limits::blames_burst) +
                    " connections (and one more each second) were ended for a wrong token or a broken rule";
    static const std::string told_often = "HTTP 429, Retry-After " + seconds_of(limits::retry_when_often);
    rows.insert(rows.end(),
                {{Limit::connections, "connections", memory, "connections", "server", told_full},
                 {Limit::connections_public, "connections_public", open + "connections", "connections",
                  "followers' door of a server", told_full},
                 {Limit::handshakes, "handshakes", figure(limits::handshakes),
                  "connections without Hello or request so far", "server", told_full},
                 {Limit::handshakes_public, "handshakes_public", open + "handshakes",
                  "connections without Hello or request so far", "followers' door of a server", told_full},
                 {Limit::newcomers, "newcomers", burst(limits::newcomers_per_second, limits::newcomers_burst),
                  "a second", "door of a server", told_full},
                 {Limit::address_connections, "address_connections",
                  figure(limits::connections_per_address) + " (`connections_per_address`)", "connections",
                  "IPv4 address or IPv6 /64, by door", told_often},
                 {Limit::address_newcomers, "address_newcomers",
                  burst(limits::newcomers_per_address_second, limits::newcomers_per_address_burst) +
                      " (`newcomers_per_address`)",
                  "a second", "IPv4 address or IPv6 /64, by door", told_often},
                 {Limit::address_blamed, "address_blamed",
                  burst(limits::blamed_newcomers_per_second, limits::blamed_newcomers_burst), of_blamed,
                  "IPv4 address or IPv6 /64, by door", told_blamed},
                 {Limit::address_handshakes, "address_handshakes",
                  either(limits::handshakes_follower_per_address, limits::unproven_staff_per_address),
                  "connections without Hello or request so far", "IPv4 address or IPv6 /64, by door", told_often}});
}

void add_requests(std::vector<LimitRow>& rows) {
    rows.insert(
        rows.end(),
        {{Limit::tls_handshake, "tls_handshake",
          seconds_of(limits::tls_handshake_follower, limits::tls_handshake_staff), "seconds", "connection", "closed"},
         {Limit::proxy_header, "proxy_header", figure(limits::proxy_header_bytes), "bytes of a PROXY header",
          "connection", "closed"},
         {Limit::http_header, "http_header", kilobytes(limits::http_header_bytes), "KB of header", "request",
          "HTTP 431"},
         {Limit::http_fields, "http_fields", figure(limits::http_fields), "header fields", "request", "HTTP 431"},
         {Limit::http_body, "http_body", kilobytes(limits::redeem_body_bytes) + " of an invite, else 0", "KB of body",
          "request", "HTTP 413"},
         {Limit::http_request, "http_request", seconds_of(limits::http_request_deadline),
          "seconds for header and answer", "request", "closed"},
         {Limit::http_idle, "http_idle", seconds_of(limits::http_keep_alive), "seconds between two requests",
          "connection", "closed"}});
}

void add_sessions(std::vector<LimitRow>& rows) {
    rows.insert(
        rows.end(),
        {{Limit::hello_deadline, "hello_deadline",
          seconds_of(limits::hello_deadline_public, limits::hello_deadline_staff) + " (5 in a crowd)",
          "seconds to Hello", "connection", "close 4001"},
         {Limit::hello_rate, "hello_rate", burst(limits::hellos_per_second, limits::hellos_burst),
          "Hellos with a token that is known a second", "shard", "RATE_LIMITED with retry_after, close 4005"},
         {Limit::wrong_tokens, "wrong_tokens", burst(limits::wrong_tokens_per_second, limits::wrong_tokens_burst),
          "wrong tokens, and links and codes of invites, a second", "IPv4 address or IPv6 /64, by shard",
          "RATE_LIMITED with retry_after, close 4005; of an invite HTTP 429"},
         {Limit::device_sessions, "device_sessions", figure(limits::sessions_per_device) + " (`sessions_per_device`)",
          "sessions", "token, person let in by apps, or all whom apps name and no roster knows; by shard",
          "RATE_LIMITED with retry_after, close 4005"},
         {Limit::app_token, "app_token",
          kilobytes(limits::app_token_bytes) + " KB, " + std::to_string(limits::app_token_life.value / 60'000) +
              " minutes to live",
          "token that an app has signed", "connection", "TOO_LARGE or INVALID_ARGUMENT, close 4012"},
         {Limit::message, "message", kilobytes(limits::message_bytes), "KB of a message", "connection", "close 1009"},
         {Limit::client_frames, "client_frames",
          burst(limits::follower_frames_per_second, limits::follower_frames_burst) + ", staff " +
              burst(limits::client_frames_per_second, limits::client_frames_burst),
          "frames a second", "connection", "close 4016"},
         {Limit::commands, "commands",
          burst(limits::commands_per_second, limits::follower_burst) + ", staff " + figure(limits::commands_burst),
          "commands, subscriptions and history requests a second", "connection", "RATE_LIMITED with retry_after"},
         {Limit::subscriptions, "subscriptions", figure(limits::subscriptions_per_session), "feeds", "connection",
          "TOO_LARGE"},
         {Limit::queue_followers, "queue_followers",
          kilobytes(limits::queue_bytes_follower) + "; in all " + kilobytes(limits::queue_total_bytes_followers),
          "KB of orders and entries that wait", "connection; followers' door of a server", "close 4003: resume"},
         {Limit::queue_staff, "queue_staff",
          kilobytes(limits::queue_bytes_staff) + "; in all " + kilobytes(limits::queue_total_bytes_staff),
          "KB of orders and entries that wait", "connection; staff's door of a server", "close 4003: resume"},
         {Limit::queue_answers, "queue_answers", kilobytes(limits::queue_answer_bytes), "KB of answers that wait",
          "connection", "TOO_LARGE"},
         {Limit::write_stall, "write_stall", seconds_of(limits::write_stall_follower, limits::write_stall_staff),
          "seconds in which nothing is taken", "connection", "closed: resume"},
         {Limit::silence, "silence", seconds_of(limits::dead_after_silence), "seconds without a word or pong",
          "connection", "close 4002"}});
}

std::vector<LimitRow> make_table() {
    std::vector<LimitRow> rows;
    add_doors(rows);
    add_requests(rows);
    add_sessions(rows);
    return rows;
}

}  // namespace

std::span<const LimitRow> limit_table() {
    static const std::vector<LimitRow> rows = make_table();
    return rows;
}

std::string_view name_of(Limit limit) { return limit_table()[static_cast<std::size_t>(limit)].name; }

std::string limits_page() {
    std::string page =
        "# Limits\n\n"
        "What a client may do, what it is told beyond that, and by which name "
        "`marchwire_limited_total{limit=\"NAME\"}` "
        "on\n`/metrics` counts it. `marchwired --limits` prints this page; it is made of the server's own table. A "
        "name "
        "in\nbrackets is the setting that changes the limit. Followers can never take the last " +
        std::to_string(limits::staff_percent) +
        " % of connections and\nhandshakes, and nothing of the bytes that may wait for staff. Before the request is "
        "read, a refusal under TLS is a\nclosed connection: an answer would cost the handshake that is saved.\n\n"
        "| Name | Limit | Of what | For each | The client is told |\n|---|---|---|---|---|\n";
    for (const LimitRow& row : limit_table()) {
        page += "| " + std::string(row.name) + " | " + row.value + " | " + std::string(row.unit) + " | " +
                std::string(row.scope) + " | " + std::string(row.told) + " |\n";
    }
    return page;
}

}  // namespace marchwire::base
