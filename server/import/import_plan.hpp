// What importing a file again would change: the difference between a draft and what is there.
#pragma once

#include "import/campaign_csv.hpp"
#include "import/host_command.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marchwire::import {

enum class Change : std::uint8_t {
    created = 1,
    changed,
    unchanged,
    vanished,   ///< in the campaign, not in the file: reported, never deleted
    untouched,  ///< differs, but it has begun (ASSEMBLING and later) or is over
};
[[nodiscard]] std::string_view name_of(Change change);

struct PlannedChange {
    base::Slug slug;
    Change change = Change::unchanged;
    std::size_t row = 0;                   ///< 0 when it vanished
    std::vector<std::string> differences;  ///< "venue: 'City Hall' -> 'Hart Plaza'"
    core::Phase phase = core::Phase::planned;
    std::vector<HostCommand> commands;  ///< one to create it; else those of `spec_changes`
};

/// What makes `before`, which is at `version`, to `after`: MoveVenue, UpdateMarch, Reschedule, as far as needed, each
/// for the version that the one before it leaves. A site that differs by less than 2 cm is the same.
[[nodiscard]] std::vector<HostBody> spec_changes(const core::MarchSpec& before, std::uint32_t version,
                                                 core::MarchSpec after);

/// `draft` is usable; `existing` are all marches of the campaign. Ids are made from (hash of the file,
/// version of the march, row): the same file again completes what was cut short and repeats nothing.
/// Drills are no part of a campaign's file: they neither vanish nor change.
[[nodiscard]] std::vector<PlannedChange> plan_import(const base::Slug& campaign, const CampaignDraft& draft,
                                                     std::span<const ExistingMarch> existing);

/// The last command of an import, to the campaign's log. None when this very file is recorded already and nothing
/// was new or changed. Its id is made from the file and the number of the import.
[[nodiscard]] std::optional<HostCommand> plan_record(const base::Slug& campaign, const CampaignDraft& draft,
                                                     const std::vector<PlannedChange>& changes,
                                                     const core::ImportRecord& last);

}  // namespace marchwire::import
