// When a goal is met, missed, or not to be told from noise; and the plot of the figures.
#include "support/goals.hpp"
#include "support/bar_plot.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace marchwire::bench {
namespace {

void put(Samples& samples, const char* subject, std::vector<double> values) {
    int round = 0;
    for (const double value : values) samples.add({"single", subject, "us"}, "us", round++, value);
}

const Goal within_floor{"single", "marchwire", "us", Bound::at_most, 1.15, "floor"};

TEST_CASE("a ratio is made within each round and not from medians of different moments", "[bench][goals]") {
    Samples samples;
    put(samples, "marchwire", {2, 20, 200});
    put(samples, "floor", {2, 10, 200});
    const auto ratios = samples.ratios({"single", "marchwire", "us"}, {"single", "floor", "us"});
    CHECK(ratios == std::vector<double>{1, 2, 1});
    CHECK(judge(within_floor, samples).median == 1);
}

TEST_CASE("a ratio within what the subject strays from itself is unresolved", "[bench][goals]") {
    Samples samples;
    put(samples, "marchwire", {1.1, 1.1, 1.1});
    put(samples, "floor", {1, 1, 1});
    CHECK(judge(within_floor, samples).verdict == Verdict::met);
    put(samples, "marchwire-again", {1.1, 1.21, 1.1});
    CHECK(judge(within_floor, samples).verdict == Verdict::unresolved);
    put(samples, "marchwire-again", {1.1, 1.11, 1.1});
    CHECK(judge(within_floor, samples).verdict == Verdict::met);
    put(samples, "floor", {0.5, 0.5, 0.5});
    CHECK(judge(within_floor, samples).verdict == Verdict::missed);
}

TEST_CASE("a figure is unresolved when its rounds lie on both sides of the goal", "[bench][goals]") {
    const Goal goal{"single", "marchwire", "us", Bound::at_most, 10, ""};
    Samples samples;
    CHECK(judge(goal, samples).verdict == Verdict::not_measured);
    put(samples, "marchwire", {8, 9});
    CHECK(judge(goal, samples).verdict == Verdict::met);
    put(samples, "marchwire", {8, 9, 11});
    CHECK(judge(goal, samples).verdict == Verdict::unresolved);
    put(samples, "marchwire", {12, 13, 11});
    CHECK(judge(goal, samples).verdict == Verdict::missed);
    CHECK(judge({"single", "marchwire", "us", Bound::at_least, 10, ""}, samples).verdict == Verdict::met);
}

TEST_CASE("the table of goals says goal, figure, A/A and verdict", "[bench][goals]") {
    Samples samples;
    put(samples, "marchwire", {2, 2});
    put(samples, "marchwire-again", {2, 2});
    put(samples, "floor", {1, 1});
    const std::vector<Goal> goals{within_floor, {"many", "marchwire", "cores", Bound::at_most, 0.45, ""}};
    const auto table = goals_table(goals, samples);
    CHECK(
        table.find("| single | us of marchwire | at most 1.150 x floor | 2.000 [2.000..2.000] | 1.000 [1.000..1.000] | "
                   "**missed** |") != std::string::npos);
    CHECK(table.find("| many | cores of marchwire | at most 0.4500 |  |  | not measured |") != std::string::npos);
}

TEST_CASE("the plot draws a bar for each subject, the longest over the whole width", "[bench][plot]") {
    const std::vector<BarPanel> panels{{"CPU <us>", {{"marchwire", 1, 1, 1, true}, {"ws", 10, 9, 10, false}}}};
    const auto svg = bar_plot(panels);
    CHECK(svg.starts_with("<svg "));
    CHECK(svg.find("CPU &lt;us>") != std::string::npos);
    CHECK(svg.find("width=\"476\"") != std::string::npos);
    CHECK(svg.find("width=\"48\"") != std::string::npos);
    CHECK(svg.find(">marchwire</text>") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::bench
