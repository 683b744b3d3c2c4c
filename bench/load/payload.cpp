#include "load/payload.hpp"

#include <cstring>

namespace marchwire::load {
namespace {

constexpr std::size_t at_digits = 19;
constexpr std::size_t topic_digits = 4;
constexpr std::size_t number_digits = 8;
constexpr std::size_t topic_at = at_digits + 1;
constexpr std::size_t number_at = topic_at + topic_digits + 1;
constexpr std::size_t text_at = number_at + number_digits + 1;

std::string make_text() {
    constexpr std::string_view words = "The march leaves the park by the north gate; water stands at the second stop. ";
    std::string text;
    while (text.size() < payload_bytes - text_at) text += words;
    text.resize(payload_bytes - text_at);
    text.back() = '.';
    return text;
}

const std::string text = make_text();

void put_digits(std::string& out, std::uint64_t value, std::size_t digits) {
    const std::size_t begin = out.size();
    out.resize(begin + digits, '0');
    for (std::size_t i = begin + digits; i > begin && value != 0; --i, value /= 10) {
        out[i - 1] = static_cast<char>('0' + value % 10);
    }
}

/// False when one is no digit.
bool take_digits(const char* from, std::size_t digits, std::uint64_t& value) {
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const auto digit = static_cast<unsigned>(from[i] - '0');
        if (digit > 9) return false;
        value = value * 10 + digit;
    }
    return true;
}

}  // namespace

std::string payload_of(const Stamp& stamp) {
    std::string out;
    out.reserve(payload_bytes);
    put_digits(out, static_cast<std::uint64_t>(stamp.at_ns), at_digits);
    out += ' ';
    put_digits(out, stamp.topic, topic_digits);
    out += ' ';
    put_digits(out, stamp.number, number_digits);
    out += ' ';
    return out += text;
}

std::optional<Stamp> read_payload(std::string_view payload) {
    if (payload.size() != payload_bytes) return std::nullopt;
    const char* const at = payload.data();
    std::uint64_t when = 0;
    std::uint64_t topic = 0;
    std::uint64_t number = 0;
    const bool whole = take_digits(at, at_digits, when) && take_digits(at + topic_at, topic_digits, topic) &&
                       take_digits(at + number_at, number_digits, number) && at[topic_at - 1] == ' ' &&
                       at[number_at - 1] == ' ' && at[text_at - 1] == ' ' &&
                       std::memcmp(at + text_at, text.data(), text.size()) == 0;
    if (!whole) return std::nullopt;
    return Stamp{static_cast<std::int64_t>(when), static_cast<std::uint32_t>(topic),
                 static_cast<std::uint32_t>(number)};
}

}  // namespace marchwire::load
