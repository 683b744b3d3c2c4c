#include "net/address_keys.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;

namespace {

std::unique_ptr<base::Hmac> fresh_key() {
    base::Hash256 key{};
    if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) throw std::bad_alloc();
    return std::make_unique<base::Hmac>(key);
}

/// The part of an address that counts; a first byte keeps the families apart.
std::string_view counted_part(const asio::ip::address& address, std::array<char, 9>& space) {
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        space[0] = 4;
        std::memcpy(&space[1], bytes.data(), bytes.size());
        return {space.data(), 1 + bytes.size()};
    }
    const auto bytes = address.to_v6().to_bytes();
    space[0] = 6;
    std::memcpy(&space[1], bytes.data(), space.size() - 1);
    return {space.data(), space.size()};
}

session::AddressKey name_under(const base::Hmac& key, std::string_view part) {
    const base::Hash256 hash = key.of({&part, 1});
    session::AddressKey name;
    std::memcpy(&name.value, hash.data(), sizeof name.value);
    if (!name) name.value = 1;  // 0 means none
    return name;
}

}  // namespace

asio::ip::address canonical(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address;
}

AddressKeys::AddressKeys(base::UtcMs now) : key_(fresh_key()), renewed_at_(now) {}

void AddressKeys::renew(base::UtcMs now) {
    const base::Millis age = now - renewed_at_;
    if (age < base::limits::address_key_life) return;
    before_ = std::exchange(key_, fresh_key());
    if (age >= base::limits::address_key_life + base::limits::address_key_life) before_.reset();
    renewed_at_ = now;
}

AddressKeys::Names AddressKeys::of(const asio::ip::address& address, base::UtcMs now) {
    renew(now);
    std::array<char, 9> space{};
    const std::string_view part = counted_part(canonical(address), space);
    return {name_under(*key_, part), before_ ? name_under(*before_, part) : session::AddressKey{}};
}

}  // namespace marchwire::net
