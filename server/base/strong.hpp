// A value with a name of its own, so that a seq cannot be passed where a person is meant.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace marchwire::base {

/// Wraps T under the name Tag. Trivially copyable when T is; ordered and hashable; no arithmetic
/// but `next()`, since most of these are names and not numbers.
template <class Tag, class T>
struct Strong {
    T value{};

    constexpr auto operator<=>(const Strong&) const = default;
    /// True when it is not the zero value, which means "none" for every id in this project.
    [[nodiscard]] constexpr explicit operator bool() const { return value != T{}; }
    [[nodiscard]] constexpr Strong next() const { return Strong{static_cast<T>(value + T{1})}; }
};

}  // namespace marchwire::base

template <class Tag, class T>
struct std::hash<marchwire::base::Strong<Tag, T>> {
    std::size_t operator()(const marchwire::base::Strong<Tag, T>& strong) const noexcept {
        return std::hash<T>{}(strong.value);
    }
};
