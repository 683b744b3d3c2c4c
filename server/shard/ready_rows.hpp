// Rows of the desk with what the campaign knows of each march: who is in, and when its city last drilled.
#pragma once

#include "core/readiness.hpp"
#include "wire/bus_messages.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::shard {

/// Of one campaign; as large as its marches are many. One thread (the desk's). Devices come and go without a word of
/// the march's log, and a drill ends in another: `changed` finds the rows for which that matters.
class ReadyRows {
public:
    /// Before `row_of`, of each row that comes.
    void note(const wire::MarchRow& row);
    [[nodiscard]] core::DeskRow row_of(const wire::MarchRow& row, const core::CampaignState& state);
    /// Those that say something else than they were last told with. Costs nothing while nothing has come.
    [[nodiscard]] std::vector<core::DeskRow> changed(const std::map<base::Slug, wire::MarchRow>& rows,
                                                     const core::CampaignState& state);
    void forget(const base::Slug& march) { told_.erase(march); }

private:
    using City = std::pair<std::string, std::string>;  ///< with its state
    void look_at(const core::CampaignState& state);
    [[nodiscard]] core::Readiness readiness_of(const wire::MarchRow& row) const;

    std::map<base::Slug, core::Enrolment> enrolled_;
    std::map<std::string, base::UtcMs> forgotten_drills_;
    base::Seq looked_at_;                  ///< entries of the campaign's log that these two were made of
    std::map<City, base::UtcMs> drilled_;  ///< when the last drill that ended here did
    bool changed_ = false;                 ///< one of the three, since the rows were last looked through
    std::map<base::Slug, core::Readiness> told_;
};

}  // namespace marchwire::shard
