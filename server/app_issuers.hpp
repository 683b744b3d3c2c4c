// The apps that this server believes, as their file says now.
#pragma once

#include "base/issuers.hpp"
#include "base/outcome.hpp"
#include "base/units.hpp"
#include "session/ports.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire {

/// Any thread. A lock is held for as long as a pointer is copied, once for each log-in by an app.
class AppIssuers {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<AppIssuers>> open(const std::string& path);

    /// Reads the file again. When it is refused, what was read before holds on.
    [[nodiscard]] base::Result<void> reload();
    /// `now`: of the machine's clock, which is the apps', also while a demo clock runs.
    [[nodiscard]] base::Result<session::AppPass> judge(std::string_view token, base::UtcMs now) const;
    [[nodiscard]] std::size_t size() const { return all()->size(); }

private:
    using Issuers = std::shared_ptr<const std::vector<base::Issuer>>;
    AppIssuers(std::string path, Issuers issuers) : path_(std::move(path)), issuers_(std::move(issuers)) {}
    [[nodiscard]] Issuers all() const;

    std::string path_;
    mutable std::mutex mutex_;
    Issuers issuers_;
};

}  // namespace marchwire
