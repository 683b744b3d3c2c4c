#include "shard/vault.hpp"

#include "base/random.hpp"
#include "base/sealed_box.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace marchwire::shard {
namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::array kept_classes{core::SealedClass::places, core::SealedClass::restricted};

/// Nonce first. Nonces are random: one key seals far fewer than 2^32 times.
std::string sealed(std::string_view key, std::string_view with, std::string_view clear) {
    const std::string nonce = base::random_bytes(base::gcm_nonce_bytes);
    return nonce + base::seal(key, nonce, with, clear);
}

std::optional<std::string> unsealed(std::string_view key, std::string_view with, std::string_view bytes) {
    if (bytes.size() < base::gcm_nonce_bytes) return std::nullopt;
    return base::unseal(key, bytes.substr(0, base::gcm_nonce_bytes), with, bytes.substr(base::gcm_nonce_bytes));
}

std::string derived(const base::Hash256& chain_key) {
    const std::array<std::string_view, 1> purpose{"seal"};
    const base::Hash256 key = base::Hmac(chain_key).of(purpose);
    return {key.begin(), key.end()};
}

}  // namespace

Vault::Vault(const base::Hash256& chain_key, base::LogId log) : log_(std::move(log)), log_key_(derived(chain_key)) {}

std::string Vault::key_name(core::SealedClass what) {
    switch (what) {
        case core::SealedClass::places: return "places";
        case core::SealedClass::restricted: return "restricted";
        case core::SealedClass::persons: return "persons";
    }
    return {};
}

std::string Vault::key_name(base::PersonId person) { return "person/" + std::to_string(person.value); }

std::vector<std::string> Vault::key_names() {
    std::vector<std::string> names;
    for (const core::SealedClass what : kept_classes) names.push_back(key_name(what));
    return names;
}

/// What sealed bytes belong to: they open nowhere else.
std::string Vault::with(std::string_view what) const { return log_.text() + '|' + std::string(what); }

store::StoredKey Vault::wrap(const std::string& name, const std::string& key) const {
    return {name, sealed(log_key_, with(name), key)};
}

std::optional<std::string> Vault::unwrap(const store::StoredKey& key) const {
    auto clear = unsealed(log_key_, with(key.name), key.wrapped);
    return clear && clear->size() == key_bytes ? clear : std::nullopt;
}

void Vault::take(const std::vector<store::StoredKey>& keys) {
    for (const core::SealedClass what : kept_classes) {
        const auto found = std::ranges::find(keys, key_name(what), &store::StoredKey::name);
        if (found == keys.end()) continue;
        if (auto key = unwrap(*found)) keys_[what] = *std::move(key);
    }
}

bool Vault::draw_missing() {
    bool drawn = false;
    for (const core::SealedClass what : kept_classes) {
        if (keys_.contains(what)) continue;
        keys_[what] = base::random_bytes(key_bytes);
        drawn = true;
    }
    return drawn;
}

std::vector<store::StoredKey> Vault::stored_keys() const {
    std::vector<store::StoredKey> keys;
    for (const auto& [what, key] : keys_) keys.push_back(wrap(key_name(what), key));
    return keys;
}

std::string Vault::encode(const core::Entry& entry) const {
    if (!wire::bears_secrets(entry.event)) return wire::encode_stored(entry);
    core::Entry shell = entry;
    for (const wire::Secret& secret : wire::take_secrets(shell.event)) {
        const auto key = keys_.find(secret.what);
        if (key == keys_.end()) continue;
        shell.sealed.push_back({secret.what, sealed(key->second, with(std::to_string(entry.seq.value)), secret.clear)});
    }
    return wire::encode_stored(shell);
}

base::Result<core::Entry> Vault::decode(std::string_view bytes) const {
    auto entry = wire::decode_stored(bytes);
    if (!entry || entry->sealed.empty()) return entry;
    for (core::Sealed& part : std::exchange(entry->sealed, {})) {
        const auto key = keys_.find(part.what);
        const auto clear = key == keys_.end()
                               ? std::nullopt
                               : unsealed(key->second, with(std::to_string(entry->seq.value)), part.bytes);
        const bool put = clear && wire::put_secret(entry->event, {part.what, *clear});
        if (!put) entry->sealed.push_back(std::move(part));
    }
    return entry;
}

std::string Vault::seal_checkpoint(std::string_view bytes) const { return sealed(log_key_, with("state"), bytes); }

std::optional<std::string> Vault::open_checkpoint(std::string_view sealed) const {
    return unsealed(log_key_, with("state"), sealed);
}

Vault::SealedPerson Vault::seal(base::PersonId person, const wire::PersonDetails& details) const {
    const std::string key = base::random_bytes(key_bytes);
    const std::string name = key_name(person);
    return {sealed(key, with(name), wire::encode_details(details)), wrap(name, key)};
}

std::optional<wire::PersonDetails> Vault::open(base::PersonId person, std::string_view sealed,
                                               const store::StoredKey& key) const {
    const auto opener = unwrap(key);
    const auto clear = opener ? unsealed(*opener, with(key_name(person)), sealed) : std::nullopt;
    return clear ? wire::decode_details(*clear) : std::nullopt;
}

}  // namespace marchwire::shard
