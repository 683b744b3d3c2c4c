#include "core/ladder.hpp"
#include "core/views.hpp"

namespace marchwire::core {

std::vector<std::uint32_t> section_topics(std::uint32_t section) {
    return {topic_index::staff, topic_index::section(section), topic_index::section_ops(section)};
}

SectionSnapshot section_snapshot(const MarchState& state, std::uint32_t section) {
    SectionSnapshot snapshot;
    snapshot.section = section;
    MarchState& shown = snapshot.state;
    shown.id = state.id;
    shown.tip = state.tip;
    shown.spec = state.spec;
    shown.spec_version = state.spec_version;
    shown.phase = state.phase;
    shown.phase_version = state.phase_version;
    shown.phase_since = state.phase_since;
    shown.phase_before = state.phase_before;
    shown.public_sentence = state.public_sentence;
    shown.sections = state.sections;
    if (const Route* route = state.active()) shown.routes = {*route};
    shown.active_route = state.active_route;
    for (const Member& member : state.roster) {
        if (member.section != section) continue;
        shown.roster.push_back(member);
        shown.roster.back().silent_since = UtcMs{};  // of the ops feed alone; a lead hears of it by liveness
        shown.roster.back().language.clear();
    }
    for (const Count& count : state.counts) {
        if (count.section == section) shown.counts.push_back(count);
    }
    shown.notices = state.notices;
    shown.calls_to_action = state.calls_to_action;
    for (const auto& [key, alert] : state.alerts) {
        const bool is_hidden = alert.duress == Duress::city || alert.duress == Duress::desk;
        if (is_at_section(state, key, section) && !is_hidden) shown.alerts.emplace(key, alert);
    }
    shown.orders = orders_of_section(state, section);
    for (const Order& order : shown.orders) {
        const auto alert = state.alerts.find({alert_of(order.kind), {}, order.number});
        if (alert != state.alerts.end() && !order.receipts.empty()) shown.alerts.insert(*alert);
    }
    shown.intersections = state.intersections;
    shown.closures = state.closures;
    for (const Incident& incident : state.incidents) {
        const bool is_here = !has_ended(incident.state) && incident.section == section;
        if (is_here) shown.incidents.push_back(incident);
    }
    return snapshot;
}

}  // namespace marchwire::core
