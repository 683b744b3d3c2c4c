// What of a log is stored sealed: keys, how entries get their stored form, and how they are read again (DESIGN 10).
#pragma once

#include "base/hmac.hpp"
#include "core/event.hpp"
#include "store/event_log.hpp"
#include "wire/messages.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::shard {

/// Three layers. The log's own key comes of the key file and is stored nowhere. Under it the store keeps one random key
/// for each SealedClass (and one for each person): deleting that row makes what it sealed unreadable wherever copies of
/// the entries lie. Under those stand parts of entries, so that the chain is over sealed bytes and holds without them.
/// A value, of one desk.
class Vault {
public:
    /// `chain_key` of this log: the log's own key is derived from it.
    Vault(const base::Hash256& chain_key, base::LogId log);

    /// The names of what `take` wants.
    [[nodiscard]] static std::vector<std::string> key_names();
    [[nodiscard]] static std::string key_name(core::SealedClass what);
    [[nodiscard]] static std::string key_name(base::PersonId person);
    /// As the store had them. One that was wrapped under other key files is passed over.
    void take(const std::vector<store::StoredKey>& keys);
    /// Draws those that it lacks. True: there were some, and they are to be stored before anything is sealed by them.
    bool draw_missing();
    /// As the store keeps them.
    [[nodiscard]] std::vector<store::StoredKey> stored_keys() const;
    /// Its key is deleted: nothing is sealed or opened by it any more.
    void forget(core::SealedClass what) { keys_.erase(what); }

    /// The stored form. A secret whose key is deleted is left out: core has decided so before.
    [[nodiscard]] std::string encode(const core::Entry& entry) const;
    /// As wire::decode_stored, with all put back that can be opened; the rest stands in `sealed`.
    [[nodiscard]] base::Result<core::Entry> decode(std::string_view bytes) const;
    /// Of a checkpoint, whole. None: it is none of this log's and key file's.
    [[nodiscard]] std::string seal_checkpoint(std::string_view bytes) const;
    [[nodiscard]] std::optional<std::string> open_checkpoint(std::string_view sealed) const;

    struct SealedPerson {
        std::string sealed;
        store::StoredKey key;  ///< a new one each time: what was said before can be opened no more
    };
    [[nodiscard]] SealedPerson seal(base::PersonId person, const wire::PersonDetails& details) const;
    [[nodiscard]] std::optional<wire::PersonDetails> open(base::PersonId person, std::string_view sealed,
                                                          const store::StoredKey& key) const;

private:
    [[nodiscard]] store::StoredKey wrap(const std::string& name, const std::string& key) const;
    [[nodiscard]] std::optional<std::string> unwrap(const store::StoredKey& key) const;
    [[nodiscard]] std::string with(std::string_view what) const;

    base::LogId log_;
    std::string log_key_;
    std::map<core::SealedClass, std::string> keys_;  ///< of places and restricted blocks
};

}  // namespace marchwire::shard
