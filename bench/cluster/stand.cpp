#include "cluster/stand.hpp"

#include <cstdio>
#include <cstdlib>

namespace marchwire::bench {

std::filesystem::path Stand::fresh_directory() {
    auto made = std::filesystem::absolute(places.scratch).lexically_normal() / std::to_string(directories_++);
    std::filesystem::create_directories(made);
    return made;
}

void Stand::add(const std::string& measured_case, const std::string& metric, const std::string& unit, double value,
                const std::string& subject) {
    samples.add({measured_case, subject, metric}, unit, round, value);
}

void Stand::went_wrong(const std::string& measured_case, const std::string& what) {
    wrong.push_back(measured_case + ", round " + std::to_string(round + 1) + ": " + what);
    std::printf("cluster: %s\n", wrong.back().c_str());
}

double figure_of(const test::RedisServer& redis, const std::string& section, const std::string& name) {
    const std::string info = redis.ask({"INFO", section}).text;
    const auto at = info.find("\n" + name + ":");
    return at == std::string::npos ? 0 : std::strtod(info.c_str() + at + name.size() + 2, nullptr);
}

}  // namespace marchwire::bench
