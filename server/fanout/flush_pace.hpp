// When what waits for many sessions is sent: at once while there is time to spare, at a tick under load.
#pragma once

#include <chrono>
#include <optional>

namespace marchwire::fanout {

/// A machine without a clock: times go in. What waits goes out at the end of the turn in which it came, unless sending
/// took so much of the time of late that others would wait for it; then it gathers until the tick. One thread.
class FlushPace {
public:
    using Instant = std::chrono::steady_clock::time_point;
    using Length = std::chrono::steady_clock::duration;

    /// `tick`: nothing waits longer. `rest`: after a flush that took t, the next is not before rest x t (at most a
    /// tick) unless the tick says so: 9 leaves nine tenths of the time to others.
    FlushPace(Length tick, int rest) : tick_(tick), rest_(rest) {}

    /// Something waits now.
    void add(Instant now) {
        if (!waits_since_) waits_since_ = now;
    }
    /// When it is to be sent; none when nothing waits.
    [[nodiscard]] std::optional<Instant> due() const;
    /// All that waited was sent, from `begun` to `ended`.
    void flushed(Instant begun, Instant ended);

private:
    Length tick_;
    int rest_;
    std::optional<Instant> waits_since_;
    Instant rested_at_{};
};

}  // namespace marchwire::fanout
