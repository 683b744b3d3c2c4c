// A store's tables in memory, gone with the process.
#pragma once

#include "store/tables.hpp"

#include <map>
#include <unordered_map>

namespace marchwire::store {

class MemoryTables final : public Tables {
public:
    [[nodiscard]] std::optional<LogNumber> find(const LogId& log) override;
    [[nodiscard]] std::vector<LogId> logs() override;
    LogNumber create(const LogId& log) override;

    [[nodiscard]] Tip tip(LogNumber log) override;
    [[nodiscard]] std::optional<Tip> tip_at(LogNumber log, Seq seq) override;
    [[nodiscard]] Entries read(LogNumber log, Seq from, std::size_t limit) override;
    void add(LogNumber log, const std::vector<StoredEntry>& entries) override;

    [[nodiscard]] std::uint64_t highest_counter(LogNumber log, base::DeviceId device) override;
    [[nodiscard]] std::optional<RememberedId> remembered(LogNumber log, CommandId id) override;
    void remember(LogNumber log, const IdRecord& id, UtcMs now) override;

    [[nodiscard]] Checkpoint checkpoint(LogNumber log) override;
    [[nodiscard]] Seq checkpoint_seq(LogNumber log) override;
    void put_checkpoint(LogNumber log, const Checkpoint& checkpoint) override;
    void put_last_alive(UtcMs) override {}

    [[nodiscard]] std::optional<StoredKey> key(LogNumber log, const std::string& name) override;
    void put_key(LogNumber log, const StoredKey& key) override { at(log).keys[key.name] = key.wrapped; }
    [[nodiscard]] bool drop_key(LogNumber log, const std::string& name) override {
        return at(log).keys.erase(name) != 0;
    }

    void remove(LogNumber log) override;
    [[nodiscard]] std::string scrub(Scrub) override { return {}; }
    [[nodiscard]] base::Result<std::unique_ptr<TablesCopy>> begin_copy(const std::filesystem::path& file) override;

    [[nodiscard]] bool commit() override { return true; }
    void tidy() override {}
    [[nodiscard]] std::string failure() const override { return {}; }
    void close() override {}

private:
    struct OneLog {
        LogId id;
        std::vector<StoredEntry> entries;  ///< seq 1 at the front
        std::unordered_map<base::DeviceId, std::map<std::uint64_t, RememberedId>> ids;
        Checkpoint checkpoint;
        std::map<std::string, std::string> keys;
    };
    [[nodiscard]] OneLog& at(LogNumber log);
    [[nodiscard]] Entries::const_iterator first_from(LogNumber log, Seq seq);

    std::map<LogNumber, OneLog> logs_;
    std::unordered_map<LogId, LogNumber> numbers_;
};

}  // namespace marchwire::store
