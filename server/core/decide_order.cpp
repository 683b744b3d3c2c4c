// Orders: who may ask whom for what, what a new one ends, and who comes on duty in time for it.
#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/ladder.hpp"
#include "core/phase_table.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

bool is_open(const Order& order) { return order.state == OrderState::open; }

bool waits(Phase phase) { return phase == Phase::held || phase == Phase::stopped || phase == Phase::paused; }

// ---- whether it may be asked -------------------------------------------------------------------

Complaint check_names(const MarchState& state, const std::vector<PersonId>& names) {
    if (names.empty() || names.size() > limits::order_names) {
        return base::invalid("audience.names",
                             "Name 1 to " + std::to_string(limits::order_names) + " people, or a section or role.");
    }
    const bool all_known = std::ranges::all_of(names, [&](PersonId name) { return state.member(name) != nullptr; });
    if (!all_known) return base::invalid("audience.names", "Name people of this march's roster.");
    return std::nullopt;
}

Complaint check_audience(const MarchState& state, const OrderAudience& audience) {
    if (audience.with_confirmed) {
        return base::invalid("audience.with_confirmed",
                             "Only a change of the plan goes to those who are not there yet; leave this out.");
    }
    switch (audience.kind) {
        case AudienceKind::all: return std::nullopt;
        case AudienceKind::role:
            if (!audience.role) return base::invalid("audience.role", "Name the role that this is for.");
            return std::nullopt;
        case AudienceKind::section:
            if (audience.section == 0 || audience.section > state.sections) {
                return base::invalid("audience.section",
                                     "This march has sections 1 to " + std::to_string(state.sections) + ".");
            }
            return std::nullopt;
        case AudienceKind::names: return check_names(state, audience.names);
    }
    return base::invalid("audience.kind", "Say all, a role, a section or names.");
}

Complaint check_words(const Order& order) {
    if (auto wrong = check_text(order.text, "text", limits::order_characters, Presence::required)) return wrong;
    if (auto wrong = check_text(order.template_name, "template_name", limits::order_template_characters,
                                Presence::optional)) {
        return wrong;
    }
    if (order.parameters.size() > limits::order_parameters) {
        return base::invalid("parameters",
                             "A template takes at most " + std::to_string(limits::order_parameters) + " parameters.");
    }
    for (const std::string& parameter : order.parameters) {
        if (auto wrong = check_text(parameter, "parameters", limits::order_parameter_characters, Presence::optional)) {
            return wrong;
        }
    }
    return std::nullopt;
}

/// All of them stand in this section.
bool is_of_section(const MarchState& state, const OrderAudience& audience, std::uint32_t section) {
    if (section == 0) return false;
    if (audience.kind == AudienceKind::section) return audience.section == section;
    return audience.kind == AudienceKind::names && std::ranges::all_of(audience.names, [&](PersonId name) {
               const Member* member = state.member(name);
               return member != nullptr && member->section == section;
           });
}

/// The row IssueOrder, OpenRollCall of DOMAIN's rights.
bool may_order(const Ask& ask, OrderKind kind, const OrderAudience& audience) {
    switch (ask.permission) {
        case Permission::act: return true;
        case Permission::own_section: return is_of_section(ask.state, audience, ask.section());
        case Permission::info_roll_call: return kind == OrderKind::info || kind == OrderKind::roll_call;
        case Permission::city_leads_or_all:
            return audience.kind == AudienceKind::all ||
                   (audience.kind == AudienceKind::role && audience.role == Role::city_lead);
        case Permission::deny:
        case Permission::read:
        case Permission::propose:
        case Permission::buddy:
        case Permission::own:
        case Permission::medical:
        case Permission::police:
        case Permission::if_assigned:
        case Permission::if_recipient:
        case Permission::see_only:
        case Permission::audited:
        case Permission::on_escalation:
        case Permission::propose_or_confirm:
        case Permission::confirm_one_lead:
        case Permission::propose_confirm_one_lead:
        case Permission::advice:
        case Permission::by_march:
        case Permission::ask:
        case Permission::answer:
        case Permission::approve:
        case Permission::claim_answer: return false;
    }
    return false;
}

