// Whom the contract of store/event_log.hpp is held to, and calls that wait for their answer.
#pragma once

#include "base/limits.hpp"
#include "store/event_log.hpp"
#include "support/named.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::contract {

/// One store. A further one is a further row in `subjects()` (contract_subjects.cpp); no test changes.
struct Subject {
    std::string name;
    bool keeps_over_reopening = false;
    /// What the store needs beside it, begun in the directory and there as long as the store's test runs; may be none.
    std::function<std::shared_ptr<void>(const std::filesystem::path&)> surroundings;
    /// Opens what is in the directory, or begins anew in an empty one.
    std::function<std::unique_ptr<store::EventLog>(const std::filesystem::path&)> open;
};
[[nodiscard]] std::vector<Subject> subjects();

/// A store in a fresh directory, which goes with it. Each call waits for its answer, ten seconds at most, and
/// throws when none comes.
class Store {
public:
    explicit Store(Subject subject);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store();

    [[nodiscard]] store::EventLog& log() { return *log_; }
    /// Stops the store and opens it again on the same directory.
    void reopen();

    [[nodiscard]] store::AppendOutcome append(store::AppendRequest request);
    [[nodiscard]] base::Result<store::OpenedLog> open(const base::LogId& log);
    [[nodiscard]] base::Result<store::Entries> read(const base::LogId& log, std::uint64_t from, std::size_t limit);
    [[nodiscard]] base::Result<void> put_checkpoint(const base::LogId& log, store::Checkpoint checkpoint);
    [[nodiscard]] base::Result<std::vector<base::LogId>> list();
    [[nodiscard]] base::Result<store::Shredded> shred(const base::LogId& log);
    [[nodiscard]] base::Result<std::vector<store::StoredKey>> read_keys(const base::LogId& log,
                                                                        std::vector<std::string> names);
    [[nodiscard]] base::Result<store::Shredded> drop_keys(const base::LogId& log, std::vector<std::string> names);

    /// Makes the log with one entry each of the texts; the tip.
    base::Tip create(const base::LogId& log, const std::vector<std::string>& texts);
    /// Appends on the given tip, and must succeed; the new tip.
    base::Tip extend(const base::LogId& log, const base::Tip& tip, const std::vector<std::string>& texts,
                     std::vector<store::IdRecord> ids = {}, base::UtcMs now = base::UtcMs{1'000});

private:
    Subject subject_;
    std::filesystem::path directory_;
    std::shared_ptr<void> surroundings_;
    std::unique_ptr<store::EventLog> log_;
};

using test::log_named;
inline const base::LogId march = log_named("summer/denver-co");
/// A request for entries of these texts after `tip`; digests are made from tip and text.
[[nodiscard]] store::AppendRequest group(const base::LogId& log, const base::Tip& tip,
                                         const std::vector<std::string>& texts);
[[nodiscard]] base::Tip last_of(const store::AppendRequest& request);
[[nodiscard]] std::vector<std::string> texts_of(const store::Entries& entries);
[[nodiscard]] base::CommandId command(std::uint64_t device, std::uint64_t counter);

[[nodiscard]] bool is_stored(const store::AppendOutcome& outcome);
/// The refusal of the group; throws when it was another answer.
[[nodiscard]] const store::AppendRefused& refused(const store::AppendOutcome& outcome);

}  // namespace marchwire::contract
