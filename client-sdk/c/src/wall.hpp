// Between C and the SDK: a wall that no exception passes, and texts that cross it. (internal to the C SDK)
#pragma once

#include "marchwire.h"

#include <string>

namespace marchwire::c {

/// What `work` answers; `otherwise` where it throws.
template <class Value, class Work>
Value walled(Value otherwise, const Work& work) noexcept {
    try {
        return work();
    } catch (...) {
        return otherwise;
    }
}
template <class Work>
marchwire_status walled(const Work& work) noexcept {
    return walled(marchwire_status{MARCHWIRE_FAILED}, work);
}

/// Sets a text of a handle: `field(*handle)`.
template <class Handle, class Field>
marchwire_status set_text(Handle* handle, const char* text, const Field& field) noexcept {
    if (handle == nullptr || text == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return walled([&]() -> marchwire_status {
        field(*handle) = text;
        return MARCHWIRE_OK;
    });
}

/// A copy that is the caller's, for marchwire_string_free.
[[nodiscard]] marchwire_status hand_over(const std::string& text, char** into) noexcept;

}  // namespace marchwire::c
