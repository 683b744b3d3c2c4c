#include "load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace marchwire::load {
namespace {

constexpr std::uint64_t longest = 240'000'000'000;  // below 2 to the 38th: the highest bucket holds it

}  // namespace

std::size_t Histogram::bucket_of(std::uint64_t nanoseconds) {
    constexpr std::uint64_t exact = 1U << fine_bits;
    if (nanoseconds < exact) return nanoseconds;
    const auto width = static_cast<unsigned>(std::bit_width(nanoseconds)) - 1;
    const unsigned shift = width - fine_bits;
    return ((shift + 1ULL) << fine_bits) + ((nanoseconds >> shift) & (exact - 1));
}

std::uint64_t Histogram::upper_end(std::size_t bucket) {
    constexpr std::uint64_t exact = 1U << fine_bits;
    if (bucket < exact) return bucket;
    const auto shift = static_cast<unsigned>((bucket >> fine_bits) - 1);
    return (((bucket & (exact - 1)) + exact + 1) << shift) - 1;
}

void Histogram::add(std::int64_t nanoseconds, std::uint64_t times) {
    const auto value = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(0, nanoseconds)), longest);
    buckets_[bucket_of(value)] += times;
    count_ += times;
    max_ = std::max(max_, value);
}

double Histogram::percentile_ms(double fraction) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
        seen += buckets_[bucket];
        if (seen != 0 && seen >= wanted) return static_cast<double>(std::min(upper_end(bucket), max_)) / 1e6;
    }
    return 0;
}

}  // namespace marchwire::load
