#include "base/issuers.hpp"

#include "base/base64.hpp"
#include "base/limits.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace marchwire::base {
namespace {

using Text = Result<std::string>;

/// What stands before the 32 bytes of an Ed25519 key in a PUBLIC KEY file (RFC 8410, 4).
constexpr std::string_view ed25519_prefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);

/// One table of the file, with what a person finds it by.
class Section {
public:
    Section(const toml::table& table, std::string path) : table_(table), path_(std::move(path)) {}

    [[nodiscard]] std::string field(std::string_view key) const {
        const toml::node* node = table_.get(key);
        const auto& source = node == nullptr ? table_.source() : node->source();
        return std::string(key) + " in " + path_ + " line " + std::to_string(source.begin.line);
    }
    [[nodiscard]] const toml::node* get(std::string_view key) const { return table_.get(key); }
    [[nodiscard]] const std::string& path() const { return path_; }

    template <std::size_t N>
    [[nodiscard]] Result<void> knows_only(const std::array<std::string_view, N>& keys) const {
        for (const auto& [key, node] : table_) {
            if (std::ranges::find(keys, key.str()) != keys.end()) continue;
            return invalid(field(key.str()), "There is no such setting of an issuer; docs/EMBEDDING.md lists them.");
        }
        return {};
    }
    [[nodiscard]] Text text(std::string_view key) const {
        const toml::node* node = get(key);
        auto value = node == nullptr ? std::nullopt : node->value_exact<std::string>();
        if (!value || value->empty() || value->size() > limits::issuer_characters) {
            return invalid(field(key),
                           "Give a text of 1 to " + std::to_string(limits::issuer_characters) + " characters.");
        }
        return *std::move(value);
    }
    /// At least one and at most `most`.
    [[nodiscard]] Result<const toml::array*> list(std::string_view key, std::size_t most) const {
        const toml::node* node = get(key);
        const toml::array* all = node == nullptr ? nullptr : node->as_array();
        if (all == nullptr || all->empty() || all->size() > most) {
            return invalid(field(key), "Give a list of 1 to " + std::to_string(most) + ".");
        }
        return all;
    }

private:
    const toml::table& table_;
    std::string path_;
};

/// PEM as `openssl pkey -pubout` writes it, or the line of base64 in it.
std::optional<std::array<std::uint8_t, 32>> key_in(std::string_view pem) {
    std::string line;
    while (!pem.empty()) {
        const auto end = pem.find('\n');
        std::string_view one = pem.substr(0, end);
        pem.remove_prefix(end == std::string_view::npos ? pem.size() : end + 1);
        if (one.ends_with('\r')) one.remove_suffix(1);
        if (!one.starts_with("-----")) line += one;
    }
    const auto bytes = from_base64(line);
    std::array<std::uint8_t, 32> key{};
    if (!bytes || bytes->size() != ed25519_prefix.size() + key.size() || !bytes->starts_with(ed25519_prefix)) {
        return std::nullopt;
    }
    std::transform(bytes->begin() + ed25519_prefix.size(), bytes->end(), key.begin(),
                   [](char byte) { return static_cast<std::uint8_t>(byte); });
    return key;
}

Result<UtcMs> not_after_of(const Section& section) {
    const toml::node* node = section.get("not_after");
    if (node == nullptr) return UtcMs{};
    const auto given = node->value_exact<toml::date_time>();
    if (!given || !given->offset || given->offset->minutes != 0) {
        return invalid(section.field("not_after"), "Give a time in UTC as in 2026-12-31T00:00:00Z.");
    }
    const std::chrono::sys_days day = std::chrono::year{given->date.year} / given->date.month / given->date.day;
    return UtcMs{} + hours(24L * day.time_since_epoch().count()) + hours(given->time.hour) +
           minutes(given->time.minute) + seconds(given->time.second);
}

