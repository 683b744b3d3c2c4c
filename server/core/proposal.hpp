// What may be proposed by one who may not do it: the commands of a day that take a second person's yes.
#pragma once

#include "base/ids.hpp"
#include "base/units.hpp"
#include "core/vocabulary.hpp"

#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace marchwire::core {

using base::PersonId;
using base::UtcMs;

/// What people who cannot come, or stay on, may do.
struct CallToAction {
    std::uint32_t number = 0;
    ActionKind kind = ActionKind::attend;
    std::string text;
    std::string link;
    std::string language;
    bool operator==(const CallToAction&) const = default;
};

// ---- commands with a '+' in the rights table (DOMAIN) --------------------------------------------
struct AdvancePhase {
    Phase to = Phase::assembling;
    std::uint32_t phase_version = 0;
    std::string typed_name;  ///< CLOSED needs the march's slug typed
    bool operator==(const AdvancePhase&) const = default;
};
struct Hold {
    std::uint32_t phase_version = 0;
    std::string reason;
    std::string public_sentence;
    bool operator==(const Hold&) const = default;
};
struct Release {
    std::uint32_t phase_version = 0;
    bool operator==(const Release&) const = default;
};
struct Stop {
    std::string reason;
    std::string public_sentence;
    bool operator==(const Stop&) const = default;
};  ///< names no version: always applies
struct Postpone {
    std::uint32_t phase_version = 0;
    std::string reason;
    bool operator==(const Postpone&) const = default;
};
struct Cancel {
    std::uint32_t phase_version = 0;
    std::string reason;
    bool operator==(const Cancel&) const = default;
};
struct ApproveRoute {
    std::uint32_t version = 0;
    bool operator==(const ApproveRoute&) const = default;
};
struct ActivateRoute {
    std::uint32_t version = 0;
    std::uint32_t active_version = 0;
    bool operator==(const ActivateRoute&) const = default;
};
struct WithdrawRoute {
    std::uint32_t version = 0;
    bool operator==(const WithdrawRoute&) const = default;
};
struct PostNotice {
    Severity severity = Severity::info;
    std::string language;
    std::string text;
    UtcMs expires_at;
    bool operator==(const PostNotice&) const = default;
};
struct SetCallsToAction {
    std::vector<CallToAction> calls;
    bool operator==(const SetCallsToAction&) const = default;
};
/// The march's log is not deleted until it is released.
struct HoldRetention {
    std::string reason;
    bool operator==(const HoldRetention&) const = default;
};
struct ReleaseRetention {
    std::string reason;
    bool operator==(const ReleaseRetention&) const = default;
};
/// The march has ended and its log was handed to somebody.
struct RecordExport {
    std::string sha256;
    bool operator==(const RecordExport&) const = default;
};
/// Its log may go without an export.
struct WaiveExport {
    std::string typed_name;  ///< the march's slug
    bool operator==(const WaiveExport&) const = default;
};

/// Empty in a proposal to resume, which has rules of its own.
using ProposedCommand = std::variant<std::monostate, AdvancePhase, Hold, Release, Stop, Postpone, Cancel, ApproveRoute,
                                     ActivateRoute, WithdrawRoute, PostNotice, SetCallsToAction, HoldRetention,
                                     ReleaseRetention, RecordExport, WaiveExport>;

template <class Body, class Commands>
inline constexpr bool is_one_of = false;
template <class Body, class... Each>
inline constexpr bool is_one_of<Body, std::variant<Each...>> = (std::is_same_v<Body, Each> || ...);
template <class Body>
concept Proposable = is_one_of<Body, ProposedCommand>;

/// Numbers are stored; never renumber.
enum class ProposalKind : std::uint8_t {
    resume = 1,
    hold = 2,
    stop = 3,
    release = 4,
    advance_phase = 5,
    postpone = 6,
    cancel = 7,
    approve_route = 8,
    activate_route = 9,
    withdraw_route = 10,
    post_notice = 11,
    set_calls_to_action = 12,
    hold_retention = 20,
    release_retention = 21,
    record_export = 22,
    waive_export = 23,
};

struct Proposal {
    std::uint32_t number = 0;
    ProposalKind kind = ProposalKind::resume;
    PersonId proposer;
    std::string reason;
    UtcMs made_at;
    UtcMs expires_at;
    ProposedCommand command = {};
    bool operator==(const Proposal&) const = default;
};

}  // namespace marchwire::core
