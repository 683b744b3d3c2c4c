#include "core/model.hpp"

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

const Route* MarchState::route(std::uint32_t version) const {
    return version == 0 || version > routes.size() ? nullptr : &routes[version - 1];
}

}  // namespace marchwire::core
