// How long what a march leaves behind is kept, and when its log is shredded.
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"

#include <span>
#include <string>
#include <string_view>

namespace marchwire::core {

struct MarchState;

/// What was said about the end of a march's log.
struct Retention {
    base::PersonId held_by;
    std::string hold_reason;
    base::UtcMs held_at;  ///< 0: nobody holds it
    base::PersonId exported_by;
    std::string export_sha256;
    base::UtcMs exported_at;  ///< 0: never; the last export
    base::PersonId waived_by;
    base::UtcMs waived_at;  ///< 0: nobody said that it may go without an export
    base::UtcMs places_forgotten_at, restricted_forgotten_at, persons_forgotten_at;  ///< see SealedClass; 0: not yet
    base::UtcMs shredded_at;  ///< its last entry says so: nothing follows; 0: it lives
    bool operator==(const Retention&) const = default;
};

/// A row of the table of periods (DOMAIN, retention). Texts are for people.
struct KeptFor {
    std::string_view what;
    std::string_view where;
    base::Millis period;  ///< 0: until something else goes with which it goes
    std::string_view from;
    std::string_view deleted;
};
[[nodiscard]] std::span<const KeptFor> retention_table();
/// The table as the documentation has it: Markdown, one line a row.
[[nodiscard]] std::string retention_markdown();

/// From when the periods count: CLOSED or CANCELLED, or a day after the last planned phase, whichever is first, and
/// never before the march was made. 0: it has not ended, and no plan says when it will.
[[nodiscard]] base::UtcMs retention_begins(const MarchState& state);
/// When the march's log has been kept for its period; 0: not known yet.
[[nodiscard]] base::UtcMs retention_ends(const MarchState& state);
/// Somebody has to export it, to waive that, or to hold it, before it can go. Never of a drill.
[[nodiscard]] bool awaits_export(const MarchState& state);
/// From when the leads are told of that.
[[nodiscard]] base::UtcMs retention_warned_from(const MarchState& state);
/// When its log is shredded, as things stand; 0: it is held, waits for its export, or has been shredded.
[[nodiscard]] base::UtcMs shred_due(const MarchState& state);

}  // namespace marchwire::core
