#include "support/report.hpp"

#include <google/protobuf/stubs/common.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <sys/utsname.h>

#include <algorithm>
#include <boost/version.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>

namespace marchwire::bench {
namespace {

using Json = nlohmann::ordered_json;

/// The value of the first line "KEY<separator>VALUE" of a file, without quotes; empty when absent.
std::string value_in(const char* file, std::string_view key, char separator) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const auto at = line.find(separator);
        if (at == std::string::npos || !line.starts_with(key)) continue;
        const auto begin = line.find_first_not_of(" \t\"", at + 1);
        const auto end = line.find_last_not_of(" \t\"");
        return begin == std::string::npos ? std::string{} : line.substr(begin, end - begin + 1);
    }
    return {};
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[16];
    std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
    return text;
}

std::string boost_version() {
    return std::to_string(BOOST_VERSION / 100'000) + "." + std::to_string(BOOST_VERSION / 100 % 1000) + "." +
           std::to_string(BOOST_VERSION % 100);
}

bool write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (out) return true;
    std::cerr << "cannot write " << path.string() << ": is its folder there and writable?\n";
    return false;
}

[[noreturn]] void refuse(std::string_view argument) {
    std::cerr << "unknown argument '" << argument << "'; usage: [--quick] [--out FILE.json]\n";
    std::exit(2);
}

}  // namespace

Options read_options(int argc, const char* const* argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--quick") {
            options.quick = true;
        } else if (argument == "--out" && i + 1 < argc) {
            options.out = argv[++i];
        } else {
            refuse(argument);
        }
    }
    return options;
}

std::string figure(double value) {
    char text[64];
    const double magnitude = std::abs(value);
    if (magnitude >= 1000 || value == 0) {
        std::snprintf(text, sizeof text, "%.0f", value);
    } else {
        const int digits = std::max(0, 3 - static_cast<int>(std::floor(std::log10(magnitude))));
        std::snprintf(text, sizeof text, "%.*f", std::min(digits, 9), value);
    }
    return text;
}

double percentile_of(std::vector<double> samples, double fraction) {
    if (samples.empty()) return 0;
    std::sort(samples.begin(), samples.end());
    const auto count = static_cast<double>(samples.size());
    const auto rank = static_cast<std::size_t>(std::ceil(std::clamp(fraction, 0.0, 1.0) * count));
    return samples[rank == 0 ? 0 : rank - 1];
}

double median_of(std::span<const double> samples) {
    if (samples.empty()) return 0;
    std::vector<double> sorted(samples.begin(), samples.end());
    std::sort(sorted.begin(), sorted.end());
    const auto middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

void Report::add(std::string measured_case, std::string subject, std::string metric, std::string unit,
                 std::span<const double> samples) {
    if (samples.empty()) return;
    const auto [least, most] = std::minmax_element(samples.begin(), samples.end());
    rows_.push_back({std::move(measured_case), std::move(subject), std::move(metric), std::move(unit),
                     median_of(samples), *least, *most, samples.size()});
}

void Report::version(std::string name, std::string value) { versions_.emplace_back(std::move(name), std::move(value)); }

std::string Report::json() const {
    std::string text = "[\n";
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Row& row = rows_[i];
        const Json object = {
            {"case", row.measured_case}, {"subject", row.subject}, {"metric", row.metric}, {"unit", row.unit},
            {"median", row.median},      {"min", row.min},         {"max", row.max},       {"rounds", row.rounds}};
        text += "  " + object.dump() + (i + 1 < rows_.size() ? ",\n" : "\n");
    }
    return text + "]\n";
}

std::string Report::machine_json(const Options& options) const {
    utsname system{};
    uname(&system);
    Json machine = {{"date", today()},
                    {"quick", options.quick},
                    {"cpu", value_in("/proc/cpuinfo", "model name", ':')},
                    {"cores", std::thread::hardware_concurrency()},
                    {"memory", value_in("/proc/meminfo", "MemTotal", ':')},
                    {"kernel", std::string(system.sysname) + " " + system.release + " " + system.machine},
                    {"system", value_in("/etc/os-release", "PRETTY_NAME", '=')}};
#ifdef NDEBUG
    const char* build = "release";
#else
    const char* build = "debug: figures mean nothing";
#endif
    Json versions = {{"compiler", __VERSION__},
                     {"build", build},
                     {"Boost", boost_version()},
                     {"SQLite", sqlite3_libversion()},
                     {"Protobuf", google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION)},
                     {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)}};
    for (const auto& [name, value] : versions_) versions[name] = value;
    machine["versions"] = versions;
    return machine.dump(2) + "\n";
}

std::string Report::markdown(const std::string& title) const {
    std::string text = "# " + title + "\n\n";
    text += "| case | subject | metric | unit | median | min | max | rounds |\n";
    text += "|---|---|---|---|---:|---:|---:|---:|\n";
    for (const Row& row : rows_) {
        text += "| " + row.measured_case + " | " + row.subject + " | " + row.metric + " | " + row.unit + " | " +
                figure(row.median) + " | " + figure(row.min) + " | " + figure(row.max) + " | " +
                std::to_string(row.rounds) + " |\n";
    }
    return text;
}

bool Report::write(const Options& options) const {
    return write(options, markdown(options.out.empty() ? std::string("benchmark") : options.out.stem().string()));
}

bool Report::write(const Options& options, const std::string& table) const {
    const std::string title = options.out.stem().string();
    std::cout << table << std::flush;
    if (options.out.empty()) return true;
    const auto beside = [&](const char* extension) {
        auto path = options.out;
        return path.replace_extension(extension);
    };
    if (options.out.has_parent_path()) {
        std::error_code ignored;  // a folder that cannot be made shows below, as a file that cannot be written
        std::filesystem::create_directories(options.out.parent_path(), ignored);
    }
    const std::string machine = machine_json(options);
    return write_file(options.out, json()) && write_file(beside(".machine.json"), machine) &&
           write_file(beside(".md"), table + "\nMachine and versions: `" + title + ".machine.json`.\n");
}

}  // namespace marchwire::bench
