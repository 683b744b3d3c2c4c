// One person's progress along a route, folded from noisy fixes: continuous where the route crosses or repeats itself.
#pragma once

#include "core/model.hpp"
#include "core/route.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace marchwire::core {

/// One GPS fix as a phone sent it.
struct Fix {
    LatLon at;
    std::uint32_t accuracy_metres = 0;  ///< radius of 68 %; 0 is unknown
    UtcMs fix_at;
    bool operator==(const Fix&) const = default;
};

/// Where on the route somebody is looked for first of whom nothing is known yet.
struct Expected {
    Metres from;
    Metres to;
    Metres doubt{500};  ///< so far outside is as unlikely as one step of the noise
};

/// A few guesses at where somebody walks, each with a pace. A fix moves all of them; where the line passes a place
/// more than once a guess goes on along each passing, and the one that explains all fixes best is told. So a fix lost
/// at a crossing or a turn is put right by those that follow, and noise makes nobody change the leg.
/// Pure; a fix costs a search of the few legs that can have been reached since the one before. Numbers without another
/// source are ours, tuned as bench/column.cpp says.
class Progress {
public:
    /// False before the first fix that came near the line.
    [[nodiscard]] bool known() const { return count_ != 0; }
    /// Forgets what was known and begins at this fix: of the places near it the most likely, with `expected`.
    Projection begin(const RouteIndex& index, const Fix& fix, const Expected& expected);
    /// Takes a later fix; one that is older changes nothing. Gives the place of this fix, as it stands. Far from
    /// everything that can have been reached: the nearest place on the line, and the guesses wait; a few such fixes
    /// near the line, and it begins anew there.
    Projection take(const RouteIndex& index, const Fix& fix);
    /// Metres from the start at `now`: carried on from the last fix by the pace, no further than noise would explain
    /// when it turns out that the person had stopped.
    [[nodiscard]] Metres along(UtcMs now) const;
    /// Metres a second along the line, under 0 when walking back.
    [[nodiscard]] double pace() const { return count_ == 0 ? 0 : guesses_[chosen_].pace; }
    /// Of the last fix that was taken; 0 before.
    [[nodiscard]] UtcMs fix_at() const { return fix_at_; }

private:
    /// A place and a pace with what is uncertain about them, and how badly the fixes so far speak for it.
    struct Guess {
        double along = 0, pace = 0;
        double var_along = 0, covar = 0, var_pace = 0;
        double cost = 0;
        double place = 0, beside = 0;  ///< of the last fix
    };
    struct Sight;
    class Contenders;
    [[nodiscard]] static Guess carried(const Guess& guess, double seconds);
    [[nodiscard]] static Guess moved(const Guess& before, const Guess& carried, const Projection& place,
                                     const Sight& sight);
    void contend(const RouteIndex& index, const Sight& sight, double within, Contenders& contenders) const;
    void settle(const Contenders& contenders);
    [[nodiscard]] double fastest() const;
    Projection stray(const RouteIndex& index, const Fix& fix, const Projection& nearest);

    static constexpr std::size_t guesses_most = 4;
    std::array<Guess, guesses_most> guesses_;
    std::size_t count_ = 0;
    std::size_t chosen_ = 0;
    UtcMs fix_at_;
    UtcMs strayed_since_;  ///< first of the fixes that are near the line where nobody can have walked to; 0: none
};

}  // namespace marchwire::core
