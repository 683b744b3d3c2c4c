#include "core/model.hpp"

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

const Member* MarchState::member(PersonId person) const {
    const auto found = ordinal_of.find(person);
    return found == ordinal_of.end() ? nullptr : &roster[found->second];
}

const Route* MarchState::route(std::uint32_t version) const {
    return version == 0 || version > routes.size() ? nullptr : &routes[version - 1];
}

}  // namespace marchwire::core
