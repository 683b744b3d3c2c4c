#include "core/audience.hpp"

#include "core/decide_family.hpp"
#include "core/duty.hpp"
#include "core/ladder.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

using Indices = std::vector<std::uint32_t>;
namespace topic = topic_index;

/// Gathers topics, each once.
class Audience {
public:
    explicit Audience(const MarchState& state) : state_(state) { indices_.reserve(5); }

    Indices operator()(const MarchCreated& event) { return everybody_unless(event.spec.drill); }
    Indices operator()(const MarchUpdated& event) { return everybody_unless(event.spec.drill); }
    Indices operator()(const SectionsSet&) { return staff(); }
    Indices operator()(const PhaseChanged&) { return everybody_unless(state_.spec.drill); }
    Indices operator()(const ProposalMade&) { return ops(); }
    Indices operator()(const ProposalEnded&) { return ops(); }
    Indices operator()(const RouteImported&) { return ops(); }
    Indices operator()(const RouteStatusChanged& event) {
        // Drafts are plans: they stay with those who decide on them.
        return event.status == RouteStatus::active ? everybody_unless(state_.spec.drill) : ops();
    }
    Indices operator()(const DutyAssigned& event) {
        add(topic::ops);
        add_section(event.section);
        add_section(event.section_before);
        add(topic::person(event.ordinal));
        add_person(event.buddy);
        // Who was the buddy until now must learn it as well.
        if (const Member* before = state_.member(event.person)) add_person(before->buddy);
        add_who_names(event.person);
        return std::move(indices_);
    }
    Indices operator()(const DutyChanged& event) {
        // Whoever is asked to take over, or was, follows the duty that is offered.
        add_person(event.handover_to);
        if (const Member* member = state_.member(event.person)) add_person(member->handover_to);
        return around(event.person);
    }
    Indices operator()(const CheckedIn& event) { return around(event.person); }
    Indices operator()(const CheckInNudged& event) {
        add(topic::ops);
        add_section_ops(event.person);
        add_person(event.person);
        // A phone that is off reads no nudge: whoever has this person answers.
        if (const Member* member = state_.member(event.person); member != nullptr && is_dark(*member)) {
            add_person(member->buddy);
            add_who_names(event.person);
        }
        return std::move(indices_);
    }
    Indices operator()(const SosRaised& event) { return around(event.person); }
    /// Only who hashes needs it.
    Indices operator()(const SosPinSet&) { return {}; }
    Indices operator()(const SosPinMistyped& event) {
        add(topic::ops);
        add_section_ops(event.person);
        return std::move(indices_);
    }
    /// Those who hear the truth first: a feed that holds several of these topics goes by the first.
    Indices operator()(const SosCancelled& event) {
        add(topic::ops);
        add_section_ops(event.person);
        for (const std::uint32_t ordinal : event.told) add(topic::person(ordinal));
        add_around(event.person);
        const AlertKey key{AlertKind::sos_unowned, event.person};
        return of_open_alert(key, step_of(key));
    }
    Indices operator()(const CountReported& event) {
        if (event.count.section != 0) add(topic::section_ops(event.count.section));
        return ops();
    }
    Indices operator()(const PolicySet&) { return ops(); }
    Indices operator()(const SilenceObserved&) { return ops(); }
    Indices operator()(const ServersObserved&) { return ops(); }
    /// Only the outbox needs them.
    Indices operator()(const PushSubscribed&) { return {}; }
    Indices operator()(const PushUnsubscribed&) { return {}; }
    Indices operator()(const CheckInsScheduled&) { return staff(); }
    Indices operator()(const TimersShifted&) { return staff(); }
    Indices operator()(const AlertRaised& event) {
        // Leads who hold it as one that was cancelled under duress hear that it is a new one.
        const auto open = state_.alerts.find(event.alert.key);
        if (open != state_.alerts.end() && open->second.duress != Duress::none) {
            const Alert& held = open->second;
            for (const PersonId person : told_of_duress(state_, held.key, held.step, held.duress)) add_person(person);
        }
        return of_open_alert(event.alert.key, event.alert.step);
    }
    Indices operator()(const AlertStepped& event) { return of_alert(event.key, event.step); }
    Indices operator()(const AlertAcked& event) { return of_alert(event.key, step_of(event.key)); }
    Indices operator()(const AlertCleared& event) { return of_alert(event.key, step_of(event.key)); }
    Indices operator()(const OrderIssued& event) {
        add(topic::ops);
        add_order(event.order.audience, places_of(event.order.receipts));
        return std::move(indices_);
    }
    Indices operator()(const RecipientsAdded& event) { return of_places(event.ordinals); }
    Indices operator()(const ReceiptsMoved& event) { return of_places(places_of(event.receipts)); }
    Indices operator()(const OrdersEnded& event) {
        add(topic::ops);
        for (const std::uint32_t number : event.orders) add_ended(number);
        return std::move(indices_);
    }
    Indices operator()(const NoticePosted&) { return everybody_unless(state_.spec.drill); }
    Indices operator()(const CallsToActionSet&) { return everybody_unless(state_.spec.drill); }
    Indices operator()(const RetentionHeld&) { return ops(); }
    Indices operator()(const RetentionReleased&) { return ops(); }
    Indices operator()(const MarchExported&) { return ops(); }
    Indices operator()(const ShredWaived&) { return ops(); }
    Indices operator()(const MarchShredded&) { return ops(); }
    Indices operator()(const PersonDetailsSet&) { return ops(); }
    Indices operator()(const PersonRevealed&) { return ops(); }
    Indices operator()(const PersonErased&) { return ops(); }
    Indices operator()(const SecretsForgotten&) { return staff(); }
    Indices operator()(const MarchForgotten&) { return {}; }
    Indices operator()(const KeeperChanged&) { return ops(); }
    Indices operator()(const TipSigned&) { return ops(); }
    Indices operator()(const LogRepaired&) { return ops(); }
    Indices operator()(const CampaignCreated&) { return {}; }
    Indices operator()(const CampaignUpdated&) { return {}; }
    Indices operator()(const MarchListed&) { return {}; }
    Indices operator()(const PersonAdded&) { return {}; }
    Indices operator()(const TokenIssued&) { return {}; }
    Indices operator()(const TokenRevoked&) { return {}; }
    Indices operator()(const InviteMade&) { return {}; }
    Indices operator()(const InviteChanged&) { return {}; }
    Indices operator()(const InviteMistyped&) { return {}; }
    Indices operator()(const ImportRecorded&) { return {}; }
    Indices operator()(const IncidentReported& event) {
        add_incident(event.incident, event.incident);
        return std::move(indices_);
    }
    Indices operator()(const IncidentChanged& event) {
        const Incident* before = state_.incident(event.incident.number);
        add_incident(before == nullptr ? event.incident : *before, event.incident);
        return std::move(indices_);
    }
    Indices operator()(const RestrictedRead&) { return ops(); }
    Indices operator()(const IntersectionsChanged&) { return staff(); }
    Indices operator()(const ClosuresSet&) { return everybody_unless(state_.spec.drill || !is_route_public(state_)); }
    Indices operator()(const ColumnSampled&) { return ops(); }
    Indices operator()(const WaypointPassed&) { return ops(); }

private:
    void add(std::uint32_t index) {
        if (std::ranges::find(indices_, index) == indices_.end()) indices_.push_back(index);
    }
    void add_section(std::uint32_t section) {
        if (section != 0) add(topic::section(section));
    }
    /// Whoever leads the section follows its alerts from the first rung on, as ops does.
    void add_section_ops(PersonId person) {
        const Member* member = state_.member(person);
        if (member != nullptr && member->section != 0) add(topic::section_ops(member->section));
    }
    void add_person(PersonId person) {
        if (const Member* member = state_.member(person)) add(topic::person(member->ordinal));
    }
    /// Buddies see one another even where only one names the other (as marshal_snapshot has it).
    void add_who_names(PersonId buddy) {
        const auto found = state_.index.who_names.find(buddy);
        if (found == state_.index.who_names.end()) return;
        for (const std::uint32_t ordinal : found->second) add(topic::person(ordinal));
    }
    Indices ops() {
        add(topic::ops);
        return std::move(indices_);
    }
    Indices staff() {
        add(topic::ops);
        add(topic::staff);
        return std::move(indices_);
    }
    Indices everybody_unless(bool drill) {
        if (!drill) add(topic::public_feed);
        return staff();
    }
    /// What concerns one person: the own section, the buddy, and the person.
    Indices around(PersonId person) {
        add_around(person);
        return std::move(indices_);
    }
    void add_around(PersonId person) {
        add(topic::ops);
        if (const Member* member = state_.member(person)) {
            add_section(member->section);
            add(topic::person(member->ordinal));
            add_person(member->buddy);
            add_who_names(person);
        }
    }
    /// Whoever may be asked hears of it where all of them listen; leads see whom of theirs it asks.
    void add_order(const OrderAudience& audience, const std::vector<std::uint32_t>& ordinals) {
        switch (audience.kind) {
            case AudienceKind::all: add(topic::staff); break;
            case AudienceKind::role: add(topic::role(audience.role.value_or(Role::side))); break;
            case AudienceKind::section: add_section(audience.section); break;
            case AudienceKind::names:
                for (const PersonId person : audience.names) add_person(person);
                break;
        }
        const bool leads_hear = audience.kind == AudienceKind::all || audience.kind == AudienceKind::section;
        if (!leads_hear) add_leads_of(ordinals);
    }
    /// Whom it concerns, and whom it did until now: the first topics that a phone hears it on say the most (shown_on).
    void add_incident(const Incident& before, const Incident& now) {
        add(topic::ops);
        for (const Incident* one : {&now, &before}) {
            add_person(one->reporter);
            add_person(one->owner);
        }
        for (const Incident* one : {&now, &before}) {
            if (one->section != 0) add(topic::section_ops(one->section));
            if (one->kind == IncidentKind::medical) add(topic::role(Role::medic));
            if (one->kind == IncidentKind::police) add(topic::role(Role::police_liaison));
            if (one->kind != IncidentKind::police) add_section(one->section);
        }
    }
    /// Those of the order as it stood, and those who came later or to another section.
    void add_ended(std::uint32_t number) {
        const Order* order = state_.order(number);
        if (order == nullptr) return;
        const auto ordinals = places_of(order->receipts);
        for (const Receipt& receipt : order->receipts) {
            if (!is_meant(order->audience, state_.roster[receipt.ordinal])) add(topic::person(receipt.ordinal));
        }
        add_order(order->audience, ordinals);
        // Whom it asks may have gone to another section since.
        if (order->audience.kind == AudienceKind::section) add_leads_of(ordinals);
    }
    static std::vector<std::uint32_t> places_of(const std::vector<Receipt>& receipts) {
        std::vector<std::uint32_t> ordinals;
        ordinals.reserve(receipts.size());
        for (const Receipt& receipt : receipts) ordinals.push_back(receipt.ordinal);
        return ordinals;
    }
    Indices of_places(const std::vector<std::uint32_t>& ordinals) {
        indices_.reserve(ordinals.size() + 3);
        add(topic::ops);
        add_leads_of(ordinals);
        // Each place once: the list may be as long as the roster.
        for (const std::uint32_t ordinal : ordinals) indices_.push_back(topic::person(ordinal));
        return std::move(indices_);
    }
    void add_leads_of(const std::vector<std::uint32_t>& ordinals) {
        for (const std::uint32_t ordinal : ordinals) {
            const std::uint32_t section = state_.roster[ordinal].section;
            if (section != 0) add(topic::section_ops(section));
        }
    }
    Indices of_alert(const AlertKey& key, std::uint32_t step) {
        const auto found = state_.alerts.find(key);
        const Duress duress = found == state_.alerts.end() ? Duress::none : found->second.duress;
        return duress == Duress::none ? of_open_alert(key, step) : under_duress(key, step, duress);
    }
    Indices under_duress(const AlertKey& key, std::uint32_t step, Duress duress) {
        if (duress == Duress::desk) return {};
        add(topic::ops);
        if (duress == Duress::section) add_section_ops(key.subject);
        for (const PersonId person : told_of_duress(state_, key, step, duress)) add_person(person);
        return std::move(indices_);
    }
    /// One that is hidden from nobody.
    Indices of_open_alert(const AlertKey& key, std::uint32_t step) {
        add(topic::ops);
        if (const Order* order = order_of(state_, key)) add_leads_of(places_of(order->receipts));
        const std::uint32_t section = section_of(state_, key);
        if (section != 0) add(topic::section_ops(section));
        if (about(key.kind) == AlertAbout::gap) {
            for (const std::uint32_t beside : {key.number, key.number + 1}) {
                if (beside <= state_.sections) add(topic::section_ops(beside));
            }
        }
        // A cry for help is told to a whole section: one item on its topic, and not one for each of them.
        const bool to_section = key.kind == AlertKind::sos_unowned && section != 0;
        if (to_section) add_section(section);
        for (const PersonId person : told_of(state_, key, step)) {
            const Member* member = state_.member(person);
            if (to_section && member != nullptr && member->section == section) continue;
            add_person(person);
        }
        return std::move(indices_);
    }
    [[nodiscard]] std::uint32_t step_of(const AlertKey& key) const {
        const auto found = state_.alerts.find(key);
        return found == state_.alerts.end() ? 0 : found->second.step;
    }

