// People who walk along a line with phones that are off and fall silent: the truth that an estimate of the column is
// held against. It shares no geometry with the server: what is wrong there must not be wrong here in the same way.
#pragma once

#include "core/progress.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numbers>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::test {

/// A line and, of a recording, when its points were passed; seconds from the first, rising.
struct WalkedLine {
    std::vector<core::LatLon> points;
    std::vector<double> seconds;  ///< empty: drawn, not recorded
};

inline double metres_between(const core::LatLon& a, const core::LatLon& b) {
    // On the ellipsoid of WGS 84, by its radii of curvature at the middle; right to millimetres between neighbours.
    constexpr double equator_metres = 6'378'137;
    constexpr double squared_eccentricity = 0.00669437999014;
    constexpr double radians = std::numbers::pi / 180;
    const double sine = std::sin((a.lat + b.lat) / 2 * radians);
    const double squeezed = 1 - squared_eccentricity * sine * sine;
    const double normal = equator_metres / std::sqrt(squeezed);
    const double meridian = normal * (1 - squared_eccentricity) / squeezed;
    return std::hypot((b.lat - a.lat) * radians * meridian,
                      (b.lon - a.lon) * radians * normal * std::sqrt(1 - sine * sine));
}

namespace walking {

inline std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline double number_after(std::string_view text, std::string_view name, std::size_t at = 0) {
    const auto found = text.find(name, at);
    if (found == std::string_view::npos) return 0;
    double value = 0;
    std::from_chars(text.data() + found + name.size(), text.data() + text.size(), value);
    return value;
}

/// "2012-10-24T23:29:40.000Z": seconds of the month, which is enough within one recording.
inline double seconds_of(std::string_view time) {
    const auto two = [&](std::size_t at) { return (time[at] - '0') * 10.0 + (time[at + 1] - '0'); };
    return ((two(8) * 24 + two(11)) * 60 + two(14)) * 60 + two(17);
}

/// Fixes that no runner reaches are the receiver's, not the runner's; a pause is cut to two minutes, and what was
/// faster than people march takes longer.
inline void add_recorded(WalkedLine& line, core::LatLon at, double seconds, double& recorded) {
    constexpr double fastest = 3;
    constexpr double march_most = 1.8;
    constexpr double pause_most = 120;
    if (line.points.empty()) {
        recorded = seconds;
        line.points.push_back(at);
        line.seconds.push_back(0);
        return;
    }
    const double elapsed = seconds - recorded;
    const double walked = metres_between(line.points.back(), at);
    if (elapsed <= 0 || walked <= 0 || walked > fastest * elapsed) return;
    recorded = seconds;
    line.points.push_back(at);
    line.seconds.push_back(line.seconds.back() + std::max(std::min(elapsed, pause_most), walked / march_most));
}

}  // namespace walking

/// A recording as a line to walk; `slower` stretches its time (a run is no march).
inline WalkedLine recorded_line(const std::string& gpx_path, double slower) {
    const std::string text = walking::text_of(gpx_path);
    WalkedLine line;
    double recorded = 0;
    for (auto at = text.find("<trkpt"); at != std::string::npos; at = text.find("<trkpt", at + 1)) {
        const std::string_view point = std::string_view(text).substr(at, text.find("</trkpt>", at) - at);
        const auto time = point.find("<time>");
        if (time == std::string_view::npos) continue;
        const core::LatLon place{walking::number_after(point, "lat=\""), walking::number_after(point, "lon=\"")};
        walking::add_recorded(line, place, walking::seconds_of(point.substr(time + 6)) * slower, recorded);
    }
    return line;
}

/// The first LineString of a GeoJSON, or of a KML with `mark` "<coordinates>", up to so many metres.
inline WalkedLine drawn_line(const std::string& path, std::string_view mark = "\"coordinates\": [[",
                             double metres_most = 20'000) {
    const std::string text = walking::text_of(path);
    WalkedLine line;
    auto at = text.find(mark);
    if (mark.starts_with("<")) at = text.find(mark, text.find("<LineString"));
    if (at == std::string::npos) return line;
    at += mark.size();
    const auto end = std::min(text.find("]]", at), text.find("</coordinates>", at));
    double metres = 0;
    while (at < end && metres < metres_most) {
        at = text.find_first_of("-0123456789", at);
        if (at >= end) break;
        core::LatLon place;
        place.lon = std::strtod(text.c_str() + at, nullptr);
        const auto comma = text.find(',', at);
        place.lat = std::strtod(text.c_str() + comma + 1, nullptr);
        if (!line.points.empty()) metres += metres_between(line.points.back(), place);
        line.points.push_back(place);
        // Behind the pair: of a KML with its height, of GeoJSON the bracket.
        at = text.find_first_of(" \n\r\t]", comma + 2);
    }
    return line;
}