/// To all on duty these go with the phase of the march, by commands of their own.
bool goes_with_phase(OrderKind kind, const OrderAudience& audience) {
    return audience.kind == AudienceKind::all && moves_people(kind);
}

Complaint check_moment(const MarchState& state, OrderKind kind, const OrderAudience& audience) {
    if (phase_is_final(state.phase)) {
        return wrong_transition("The march is " + std::string(name_of(state.phase)) + "; there is nobody to order.");
    }
    if (goes_with_phase(kind, audience)) {
        return base::invalid("kind",
                             "For the whole march use hold, stop, release or the phase: each opens its order itself.");
    }
    if (waits(state.phase) && kind == OrderKind::resume) {
        return wrong_transition("The march is " + std::string(name_of(state.phase)) + ": it goes on as a whole.");
    }
    if (std::ranges::count_if(state.orders, is_open) >= static_cast<std::ptrdiff_t>(limits::orders_open)) {
        return base::refuse(base::RefusalCode::rate_limited, "order",
                            "Too many orders are open; cancel those that are over.");
    }
    return std::nullopt;
}

// ---- what follows from it ----------------------------------------------------------------------

/// A newer order of the same matter to the same people, or to all.
bool supersedes(const Order& fresh, const Order& old) {
    const bool reaches = fresh.audience.kind == AudienceKind::all || fresh.audience == old.audience;
    const bool pace = old.kind == OrderKind::slow || old.kind == OrderKind::close_up;
    switch (fresh.kind) {
        case OrderKind::hold:
        case OrderKind::stop:
        case OrderKind::resume:
        case OrderKind::disperse: return reaches && (moves_people(old.kind) || pace);
        case OrderKind::slow:
        case OrderKind::close_up: return reaches && pace;
        case OrderKind::reroute: return reaches && old.kind == OrderKind::reroute;
        case OrderKind::staff_intersection:
        case OrderKind::info:
        case OrderKind::roll_call: return false;
    }
    return false;
}

/// Orders end, and their alerts with them: who was told of these must still be known.
void end_orders(const MarchState& state, OrdersEnded ended, Events& events) {
    if (ended.orders.empty()) return;
    for (const auto& [key, alert] : state.alerts) {
        if (!is_of_order(key.kind) || std::ranges::find(ended.orders, key.number) == ended.orders.end()) continue;
        events.emplace_back(AlertCleared{key, alert.version + 1, ended.by, "the order has ended"});
    }
    events.emplace_back(std::move(ended));
}

template <class Which>
std::vector<std::uint32_t> open_orders(const MarchState& state, Which which) {
    std::vector<std::uint32_t> numbers;
    for (const Order& order : state.orders) {
        if (is_open(order) && which(order)) numbers.push_back(order.number);
    }
    return numbers;
}

/// As it goes out: with its number, its recipients, and the mark of a drill.
Order prepared(const Ask& ask, Order order) {
    const MarchState& state = ask.state;
    order.number = state.orders_issued + 1;
    order.issuer = ask.actor.person;
    order.issued_at = ask.now;
    if (!order.deadline) order.deadline = ask.now + time_to_answer(order.kind);
    if (state.spec.drill && !order.text.starts_with("DRILL")) order.text.insert(0, "DRILL ");
    auto& names = order.audience.names;
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const Member& member : state.roster) {
        if (is_recipient(order, member, member.duty)) order.receipts.push_back(Receipt{.ordinal = member.ordinal});
    }
    return order;
}

Decision issued(const Ask& ask, Order order) {
    const MarchState& state = ask.state;
    if (!may_order(ask, order.kind, order.audience)) return denied(Action::issue_order);
    if (auto wrong = check_moment(state, order.kind, order.audience)) return *wrong;
    if (auto wrong = check_audience(state, order.audience)) return *wrong;
    if (order.deadline && (order.deadline <= ask.now || order.deadline - ask.now > limits::order_deadline_most)) {
        return base::invalid("deadline_ms", "Give a time within the next 24 hours, or none.");
    }
    Order fresh = prepared(ask, std::move(order));
    if (auto wrong = check_words(fresh)) return *wrong;
    if (fresh.receipts.empty()) {
        return base::refuse(base::RefusalCode::not_found, "audience",
                            "Nobody of these is on duty: the order would reach no one; choose others or call.");
    }
    const auto before = open_orders(state, [&](const Order& old) { return supersedes(fresh, old); });
    Events events;
    end_orders(state, {before, OrderState::superseded, fresh.number, {}, {}}, events);
    // Last: the last entry of a group names what was made.
    events.emplace_back(OrderIssued{std::move(fresh)});
    return events;
}

