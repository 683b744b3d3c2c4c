// Durations in buckets of about 1 %: any number of them in a fixed space.
#pragma once

#include <array>
#include <cstdint>

namespace marchwire::load {

class Histogram {
public:
    /// Nanoseconds; below 0 counts as 0, beyond four minutes as four minutes.
    void add(std::int64_t nanoseconds, std::uint64_t times = 1);

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The least duration that at least `fraction` of all do not exceed, to within 1.6 %; 0 of none.
    [[nodiscard]] double percentile_ms(double fraction) const;
    [[nodiscard]] double max_ms() const { return static_cast<double>(max_) / 1e6; }

private:
    static constexpr unsigned fine_bits = 6;  ///< 64 buckets for each doubling
    static constexpr unsigned doublings = 32;

    [[nodiscard]] static std::size_t bucket_of(std::uint64_t nanoseconds);
    [[nodiscard]] static std::uint64_t upper_end(std::size_t bucket);

    std::array<std::uint64_t, (doublings + 1U) << fine_bits> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace marchwire::load
