// Local times of a place in a file -> UTC, with the zone tables of the system.
#pragma once

#include "base/outcome.hpp"
#include "base/units.hpp"

#include <string>
#include <string_view>

namespace marchwire::import {

/// INVALID_ARGUMENT with the remedy unless the system knows this IANA zone. Abbreviations ("EST") are
/// refused although the tables hold some: they know no summer time.
[[nodiscard]] base::Result<void> check_zone(std::string_view tz);

/// `2018-06-14T11:00`, seconds optional, a blank for the T accepted; an offset (`-05:00`, `Z`) may follow
/// and must be one that the zone has then. `tz` has passed check_zone. INVALID_ARGUMENT for other forms,
/// for days that do not exist, for years outside 2000 to 2100, for an hour that the clocks skip, and for
/// one that they repeat when no offset says which is meant.
[[nodiscard]] base::Result<base::UtcMs> utc_of_local(std::string_view text, std::string_view tz);

/// Offsets from UTC in minutes, at this moment; `tz` has passed check_zone.
[[nodiscard]] int offset_minutes(std::string_view tz, base::UtcMs at);

/// Midnight at the end of the day that it is there at `at`; `tz` has passed check_zone.
[[nodiscard]] base::UtcMs end_of_local_day(base::UtcMs at, std::string_view tz);

/// `2018-06-14T11:00`, as the place's clocks show it, for people; in UTC with a Z where the system does not
/// know the zone; "" for a moment that is not set.
[[nodiscard]] std::string local_text(base::UtcMs at, std::string_view tz);

}  // namespace marchwire::import
