// How the host's verbs read and write their JSON.
#pragma once

#include "base/ids.hpp"
#include "base/outcome.hpp"
#include "wire/messages.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace marchwire {

/// Each INVALID_ARGUMENT with its field when it is not there, or something else.
[[nodiscard]] base::Result<std::string> text_of(const nlohmann::json& request, const char* field);
[[nodiscard]] base::Result<std::uint64_t> number_of(const nlohmann::json& request, const char* field,
                                                    std::uint64_t otherwise);
[[nodiscard]] base::Result<base::LogId> log_of(const nlohmann::json& request, const char* field = "log");

/// A number of 64 bits, which Protobuf's JSON writes as text; 0 when it is not there.
[[nodiscard]] std::uint64_t wide(const nlohmann::json& object, const char* field);

[[nodiscard]] nlohmann::json accepted_json(const wire::Accepted& accepted);

}  // namespace marchwire
