// A value about a person that no log line, metric or error may carry.
#pragma once

#include <utility>

namespace marchwire::base {

/// Holds a T that cannot be streamed, formatted or compared with text by accident: the only way in
/// is `reveal()`, which a reviewer can grep for.
template <class T>
class Private {
public:
    Private() = default;
    explicit Private(T value) : value_(std::move(value)) {}
    [[nodiscard]] const T& reveal() const { return value_; }
    bool operator==(const Private&) const = default;

private:
    T value_{};
};

}  // namespace marchwire::base