/// How a column walks and how bad its phones are.
struct Walk {
    WalkedLine line;
    std::uint32_t seed = 1;
    double column_metres = 250;
    int heads = 3, tails = 3;
    double pace = 1.2;              ///< metres a second, changing by a third; of a drawn line
    double noise_metres_most = 30;  ///< no fix is further off
    double loss_seconds_most = 60;  ///< no silence of a phone is longer
};

/// A simulated clock of seconds; people 0 to heads-1 are the HEAD marshals, then the TAIL marshals.
class WalkingPeople {
public:
    struct Sent {
        int person = 0;
        core::Fix fix;
    };

    WalkingPeople(Walk walk, core::UtcMs begin) : walk_(std::move(walk)), random_(walk_.seed), now_(begin) {
        along_.push_back(0);
        for (std::size_t i = 1; i < walk_.line.points.size(); ++i) {
            along_.push_back(along_.back() + metres_between(walk_.line.points[i - 1], walk_.line.points[i]));
        }
        for (int i = 0; i < walk_.heads; ++i) phones_.push_back(phone(4.0 * i));
        for (int i = 0; i < walk_.tails; ++i) phones_.push_back(phone(walk_.column_metres - 4.0 * i));
    }

    [[nodiscard]] core::UtcMs now() const { return now_; }
    [[nodiscard]] double length() const { return along_.back(); }
    /// The tail has come in.
    [[nodiscard]] bool over() const { return tail() >= length() - 1; }
    /// The median of the HEAD marshals, and of the TAIL marshals.
    [[nodiscard]] double head() const { return middle(0, walk_.heads); }
    [[nodiscard]] double tail() const { return middle(walk_.heads, walk_.tails); }

    /// One second later: what the phones send in it.
    std::vector<Sent> second() {
        now_ = now_ + base::seconds(1);
        ++seconds_;
        walk_on();
        std::vector<Sent> sent;
        for (std::size_t i = 0; i < phones_.size(); ++i) {
            Phone& phone = phones_[i];
            drift(phone);
            if (seconds_ >= phone.lost_until) {
                // Heard for a while, then lost for a while.
                if (seconds_ >= phone.heard_until) lose(phone);
                const bool due = seconds_ % 5 == static_cast<int>(i % 5);
                if (due && seconds_ >= phone.lost_until) sent.push_back({static_cast<int>(i), fix_of(phone)});
            }
        }
        return sent;
    }

private:
    struct Phone {
        double behind = 0;
        double deviation = 0;  ///< metres, each axis
        double told = 1;       ///< how it exaggerates its accuracy
        double east = 0, north = 0;
        int heard_until = 0, lost_until = 0;
    };

