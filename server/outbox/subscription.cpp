#include "outbox/subscription.hpp"

#include "base/base64.hpp"
#include "base/p256_key.hpp"
#include "base/random.hpp"
#include "base/sealed_box.hpp"

namespace marchwire::outbox {
namespace {

constexpr std::size_t auth_bytes = 16;
constexpr char sealed_form = 1;

std::string sealed_for(const base::LogId& march, base::PersonId person) {
    return "push/" + march.text() + "/" + std::to_string(person.value);
}

std::string_view bytes_of(const base::Hash256& key) {
    return {static_cast<const char*>(static_cast<const void*>(key.data())), key.size()};
}

}  // namespace

base::Result<Subscription> read_subscription(const core::SubscribePush& said, Networks allowed) {
    const auto url = parse_url(said.endpoint, "endpoint");
    if (!url) return url.error();
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(url->host, error);
    const bool inside = !url->tls || url->host == "localhost" || (!error && !is_public(address));
    if (inside && allowed == Networks::public_only) {
        return base::invalid("endpoint", "Give the endpoint of a push service on the internet.");
    }
    auto point = base::from_base64(said.p256dh);
    if (!point || !base::is_p256_point(*point)) {
        return base::invalid("p256dh", "Give the browser's public key as it gives it: 65 bytes as base64url.");
    }
    auto auth = base::from_base64(said.auth);
    if (!auth || auth->size() != auth_bytes) {
        return base::invalid("auth", "Give the browser's secret as it gives it: 16 bytes as base64url.");
    }
    return Subscription{said.endpoint, *std::move(point), *std::move(auth)};
}

std::string seal_subscription(const base::Hash256& key, const base::LogId& march, base::PersonId person,
                              const Subscription& subscription) {
    const std::string nonce = base::random_bytes(base::gcm_nonce_bytes);
    const std::string clear = subscription.point + subscription.auth + subscription.endpoint;
    return sealed_form + nonce + base::seal(bytes_of(key), nonce, sealed_for(march, person), clear);
}

std::optional<Subscription> open_subscription(const base::Hash256& key, const base::LogId& march, base::PersonId person,
                                              std::string_view sealed) {
    if (sealed.size() < 1 + base::gcm_nonce_bytes || sealed.front() != sealed_form) return std::nullopt;
    const std::string_view nonce = sealed.substr(1, base::gcm_nonce_bytes);
    const auto clear = base::unseal(bytes_of(key), nonce, sealed_for(march, person),
                                    sealed.substr(1 + base::gcm_nonce_bytes));
    if (!clear || clear->size() < base::p256_point_bytes + auth_bytes) return std::nullopt;
    return Subscription{clear->substr(base::p256_point_bytes + auth_bytes), clear->substr(0, base::p256_point_bytes),
                        clear->substr(base::p256_point_bytes, auth_bytes)};
}

}  // namespace marchwire::outbox
