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
    Indices operator()(const CountReported& event) {
        if (event.count.section != 0) add(topic::section_ops(event.count.section));
        return ops();
    }
    Indices operator()(const PolicySet&) { return ops(); }
    Indices operator()(const SilenceObserved&) { return ops(); }
    Indices operator()(const CheckInsScheduled&) { return staff(); }
    Indices operator()(const TimersShifted&) { return staff(); }
    Indices operator()(const AlertRaised& event) { return of_alert(event.alert.key, event.alert.step); }
    Indices operator()(const AlertStepped& event) { return of_alert(event.key, event.step); }
    Indices operator()(const AlertAcked& event) { return of_alert(event.key, step_of(event.key)); }
    Indices operator()(const AlertCleared& event) { return of_alert(event.key, step_of(event.key)); }
    Indices operator()(const NoticePosted&) { return everybody_unless(state_.spec.drill); }
    Indices operator()(const CallsToActionSet&) { return everybody_unless(state_.spec.drill); }
    Indices operator()(const KeeperChanged&) { return ops(); }
    Indices operator()(const TipSigned&) { return ops(); }
    Indices operator()(const LogRepaired&) { return ops(); }
    Indices operator()(const CampaignCreated&) { return {}; }
    Indices operator()(const CampaignUpdated&) { return {}; }
    Indices operator()(const MarchListed&) { return {}; }
    Indices operator()(const PersonAdded&) { return {}; }
    Indices operator()(const TokenIssued&) { return {}; }
    Indices operator()(const TokenRevoked&) { return {}; }
    Indices operator()(const ImportRecorded&) { return {}; }

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
        add(topic::ops);
        if (const Member* member = state_.member(person)) {
            add_section(member->section);
            add(topic::person(member->ordinal));
            add_person(member->buddy);
            add_who_names(person);
        }
        return std::move(indices_);
    }
    Indices of_alert(const AlertKey& key, std::uint32_t step) {
        add(topic::ops);
        const std::uint32_t section = section_of(state_, key);
        if (section != 0) add(topic::section_ops(section));
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

std::vector<PersonId> told_of(const MarchState& state, const AlertKey& key, std::uint32_t step) {
    std::vector<PersonId> persons;
    if (const PersonId subject = person_of(key)) persons.push_back(subject);
    for (std::uint32_t reached = ladder_of(key.kind).first; reached <= std::min(step, rung_national_desk); ++reached) {
        for (const PersonId person : rung(state, key, reached)) {
            if (std::ranges::find(persons, person) == persons.end()) persons.push_back(person);
        }
    }
    return persons;
}

}  // namespace marchwire::core
