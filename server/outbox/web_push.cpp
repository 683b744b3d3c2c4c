#include "outbox/web_push.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "base/sealed_box.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace marchwire::outbox {
namespace {

constexpr std::string_view record_size = std::string_view("\x00\x00\x10\x00", 4);  // 4 096: more than ever is sent
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t cek_bytes = 16;

/// HMAC-SHA-256. A shorter key is as one with zeros behind it.
std::string mac(std::string_view key, std::string_view text) {
    base::Hash256 padded{};
    MARCHWIRE_INVARIANT(key.size() <= padded.size());
    std::ranges::copy(key, padded.begin());
    const std::array<std::string_view, 1> parts{text};
    const base::Hash256 made = base::Hmac(padded).of(parts);
    return {made.begin(), made.end()};
}

/// HKDF (RFC 5869) of at most one block.
std::string derived(std::string_view salt, std::string_view secret, std::string_view info, std::size_t bytes) {
    return mac(mac(salt, secret), std::string(info) + '\x01').substr(0, bytes);
}

}  // namespace

std::string encrypt_push(std::string_view clear, std::size_t padding, const Subscription& to,
                         const base::P256Key& sender, std::string_view salt) {
    MARCHWIRE_INVARIANT(salt.size() == salt_bytes);
    const auto agreed = sender.agree(to.point);
    MARCHWIRE_INVARIANT(agreed.has_value());  // it was a point when it was subscribed
    using namespace std::string_literals;
    const std::string info = "WebPush: info\0"s + to.point + sender.public_point();
    const std::string secret = derived(to.auth, *agreed, info, 32);
    const std::string key = derived(salt, secret, "Content-Encoding: aes128gcm\0"s, cek_bytes);
    const std::string nonce = derived(salt, secret, "Content-Encoding: nonce\0"s, base::gcm_nonce_bytes);
    std::string record(clear);
    record += '\x02';  // the last one
    record.append(padding, '\0');
    std::string body(salt);
    body += record_size;
    body += static_cast<char>(base::p256_point_bytes);
    body += sender.public_point();
    return body + base::seal(key, nonce, {}, record);
}

std::string vapid_authorization(const base::P256Key& key, const std::string& origin, const std::string& contact,
                                std::int64_t expires) {
    const nlohmann::json header{{"typ", "JWT"}, {"alg", "ES256"}};
    const nlohmann::json claims{{"aud", origin}, {"exp", expires}, {"sub", contact}};
    const std::string said = base::base64url(header.dump()) + "." + base::base64url(claims.dump());
    return "vapid t=" + said + "." + base::base64url(key.sign(said)) + ", k=" + base::base64url(key.public_point());
}

Request push_request(const core::WakeUp& call, const Subscription& to, std::uint32_t ttl_seconds,
                     std::string authorization) {
    auto url = parse_url(to.endpoint, "endpoint");
    MARCHWIRE_INVARIANT(url.has_value());  // it was one when it was subscribed
    const std::size_t padding = push_padding_bytes - push_hint.size();
    Request request{*std::move(url),
                    {},
                    encrypt_push(push_hint, padding, to, base::P256Key::random(), base::random_bytes(salt_bytes))};
    // A newer push takes the place of one that still waits; that of a HOLD is not replaced by a calm one.
    const bool urgent = call.is_urgent();
    request.headers = {{"Authorization", std::move(authorization)}, {"Content-Type", "application/octet-stream"},
                       {"Content-Encoding", "aes128gcm"},           {"TTL", std::to_string(ttl_seconds)},
                       {"Urgency", urgent ? "high" : "normal"},     {"Topic", urgent ? "urgent-order" : "order"}};
    return request;
}

}  // namespace marchwire::outbox
