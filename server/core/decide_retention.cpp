// The end of a march's log: who holds it, who has exported it, who lets it go without.
#include "core/decide_family.hpp"

#include "base/limits.hpp"

#include <string>

namespace marchwire::core {
namespace {

Complaint check_reason_of(const std::string& reason) {
    return check_text(reason, "reason", base::limits::reason_characters, Presence::required);
}

base::Refusal not_so(std::string field, std::string message) {
    return base::refuse(base::RefusalCode::invalid_transition, std::move(field), std::move(message));
}

/// An export of a march that goes on would leave out what comes, and let it be deleted.
Complaint check_ended(const Ask& ask) {
    const UtcMs begins = retention_begins(ask.state);
    if (begins && begins <= ask.now) return std::nullopt;
    return not_so("phase", "The march has not ended: export it when it is closed, or a day after its last phase.");
}

}  // namespace

Decision decide_on(const Ask& ask, const HoldRetention& wish) {
    if (ask.permission != Permission::act) return denied(Action::retention_export);
    if (auto wrong = check_reason_of(wish.reason)) return *wrong;
    if (ask.state.retention.held_at) {
        return not_so("reason", "This march's log is held already; it stays until that hold is released.");
    }
    return events_of(RetentionHeld{ask.actor.person, wish.reason});
}

Decision decide_on(const Ask& ask, const ReleaseRetention& wish) {
    if (ask.permission != Permission::act) return denied(Action::retention_export);
    if (auto wrong = check_reason_of(wish.reason)) return *wrong;
    if (!ask.state.retention.held_at) return not_so("reason", "Nobody holds this march's log.");
    return events_of(RetentionReleased{ask.actor.person, wish.reason});
}

Decision decide_on(const Ask& ask, const RecordExport& wish) {
    if (ask.permission != Permission::act) return denied(Action::retention_export);
    if (auto wrong = check_sha256(wish.sha256, "sha256")) return *wrong;
    if (auto wrong = check_ended(ask)) return *wrong;
    return events_of(MarchExported{ask.actor.person, wish.sha256});
}

Decision decide_on(const Ask& ask, const WaiveExport& wish) {
    const MarchState& state = ask.state;
    if (ask.permission != Permission::act) return denied(Action::retention_export);
    if (state.spec.drill) return not_so("typed_name", "A drill is deleted without an export: there is nothing to do.");
    if (wish.typed_name != state.id.march.text()) {
        return base::invalid(
            "typed_name", "What is deleted does not come back: type the march's name, " + state.id.march.text() + ".");
    }
    if (state.retention.exported_at || state.retention.waived_at) {
        return not_so("typed_name", "It may go already: it was exported, or that was waived.");
    }
    if (auto wrong = check_ended(ask)) return *wrong;
    return events_of(ShredWaived{ask.actor.person});
}

}  // namespace marchwire::core
