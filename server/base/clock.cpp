#include "base/clock.hpp"

#include <chrono>
#include <cstdio>

namespace marchwire::base {

UtcMs SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return UtcMs{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

UtcMs machine_now() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count() + 1};
}

DemoClock::DemoClock(UtcMs start, double rate) : DemoClock(start, rate, SystemClock{}.now()) {}

DemoClock::DemoClock(UtcMs start, double rate, UtcMs at_machine)
    : start_(start), rate_(rate), machine_start_(at_machine) {}

UtcMs DemoClock::now() const {
    const Millis real = SystemClock{}.now() - machine_start_;
    return start_ + Millis{static_cast<std::int64_t>(static_cast<double>(real.value) * rate_)};
}

std::string DemoClock::demo_notice() const {
    if (rate_ == 1) return "DEMO: this clock is not real.";
    char text[80];
    std::snprintf(text, sizeof text, "DEMO: this clock is not real and runs %g times as fast.", rate_);
    return text;
}

}  // namespace marchwire::base
