// When what waits is sent.
#include "fanout/flush_pace.hpp"

#include <algorithm>

namespace marchwire::fanout {

std::optional<FlushPace::Instant> FlushPace::due() const {
    if (!waits_since_) return std::nullopt;
    return std::min(*waits_since_ + tick_, std::max(*waits_since_, rested_at_));
}

void FlushPace::flushed(Instant begun, Instant ended) {
    waits_since_.reset();
    rested_at_ = ended + std::min(tick_, (ended - begun) * rest_);
}

}  // namespace marchwire::fanout
