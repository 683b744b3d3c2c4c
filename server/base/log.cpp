#include "base/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>

namespace marchwire::base {

void start_logging(LogForm form, const char* level) {
    auto logger = spdlog::stderr_logger_mt("marchwire");
    logger->set_level(spdlog::level::from_str(level));
    logger->set_pattern(form == LogForm::json ? R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","line":"%v"})"
                                              : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                        spdlog::pattern_time_type::utc);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace marchwire::base