constexpr std::string_view roll_call_text = "ROLL CALL: answer with the number of people with you.";

FollowingOrder hold_order() {
    return {OrderKind::hold, "hold", "HOLD: stop where you are, keep together, wait for the next order."};
}

/// Whoever is on the way must hear that there is nothing to come to.
FollowingOrder put_off_order(std::string template_name, std::string text) {
    FollowingOrder order{OrderKind::info, std::move(template_name), std::move(text)};
    order.to_answer = limits::order_due_plan;
    order.to_confirmed = order.ends_walking = true;
    return order;
}

std::optional<FollowingOrder> ordered_by(Phase from, Phase to) {
    if (to == Phase::held || to == Phase::paused) return hold_order();
    if (to == Phase::stopped) {
        return FollowingOrder{OrderKind::stop, "stop", "STOP: everybody stands still now. Keep ways clear for help."};
    }
    if (to == Phase::dispersing) {
        return FollowingOrder{OrderKind::disperse, "disperse",
                              "DISPERSE: the march ends. Lead people to the open exits."};
    }
    if (to == Phase::cancelled) {
        return put_off_order("cancelled", "CANCELLED: the march does not take place. Tell people near you.");
    }
    if (to == Phase::postponed) {
        return put_off_order("postponed", "POSTPONED: the march does not begin as planned. Wait for the new time.");
    }
    // DISPERSING is left for a walk by a correction alone.
    if (waits(from) || (from == Phase::dispersing && to != Phase::closed)) {
        return FollowingOrder{OrderKind::resume, "resume", "RESUME: walk on slowly, close gaps."};
    }
    return std::nullopt;
}

/// An order that goes out where it reaches somebody, and what it ends either way.
void replace(const Ask& ask, const Order& fresh, const std::vector<std::uint32_t>& before, Events& events) {
    const bool goes_out = !fresh.receipts.empty();
    const auto how = goes_out ? OrderState::superseded : OrderState::closed;
    end_orders(ask.state, {before, how, goes_out ? fresh.number : 0, {}, {}}, events);
    if (goes_out) events.emplace_back(OrderIssued{fresh});
}

/// What was touched by events that are not applied yet.
Member& touched(const MarchState& state, std::vector<Member>& members, PersonId person) {
    const auto known = std::ranges::find(members, person, &Member::person);
    if (known != members.end()) return *known;
    const Member* member = state.member(person);
    members.push_back(member != nullptr ? *member : Member{});
    return members.back();
}

}  // namespace

void open_order(const Ask& ask, FollowingOrder follows, Events& events) {
    Order order;
    order.kind = follows.kind;
    order.template_name = std::move(follows.template_name);
    order.text = std::move(follows.text);
    order.parameters = std::move(follows.parameters);
    order.audience.with_confirmed = follows.to_confirmed;
    if (follows.to_answer.value != 0) order.deadline = ask.now + follows.to_answer;
    const Order fresh = prepared(ask, std::move(order));
    const auto before = open_orders(ask.state, [&](const Order& old) {
        const bool said_anew = old.kind == OrderKind::info && old.template_name == fresh.template_name;
        return supersedes(fresh, old) || said_anew || (follows.ends_walking && moves_people(old.kind));
    });
    replace(ask, fresh, before, events);
}

std::uint32_t inform_all(const Ask& ask, std::string template_name, std::string text, std::uint32_t replaces,
                         Events& events) {
    Order order;
    order.kind = OrderKind::info;
    order.template_name = std::move(template_name);
    order.text = std::move(text);
    const bool is_empty = order.text.empty();
    Order fresh = prepared(ask, std::move(order));
    if (is_empty) fresh.receipts.clear();
    replace(ask, fresh, open_orders(ask.state, [&](const Order& old) { return old.number == replaces; }), events);
    return fresh.receipts.empty() ? 0 : fresh.number;
}

