#include "net/ticket_keys.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <new>

namespace marchwire::net {
namespace {

TicketKey fresh_ticket_key() {
    TicketKey key;
    const bool drawn = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                       RAND_bytes(key.aes.data(), static_cast<int>(key.aes.size())) == 1 &&
                       RAND_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
    if (!drawn) throw std::bad_alloc();
    return key;
}

bool has_name(const TicketKey& key, const unsigned char* name) {
    return CRYPTO_memcmp(key.name.data(), name, key.name.size()) == 0;
}

}  // namespace

TicketKeys::TicketKeys(base::UtcMs now) : newest_(fresh_ticket_key()), renewed_at_(now) {}

void TicketKeys::renew(base::UtcMs now) {
    const base::Millis age = now - renewed_at_;
    if (age < base::limits::ticket_key_life) return;
    before_.reset();
    if (age < base::limits::ticket_key_life + base::limits::ticket_key_life) before_ = newest_;
    newest_ = fresh_ticket_key();
    renewed_at_ = now;
}

TicketKey TicketKeys::newest(base::UtcMs now) {
    const std::scoped_lock lock(mutex_);
    renew(now);
    return newest_;
}

std::optional<TicketKeys::Found> TicketKeys::find(const unsigned char* name, base::UtcMs now) {
    const std::scoped_lock lock(mutex_);
    renew(now);
    if (has_name(newest_, name)) return Found{newest_, true};
    if (before_ && has_name(*before_, name)) return Found{*before_, false};
    return std::nullopt;
}

}  // namespace marchwire::net
