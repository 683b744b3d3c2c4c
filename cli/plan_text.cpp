#include "plan_text.hpp"

#include "import/local_time.hpp"

namespace marchwire::cli {
namespace {

base::Result<core::PlannedPhase> planned(const std::string& text, const std::string& tz) {
    const auto equals = text.find('=');
    const auto phase = core::phase_named(text.substr(0, equals));
    if (!phase || equals == std::string::npos) {
        return base::invalid("--phase", "Write PHASE=TIME, such as marching=2018-06-14T11:00 or rally=?.");
    }
    const std::string time = text.substr(equals + 1);
    if (time == "?") return core::PlannedPhase{*phase, {}};
    const auto at = import::utc_of_local(time, tz);
    if (!at) return base::invalid("--phase", at.error().message);
    return core::PlannedPhase{*phase, *at};
}

}  // namespace

base::Result<std::vector<core::PlannedPhase>> plan_of(const std::vector<std::string>& texts, const std::string& tz) {
    std::vector<core::PlannedPhase> plan;
    for (const std::string& text : texts) {
        const auto step = planned(text, tz);
        if (!step) return step.error();
        plan.push_back(*step);
    }
    return plan;
}

}  // namespace marchwire::cli
