// Who hashes PINs: slow work that no shard does itself.
#pragma once

#include "base/outcome.hpp"
#include "core/command.hpp"

#include <functional>
#include <string>

namespace marchwire::shard {

/// Any thread. Each `done` is called once, on any thread, and never inside the call. Refused are what is no PIN, and
/// more than waits already (UNAVAILABLE).
class Pins {
public:
    using Made = std::function<void(base::Result<core::SosPin>)>;
    using Found = std::function<void(base::Result<core::PinMatch>)>;

    virtual ~Pins() = default;
    virtual void make(core::SetSosPin chosen, Made done) = 0;
    virtual void compare(core::SosPin known, std::string typed, Found done) = 0;
};

}  // namespace marchwire::shard
