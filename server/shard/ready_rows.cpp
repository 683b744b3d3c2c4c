#include "shard/ready_rows.hpp"

#include <algorithm>

namespace marchwire::shard {

void ReadyRows::note(const wire::MarchRow& row) {
    const core::PublicPhase& phase = row.overview.phase;
    if (!row.drill || phase.phase != core::Phase::closed) return;
    base::UtcMs& last = drilled_[{row.overview.city, row.overview.state}];
    changed_ = changed_ || last < phase.since;
    last = std::max(last, phase.since);
}

void ReadyRows::look_at(const core::CampaignState& state) {
    if (looked_at_ == state.tip.seq) return;
    looked_at_ = state.tip.seq;
    enrolled_ = core::enrolments(state);
    forgotten_drills_ = core::forgotten_drills(state);
    changed_ = true;
}

core::Readiness ReadyRows::readiness_of(const wire::MarchRow& row) const {
    core::Readiness ready = row.desk.readiness;
    if (const auto in = enrolled_.find(row.overview.march); in != enrolled_.end()) {
        ready.leads = in->second.leads;
        ready.second_persons = in->second.second_persons;
    }
    const auto here = drilled_.find({row.overview.city, row.overview.state});
    if (here != drilled_.end()) ready.last_drill_at = here->second;
    const auto gone = forgotten_drills_.find(row.overview.march.text());
    if (gone != forgotten_drills_.end()) ready.last_drill_at = std::max(ready.last_drill_at, gone->second);
    return ready;
}

core::DeskRow ReadyRows::row_of(const wire::MarchRow& row, const core::CampaignState& state) {
    core::DeskRow shown = row.desk;
    if (!shown.readiness.is_asked) return shown;
    look_at(state);
    shown.readiness = readiness_of(row);
    told_[row.overview.march] = shown.readiness;
    return shown;
}

std::vector<core::DeskRow> ReadyRows::changed(const std::map<base::Slug, wire::MarchRow>& rows,
                                              const core::CampaignState& state) {
    look_at(state);
    std::vector<core::DeskRow> found;
    if (!std::exchange(changed_, false)) return found;
    for (const auto& [march, row] : rows) {
        const auto told = told_.find(march);
        const bool is_new = told != told_.end() && row.desk.readiness.is_asked && told->second != readiness_of(row);
        if (is_new) found.push_back(row_of(row, state));
    }
    return found;
}

}  // namespace marchwire::shard