    double within(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random_); }
    double normal() { return std::normal_distribution<double>()(random_); }

    Phone phone(double behind) {
        Phone made;
        made.behind = behind;
        made.deviation = within(4, 15);
        made.told = within(0.7, 1.5);
        made.heard_until = static_cast<int>(within(10, 180));
        return made;
    }
    void lose(Phone& phone) {
        phone.lost_until = seconds_ + static_cast<int>(within(5, walk_.loss_seconds_most));
        phone.heard_until = phone.lost_until + static_cast<int>(within(20, 180));
    }
    /// Half of what a phone is off lasts for about twenty seconds, as between houses; half is new with each fix.
    static void lean(double& offset, double deviation, double news) {
        constexpr double lasts = 0.95;
        offset = lasts * offset + std::sqrt((1 - lasts * lasts) / 2) * deviation * news;
    }
    void drift(Phone& phone) {
        lean(phone.east, phone.deviation, normal());
        lean(phone.north, phone.deviation, normal());
    }
    core::Fix fix_of(const Phone& phone) {
        double east = phone.east + phone.deviation * std::numbers::sqrt2 / 2 * normal();
        double north = phone.north + phone.deviation * std::numbers::sqrt2 / 2 * normal();
        const double off = std::hypot(east, north);
        const double shrink = std::min(1.0, walk_.noise_metres_most / std::max(off, 0.001));
        east *= shrink;
        north *= shrink;
        core::LatLon at = place(along_of(phone));
        constexpr double metres_per_degree = 111'195;
        at.lat += north / metres_per_degree;
        at.lon += east / metres_per_degree / std::cos(at.lat * std::numbers::pi / 180);
        const double radius = std::max(3.0, 1.5 * phone.deviation * phone.told);
        return {at, static_cast<std::uint32_t>(std::lround(radius)), now_};
    }

    void walk_on() {
        if (!walk_.line.seconds.empty()) {
            head_ = at_time(static_cast<double>(seconds_));
        } else if (seconds_ >= stands_until_) {
            if (seconds_ >= walks_until_) {
                // A light, a bridge, a hold: it stands, then walks at another pace.
                stands_until_ = seconds_ + static_cast<int>(within(0, 90));
                walks_until_ = stands_until_ + static_cast<int>(within(60, 400));
                pace_now_ = walk_.pace * within(0.67, 1.33);
            }
            if (seconds_ >= stands_until_) head_ += pace_now_;
        }
        if (head_ < length()) return;
        // The head has come in; those behind close up.
        came_in_ += head_ - length();
        if (!walk_.line.seconds.empty()) came_in_ += walk_.pace;
        head_ = length();
    }
    /// Where the recording was so many seconds after its begin.
    [[nodiscard]] double at_time(double seconds) const {
        const auto& times = walk_.line.seconds;
        const auto next = std::ranges::upper_bound(times, seconds);
        if (next == times.end()) return length();
        const auto i = static_cast<std::size_t>(next - times.begin());
        return std::lerp(along_[i - 1], along_[i], (seconds - times[i - 1]) / (times[i] - times[i - 1]));
    }
    [[nodiscard]] double along_of(const Phone& phone) const {
        return std::clamp(head_ + came_in_ - phone.behind, 0.0, length());
    }
    [[nodiscard]] core::LatLon place(double along) const {
        const auto next = std::ranges::upper_bound(along_, along);
        if (next == along_.end()) return walk_.line.points.back();
        const auto i = static_cast<std::size_t>(next - along_.begin());
        const double share = (along - along_[i - 1]) / (along_[i] - along_[i - 1]);
        const core::LatLon& a = walk_.line.points[i - 1];
        const core::LatLon& b = walk_.line.points[i];
        return {std::lerp(a.lat, b.lat, share), std::lerp(a.lon, b.lon, share)};
    }
    [[nodiscard]] double middle(int first, int count) const {
        std::vector<double> places;
        for (int i = first; i < first + count; ++i) places.push_back(along_of(phones_[static_cast<std::size_t>(i)]));
        std::ranges::sort(places);
        const std::size_t half = places.size() / 2;
        return places.size() % 2 == 1 ? places[half] : (places[half - 1] + places[half]) / 2;
    }

    Walk walk_;
    std::mt19937 random_;
    core::UtcMs now_;
    int seconds_ = 0;
    std::vector<double> along_;  ///< metres from the start, by point
    std::vector<Phone> phones_;
    double head_ = 0;
    double came_in_ = 0;  ///< how far the head would be beyond the end
    double pace_now_ = 0;
    int stands_until_ = 0, walks_until_ = 0;
};

/// How far an estimate was from the truth, second by second. What walking since the last fix (up to a minute ago) and
/// the noise of two fixes explain is no jump; an error beyond that is one of the leg and not of the metre.
class ColumnScore {
public:
    static constexpr double explained_metres = 60;
    static constexpr std::size_t lost_seconds_most = 60;

    void add(double truth, double estimate) {
        truths_.push_back(truth);
        const std::size_t ago = truths_.size() > lost_seconds_most ? truths_.size() - 1 - lost_seconds_most : 0;
        const double walked = truth - truths_[ago];
        errors_.push_back(std::abs(estimate - truth));
        if (errors_.back() > explained_metres + walked) ++astray_;
        if (errors_.size() > 1) {
            const double step = estimate - before_;
            back_worst_ = std::max(back_worst_, -step);
            if (step > explained_metres + walked || -step > explained_metres) ++jumps_;
            fell_back_worst_ = std::max(fell_back_worst_, foremost_ - estimate);
        }
        foremost_ = std::max(foremost_, estimate);
        before_ = estimate;
    }
    [[nodiscard]] double error(double fraction) const {
        if (errors_.empty()) return 0;
        std::vector<double> sorted = errors_;
        std::ranges::sort(sorted);
        const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1));
        return sorted[rank];
    }
    [[nodiscard]] std::size_t seconds() const { return errors_.size(); }
    [[nodiscard]] double back_worst() const { return back_worst_; }            ///< from one second to the next
    [[nodiscard]] double fell_back_worst() const { return fell_back_worst_; }  ///< behind where it ever was
    [[nodiscard]] int jumps() const { return jumps_; }
    [[nodiscard]] int astray() const { return astray_; }  ///< seconds

private:
    std::vector<double> errors_, truths_;
    double before_ = 0, foremost_ = 0;
    double back_worst_ = 0, fell_back_worst_ = 0;
    int jumps_ = 0, astray_ = 0;
};

}  // namespace marchwire::test
