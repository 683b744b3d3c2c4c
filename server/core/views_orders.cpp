// What each audience sees of an order: ops all of it, a section its own people, a phone its own receipt. Of an
// incident: nobody what is restricted. Of an SOS that was cancelled under duress: the truth where that is safe. Of who
// somebody is: that it was told.
#include "core/duty.hpp"
#include "core/views.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::core {
namespace {

/// A person's place in the roster by the topic; none for other topics.
std::optional<std::uint32_t> ordinal_of(std::uint32_t index) {
    if (index < topic_index::person_first) return std::nullopt;
    return index - topic_index::person_first;
}

/// The section whose lead listens to this topic; none for other topics.
std::optional<std::uint32_t> section_led_by(std::uint32_t index) {
    if (index <= topic_index::section_ops_first || index >= topic_index::person_first) return std::nullopt;
    return index - topic_index::section_ops_first;
}

ReceiptsMoved of_section(const ReceiptsMoved& moved, std::uint32_t section) {
    if (moved.sections.empty()) return moved;  // of one recipient, stored before they were gathered
    ReceiptsMoved shown{moved.order, {}, {}};
    for (std::size_t i = 0; i < moved.receipts.size() && i < moved.sections.size(); ++i) {
        if (moved.sections[i] == section) shown.receipts.push_back(moved.receipts[i]);
    }
    return shown;
}

RecipientsAdded of_section(const RecipientsAdded& added, std::uint32_t section) {
    if (added.sections.empty()) return added;  // stored before sections were noted
    RecipientsAdded shown{added.order, {}};
    for (std::size_t i = 0; i < added.ordinals.size() && i < added.sections.size(); ++i) {
        if (added.sections[i] == section) shown.ordinals.push_back(added.ordinals[i]);
    }
    return shown;
}

/// It goes on elsewhere: whoever listens here alone hears that, and no word of it.
Incident gone(const Incident& incident) {
    Incident shown;
    shown.number = incident.number;
    shown.kind = incident.kind;
    shown.version = incident.version;
    shown.state = IncidentState::closed;
    return shown;
}

/// A section and a role hear of an incident once more when it has left them.
bool has_left(const Incident& incident, std::uint32_t index) {
    const auto is = [index](std::uint32_t other) { return index == other; };
    if (is(topic_index::role(Role::medic))) return incident.kind != IncidentKind::medical;
    if (is(topic_index::role(Role::police_liaison))) return incident.kind != IncidentKind::police;
    const bool of_section = index > topic_index::section_first && index < topic_index::role_first;
    const bool of_leads = index > topic_index::section_ops_first && index < topic_index::person_first;
    if (of_leads) return !is(topic_index::section_ops(incident.section));
    return of_section && (!is(topic_index::section(incident.section)) || incident.kind == IncidentKind::police);
}

std::optional<Event> incident_on(const Event& event, std::uint32_t index) {
    if (const auto* reported = std::get_if<IncidentReported>(&event)) {
        return IncidentReported{reported->incident, std::nullopt};
    }
    const auto* changed = std::get_if<IncidentChanged>(&event);
    if (changed == nullptr) return std::nullopt;
    const bool left = has_left(changed->incident, index);
    return IncidentChanged{left ? gone(changed->incident) : changed->incident, std::nullopt, changed->forgets_order};
}

bool hears_of_duress(const SosCancelled& cancelled, std::uint32_t index) {
    if (index == topic_index::ops) return cancelled.duress != Duress::desk;
    if (section_led_by(index)) return cancelled.duress == Duress::section;
    const auto ordinal = ordinal_of(index);
    return ordinal && std::ranges::count(cancelled.told, *ordinal) != 0;
}

/// Under duress most hear what they would hear without.
SosCancelled cancelled_on(const SosCancelled& cancelled, std::uint32_t index) {
    SosCancelled shown{cancelled.person, cancelled.version};
    if (cancelled.duress == Duress::none || !hears_of_duress(cancelled, index)) return shown;
    shown = cancelled;
    shown.told.clear();
    return shown;
}

}  // namespace

std::optional<Event> shown_on(const Event& event, std::uint32_t index) {
    if (auto shown = incident_on(event, index)) return shown;
    if (const auto* cancelled = std::get_if<SosCancelled>(&event)) return cancelled_on(*cancelled, index);
    if (const auto* named = std::get_if<PersonDetailsSet>(&event)) return PersonDetailsSet{named->person, {}};
    const auto* assigned = std::get_if<DutyAssigned>(&event);
    if (assigned != nullptr && index != topic_index::ops && !assigned->language.empty()) {
        DutyAssigned shown = *assigned;
        shown.language.clear();
        return shown;
    }
    const auto* receipts = std::get_if<ReceiptsMoved>(&event);
    const auto* added = std::get_if<RecipientsAdded>(&event);
    if (index == topic_index::ops) {
        // Whoever reads ops knows the roster.
        if (receipts != nullptr) return ReceiptsMoved{receipts->order, receipts->receipts, {}};
        if (added != nullptr) return RecipientsAdded{added->order, added->ordinals};
        return std::nullopt;
    }
    if (const auto section = section_led_by(index)) {
        if (receipts != nullptr) return of_section(*receipts, *section);
        if (added != nullptr) return of_section(*added, *section);
    }
    if (const auto* issued = std::get_if<OrderIssued>(&event)) {
        OrderIssued shown = *issued;
        shown.order.receipts.clear();
        return shown;
    }
    const auto ordinal = ordinal_of(index);
    if (!ordinal) return std::nullopt;
    if (added != nullptr) return RecipientsAdded{added->order, {*ordinal}};
    if (receipts != nullptr) {
        ReceiptsMoved shown{receipts->order, {}, {}};
        const auto own = std::ranges::find(receipts->receipts, *ordinal, &Receipt::ordinal);
        if (own != receipts->receipts.end()) shown.receipts.push_back(*own);
        return shown;
    }
    return std::nullopt;
}

std::vector<Order> orders_of(const MarchState& state, const Member& self) {
    std::vector<Order> orders;
    for (const Order& order : state.orders) {
        const Receipt* own = order.receipt(self.ordinal);
        if (order.state != OrderState::open || (own == nullptr && !is_meant(order.audience, self))) continue;
        Order shown = order;
        shown.escalated = false;
        shown.receipts.clear();
        if (own != nullptr) shown.receipts.push_back(*own);
        orders.push_back(std::move(shown));
    }
    return orders;
}

std::vector<Order> orders_of_section(const MarchState& state, std::uint32_t section) {
    std::vector<Order> orders;
    for (const Order& order : state.orders) {
        Order shown = order;
        std::erase_if(shown.receipts,
                      [&](const Receipt& receipt) { return state.roster[receipt.ordinal].section != section; });
        const bool heard = order.audience.kind == AudienceKind::all ||
                           (order.audience.kind == AudienceKind::section && order.audience.section == section);
        if (order.state != OrderState::open || (!heard && shown.receipts.empty())) continue;
        // Its alert is told where somebody of the section is asked.
        shown.escalated = order.escalated && !shown.receipts.empty();
        orders.push_back(std::move(shown));
    }
    return orders;
}

}  // namespace marchwire::core
