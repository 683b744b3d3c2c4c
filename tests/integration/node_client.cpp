#include "node_client.hpp"

#include "real_server.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <filesystem>
#include <stdexcept>

namespace marchwire::test {
namespace {

namespace fs = std::filesystem;

/// One at a time: tests run beside each other in processes of their own.
class PlaceLock {
public:
    explicit PlaceLock(const fs::path& place)
        : file_(::open((place / "lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
        if (file_ < 0 || ::flock(file_, LOCK_EX) != 0) throw std::runtime_error("no lock in " + place.string());
    }
    ~PlaceLock() { ::close(file_); }
    PlaceLock(const PlaceLock&) = delete;
    PlaceLock& operator=(const PlaceLock&) = delete;

private:
    int file_;
};

}  // namespace

std::string node_program(const std::string& name) {
    const fs::path source = MARCHWIRE_SOURCE_DIR "/tests/integration/node";
    const fs::path place = MARCHWIRE_BINARY_DIR "/integration-node";
    fs::create_directories(place);
    const PlaceLock lock(place);
    for (const fs::directory_entry& file : fs::directory_iterator(source)) {
        if (!file.is_regular_file()) continue;
        fs::copy_file(file.path(), place / file.path().filename(), fs::copy_options::update_existing);
    }
    if (!fs::exists(place / "node_modules/ws/package.json")) {
        const Ended installed = run_program({"npm", "ci", "--prefix", place.string(), "--no-audit", "--no-fund"});
        if (installed.exit_code != 0) throw std::runtime_error("npm ci failed: " + installed.out);
    }
    return (place / name).string();
}

}  // namespace marchwire::test
