// When what waits is sent.
#include "fanout/flush_pace.hpp"

#include <algorithm>

namespace marchwire::fanout {

std::optional<FlushPace::Instant> FlushPace::due_after(Instant rested) const {
    if (!waits_since_) return std::nullopt;
    if (begun_) return *waits_since_ + tick_;
    const Instant gathered = behind_ == Behind::more ? *waits_since_ + hold_ : *waits_since_;
    return std::min(*waits_since_ + tick_, std::max(gathered, rested));
}

std::optional<FlushPace::Instant> FlushPace::due() const { return due_after(rested_at_); }

std::optional<FlushPace::Instant> FlushPace::due_when_full() const { return due_after(heard_at_); }

void FlushPace::begin(Instant now) {
    waits_since_.reset();
    if (!begun_) begun_ = now;
}

void FlushPace::end(Instant now) {
    if (!begun_) return;
    const Length took = now - *begun_;
    begun_.reset();
    heard_at_ = now + took / 8;
    rested_at_ = now + std::min(tick_, took * rest_);
}

}  // namespace marchwire::fanout
