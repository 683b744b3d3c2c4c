// PINs on a stage: hashed at once, or when the test says.
#pragma once

#include "base/hmac.hpp"
#include "base/limits.hpp"
#include "shard/pins.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::test {

/// What is asked waits until `work`, which settling does unless `held`.
class StagePins final : public shard::Pins {
public:
    void make(core::SetSosPin chosen, Made done) override {
        waiting_.push_back([chosen = std::move(chosen), done = std::move(done)] {
            core::SosPin made;
            made.salt = std::string(base::limits::sos_pin_salt_bytes, 's');
            made.hash = base::sha256(chosen.pin);
            if (!chosen.duress_pin.empty()) made.duress_hash = base::sha256(chosen.duress_pin);
            done(made);
        });
    }
    void compare(core::SosPin known, std::string typed, Found done) override {
        ++compared;
        waiting_.push_back([known = std::move(known), typed = std::move(typed), done = std::move(done)] {
            const base::Hash256 hash = base::sha256(typed);
            if (hash == known.hash) return done(core::PinMatch::pin);
            done(hash == known.duress_hash ? core::PinMatch::duress : core::PinMatch::none);
        });
    }
    /// False: there was nothing to do.
    bool work() {
        if (held || waiting_.empty()) return false;
        for (const auto& one : std::exchange(waiting_, {})) one();
        return true;
    }

    bool held = false;
    int compared = 0;

private:
    std::vector<std::function<void()>> waiting_;
};

}  // namespace marchwire::test
