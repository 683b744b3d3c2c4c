// What the host does for a day's scenes, over the admin socket.
#pragma once

#include "admin_client.hpp"
#include "scene.hpp"

#include <marchwire/values.hpp>

#include <string>

namespace marchwire::cli {

/// Step-off as the demo day has it: as announced, else by the march's plan (`state` as the admin socket answers it).
/// 0: nobody knows.
[[nodiscard]] base::Result<sdk::UtcMs> planned_step_off(AdminClient& admin, const DayScenes& day,
                                                        std::string_view march);

/// Gives the announced times and makes the drills. Again it changes nothing; marches that have begun or that are not
/// in the campaign are left alone.
[[nodiscard]] base::Result<void> announce_times(AdminClient& admin, const DayScenes& day);

[[nodiscard]] base::Result<void> move_start(AdminClient& admin, const std::string& march);
/// As a draft.
[[nodiscard]] base::Result<void> draw_detour(AdminClient& admin, const std::string& march, const sdk::Route& around);
[[nodiscard]] base::Result<void> revoke_phone(AdminClient& admin, const std::string& march, std::uint32_t token);

}  // namespace marchwire::cli
