#include "access/invite.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cctype>
#include <charconv>

namespace marchwire::access {
namespace {

/// Crockford's: no letter is taken for another when it is heard or read.
constexpr std::string_view code_letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_length = 8;
constexpr std::size_t number_digits = 9;

std::string letters_of(const KeyRing& keys, const base::Slug& campaign, std::uint32_t number) {
    const std::string subject = campaign.text() + "." + std::to_string(number);
    const std::array<std::string_view, 1> parts{subject};
    const base::Hash256 bits = base::Hmac(keys.key_for("invite code")).of(parts);
    std::string letters;
    for (std::size_t i = 0; i < code_length; ++i) letters += code_letters[bits.at(i) % code_letters.size()];
    return letters;
}

std::optional<std::uint32_t> number_in(std::string_view digits) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    if (!whole || number == 0 || digits.size() > number_digits) return std::nullopt;
    return number;
}

char as_meant(char typed) {
    const char upper = static_cast<char>(std::toupper(static_cast<unsigned char>(typed)));
    if (upper == 'O') return '0';
    return upper == 'I' || upper == 'L' ? '1' : upper;
}

}  // namespace

std::string spoken_code(const KeyRing& keys, const base::Slug& campaign, std::uint32_t number) {
    const std::string letters = letters_of(keys, campaign, number);
    return std::to_string(number) + "-" + letters.substr(0, code_length / 2) + "-" + letters.substr(code_length / 2);
}

std::optional<TypedCode> read_code(std::string_view typed) {
    std::string meant;
    for (const char one : typed) {
        if (one == '-' || one == ' ') continue;
        const char letter = as_meant(one);
        if (code_letters.find(letter) == std::string_view::npos) return std::nullopt;
        meant += letter;
    }
    if (meant.size() <= code_length) return std::nullopt;
    // The letters may be digits: where the number ends is where it was said to. Else a letter that was left out would
    // make a part of the number one, and the trial would be another invite's.
    const auto first_part = typed.find_first_of("- ");
    const std::size_t number_length = meant.size() - code_length;
    if (first_part != std::string_view::npos && first_part != number_length) return std::nullopt;
    const auto number = number_in(std::string_view(meant).substr(0, number_length));
    if (!number) return std::nullopt;
    return TypedCode{*number, meant.substr(number_length)};
}

bool is_code(const TypedCode& typed, const KeyRing& keys, const base::Slug& campaign) {
    const std::string right = letters_of(keys, campaign, typed.number);
    return typed.letters.size() == right.size() && CRYPTO_memcmp(typed.letters.data(), right.data(), right.size()) == 0;
}

std::string fragment_of(const LinkSecret& link) {
    return link.campaign.text() + "." + std::to_string(link.number) + "." + link.secret;
}

std::optional<LinkSecret> read_link(std::string_view text) {
    if (const auto hash = text.rfind('#'); hash != std::string_view::npos) text.remove_prefix(hash + 1);
    const auto first = text.find('.');
    const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto campaign = base::Slug::parse(text.substr(0, first), "campaign");
    const auto number = number_in(text.substr(first + 1, second - first - 1));
    const std::string_view secret = text.substr(second + 1);
    constexpr std::size_t secret_characters = 43;
    if (!campaign || !number || secret.size() != secret_characters) return std::nullopt;
    return LinkSecret{*campaign, *number, std::string(secret)};
}

}  // namespace marchwire::access
