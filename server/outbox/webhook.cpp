#include "outbox/webhook.hpp"

#include "base/hmac.hpp"

#include "base/outcome.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>

namespace marchwire::outbox {

std::string webhook_signature(std::string_view secret, std::int64_t unix_seconds, std::string_view body) {
    const std::string text = std::to_string(unix_seconds) + "." + std::string(body);
    base::Hash256 made{};
    unsigned int size = 0;
    // base::Hmac takes keys of 32 bytes; a secret of an operator is as long as they like.
    const auto* octets = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
    MARCHWIRE_INVARIANT(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), octets, text.size(),
                             made.data(), &size) != nullptr);
    return "v1=" + base::hex(made);
}

std::string webhook_body(const core::WakeUp& call) {
    const nlohmann::ordered_json body{
        {"march", call.march.text()}, {"order", call.order},         {"kind", core::name_of(call.kind)},
        {"urgent", call.is_urgent()}, {"person", call.person.value}, {"step", call.step},
        {"term", call.term.value},    {"key", call.key()},           {"deadline_ms", call.deadline.value}};
    return body.dump();
}

Request webhook_request(const core::WakeUp& call, const Url& url, std::string_view secret, std::int64_t unix_seconds) {
    Request request{url, {}, webhook_body(call)};
    request.headers = {{"Content-Type", "application/json"},
                       {"Idempotency-Key", call.key()},
                       {"Marchwire-Timestamp", std::to_string(unix_seconds)},
                       {"Marchwire-Signature", webhook_signature(secret, unix_seconds, request.body)}};
    return request;
}

}  // namespace marchwire::outbox
