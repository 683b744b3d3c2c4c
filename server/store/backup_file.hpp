// A backup's file: written beside its name, and named when it is whole and on disk.
#pragma once

#include "base/outcome.hpp"

#include <cstdint>
#include <filesystem>
#include <utility>

namespace marchwire::store {

/// FILE.part, for its owner only, until `keep()` makes it FILE; gone with this when it did not. Blocks its thread.
class BackupFile {
public:
    /// Whether a FILE that is there already is lost.
    enum class Existing : std::uint8_t { kept, replaced };
    /// What a running server works on: a backup is put elsewhere.
    struct Live {
        std::filesystem::path data;
        std::filesystem::path keys;
    };
    /// INVALID_ARGUMENT for a place that is none or that is live, NOT_FOUND without its directory, CONFLICT when FILE
    /// is there and kept, UNAVAILABLE when it cannot be written. Always with `file` as the field.
    [[nodiscard]] static base::Result<BackupFile> make(const std::filesystem::path& file, Existing existing,
                                                       const Live& live);
    BackupFile(BackupFile&& other) noexcept;
    BackupFile& operator=(BackupFile&&) = delete;
    ~BackupFile();

    /// Where EventLog::backup writes.
    [[nodiscard]] const std::filesystem::path& part() const { return part_; }
    /// Looks through all of it, syncs and names it. Its bytes. UNAVAILABLE when it is damaged or cannot be kept.
    [[nodiscard]] base::Result<std::uint64_t> keep();

private:
    BackupFile(std::filesystem::path file, Existing existing);
    [[nodiscard]] base::Result<void> name();

    std::filesystem::path file_;
    std::filesystem::path part_;  ///< empty: nothing is left to be removed
    Existing existing_;
};

}  // namespace marchwire::store
