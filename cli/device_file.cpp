#include "device_file.hpp"

#include "verb.hpp"

#include <sys/stat.h>
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
    return write_private_file(path, Json{{"token", file.token}, {"key", file.key.pem()}}.dump() + "\n", Existing::kept);
}

}  // namespace marchwire::cli
