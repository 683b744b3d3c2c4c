// A data directory of ours, held by one process at a time.
#pragma once

#include "base/outcome.hpp"

#include <filesystem>

namespace marchwire::store {

/// Holds `DIR/lock` (flock) until destroyed or until the process ends, however it ends.
class DataLock {
public:
    /// Makes the directory (0700) when it is missing. CONFLICT when another process holds it,
    /// INVALID_ARGUMENT naming `data` when it cannot be used.
    [[nodiscard]] static base::Result<DataLock> take(const std::filesystem::path& directory);
    /// The same, but a missing directory is NOT_FOUND.
    [[nodiscard]] static base::Result<DataLock> take_existing(const std::filesystem::path& directory);

    DataLock(DataLock&& other) noexcept;
    DataLock& operator=(DataLock&& other) noexcept;
    ~DataLock();

private:
    explicit DataLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace marchwire::store
