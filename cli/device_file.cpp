#include "device_file.hpp"

#include "verb.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t device_file_bytes = 4'096;

}  // namespace

base::Result<DeviceFile> read_device(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0 && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return base::invalid(path, "Others may read this device's key: chmod 600 it, or redeem a new invite.");
    }
    const auto text = read_file(path, device_file_bytes);
    if (!text) return text.error();
    const Json json = Json::parse(*text, nullptr, false);
    const auto damaged = base::invalid(path,
                                       "This is no file that `marchwire redeem` made: redeem an invite into one.");
    if (!json.is_object() || !json["token"].is_string() || !json["key"].is_string()) {
        return damaged;
    }
    auto key = sdk::DeviceKey::from_pem(json["key"].get<std::string>());
    if (!key) return damaged;
    return DeviceFile{json["token"].get<std::string>(), *std::move(key)};
}

base::Result<void> write_device(const std::string& path, const DeviceFile& file) {
    const std::string text = Json{{"token", file.token}, {"key", file.key.pem()}}.dump() + "\n";
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0 && errno == EEXIST) {
        return base::refuse(base::RefusalCode::conflict, path, "A device lies there: name another file for this one.");
    }
    const bool written = descriptor >= 0 &&
                         ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         ::fsync(descriptor) == 0;
    if (descriptor >= 0) (void)::close(descriptor);
    if (written) return {};
    if (descriptor >= 0) (void)::unlink(path.c_str());
    return base::refuse(base::RefusalCode::unavailable, path, "This file cannot be written: look at its directory.");
}

}  // namespace marchwire::cli
