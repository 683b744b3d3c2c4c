// Goals of a benchmark, and whether what was measured reaches them.
#pragma once

#include "support/samples.hpp"

#include <span>
#include <string>

namespace marchwire::bench {

enum class Bound : unsigned char { at_most, at_least };

/// A figure of `subject`, or with `versus` its ratio to that subject's figure of the same case.
struct Goal {
    std::string measured_case, subject, metric;
    Bound bound = Bound::at_most;
    double limit = 0;
    std::string versus;
};

enum class Verdict : unsigned char { met, missed, unresolved, not_measured };
[[nodiscard]] const char* name_of(Verdict verdict);

struct Judged {
    Verdict verdict = Verdict::not_measured;
    double median = 0, min = 0, max = 0;
    /// Of a ratio, when SUBJECT-again was measured in the same rounds: that over the subject itself.
    double again_median = 0, again_min = 0, again_max = 0;
    bool has_again = false;
};

/// A ratio is unresolved when the limit is nearer to its median than the subject's ratio to itself strays from 1;
/// without that, and a figure, when the limit lies within its rounds.
[[nodiscard]] Judged judge(const Goal& goal, const Samples& samples);

/// One row of a Markdown table for each goal, with the table's head.
[[nodiscard]] std::string goals_table(std::span<const Goal> goals, const Samples& samples);

}  // namespace marchwire::bench
