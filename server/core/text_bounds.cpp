// Reads UTF-8 a character at a time and says what is wrong with a text.
#include "core/text_bounds.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// The code point that starts at `at`, which is moved behind it; none for bytes that are not UTF-8.
std::optional<char32_t> next_character(std::string_view text, std::size_t& at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(at);
    if (first < 0x80) {
        ++at;
        return first;
    }
    const std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || at + more >= text.size()) {
        return std::nullopt;
    }
    char32_t value = first & (0x3FU >> more);
    for (std::size_t i = 1; i <= more; ++i) {
        const std::uint8_t next = byte(at + i);
        if ((next & 0xC0U) != 0x80U) {
            return std::nullopt;
        }
        value = (value << 6U) | (next & 0x3FU);
    }
    const char32_t least = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
        return std::nullopt;
    }
    at += more + 1;
    return value;
}

/// C0, DEL and C1, and the marks that turn the reading direction around.
bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

base::Refusal wrong(std::string_view field, std::string message) {
    return base::invalid(std::string(field), std::move(message));
}

}  // namespace

Complaint check_text(std::string_view text, std::string_view field, std::size_t most, Presence presence) {
    if (text.empty()) {
        return presence == Presence::required ? Complaint(wrong(field, "Fill this in.")) : std::nullopt;
    }
    std::size_t characters = 0;
    for (std::size_t at = 0; at < text.size(); ++characters) {
        const auto character = next_character(text, at);
        if (!character) {
            return wrong(field, "Send this text as UTF-8.");
        }
        if (is_control(*character)) {
            return wrong(field, "Take line breaks and control characters out of this text.");
        }
        if (characters == most) {
            return wrong(field, "Shorten this to " + std::to_string(most) + " characters.");
        }
    }
    if (presence == Presence::required && std::ranges::all_of(text, [](char c) { return c == ' '; })) {
        return wrong(field, "Fill this in.");
    }
    return std::nullopt;
}

Complaint check_language(std::string_view text, std::string_view field) {
    if (text.empty()) return std::nullopt;
    constexpr std::size_t subtag_most = 8;
    bool fits = text.size() <= limits::language_characters &&
                std::isalpha(static_cast<unsigned char>(text.front())) != 0;
    for (std::size_t begin = 0; fits && begin <= text.size();) {
        const std::size_t end = std::min(text.find('-', begin), text.size());
        const std::string_view subtag = text.substr(begin, end - begin);
        fits = !subtag.empty() && subtag.size() <= subtag_most && std::ranges::all_of(subtag, is_letter_or_digit);
        begin = end + 1;
    }
    return fits ? std::nullopt : Complaint(wrong(field, "Name the language by its tag, such as en or es-MX."));
}

Complaint check_sha256(std::string_view text, std::string_view field) {
    constexpr std::size_t digits = 64;
    const bool is_one = text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (is_one) return std::nullopt;
    return base::invalid(std::string(field), "Give the SHA-256 of the file as 64 hexadecimal digits.");
}

Complaint check_link(std::string_view text, std::string_view field) {
    if (text.empty()) {
        return std::nullopt;
    }
    if (auto complaint = check_text(text, field, limits::link_characters, Presence::required)) {
        return complaint;
    }
    const bool fits = (text.starts_with("https://") || text.starts_with("http://")) &&
                      text.find_first_of(" \"<>") == std::string_view::npos;
    return fits ? std::nullopt : Complaint(wrong(field, "Give a link that starts with https:// and has no spaces."));
}

Complaint check_zone(std::string_view text, std::string_view field) {
    const bool fits = !text.empty() && text.size() <= limits::tz_characters && std::ranges::all_of(text, [](char c) {
        return is_letter_or_digit(c) || c == '_' || c == '/' || c == '+' || c == '-';
    });
    return fits ? std::nullopt : Complaint(wrong(field, "Name the time zone as IANA does, such as America/Chicago."));
}

}  // namespace marchwire::core
