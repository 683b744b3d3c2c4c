#include "base/ids.hpp"

#include <algorithm>
#include <cctype>

namespace marchwire::base {
namespace {

constexpr std::size_t slug_characters = 63;

bool is_slug_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

Result<Slug> Slug::parse(std::string_view text, std::string_view field) {
    if (text.empty() || text.size() > slug_characters || !std::all_of(text.begin(), text.end(), is_slug_character)) {
        return invalid(std::string(field), "Use 1 to 63 lower-case letters, digits and '-', as in st-louis-mo.");
    }
    return Slug{std::string(text)};
}

Slug Slug::from_text(std::string_view text) {
    std::string slug;
    for (const char c : text) {
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (is_slug_character(lower) && lower != '-') {
            slug.push_back(lower);
        } else if (!slug.empty() && slug.back() != '-') {
            slug.push_back('-');
        }
    }
    slug.resize(std::min(slug.size(), slug_characters));
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    return Slug{std::move(slug)};
}

std::string LogId::text() const { return is_campaign() ? campaign.text() : campaign.text() + "/" + march.text(); }

Result<LogId> LogId::parse(std::string_view text) {
    const auto slash = text.find('/');
    auto campaign = Slug::parse(text.substr(0, slash), "campaign");
    if (!campaign) return campaign.error();
    if (slash == std::string_view::npos) return LogId{*campaign, Slug{}};
    auto march = Slug::parse(text.substr(slash + 1), "march");
    if (!march) return march.error();
    return LogId{*campaign, *march};
}

std::uint64_t stable_hash(const LogId& log) {
    // FNV-1a, 64 bit: std::hash may differ between builds, and shards and topics must not.
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    const auto mix = [&hash](std::string_view text) {
        for (const char c : text) {
            hash ^= static_cast<unsigned char>(c);
            hash *= 0x100000001B3ULL;
        }
        hash ^= 0xFFU;
        hash *= 0x100000001B3ULL;
    };
    mix(log.campaign.text());
    mix(log.march.text());
    return hash;
}

std::uint64_t short_digest(const Digest& digest) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = (value << 8U) | digest[i];
    return value;
}

}  // namespace marchwire::base
