// Guesses that walk along a line: a Kalman filter of place and pace for each, and a contest between them.
#include "core/progress.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace marchwire::core {
namespace {

/// Nobody on a march is faster, not even on a bicycle (DOMAIN, positions).
constexpr double reach_metres_per_second = 15;
/// How far beside the line somebody walks on it: OFF_ROUTE's 60 m (DOMAIN, alerts).
constexpr double on_line_metres = 60;
/// Beyond it a fix says nothing of the route (DOMAIN, positions).
constexpr double near_line_metres = 500;
/// A radius of 68 % is so many deviations of each axis.
constexpr double deviations_in_radius = 1.5;
/// Phones between houses are off the same way for a while: fixes within it tell little more than one.
constexpr double noise_lasts_seconds = 10;
/// How a march walks before anything is known of the pace, in metres a second.
constexpr double pace_at_first = 0.5;
constexpr double pace_doubt_at_first = 0.8;
constexpr double pace_back_most = -2;
constexpr double pace_on_most = 6;
/// How fast paces change: a column halts and goes on.
constexpr double pace_drift = 0.01;
/// To have walked back so far is as unlikely as one step of the noise: a column goes on.
constexpr double back_doubt_metres = 8;
/// Beyond so many deviations a fix is rather wrong than new.
constexpr double believed_deviations = 3;
/// Guesses so near one another are one.
constexpr double same_guess_metres = 15;
/// A guess so much worse than the best is given up, and the one that was told stays so until another is this much
/// better.
constexpr double given_up_cost = 20;
constexpr double told_anew_cost = 2;
/// Who has walked so far since the fix before shows where. Fixes of somebody who stands say little of the leg: at a
/// corner where the route comes by twice the noise of half an hour would speak for the one or the other.
constexpr double telling_metres = 10;
constexpr double worth_least = 0.02;
/// Without a fix a walker is carried on by so much at most.
constexpr double carried_most_metres = 30;
/// Somebody who is far from where he can have walked was driven there when so long all fixes say so.
constexpr Millis strayed_long = base::seconds(20);

double deviation_of(std::uint32_t accuracy_metres) {
    return RouteIndex::noise_back(accuracy_metres).value / 2 / deviations_in_radius;
}

/// Quadratic near 0, linear beyond: one wild fix must not outweigh all others.
double cost_of(double deviations) {
    const double size = std::abs(deviations);
    if (size <= believed_deviations) return size * size / 2;
    return believed_deviations * (size - believed_deviations / 2);
}

double seconds_in(Millis time) { return static_cast<double>(time.value) / 1000; }

}  // namespace

/// What a fix says, in the units of the filter.
struct Progress::Sight {
    LatLon at;
    double deviation = 0;
    double elapsed_seconds = 0;  ///< since the fix before
    double noise_back = 0;
    double worth = 1;  ///< as evidence for one place rather than another: 0 to 1
};

/// The best guesses of one fix, each at its own place.
class Progress::Contenders {
public:
    void enter(const Guess& guess, bool was_chosen) {
        for (std::size_t i = 0; i < count_; ++i) {
            if (std::abs(all_[i].along - guess.along) >= same_guess_metres) continue;
            if (guess.cost < all_[i].cost) all_[i] = guess;
            if (was_chosen) keep(i, guess.cost);
            return;
        }
        std::size_t into = count_;
        if (count_ < all_.size()) {
            ++count_;
        } else {
            into = worst();
            if (all_[into].cost <= guess.cost && !was_chosen) return;
            if (into == chosen_) chosen_cost_ = std::numeric_limits<double>::infinity();
        }
        all_[into] = guess;
        if (was_chosen) keep(into, guess.cost);
    }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] const Guess& operator[](std::size_t i) const { return all_[i]; }
    [[nodiscard]] std::size_t best() const {
        std::size_t best = 0;
        for (std::size_t i = 1; i < count_; ++i) {
            if (all_[i].cost < all_[best].cost) best = i;
        }
        return best;
    }
    /// Where the guess that was told until now has gone on, unless another is much better.
    [[nodiscard]] std::size_t told() const {
        const std::size_t least = best();
        const bool goes_on = chosen_cost_ <= all_[least].cost + told_anew_cost;
        return goes_on ? chosen_ : least;
    }

private:
    void keep(std::size_t i, double cost) {
        if (cost >= chosen_cost_) return;
        chosen_ = i;
        chosen_cost_ = all_[i].cost;
    }
    [[nodiscard]] std::size_t worst() const {
        std::size_t worst = 0;
        for (std::size_t i = 1; i < count_; ++i) {
            if (all_[i].cost > all_[worst].cost) worst = i;
        }
        return worst;
    }

    std::array<Guess, guesses_most> all_;
    std::size_t count_ = 0;
    std::size_t chosen_ = 0;
    double chosen_cost_ = std::numeric_limits<double>::infinity();
};

Progress::Guess Progress::carried(const Guess& guess, double seconds) {
    Guess ahead = guess;
    const double drift = pace_drift * seconds;
    ahead.along += guess.pace * seconds;
    ahead.var_along += 2 * seconds * guess.covar + seconds * seconds * (guess.var_pace + drift / 3);
    ahead.covar += seconds * (guess.var_pace + drift / 2);
    ahead.var_pace += drift;
    return ahead;
}

