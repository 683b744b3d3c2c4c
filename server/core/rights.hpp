// The one authorisation function over the whole rights table of DOMAIN.md.
#pragma once

#include "base/outcome.hpp"
#include "core/model.hpp"

#include <cstdint>

namespace marchwire::core {

/// Who acts, as proven at Hello (or the host's own command line, or the keeper).
struct Actor {
    PersonId person;
    Role role = Role::follower;
    Slug march;                 ///< empty: all marches of the campaign (national desk, auditor, keeper, host)
    std::uint32_t section = 0;  ///< filled from the roster by decide where there is an entry
    bool host = false;          ///< the admin socket: may set up, and nothing that needs a person
};

/// Rows of the table: every command and every readable thing. A missing row denies.
enum class Action : std::uint8_t {
    read_public,
    own_field,
    read_positions,
    report,
    read_restricted,
    issue_order,
    hold_release,
    mark_passed,
    on_behalf,
    stop,
    resume_after_stop,
    correct_phase,
    advance_phase,
    legs_exits,
    count_action,
    post_notice,
    create_campaign,
    set_up_march,
    assign_duty,
    incident,
    cancel_order,
    receipt,
    reveal_person,
    read_ops,
    read_marshal,
    read_desk,
    route_status,
    alert,
    roster_invites,
    retention_export,
    questions,
    confirm_proposal,  ///< of any row with a '+'; which one is checked in decide by what was proposed
    machine,
    host_only,
};
inline constexpr std::uint8_t action_count = 34;

/// A cell of the table. Conditions on `own_section`, `buddy` and so on are checked by the caller that
/// knows the thing (decide, subscribe): `permission` says which of them holds.
enum class Permission : std::uint8_t {
    deny,
    read,
    act,
    propose,      ///< stored as a proposal that takes effect when one with `act` confirms
    own_section,  ///< act, on the own section's things only
    buddy,        ///< act, for the buddy only
    own,          ///< act, on the own things only
    medical,      ///< medical things only
    police,       ///< police things only
    if_assigned,
    if_recipient,
    see_only,
    audited,             ///< act, and an entry tells of it
    on_escalation,       ///< act once it has been escalated to them
    propose_or_confirm,  ///< either, never both
    confirm_one_lead,    ///< confirm where the city has one lead
    propose_confirm_one_lead,
    city_leads_or_all,  ///< orders to city leads or to all on duty of the campaign
    info_roll_call,     ///< INFO orders and roll calls only
    advice,             ///< act only if the city's policy says so
    by_march,           ///< read, one march at a time
    ask,
    answer,
    approve,
    claim_answer,
};

/// The cell of the table. `keeper` has `machine` alone; the host has set-up rows alone.
[[nodiscard]] Permission permission(Role role, Action action);

/// As `permission`, with the actor's march held against `log`: an actor of another march or campaign
/// has nothing but what followers have. On the campaign's log a march's people have their rows of invites and devices.
[[nodiscard]] Permission permission(const Actor& actor, Action action, const LogId& log);

/// Which row a command is checked by. Visited without a generic arm: a new command breaks the build here.
[[nodiscard]] Action action_of(const struct Command& command);
/// As for the command that was proposed.
[[nodiscard]] Action action_of(const ProposedCommand& command);

}  // namespace marchwire::core
