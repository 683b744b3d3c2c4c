// What all cases of the cluster benchmark stand on: where they run, for how long, and what they found.
#pragma once

#include "fanout/subject.hpp"
#include "support/redis_server.hpp"
#include "support/samples.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace marchwire::bench {

struct Stand {
    Places places;
    bool quick = false;  ///< shorter and smaller: figures are rough
    int round = 0;
    Samples samples;
    std::map<std::string, std::string> missing;  ///< a case (or case, subject), and why it was not measured
    std::vector<std::string> wrong;              ///< what must not be: told, and the benchmark fails

    /// A directory that nobody has used, from the root: Redis goes into its own.
    [[nodiscard]] std::filesystem::path fresh_directory();
    void add(const std::string& measured_case, const std::string& metric, const std::string& unit, double value,
             const std::string& subject = "marchwire");
    void went_wrong(const std::string& measured_case, const std::string& what);

private:
    int directories_ = 0;
};

/// A figure of INFO; 0 when there is none.
[[nodiscard]] double figure_of(const test::RedisServer& redis, const std::string& section, const std::string& name);

}  // namespace marchwire::bench
