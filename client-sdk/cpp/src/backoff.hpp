// How long to wait before the next try to connect: full jitter, so that a crowd does not come back at once.
#pragma once

#include "marchwire/values.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace marchwire::sdk {

/// Drawn from 0 to `first` doubled with each try, and to `most` at most. One thread.
class Backoff {
public:
    Backoff(Millis first, Millis most, std::uint64_t seed) : first_(first), most_(most), random_(seed) {}

    [[nodiscard]] Millis next() {
        const Millis bound = std::min(most_, first_ * (std::int64_t{1} << std::min(tries_, doublings_max)));
        ++tries_;
        return draw(bound);
    }
    /// After the delay that the server gave: spread over the shortest wait.
    [[nodiscard]] Millis after(Millis delay) { return delay + draw(first_); }
    /// Things are well: the next wait is a short one.
    void reset() { tries_ = 0; }
    [[nodiscard]] std::uint32_t tries() const { return tries_; }

private:
    static constexpr std::uint32_t doublings_max = 20;
    [[nodiscard]] Millis draw(Millis bound) {
        return Millis(std::uniform_int_distribution<Millis::rep>(0, bound.count())(random_));
    }

    Millis first_;
    Millis most_;
    std::mt19937_64 random_;
    std::uint32_t tries_ = 0;
};

}  // namespace marchwire::sdk
