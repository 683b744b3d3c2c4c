#include "support/goals.hpp"

#include "support/report.hpp"

#include <algorithm>
#include <cmath>

namespace marchwire::bench {
namespace {

bool reaches(const Goal& goal, double value) {
    return goal.bound == Bound::at_most ? value <= goal.limit : value >= goal.limit;
}

std::string spread(double median, double min, double max) {
    return figure(median) + " [" + figure(min) + ".." + figure(max) + "]";
}

std::string wanted(const Goal& goal) {
    const std::string bound = goal.bound == Bound::at_most ? "at most " : "at least ";
    const std::string limit = bound + figure(goal.limit);
    return goal.versus.empty() ? limit : limit + " x " + goal.versus;
}

}  // namespace

const char* name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::met: return "met";
        case Verdict::missed: return "**missed**";
        case Verdict::unresolved: return "unresolved";
        case Verdict::not_measured: return "not measured";
    }
    return "";
}

Judged judge(const Goal& goal, const Samples& samples) {
    const SampleKey own{goal.measured_case, goal.subject, goal.metric};
    const auto values = goal.versus.empty() ? samples.of(own)
                                            : samples.ratios(own, {goal.measured_case, goal.versus, goal.metric});
    Judged judged;
    if (values.empty()) return judged;
    const auto [least, most] = std::minmax_element(values.begin(), values.end());
    judged.median = median_of(values);
    judged.min = *least;
    judged.max = *most;
    const auto again = goal.versus.empty()
                           ? std::vector<double>{}
                           : samples.ratios({goal.measured_case, goal.subject + "-again", goal.metric}, own);
    bool unresolved = reaches(goal, judged.min) != reaches(goal, judged.max);
    if (!again.empty()) {
        const auto [again_least, again_most] = std::minmax_element(again.begin(), again.end());
        judged.has_again = true;
        judged.again_median = median_of(again);
        judged.again_min = *again_least;
        judged.again_max = *again_most;
        const double strays = std::max(std::abs(judged.again_min - 1), std::abs(judged.again_max - 1));
        unresolved = std::abs(judged.median / goal.limit - 1) <= strays;
    }
    judged.verdict = unresolved ? Verdict::unresolved : reaches(goal, judged.median) ? Verdict::met : Verdict::missed;
    return judged;
}

std::string goals_table(std::span<const Goal> goals, const Samples& samples) {
    std::string text = "| case | figure | goal | measured | A/A | |\n|---|---|---|---:|---:|---|\n";
    for (const Goal& goal : goals) {
        const Judged judged = judge(goal, samples);
        const bool measured = judged.verdict != Verdict::not_measured;
        const std::string again = judged.has_again ? spread(judged.again_median, judged.again_min, judged.again_max)
                                                   : "";
        text += "| " + goal.measured_case + " | " + goal.metric + " of " + goal.subject + " | " + wanted(goal) + " | " +
                (measured ? spread(judged.median, judged.min, judged.max) : "") + " | " + again + " | " +
                name_of(judged.verdict) + " |\n";
    }
    return text;
}

}  // namespace marchwire::bench