void order_phase(const Ask& ask, Phase to, Events& events) {
    if (to == Phase::closed) {
        const auto all = open_orders(ask.state, [](const Order&) { return true; });
        return end_orders(ask.state, {all, OrderState::closed, 0, ask.actor.person, {}}, events);
    }
    if (auto follows = ordered_by(ask.state.phase, to)) open_order(ask, *std::move(follows), events);
}

void add_recipients(const MarchState& state, UtcMs now, Events& events) {
    const bool any = std::ranges::any_of(state.orders,
                                         [&](const Order& order) { return is_open(order) && now < order.deadline; });
    if (!any) return;
    std::vector<Member> members;
    std::vector<std::uint32_t> ended;
    for (const Event& event : events) {
        if (const auto* assigned = std::get_if<DutyAssigned>(&event)) {
            Member& member = touched(state, members, assigned->person);
            member.person = assigned->person;
            member.ordinal = assigned->ordinal;
            member.role = assigned->role;
            member.section = assigned->section;
        } else if (const auto* changed = std::get_if<DutyChanged>(&event)) {
            touched(state, members, changed->person).duty = changed->to;
        } else if (const auto* over = std::get_if<OrdersEnded>(&event)) {
            ended.insert(ended.end(), over->orders.begin(), over->orders.end());
        }
    }
    std::ranges::sort(members, {}, &Member::ordinal);
    for (const Order& order : state.orders) {
        if (!is_open(order) || now >= order.deadline || std::ranges::count(ended, order.number) != 0) continue;
        RecipientsAdded added{order.number, {}};
        for (const Member& member : members) {
            const bool is_new = order.receipt(member.ordinal) == nullptr;
            if (is_new && is_recipient(order, member, member.duty)) added.ordinals.push_back(member.ordinal);
        }
        if (added.ordinals.empty()) continue;
        // What was made stays last.
        const bool makes = std::holds_alternative<OrderIssued>(events.back());
        events.insert(makes ? events.end() - 1 : events.end(), std::move(added));
    }
}

Decision decide_on(const Ask& ask, const IssueOrder& wish) {
    if (wish.kind == OrderKind::roll_call) {
        return base::invalid("kind", "Open a roll call by open_roll_call.");
    }
    Order order;
    order.kind = wish.kind;
    order.template_name = wish.template_name;
    order.parameters = wish.parameters;
    order.text = wish.text;
    order.audience = wish.audience;
    order.deadline = wish.deadline;
    return issued(ask, std::move(order));
}

Decision decide_on(const Ask& ask, const OpenRollCall& wish) {
    Order order;
    order.kind = OrderKind::roll_call;
    if (wish.text.empty()) order.template_name = "roll_call";
    order.text = wish.text.empty() ? roll_call_text : wish.text;
    order.audience = wish.audience;
    order.deadline = wish.deadline;
    return issued(ask, std::move(order));
}

Decision decide_on(const Ask& ask, const CancelOrder& wish) {
    const Order* order = ask.state.order(wish.order);
    if (order == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "order", "There is no such order, or it ended long ago.");
    }
    const bool own = ask.permission == Permission::own && order->issuer == ask.actor.person;
    if (ask.permission != Permission::act && !own) return denied(Action::cancel_order);
    if (auto wrong = check_text(wish.reason, "reason", limits::reason_characters, Presence::optional)) return *wrong;
    if (!is_open(*order)) {
        return base::refuse(base::RefusalCode::invalid_transition, "order",
                            "This order is " + std::string(name_of(order->state)) + " already.");
    }
    if (goes_with_phase(order->kind, order->audience)) {
        return base::refuse(base::RefusalCode::invalid_transition, "order",
                            "This order stands with the phase of the march: release or correct that.");
    }
    Events events;
    end_orders(ask.state, {{order->number}, OrderState::cancelled, 0, ask.actor.person, wish.reason}, events);
    return events;
}

}  // namespace marchwire::core
