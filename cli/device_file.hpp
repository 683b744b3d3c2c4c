// The file that makes a terminal a device: its token and its key.
#pragma once

#include "base/outcome.hpp"

#include <marchwire/access.hpp>

#include <string>

namespace marchwire::cli {

struct DeviceFile {
    std::string token;
    sdk::DeviceKey key;
};

/// NOT_FOUND, or INVALID_ARGUMENT with the path when it is damaged or others may read it.
[[nodiscard]] base::Result<DeviceFile> read_device(const std::string& path);
/// Written whole or not at all, for its owner alone. CONFLICT when it is there: a device is never overwritten.
[[nodiscard]] base::Result<void> write_device(const std::string& path, const DeviceFile& file);

}  // namespace marchwire::cli
