// The WebSocket handshake.
#include "net/handshake.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace marchwire::net {
namespace {

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Calls back for each element of a comma-separated field until one is taken.
template <class Take>
bool any_of_list(std::string_view list, Take take) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (take(trimmed(list.substr(0, comma)))) return true;
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    return false;
}

bool is_listed(std::string_view list, std::string_view word) {
    return any_of_list(list, [word](std::string_view one) { return same_word(one, word); });
}

std::string base64(const unsigned char* bytes, std::size_t size) {
    std::string text((size + 2) / 3 * 4 + 1, '\0');
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
    text.resize(static_cast<std::size_t>(written));
    return text;
}

/// RFC 6455, 4.2.2, step 5.4.
std::string accept_of(std::string_view key) {
    const std::string joined = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(joined.data()), joined.size(), digest.data());
    return base64(digest.data(), digest.size());
}

/// 16 bytes in base64: 22 characters and two '='.
bool is_key(std::string_view key) { return key.size() == 24 && key.ends_with("=="); }

}  // namespace

base::Result<HandshakeAnswer> shake_hands(const HandshakeRequest& request, const NetSettings& settings) {
    const bool upgrades = is_listed(request.upgrade, "websocket") && is_listed(request.connection, "upgrade");
    if (!upgrades) return base::invalid("Upgrade", "Open a WebSocket here: send Upgrade: websocket.");
    if (request.version != "13") return base::invalid("Sec-WebSocket-Version", "Speak version 13 of WebSocket.");
    if (!is_key(request.key)) return base::invalid("Sec-WebSocket-Key", "Send 16 random bytes in base64.");

    HandshakeAnswer answer;
    std::string_view protocol;
    any_of_list(request.protocols, [&](std::string_view offered) {
        if (offered == "marchwire.v1.proto") answer.encoding = wire::Encoding::proto;
        if (offered == "marchwire.v1.json") answer.encoding = wire::Encoding::json;
        const bool known = offered == "marchwire.v1.proto" || offered == "marchwire.v1.json";
        if (known) protocol = offered;
        return known;
    });
    if (protocol.empty()) {
        return base::invalid("Sec-WebSocket-Protocol", "Offer marchwire.v1.proto (binary) or marchwire.v1.json.");
    }
    answer.origin_trusted = request.origin.empty() ||
                            std::ranges::find(settings.origins, request.origin) != settings.origins.end();
    answer.response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept_of(request.key) + "\r\nSec-WebSocket-Protocol: " + std::string(protocol) + "\r\n\r\n";
    return answer;
}

}  // namespace marchwire::net
