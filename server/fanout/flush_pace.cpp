// When what waits is sent.
#include "fanout/flush_pace.hpp"

#include <algorithm>

namespace marchwire::fanout {

std::optional<FlushPace::Instant> FlushPace::due_after(Instant rested) const {
    if (!waits_since_) return std::nullopt;
    const Instant gathered = behind_ == Behind::more ? *waits_since_ + hold_ : *waits_since_;
    return std::min(*waits_since_ + tick_, std::max(gathered, rested));
}

std::optional<FlushPace::Instant> FlushPace::due() const { return due_after(rested_at_); }

std::optional<FlushPace::Instant> FlushPace::due_when_full() const { return due_after(heard_at_); }

void FlushPace::flushed(Instant begun, Instant ended) {
    waits_since_.reset();
    heard_at_ = ended + (ended - begun) / 8;
    rested_at_ = ended + std::min(tick_, (ended - begun) * rest_);
}

}  // namespace marchwire::fanout
