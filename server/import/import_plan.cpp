#include "import/import_plan.hpp"

#include "import/local_time.hpp"
#include "import/place_check.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace marchwire::import {
namespace {

using core::MarchSpec;

/// The stored form has 1e-7 degrees: two sites closer than that are one.
bool same_site(const std::optional<core::LatLon>& a, const std::optional<core::LatLon>& b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return distance(*a, *b).value < 0.02;
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string plan_text(const MarchSpec& spec) {
    std::string text;
    for (const core::PlannedPhase& step : spec.plan) {
        if (!text.empty()) text += ", ";
        text += std::string(core::name_of(step.phase)) + " " +
                (step.at ? local_text(step.at, spec.tz) : "(no time known)");
    }
    return text.empty() ? "nothing" : text;
}

std::string site_text(const std::optional<core::LatLon>& site) {
    return site ? std::to_string(site->lat) + " " + std::to_string(site->lon) : "none";
}

std::vector<std::string> spec_differences(const MarchSpec& before, const MarchSpec& after) {
    std::vector<std::string> all;
    const auto compare = [&all](const char* name, std::string_view a, std::string_view b) {
        if (a != b) all.push_back(std::string(name) + ": " + quoted(a) + " -> " + quoted(b));
    };
    compare("city", before.city, after.city);
    compare("state", before.state, after.state);
    compare("venue", before.venue, after.venue);
    compare("tz", before.tz, after.tz);
    compare("kind", core::name_of(before.kind), core::name_of(after.kind));
    compare("source", before.source, after.source);
    if (!same_site(before.site, after.site)) {
        all.push_back("site: " + site_text(before.site) + " -> " + site_text(after.site));
    }
    return all;
}

/// Both halves of the file's hash are in the name of the device; the march's version keeps apart what the
/// same row asked for before and after somebody changed the march by hand.
core::CommandId id_of(const base::Hash256& file, std::uint32_t version, std::size_t row) {
    const std::string name(file.begin(), file.end());
    const auto hash = base::sha256(name + "/" + std::to_string(version));
    return {base::DeviceId{base::short_digest(hash) | 1U}, row};
}

class Planner {
public:
    Planner(const base::Slug& campaign, const CampaignDraft& draft, std::span<const ExistingMarch> existing)
        : campaign_(campaign), draft_(draft), existing_(existing) {}

    std::vector<PlannedChange> plan() {
        std::set<base::Slug> in_file;
        for (const DraftMarch& march : draft_.marches) {
            in_file.insert(march.slug);
            changes_.push_back(change_of(march));
        }
        for (const ExistingMarch& march : existing_) {
            if (in_file.contains(march.slug) || march.spec.drill) continue;
            changes_.push_back({march.slug, Change::vanished, 0, {}, march.phase, {}});
        }
        return std::move(changes_);
    }

private:
    PlannedChange change_of(const DraftMarch& march) {
        const auto found = std::ranges::find(existing_, march.slug, &ExistingMarch::slug);
        PlannedChange change{march.slug, Change::created, march.row, {}, core::Phase::planned, {}};
        if (found == existing_.end()) {
            change.commands.push_back(command(march, 0, core::CreateMarch{march.spec, 0, 0}));
            return change;
        }
        change.phase = found->phase;
        change.differences = spec_differences(found->spec, march.spec);
        if (found->spec.plan != march.spec.plan) {
            change.differences.push_back("plan: " + plan_text(found->spec) + " -> " + plan_text(march.spec));
        }
        change.change = change.differences.empty() ? Change::unchanged : Change::changed;
        if (change.change == Change::unchanged) return change;
        if (found->phase != core::Phase::planned && found->phase != core::Phase::postponed) {
            change.change = Change::untouched;
            return change;
        }
        std::uint32_t version = found->spec_version;
        for (HostBody& body : spec_changes(found->spec, version, march.spec)) {
            change.commands.push_back(command(march, version++, std::move(body)));
        }
        return change;
    }

    [[nodiscard]] HostCommand command(const DraftMarch& march, std::uint32_t version, HostBody body) const {
        return {base::LogId{campaign_, march.slug}, id_of(draft_.file_hash, version, march.row), std::move(body)};
    }

    const base::Slug& campaign_;
    const CampaignDraft& draft_;
    std::span<const ExistingMarch> existing_;
    std::vector<PlannedChange> changes_;
};

}  // namespace

std::vector<HostBody> spec_changes(const MarchSpec& before, std::uint32_t version, MarchSpec after) {
    std::vector<HostBody> changes;
    if (same_site(before.site, after.site)) after.site = before.site;
    if (after.venue != before.venue || after.site != before.site) {
        changes.emplace_back(core::MoveVenue{after.venue, after.site, version++});
    }
    MarchSpec at_rest = after;
    at_rest.venue = before.venue;
    at_rest.site = before.site;
    at_rest.plan = before.plan;
    if (at_rest != before) changes.emplace_back(core::UpdateMarch{after, version++});
    if (after.plan != before.plan) changes.emplace_back(core::Reschedule{after.plan, version});
    return changes;
}

std::string_view name_of(Change change) {
    switch (change) {
        case Change::created: return "new";
        case Change::changed: return "changed";
        case Change::unchanged: return "unchanged";
        case Change::vanished: return "vanished";
        case Change::untouched: return "untouched";
    }
    MARCHWIRE_INVARIANT(false);
}

std::vector<PlannedChange> plan_import(const base::Slug& campaign, const CampaignDraft& draft,
                                       std::span<const ExistingMarch> existing) {
    return Planner(campaign, draft, existing).plan();
}

std::optional<HostCommand> plan_record(const base::Slug& campaign, const CampaignDraft& draft,
                                       const std::vector<PlannedChange>& changes, const core::ImportRecord& last) {
    const auto count = [&](Change change) {
        return static_cast<std::uint32_t>(std::ranges::count(changes, change, &PlannedChange::change));
    };
    const std::uint32_t created = count(Change::created);
    const std::uint32_t changed = count(Change::changed);
    const std::string file = base::hex(draft.file_hash);
    if (file == last.file_sha256 && created == 0 && changed == 0) return std::nullopt;
    const std::uint32_t number = last.number + 1;
    const core::RecordImport record{number,  file,    static_cast<std::uint32_t>(draft.marches.size()),
                                    created, changed, count(Change::unchanged)};
    // Rows are numbered from 1: a device whose counter is 0 is no command's, and versions of marches do not count here.
    const auto device = base::sha256(file + "/import/" + std::to_string(number));
    return HostCommand{base::LogId{campaign, {}}, {base::DeviceId{base::short_digest(device) | 1U}, 1}, record};
}

}  // namespace marchwire::import
