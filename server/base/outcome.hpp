// How a thing that was asked for can be refused: the closed list of errors of DESIGN 6.
#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace marchwire::base {

enum class RefusalCode : std::uint8_t {
    invalid_argument = 1,
    unauthenticated,
    permission_denied,
    not_found,
    invalid_transition,
    conflict,      ///< the thing has moved on; its version and value are told
    expired,       ///< below the id window, or older than 24 h
    rate_limited,  ///< retry_after_ms says when
    too_large,
    unavailable,  ///< not stored, or below min_level: the same id is safe to send again
};

/// `INVALID_ARGUMENT` and so on: the name on the wire, in metrics and in docs.
[[nodiscard]] std::string_view name_of(RefusalCode code);

/// Why not, and what to do about it. `field` is the path of the offending field ("" when none);
/// `message` is one sentence for a person that says what to do.
struct Refusal {
    RefusalCode code = RefusalCode::unavailable;
    std::string field;
    std::string message;
    std::uint32_t current_version = 0;  ///< CONFLICT: the thing's version now
    std::string current_value;          ///< CONFLICT: the thing's value now
    std::int64_t retry_after_ms = 0;    ///< RATE_LIMITED, UNAVAILABLE: when to try again

    bool operator==(const Refusal&) const = default;
};

[[nodiscard]] inline Refusal refuse(RefusalCode code, std::string field, std::string message) {
    return Refusal{code, std::move(field), std::move(message), 0, {}, 0};
}
[[nodiscard]] inline Refusal invalid(std::string field, std::string message) {
    return refuse(RefusalCode::invalid_argument, std::move(field), std::move(message));
}

/// Asking a refused result for its value is a broken invariant of the caller.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
    throw std::logic_error("value of a refused result: " + refusal.field + " " + refusal.message);
}

template <class T>
using Result = boost::system::result<T, Refusal>;

/// Stays on in release: a broken invariant ends the process, and the log brings it back.
[[noreturn]] void invariant_broken(const char* what, const char* file, int line);

}  // namespace marchwire::base

#define MARCHWIRE_INVARIANT(condition)                                           \
    do {                                                                         \
        if (!(condition)) [[unlikely]]                                           \
            ::marchwire::base::invariant_broken(#condition, __FILE__, __LINE__); \
    } while (false)
