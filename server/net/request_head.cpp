#include "net/request_head.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace marchwire::net {
namespace {

constexpr std::string_view line_end = "\r\n";

/// Control characters, NUL among them, and a CR or LF that is no end of a line.
bool has_stray_control(std::string_view head) {
    for (std::size_t i = 0; i < head.size(); ++i) {
        const auto byte = static_cast<unsigned char>(head[i]);
        if (byte >= 0x20 && byte != 0x7F) continue;
        if (byte == '\t') continue;
        if (byte != '\r' || i + 1 == head.size() || head[i + 1] != '\n') return true;
        ++i;
    }
    return false;
}

bool is_named(std::string_view name, std::string_view wanted) {
    return std::ranges::equal(name, wanted,
                              [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == y; });
}

/// RFC 9110, 5.6.2.
bool is_token(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_number(std::string_view value) {
    constexpr std::size_t digits_max = 18;
    const auto first = value.find_first_not_of(" \t");
    const auto last = value.find_last_not_of(" \t");
    if (first == std::string_view::npos) return false;
    value = value.substr(first, last - first + 1);
    return value.size() <= digits_max && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

/// "GET /page HTTP/1.1": the target is a path, or the '*' of OPTIONS.
bool has_own_target(std::string_view line) {
    const auto target = line.substr(std::min(line.size(), line.find(' ') + 1));
    return target.starts_with('/') || (line.starts_with("OPTIONS * "));
}

struct Seen {
    std::size_t fields = 0;
    std::size_t hosts = 0;
    std::size_t lengths = 0;
};

std::optional<HeadObjection> objection_to_field(std::string_view line, Seen& seen) {
    if (line.front() == ' ' || line.front() == '\t') {
        return HeadObjection{400, "Write each header field on one line."};
    }
    const auto colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_token(name)) {
        return HeadObjection{400, "Write a header field as Name: value, without a space before the colon."};
    }
    const std::string_view value = line.substr(colon + 1);
    if (++seen.fields > base::limits::http_fields) return HeadObjection{431, "Send fewer header fields.", true};
    if (is_named(name, "host") && ++seen.hosts > 1) return HeadObjection{400, "Name one Host."};
    if (is_named(name, "transfer-encoding")) {
        return HeadObjection{400, "Send no Transfer-Encoding: a body's length is told by Content-Length."};
    }
    if (is_named(name, "content-length") && (++seen.lengths > 1 || !is_number(value))) {
        return HeadObjection{400, "Tell the body's length once, as a number."};
    }
    return std::nullopt;
}

}  // namespace

std::optional<HeadObjection> objection_to_head(std::string_view head) {
    if (has_stray_control(head)) return HeadObjection{400, "End each line with CRLF, and send no control characters."};
    auto end = head.find(line_end);
    const std::string_view request_line = head.substr(0, end);
    if (request_line.find(' ') == std::string_view::npos) return HeadObjection{400, "This is not an HTTP request."};
    if (!has_own_target(request_line)) {
        return HeadObjection{400, "Ask for a path as in GET /m HTTP/1.1: this is no proxy."};
    }
    Seen seen;
    while (end != std::string_view::npos) {
        head.remove_prefix(end + line_end.size());
        end = head.find(line_end);
        const std::string_view line = head.substr(0, end);
        if (line.empty()) break;
        if (auto objection = objection_to_field(line, seen)) return objection;
    }
    if (seen.hosts == 0 && request_line.ends_with("HTTP/1.1")) return HeadObjection{400, "Name one Host."};
    return std::nullopt;
}

}  // namespace marchwire::net