Result<IssuerKey> key_of(const toml::node& node, const Section& issuer) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return invalid(issuer.field("keys"), "Give each key as { kid = \"...\", public = \"...\" }.");
    const Section section(*table, issuer.path());
    if (auto known = section.knows_only(std::array<std::string_view, 3>{"kid", "public", "not_after"}); !known) {
        return known.error();
    }
    auto kid = section.text("kid");
    if (!kid) return kid.error();
    const toml::node* shown = section.get("public");
    const auto pem = shown == nullptr ? std::nullopt : shown->value_exact<std::string>();
    const auto key = pem ? key_in(*pem) : std::nullopt;
    if (!key) {
        return invalid(section.field("public"),
                       "Give a public key of Ed25519 as `openssl pkey -in app.pem -pubout` prints it.");
    }
    const auto not_after = not_after_of(section);
    if (!not_after) return not_after.error();
    return IssuerKey{*std::move(kid), *key, *not_after};
}

/// "flag-day/st-louis-mo", or "flag-day/*" for all of a campaign.
Result<LogId> march_of(const toml::node& node, const Section& issuer) {
    const auto text = node.value_exact<std::string>();
    const bool whole = text && text->ends_with("/*");
    const auto log = text ? LogId::parse(whole ? std::string_view(*text).substr(0, text->size() - 2) : *text)
                          : Result<LogId>(invalid("", ""));
    if (!log || log->is_campaign() != whole) {
        return invalid(issuer.field("marches"),
                       "Name marches as in flag-day/st-louis-mo, or all of a campaign as in "
                       "flag-day/*.");
    }
    return *log;
}

Result<Issuer> issuer_of(const toml::table& table, const std::string& path) {
    const Section section(table, path);
    if (auto known = section.knows_only(std::array<std::string_view, 4>{"name", "audience", "marches", "keys"});
        !known) {
        return known.error();
    }
    auto name = section.text("name");
    if (!name) return name.error();
    auto audience = section.text("audience");
    if (!audience) return audience.error();
    Issuer issuer{*std::move(name), *std::move(audience), {}, {}};
    const auto marches = section.list("marches", limits::issuer_marches);
    if (!marches) return marches.error();
    for (const toml::node& node : **marches) {
        const auto march = march_of(node, section);
        if (!march) return march.error();
        issuer.marches.push_back(*march);
    }
    const auto keys = section.list("keys", limits::issuer_keys);
    if (!keys) return keys.error();
    for (const toml::node& node : **keys) {
        auto key = key_of(node, section);
        if (!key) return key.error();
        if (std::ranges::find(issuer.keys, key->kid, &IssuerKey::kid) != issuer.keys.end()) {
            return invalid(section.field("keys"), "Two keys of " + issuer.name + " are called " + key->kid + ".");
        }
        issuer.keys.push_back(*std::move(key));
    }
    return issuer;
}

Result<std::vector<Issuer>> issuers_in(const toml::table& file, const std::string& path) {
    const Section section(file, path);
    if (auto known = section.knows_only(std::array<std::string_view, 1>{"issuers"}); !known) return known.error();
    const auto all = section.list("issuers", limits::issuers);
    if (!all) return all.error();
    std::vector<Issuer> issuers;
    for (const toml::node& node : **all) {
        const toml::table* table = node.as_table();
        if (table == nullptr) return invalid(section.field("issuers"), "Begin each issuer with [[issuers]].");
        auto issuer = issuer_of(*table, path);
        if (!issuer) return issuer.error();
        if (std::ranges::find(issuers, issuer->name, &Issuer::name) != issuers.end()) {
            return invalid(section.field("issuers"), "Two issuers are called " + issuer->name + ".");
        }
        issuers.push_back(*std::move(issuer));
    }
    return issuers;
}

}  // namespace

bool Issuer::speaks_for(const LogId& march) const {
    return std::ranges::any_of(marches, [&](const LogId& one) {
        return one.campaign == march.campaign && (one.is_campaign() || one.march == march.march);
    });
}

Result<std::vector<Issuer>> issuers_of(std::string_view text, const std::string& path) {
    try {
        return issuers_in(toml::parse(text), path);
    } catch (const toml::parse_error& error) {
        return invalid(path + " line " + std::to_string(error.source().begin.line),
                       "This is not TOML: " + std::string(error.description()) + ".");
    }
}

Result<std::vector<Issuer>> read_issuers(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return invalid(path, "The issuers' file cannot be read: give it to the server's user.");
    std::string text(limits::issuer_file_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > limits::issuer_file_bytes) return invalid(path, "This is too large for a file of issuers.");
    return issuers_of(text, path);
}

}  // namespace marchwire::base
