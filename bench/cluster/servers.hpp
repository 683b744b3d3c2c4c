// Several servers of one kind on one Redis, and load generators that begin at the same moment.
#pragma once

#include "cluster/stand.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::bench {

/// All throw std::runtime_error.
class Servers {
public:
    /// `subject` as bench::start knows it; one server for each set of `cores`. The first makes the campaign of
    /// `setting`. All of Marchwire's know it and somebody keeps every march when the constructor returns.
    Servers(Stand& stand, const std::string& subject, Setting setting, const std::vector<std::vector<int>>& cores);

    /// What a load generator must know to speak to that server alone.
    [[nodiscard]] nlohmann::json plan_of(std::size_t number) const;
    /// To speak to all of them: staff who publish at the first, all others in turn.
    [[nodiscard]] nlohmann::json plan_of_all() const;
    /// The sum of a metric over all of them.
    [[nodiscard]] double metric(const std::string& name) const;

private:
    [[nodiscard]] bool is_settled(std::uint32_t marches) const;

    test::RedisServer redis_;
    std::vector<Server> servers_;
};

/// A load generator: its plan and where it runs.
struct LoadWish {
    nlohmann::json plan;
    std::vector<int> cores;
};

/// What each found, once all were ready and had begun at one moment; what is wrong is told for this case. Throws when
/// one of them failed.
[[nodiscard]] std::vector<nlohmann::json> run_loads(Stand& stand, const std::string& measured_case,
                                                    const std::vector<LoadWish>& wishes);

}  // namespace marchwire::bench
