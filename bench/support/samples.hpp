// What a benchmark of many subjects measured, round by round, so that ratios can be made within a round.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace marchwire::bench {

struct SampleKey {
    std::string measured_case, subject, metric;
    auto operator<=>(const SampleKey&) const = default;
};

class Samples {
public:
    void add(const SampleKey& key, const std::string& unit, int round, double value) {
        auto& series = all_[key];
        if (series.by_round.empty()) order_.push_back(key);
        series.unit = unit;
        series.by_round[round] = value;
    }

    /// In the order of the rounds; empty when it was not measured.
    [[nodiscard]] std::vector<double> of(const SampleKey& key) const {
        std::vector<double> values;
        if (const auto found = all_.find(key); found != all_.end()) {
            for (const auto& [round, value] : found->second.by_round) values.push_back(value);
        }
        return values;
    }

    /// One over the other in each round that has both and where the other is not 0.
    [[nodiscard]] std::vector<double> ratios(const SampleKey& one, const SampleKey& other) const {
        std::vector<double> values;
        const auto above = all_.find(one);
        const auto below = all_.find(other);
        if (above == all_.end() || below == all_.end()) return values;
        for (const auto& [round, value] : above->second.by_round) {
            const auto found = below->second.by_round.find(round);
            if (found != below->second.by_round.end() && found->second != 0) values.push_back(value / found->second);
        }
        return values;
    }

    [[nodiscard]] const std::string& unit(const SampleKey& key) const { return all_.at(key).unit; }
    /// As they were first measured.
    [[nodiscard]] const std::vector<SampleKey>& keys() const { return order_; }

private:
    struct Series {
        std::string unit;
        std::map<int, double> by_round;
    };
    std::map<SampleKey, Series> all_;
    std::vector<SampleKey> order_;
};

}  // namespace marchwire::bench
