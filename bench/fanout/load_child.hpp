// The load generator as a child process: a plan goes in, what it found comes out.
#pragma once

#include "fanout/child.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::bench {

/// It begins to open its sockets; its first line says that all are ready.
[[nodiscard]] std::unique_ptr<Child> begin_load(const std::filesystem::path& program, const nlohmann::json& plan,
                                                const std::vector<int>& cores);

/// What a line of it says; null when it failed. That, and what it found wrong, is added to `wrong`.
[[nodiscard]] nlohmann::json said_by_load(const std::optional<std::string>& line, std::vector<std::string>& wrong);

}  // namespace marchwire::bench
