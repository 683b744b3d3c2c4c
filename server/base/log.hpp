// Logging: one line per state change, none per message. Persons, positions and tokens are
// Private<T> and have no formatter, so they cannot be written here.
#pragma once

#include <spdlog/spdlog.h>

namespace marchwire::base {

enum class LogForm { text, json };

/// Sets form and level ("debug", "info", "warn", "error") once, at start-up.
void start_logging(LogForm form, const char* level);

/// `event` is a fixed snake_case name; `fields` are `name=value` pairs made by the caller with fmt.
template <class... Args>
void log_info(const char* event, spdlog::format_string_t<Args...> fields, Args&&... args) {
    spdlog::info("{} {}", event, fmt::format(fields, std::forward<Args>(args)...));
}
template <class... Args>
void log_warn(const char* event, spdlog::format_string_t<Args...> fields, Args&&... args) {
    spdlog::warn("{} {}", event, fmt::format(fields, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(const char* event, spdlog::format_string_t<Args...> fields, Args&&... args) {
    spdlog::error("{} {}", event, fmt::format(fields, std::forward<Args>(args)...));
}

}  // namespace marchwire::base
