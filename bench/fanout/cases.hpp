// The cases of the fan-out benchmark: who is measured under what load, and the goals of each.
#pragma once

#include "fanout/subject.hpp"
#include "support/goals.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace marchwire::bench {

enum class Kind : std::uint8_t {
    deliveries,
    saturated,
    telemetry,
    orders,
    idle,
    slow_reader,
    stalled,
    hostile,
    storm,
    shards
};

struct Case {
    std::string name;
    std::string question;  ///< what its load is, for the table
    Kind kind = Kind::deliveries;
    std::vector<std::string> subjects;
    Setting setting;
    nlohmann::json plan;  ///< laid over the subject's own
    int rounds_max = 5;   ///< of what hardly varies, and takes long
    bool in_quick = false;
};

/// With `quick` smaller and shorter.
[[nodiscard]] std::vector<Case> all_cases(bool quick);
[[nodiscard]] std::vector<Goal> all_goals();

}  // namespace marchwire::bench
