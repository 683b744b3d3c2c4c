#include "core/model.hpp"

#include "core/duty.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"

#include <algorithm>

namespace marchwire::core {

bool operator==(const Route& a, const Route& b) {
    if (a.version != b.version || a.status != b.status || a.public_from != b.public_from ||
        a.status_at != b.status_at) {
        return false;
    }
    // A replayed state holds another copy of the same line.
    if (a.line == b.line) {
        return true;
    }
    return a.line && b.line && *a.line == *b.line;
}

AlertPreset preset_of(std::size_t roster) {
    if (roster >= base::limits::preset_large_roster) return AlertPreset::large;
    return roster >= base::limits::preset_standard_roster ? AlertPreset::standard : AlertPreset::small;
}

void RosterIndex::add(const Member& member) {
    ordinal_of.emplace(member.person, member.ordinal);
    ordinal_called.emplace(member.callsign, member.ordinal);
    if (!member.buddy) return;
    auto& namers = who_names[member.buddy];
    namers.insert(std::ranges::lower_bound(namers, member.ordinal), member.ordinal);
}

void RosterIndex::remove(const Member& member) {
    ordinal_of.erase(member.person);
    ordinal_called.erase(member.callsign);
    const auto found = who_names.find(member.buddy);
    if (found == who_names.end()) return;
    std::erase(found->second, member.ordinal);
    if (found->second.empty()) who_names.erase(found);
}

void RosterTally::add(const Member& member) {
    if (is_present(member.duty) && is_staff(member.role)) ++staff;
    if (member.silent_since) ++silent;
    if (!is_required(member.role)) return;
    Cover& here = cover[cover_of(member.section, member.role)];
    ++here.assigned;
    if (is_working(member.duty)) ++here.working;
}

void RosterTally::remove(const Member& member) {
    if (is_present(member.duty) && is_staff(member.role)) --staff;
    if (member.silent_since) --silent;
    if (!is_required(member.role)) return;
    const auto found = cover.find(cover_of(member.section, member.role));
    MARCHWIRE_INVARIANT(found != cover.end());
    if (is_working(member.duty)) --found->second.working;
    if (--found->second.assigned == 0) cover.erase(found);
}

void DueTimes::set(std::uint32_t ordinal, UtcMs at) {
    if (ordinal >= at_.size()) at_.resize(ordinal + 1);
    UtcMs& known = at_[ordinal];
    if (known == at) return;
    if (known && at) {
        auto node = ordered_.extract({known, ordinal});
        node.value().first = at;
        ordered_.insert(std::move(node));
    } else if (at) {
        ordered_.emplace(at, ordinal);
    } else {
        ordered_.erase({known, ordinal});
    }
    known = at;
}

std::vector<std::uint32_t> DueTimes::until(UtcMs now) const {
    std::vector<std::uint32_t> ordinals;
    for (const auto& [at, ordinal] : ordered_) {
        if (at > now) break;
        ordinals.push_back(ordinal);
    }
    return ordinals;
}

void MarchState::derive() {
    index = {};
    tally = {};
    due = {};
    for (const Member& member : roster) {
        index.add(member);
        tally.add(member);
        due.set(member.ordinal, due_about(*this, member));
    }
}

const Member* MarchState::member(PersonId person) const {
    const auto found = index.ordinal_of.find(person);
    return found == index.ordinal_of.end() ? nullptr : &roster[found->second];
}

const Member* MarchState::called(const std::string& callsign) const {
    const auto found = index.ordinal_called.find(callsign);
    return found == index.ordinal_called.end() ? nullptr : &roster[found->second];
}

const Order* MarchState::order(std::uint32_t number) const {
    const auto found = std::ranges::lower_bound(orders, number, {}, &Order::number);
    return found == orders.end() || found->number != number ? nullptr : &*found;
}

const Incident* MarchState::incident(std::uint32_t number) const {
    const auto found = std::ranges::lower_bound(incidents, number, {}, &Incident::number);
    return found == incidents.end() || found->number != number ? nullptr : &*found;
}

const Route* MarchState::route(std::uint32_t version) const {
    return version == 0 || version > routes.size() ? nullptr : &routes[version - 1];
}

bool CampaignState::is_shut_out(PersonId person) const {
    bool had_any = false;
    for (const Token& token : tokens) {
        if (token.person != person) continue;
        if (!token.revoked) return false;
        had_any = true;
    }
    return had_any;
}

const MarchListing* CampaignState::listing(const Slug& march) const {
    const auto found = std::ranges::find_if(
        marches, [&](const MarchListing& one) { return one.march == march && !one.forgotten_at; });
    return found == marches.end() ? nullptr : &*found;
}

}  // namespace marchwire::core