Progress::Guess Progress::moved(const Guess& before, const Guess& carried, const Projection& place,
                                const Sight& sight) {
    const double news = place.along.value - carried.along;
    const double square = sight.deviation * sight.deviation;
    const double expected = carried.var_along + square;
    const double lasting = square * std::max(1.0, noise_lasts_seconds / std::max(sight.elapsed_seconds, 0.5));
    // A wild fix is believed as far as its deviations go.
    const double doubted = news * news / (believed_deviations * believed_deviations);
    const double weight = std::max(carried.var_along + lasting, doubted);
    Guess guess = carried;
    guess.along += carried.var_along / weight * news;
    guess.pace = std::clamp(carried.pace + carried.covar / weight * news, pace_back_most, pace_on_most);
    guess.var_along -= carried.var_along * carried.var_along / weight;
    guess.covar -= carried.var_along * carried.covar / weight;
    guess.var_pace -= carried.covar * carried.covar / weight;
    const double back = std::max(0.0, before.along - guess.along);
    guess.cost += sight.worth * (cost_of(place.beside.value / sight.deviation) + cost_of(news / std::sqrt(expected))) +
                  back / back_doubt_metres;
    guess.place = place.along.value;
    guess.beside = place.beside.value;
    return guess;
}

void Progress::contend(const RouteIndex& index, const Sight& sight, double within, Contenders& contenders) const {
    const double walk = reach_metres_per_second * sight.elapsed_seconds;
    for (std::size_t i = 0; i < count_; ++i) {
        const Guess& before = guesses_[i];
        const Guess ahead = carried(before, sight.elapsed_seconds);
        const Metres from{before.along - sight.noise_back};
        const Metres to{before.along + walk + sight.noise_back};
        for (const Projection& place : index.near(sight.at, from, to, Metres{within})) {
            contenders.enter(moved(before, ahead, place, sight), i == chosen_);
        }
    }
}

void Progress::settle(const Contenders& contenders) {
    const std::size_t told = contenders.told();
    const double least = contenders[contenders.best()].cost;
    count_ = 0;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        if (i != told && contenders[i].cost > least + given_up_cost) continue;
        if (i == told) chosen_ = count_;
        guesses_[count_] = contenders[i];
        guesses_[count_++].cost -= least;
    }
    strayed_since_ = UtcMs{};
}

Projection Progress::begin(const RouteIndex& index, const Fix& fix, const Expected& expected) {
    const double deviation = deviation_of(fix.accuracy_metres);
    Contenders contenders;
    for (const Projection& place : index.near(fix.at, Metres{0}, index.length(), Metres{near_line_metres})) {
        Guess guess;
        guess.along = guess.place = place.along.value;
        guess.beside = place.beside.value;
        guess.pace = pace_at_first;
        guess.var_along = deviation * deviation;
        guess.var_pace = pace_doubt_at_first * pace_doubt_at_first;
        const double outside = std::max({0.0, expected.from.value - guess.along, guess.along - expected.to.value});
        guess.cost = cost_of(guess.beside / deviation) + outside / expected.doubt.value;
        contenders.enter(guess, false);
    }
    count_ = 0;
    if (contenders.empty()) return index.project(fix.at);
    settle(contenders);
    fix_at_ = fix.fix_at;
    return {Metres{guesses_[chosen_].place}, Metres{guesses_[chosen_].beside}};
}

Projection Progress::take(const RouteIndex& index, const Fix& fix) {
    if (fix.fix_at <= fix_at_) return {Metres{guesses_[chosen_].place}, Metres{guesses_[chosen_].beside}};
    Sight sight;
    sight.at = fix.at;
    sight.deviation = deviation_of(fix.accuracy_metres);
    sight.elapsed_seconds = seconds_in(fix.fix_at - fix_at_);
    sight.noise_back = RouteIndex::noise_back(fix.accuracy_metres).value;
    sight.worth = std::clamp(fastest() * sight.elapsed_seconds / telling_metres, worth_least, 1.0);
    Contenders contenders;
    contend(index, sight, on_line_metres + sight.noise_back / 2, contenders);
    if (contenders.empty()) {
        const Projection nearest = index.project(fix.at);
        if (nearest.beside.value <= on_line_metres) return stray(index, fix, nearest);
        // Beside the route, not elsewhere on it: how far along is known only roughly.
        sight.deviation = on_line_metres;
        contend(index, sight, near_line_metres, contenders);
        if (contenders.empty()) return nearest;
    }
    settle(contenders);
    fix_at_ = fix.fix_at;
    return {Metres{guesses_[chosen_].place}, Metres{guesses_[chosen_].beside}};
}

Projection Progress::stray(const RouteIndex& index, const Fix& fix, const Projection& nearest) {
    if (!strayed_since_) strayed_since_ = fix.fix_at;
    if (fix.fix_at - strayed_since_ < strayed_long) return nearest;
    const Metres last{guesses_[chosen_].along};
    return begin(index, fix, {last, last});
}

double Progress::fastest() const {
    double pace = 0;
    for (std::size_t i = 0; i < count_; ++i) pace = std::max(pace, std::abs(guesses_[i].pace));
    return pace;
}

Metres Progress::along(UtcMs now) const {
    if (count_ == 0) return Metres{};
    const Guess& guess = guesses_[chosen_];
    const double seconds = std::max(0.0, seconds_in(now - fix_at_));
    return Metres{guess.along + std::clamp(guess.pace * seconds, 0.0, carried_most_metres)};
}

}  // namespace marchwire::core
