// The lock on a data directory.
#include "store/data_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace marchwire::store {

base::Result<DataLock> DataLock::take(const std::filesystem::path& directory) {
    std::error_code error;
    if (!std::filesystem::exists(directory, error)) {
        if (directory.has_parent_path()) std::filesystem::create_directories(directory.parent_path(), error);
        // Entries speak of people: nobody but the owner looks in. An existing directory stays as its owner made it.
        if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
            return base::invalid("data", "Cannot make the data directory " + directory.string() + ": " +
                                             std::strerror(errno) + ". Name one that you may write to.");
        }
    }
    return take_existing(directory);
}

base::Result<DataLock> DataLock::take_existing(const std::filesystem::path& directory) {
    std::error_code error;
    if (!std::filesystem::is_directory(directory, error)) {
        return base::refuse(base::RefusalCode::not_found, "data",
                            "There is no data directory " + directory.string() + "; look at the path.");
    }
    const auto path = directory / "lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return base::invalid("data", "Cannot open " + path.string() + ": " + std::strerror(errno) +
                                         ". Run as the owner of the data directory.");
    }
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        return base::refuse(
            base::RefusalCode::conflict, "data",
            "Another process uses " + directory.string() + "; stop it first, or ask the running server instead.");
    }
    return DataLock(descriptor);
}

DataLock::DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

DataLock::~DataLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace marchwire::store