    const MarchState& state_;
    Indices indices_;
};

}  // namespace

std::vector<std::uint32_t> audience(const MarchState& state, const Event& event) {
    return std::visit(Audience(state), event);
}

std::vector<PersonId> told_of_duress(const MarchState& state, const AlertKey& key, std::uint32_t step, Duress duress) {
    std::vector<PersonId> persons;
    const Member* subject = state.member(key.subject);
    if (duress == Duress::none || duress == Duress::desk) return persons;
    const std::uint32_t first = duress == Duress::city ? rung_city_leads : rung_section_lead;
    for (std::uint32_t reached = first; reached <= std::min(step, rung_national_desk); ++reached) {
        for (const PersonId person : rung(state, key, reached, Asked::all)) {
            const bool is_near = subject != nullptr && are_buddies(*subject, *state.member(person));
            if (!is_near && std::ranges::find(persons, person) == persons.end()) persons.push_back(person);
        }
    }
    return persons;
}

std::vector<PersonId> told_of(const MarchState& state, const AlertKey& key, std::uint32_t step) {
    std::vector<PersonId> persons;
    if (const PersonId subject = person_of(key)) persons.push_back(subject);
    const std::uint32_t first = ladder_of(state, key).first;
    for (std::uint32_t reached = first; reached <= std::min(step, rung_national_desk); ++reached) {
        for (const PersonId person : rung(state, key, reached, Asked::all)) {
            if (std::ranges::find(persons, person) == persons.end()) persons.push_back(person);
        }
    }
    return persons;
}

}  // namespace marchwire::core
