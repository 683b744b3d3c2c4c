// When what waits for many sessions is sent: at once while there is time to spare, at a tick under load.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace marchwire::fanout {

/// A machine without a clock: times go in. What waits goes out at the end of the turn in which it came, unless sending
/// took so much of the time of late that others would wait for it; then it gathers until the tick. What comes while
/// sending is under way gathers too. One thread.
class FlushPace {
public:
    using Instant = std::chrono::steady_clock::time_point;
    using Length = std::chrono::steady_clock::duration;

    /// Whether more of the same is known to be on its way.
    enum class Behind : std::uint8_t { nothing, more };

    /// `tick`: nothing waits longer. `rest`: after a flush that took t, the next is not before rest x t (at most a
    /// tick) unless the tick says so: 9 leaves nine tenths of the time to others.
    /// `hold`: so long what is on its way is waited for.
    FlushPace(Length tick, int rest, Length hold) : tick_(tick), rest_(rest), hold_(hold) {}

    /// Something waits now.
    void add(Instant now, Behind behind) {
        if (!waits_since_) waits_since_ = now;
        behind_ = behind;
    }
    /// When it is to be sent; none when nothing waits.
    [[nodiscard]] std::optional<Instant> due() const;
    /// The same once so much waits that no tick is worth waiting for: an eighth of what the last flush took, in which
    /// those who wait for its answers come to say more.
    [[nodiscard]] std::optional<Instant> due_when_full() const;
    /// All that waits goes from now on: perhaps along with what is under way already.
    void begin(Instant now);
    /// Nothing is under way any more. Without a begin before it says nothing.
    void end(Instant now);

private:
    [[nodiscard]] std::optional<Instant> due_after(Instant rested) const;

    Length tick_;
    int rest_;
    Length hold_;
    Behind behind_ = Behind::nothing;
    std::optional<Instant> waits_since_;
    std::optional<Instant> begun_;  ///< what is under way
    Instant rested_at_{};
    Instant heard_at_{};
};

}  // namespace marchwire::fanout
