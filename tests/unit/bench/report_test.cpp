#include "support/report.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

using namespace marchwire::bench;

namespace {

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST_CASE("the median of an even number of rounds lies between the two in the middle", "[bench]") {
    const std::vector<double> odd{9, 1, 5};
    const std::vector<double> even{9, 1, 5, 7};
    CHECK(median_of(odd) == 5);
    CHECK(median_of(even) == 6);
    CHECK(median_of({}) == 0);
}

TEST_CASE("a percentile is a sample that was measured, by nearest rank", "[bench]") {
    std::vector<double> samples;
    for (int i = 100; i >= 1; --i) samples.push_back(i);
    CHECK(percentile_of(samples, 0.99) == 99);
    CHECK(percentile_of(samples, 1.0) == 100);
    CHECK(percentile_of(samples, 0.0) == 1);
    CHECK(percentile_of({3, 4}, 0.5) == 3);
    CHECK(percentile_of({}, 0.5) == 0);
}

TEST_CASE("a report's row holds the eight agreed fields and the spread of its rounds", "[bench]") {
    Report report;
    report.add("append", "marchwire", "throughput", "1/s", std::vector<double>{300, 100, 200});
    const auto rows = nlohmann::json::parse(report.json());
    REQUIRE(rows.size() == 1);
    CHECK(rows[0] == nlohmann::json{{"case", "append"},
                                    {"subject", "marchwire"},
                                    {"metric", "throughput"},
                                    {"unit", "1/s"},
                                    {"median", 200.0},
                                    {"min", 100.0},
                                    {"max", 300.0},
                                    {"rounds", 3}});
}

TEST_CASE("a case that was never measured leaves no row", "[bench]") {
    Report report;
    report.add("append", "floor", "throughput", "1/s", {});
    CHECK(report.rows().empty());
    CHECK(nlohmann::json::parse(report.json()).empty());
}

TEST_CASE("a report is three files: rows, machine with versions, and the table of the same rows", "[bench]") {
    const auto folder = std::filesystem::temp_directory_path() / ("marchwire-report-" + std::to_string(::getpid()));
    Report report;
    report.add("replay", "marchwire", "time", "s", std::vector<double>{4.25});
    report.add("replay", "floor", "ratio", "ratio", std::vector<double>{0.0125});
    report.version("uWebSockets", "20.48");
    Options options;
    options.out = folder / "core.json";
    REQUIRE(report.write(options));

    CHECK(nlohmann::json::parse(text_of(folder / "core.json")).size() == 2);
    const auto machine = nlohmann::json::parse(text_of(folder / "core.machine.json"));
    CHECK(machine["versions"]["uWebSockets"] == "20.48");
    CHECK(machine["cores"].get<int>() >= 1);
    const auto table = text_of(folder / "core.md");
    CHECK(table.find("| replay | marchwire | time | s | 4.250 | 4.250 | 4.250 | 1 |") != std::string::npos);
    CHECK(table.find("| replay | floor | ratio | ratio | 0.01250 | 0.01250 | 0.01250 | 1 |") != std::string::npos);
    std::filesystem::remove_all(folder);
}

TEST_CASE("a report that cannot be written says so to its caller", "[bench]") {
    Report report;
    report.add("replay", "marchwire", "time", "s", std::vector<double>{1});
    Options options;
    options.out = "/proc/no-such-folder/core.json";
    CHECK_FALSE(report.write(options));
}

TEST_CASE("the options of a benchmark are --quick and --out", "[bench]") {
    const char* const arguments[] = {"bench", "--quick", "--out", "x.json"};
    const auto options = read_options(4, arguments);
    CHECK(options.quick);
    CHECK(options.out == "x.json");
    CHECK(options.rounds(9) == 1);
    CHECK(Options{}.rounds(9) == 9);
}
