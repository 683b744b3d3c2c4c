// What a city lead of the simulation does next: the march's plan, played by the server's clock.
#pragma once

#include <marchwire/values.hpp>

#include <optional>

namespace marchwire::cli {

inline constexpr sdk::UtcMs minute = 60'000;

/// The phase that is due now, empty while none is. Planned times are kept; where a plan says no time, a
/// phase lasts as long as such things do (a march until its column has come in). A march for which no
/// time is known at all stays as it is. Pure.
[[nodiscard]] std::optional<sdk::Phase> due_phase(const sdk::March& march, bool column_has_come_in, sdk::UtcMs now);

/// First known time of the plan; 0: none.
[[nodiscard]] sdk::UtcMs first_known_time(const sdk::March& march);

}  // namespace marchwire::cli
