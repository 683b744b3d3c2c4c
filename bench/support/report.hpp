// What a benchmark measured, in the one form that all benchmarks share: rows of
// {"case","subject","metric","unit","median","min","max","rounds"} as JSON, the machine and the
// versions beside them, and a Markdown table made from the same rows.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::bench {

/// The command line of every benchmark: `--out FILE.json` and `--quick`.
struct Options {
    std::filesystem::path out;  ///< empty: print the table only
    bool quick = false;         ///< a smoke run: fewer rounds, shorter; figures are rough

    /// How many rounds to measure: `full`, or `few` under --quick.
    [[nodiscard]] int rounds(int full, int few = 1) const { return quick ? few : full; }
};

/// Reads the command line; on an unknown argument says so and exits with 2.
[[nodiscard]] Options read_options(int argc, const char* const* argv);

struct Row {
    std::string measured_case;  ///< the question, as in "check-in to seen, 500 marshals"
    std::string subject;        ///< "marchwire", a peer's name or "floor"
    std::string metric;         ///< what was measured, as in "latency p99"
    std::string unit;           ///< "ms", "1/s", "ratio", ...
    double median = 0;
    double min = 0;
    double max = 0;
    std::size_t rounds = 0;  ///< number of samples behind the three
};

/// The middle of the samples; between the two middle ones when their number is even; 0 of none.
[[nodiscard]] double median_of(std::span<const double> samples);

/// The value below which `fraction` (0 to 1) of the samples lie (nearest rank); 0 of none.
[[nodiscard]] double percentile_of(std::vector<double> samples, double fraction);

/// Four significant digits, without an exponent for the magnitudes that a table shows.
[[nodiscard]] std::string figure(double value);

/// Collects rows and writes them. Not thread-safe.
class Report {
public:
    /// One row from the samples of its rounds. No samples: no row.
    void add(std::string measured_case, std::string subject, std::string metric, std::string unit,
             std::span<const double> samples);

    /// The version of a peer or library, as in ("uWebSockets", "20.48"). Compiler, Boost, SQLite, Protobuf
    /// and OpenSSL are there already.
    void version(std::string name, std::string value);

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

    /// Prints the table on standard output and, where `options.out` is set, writes NAME.json,
    /// NAME.machine.json and NAME.md beside it. False, with the reason on standard error, when a
    /// file cannot be written.
    [[nodiscard]] bool write(const Options& options) const;
    /// The same with another text than markdown()'s in NAME.md.
    [[nodiscard]] bool write(const Options& options, const std::string& table) const;

    [[nodiscard]] std::string json() const;
    [[nodiscard]] std::string machine_json(const Options& options) const;
    [[nodiscard]] std::string markdown(const std::string& title) const;

private:
    std::vector<Row> rows_;
    std::vector<std::pair<std::string, std::string>> versions_;
};

}  // namespace marchwire::bench
