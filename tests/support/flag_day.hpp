// The march of most days that are played: St. Louis, 14 June 2018. (tests)
#pragma once

#include "core/command.hpp"

namespace marchwire::test {

/// Nine in the morning in St. Louis: the days begin two hours before step-off.
inline constexpr base::UtcMs flag_day_begin{1'528'984'800'000};
inline constexpr base::UtcMs flag_day_step_off{1'528'992'000'000};

inline core::CreateMarch flag_day_march(bool drill = false) {
    core::CreateMarch create;
    create.spec.city = "St. Louis";
    create.spec.state = "MO";
    create.spec.tz = "America/Chicago";
    create.spec.drill = drill;
    create.spec.plan = {{core::Phase::assembling, flag_day_step_off - base::hours(1)},
                        {core::Phase::marching, flag_day_step_off},
                        {core::Phase::rally, flag_day_step_off + base::hours(1)}};
    create.topic_base = 8U << 16U;
    return create;
}

inline core::CreateCampaign flag_day_campaign(bool drill = false) {
    core::CreateCampaign create;
    create.spec.name = "Flag Day";
    create.spec.drill = drill;
    create.topic_base = 7U << 16U;
    return create;
}

}  // namespace marchwire::test
