#include "import/local_time.hpp"

#include <date/tz.h>

#include <chrono>
#include <optional>
#include <stdexcept>

namespace marchwire::import {
namespace {

using LocalTime = date::local_time<std::chrono::milliseconds>;
using SysTime = date::sys_time<std::chrono::milliseconds>;

const date::time_zone* zone_named(std::string_view tz) {
    try {
        return date::locate_zone(tz);
    } catch (const std::runtime_error&) {  // the library's way to say: no such zone
        return nullptr;
    }
}

const date::time_zone& checked_zone(std::string_view tz) {
    const date::time_zone* zone = zone_named(tz);
    MARCHWIRE_INVARIANT(zone != nullptr);
    return *zone;
}

/// Takes a number of exactly `digits` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_one_of(std::string_view& text, std::string_view wanted) {
    if (text.empty() || wanted.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
    if (take_one_of(text, "Z")) return std::chrono::minutes(0);
    const bool west = text.starts_with('-');
    if (!take_one_of(text, "+-")) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || !take_one_of(text, ":")) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes) return std::nullopt;
    return std::chrono::minutes((west ? -1 : 1) * (*hours * 60 + *minutes));
}

struct Written {
    LocalTime local;
    std::optional<std::chrono::minutes> offset;
};

base::Refusal wrong(std::string message) { return base::invalid("", std::move(message)); }

base::Result<LocalTime> take_local(std::string_view& text) {
    const auto form = wrong("Write the local time as 2018-06-14T11:00, without words such as 'noon' or 'am'.");
    const auto year = take_number(text, 4);
    if (!year || !take_one_of(text, "-")) return form;
    const auto month = take_number(text, 2);
    if (!month || !take_one_of(text, "-")) return form;
    const auto day = take_number(text, 2);
    if (!day || !take_one_of(text, "T ")) return form;
    const auto hour = take_number(text, 2);
    if (!hour || !take_one_of(text, ":")) return form;
    const auto minute = take_number(text, 2);
    if (!minute) return form;
    std::optional<int> second = 0;
    if (take_one_of(text, ":")) second = take_number(text, 2);
    if (!second) return form;
    const date::year_month_day date{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                    date::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return wrong("This day is in no calendar; correct the date.");
    if (*year < 2000 || *year > 2100) return wrong("Give a year from 2000 to 2100.");
    if (*hour > 23 || *minute > 59 || *second > 59) return wrong("Give the time as 00:00 to 23:59.");
    return LocalTime(date::local_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                     std::chrono::seconds(*second));
}

base::Result<Written> parse(std::string_view text) {
    auto local = take_local(text);
    if (!local) return local.error();
    Written written{*local, std::nullopt};
    if (text.empty()) return written;
    written.offset = take_offset(text);
    if (!written.offset || !text.empty()) {
        return wrong("Write the local time as 2018-06-14T11:00; only an offset such as -05:00 may follow.");
    }
    return written;
}

std::string clock_text(LocalTime local) { return date::format("%H:%M", local); }

std::string offset_text(std::chrono::seconds offset) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(offset).count();
    const auto size = minutes < 0 ? -minutes : minutes;
    const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
}

base::UtcMs moment(LocalTime local, std::chrono::seconds offset) {
    return {(local.time_since_epoch() - offset).count()};
}

base::Result<base::UtcMs> resolve(const Written& written, std::string_view tz) {
    const date::local_info info = checked_zone(tz).get_info(written.local);
    if (info.result == date::local_info::nonexistent) {
        const LocalTime from = LocalTime(info.first.end.time_since_epoch() + info.first.offset);
        const LocalTime to = LocalTime(info.first.end.time_since_epoch() + info.second.offset);
        return wrong("In " + std::string(tz) + " the clocks jump from " + clock_text(from) + " to " + clock_text(to) +
                     " that day, so this time does not exist; write one before or after.");
    }
    const bool twice = info.result == date::local_info::ambiguous;
    if (!written.offset) {
        if (!twice) return moment(written.local, info.first.offset);
        return wrong("In " + std::string(tz) + " the clocks show this time twice that day; add the offset, " +
                     offset_text(info.first.offset) + " for the first or " + offset_text(info.second.offset) +
                     " for the second.");
    }
    if (*written.offset == info.first.offset || (twice && *written.offset == info.second.offset)) {
        return moment(written.local, *written.offset);
    }
    return wrong(std::string(tz) + " is at " + offset_text(info.first.offset) +
                 " then; write the local time without an offset, or correct tz.");
}

}  // namespace

base::Result<void> check_zone(std::string_view tz) {
    if (tz.empty()) return wrong("Give the place's IANA time zone, such as America/Chicago.");
    if (tz != "UTC" && tz.find('/') == std::string_view::npos) {
        return wrong("'" + std::string(tz) + "' names no place; give the IANA zone, such as America/Chicago.");
    }
    if (zone_named(tz) == nullptr) {
        return wrong("There is no time zone '" + std::string(tz) + "'; give the IANA name, such as America/Chicago.");
    }
    return {};
}

base::Result<base::UtcMs> utc_of_local(std::string_view text, std::string_view tz) {
    auto written = parse(text);
    if (!written) return written.error();
    return resolve(*written, tz);
}

int offset_minutes(std::string_view tz, base::UtcMs at) {
    const auto info = checked_zone(tz).get_info(SysTime(std::chrono::milliseconds(at.value)));
    return static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(info.offset).count());
}

base::UtcMs end_of_local_day(base::UtcMs at, std::string_view tz) {
    const date::time_zone& zone = checked_zone(tz);
    const auto day = date::floor<date::days>(zone.to_local(SysTime(std::chrono::milliseconds(at.value))));
    const auto midnight = date::local_time<std::chrono::milliseconds>(day + date::days(1));
    // Where the clocks skip midnight the day ends with the skip.
    const auto end = std::chrono::time_point_cast<std::chrono::milliseconds>(
        zone.to_sys(midnight, date::choose::earliest));
    return {end.time_since_epoch().count()};
}

std::string local_text(base::UtcMs at, std::string_view tz) {
    if (!at) return "";
    const auto moment = date::floor<std::chrono::minutes>(SysTime(std::chrono::milliseconds(at.value)));
    const date::time_zone* zone = zone_named(tz);
    return zone != nullptr ? date::format("%Y-%m-%dT%H:%M", zone->to_local(moment))
                           : date::format("%Y-%m-%dT%H:%MZ", moment);
}

}  // namespace marchwire::import
