#include "base/outcome.hpp"

#include <cstdio>
#include <cstdlib>

namespace marchwire::base {

std::string_view name_of(RefusalCode code) {
    switch (code) {
        case RefusalCode::invalid_argument: return "INVALID_ARGUMENT";
        case RefusalCode::unauthenticated: return "UNAUTHENTICATED";
        case RefusalCode::permission_denied: return "PERMISSION_DENIED";
        case RefusalCode::not_found: return "NOT_FOUND";
        case RefusalCode::invalid_transition: return "INVALID_TRANSITION";
        case RefusalCode::conflict: return "CONFLICT";
        case RefusalCode::expired: return "EXPIRED";
        case RefusalCode::rate_limited: return "RATE_LIMITED";
        case RefusalCode::too_large: return "TOO_LARGE";
        case RefusalCode::unavailable: return "UNAVAILABLE";
    }
    return "UNKNOWN";
}

void invariant_broken(const char* what, const char* file, int line) {
    std::fprintf(stderr, "invariant broken: %s (%s:%d)\n", what, file, line);
    std::abort();
}

}  // namespace marchwire::base
