#include "core/retention.hpp"

#include "base/limits.hpp"
#include "core/model.hpp"

#include <algorithm>
#include <array>

namespace marchwire::core {
namespace {

namespace limits = base::limits;
using base::Millis;
using base::UtcMs;

constexpr std::string_view
    of_the_end = "CLOSED or CANCELLED, or 24 hours after the last planned phase, whichever is first";

constexpr std::array<KeptFor, 9> periods{{
    {"positions", "memory", limits::track_life, "the fix", "forgotten by every server; never written"},
    {"a march: roster with callsigns, check-ins, orders, incidents, alerts", "the march's log", limits::march_log_kept,
     of_the_end, "shredded once it was exported, or its export waived by name, and nobody holds it"},
    {"a march that is a drill", "the march's log", limits::drill_kept, of_the_end,
     "shredded without an export, unless somebody holds it"},
    {"places of incidents (sealed)", "the march's log", limits::places_kept, of_the_end, "the march's key of places"},
    {"restricted blocks of incidents, what describes a lost child (sealed)", "the march's log", limits::restricted_kept,
     of_the_end, "the march's key of restricted blocks, unless somebody holds the log"},
    {"names and phone numbers (sealed)", "the march's log", limits::persons_kept, of_the_end,
     "each person's key; earlier where somebody is erased"},
    {"where phones are woken (sealed)", "the march's log", Millis{}, "as the march", "with the march's log"},
    {"tokens of a march's people", "the campaign's log, as hashes", Millis{}, "as the march",
     "void when the march is shredded; the hash stays"},
    {"a campaign: its marches with what became of them, callsigns of those who were given a token",
     "the campaign's log", Millis{}, "as the host decides", "not by this version, nor with its drills"},
}};

std::string period_text(Millis period) {
    if (period.value == 0) return "no period of its own";
    const auto count = [](std::int64_t number, std::string_view unit) {
        return std::to_string(number) + ' ' + std::string(unit);
    };
    if (period >= base::hours(48)) return count(period.value / base::hours(24).value, "days");
    if (period >= base::hours(1)) return count(period.value / base::hours(1).value, "hours");
    return count(period.value / base::seconds(1).value, "seconds");
}

/// A day after the last phase whose time is known; 0 where none is.
UtcMs plan_ends(const MarchSpec& spec) {
    UtcMs last;
    for (const PlannedPhase& planned : spec.plan) last = std::max(last, planned.at);
    return last ? last + limits::retention_after_plan : UtcMs{};
}

}  // namespace

std::span<const KeptFor> retention_table() { return periods; }

std::string retention_markdown() {
    std::string text = "| What | Where | Kept | Counted from | Deleted |\n|---|---|---|---|---|\n";
    for (const KeptFor& row : periods) {
        text += "| " + std::string(row.what) + " | " + std::string(row.where) + " | " + period_text(row.period) +
                " | " + std::string(row.from) + " | " + std::string(row.deleted) + " |\n";
    }
    return text;
}

UtcMs retention_begins(const MarchState& state) {
    const bool over = state.phase == Phase::closed || state.phase == Phase::cancelled;
    const UtcMs planned = plan_ends(state.spec);
    UtcMs begins = over ? state.phase_since : planned;
    if (over && planned) begins = std::min(begins, planned);
    return begins ? std::max(begins, state.made_at) : begins;
}

UtcMs retention_ends(const MarchState& state) {
    const UtcMs begins = retention_begins(state);
    if (!begins) return begins;
    return begins + (state.spec.drill ? limits::drill_kept : limits::march_log_kept);
}

bool awaits_export(const MarchState& state) {
    const Retention& said = state.retention;
    return !state.spec.drill && !said.exported_at && !said.waived_at && !said.held_at && !said.shredded_at;
}

UtcMs retention_warned_from(const MarchState& state) {
    const UtcMs ends = retention_ends(state);
    return ends ? ends - limits::retention_warned_before : ends;
}

UtcMs shred_due(const MarchState& state) {
    const Retention& said = state.retention;
    if (said.held_at || said.shredded_at || awaits_export(state)) return {};
    return retention_ends(state);
}

}  // namespace marchwire::core
