#include "import/campaign_row.hpp"

#include "base/limits.hpp"
#include "core/phase_table.hpp"
#include "core/text_bounds.hpp"
#include "import/local_time.hpp"
#include "import/place_check.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;
using core::MarchKind;
using core::Phase;

/// In the order of a programme; the time decides where both are known.
constexpr std::array<std::pair<std::string_view, Phase>, 7> phase_columns{{
    {"assembling_local", Phase::assembling},
    {"live_local", Phase::live},
    {"marching_local", Phase::marching},
    {"rally_local", Phase::rally},
    {"call_to_action_local", Phase::call_to_action},
    {"dispersing_local", Phase::dispersing},
    {"closed_local", Phase::closed},
}};
constexpr std::string_view other_columns[] = {"city",        "state",       "venue", "lat",       "lon",
                                              "tz",          "start_local", "kind",  "crowd_low", "crowd_high",
                                              "start_phase", "slug",        "source"};
constexpr std::string_view required_columns[] = {"city", "tz"};

bool is_known_column(std::string_view name) {
    return std::ranges::find(other_columns, name) != std::end(other_columns) ||
           std::ranges::any_of(phase_columns, [name](const auto& column) { return column.first == name; });
}

/// The row being read: its cells by name, and a place for what is wrong with them.
class RowReader {
public:
    RowReader(const CsvRecord& record, const Columns& columns, Findings& findings)
        : record_(record), columns_(columns), findings_(findings) {}

    std::optional<DraftMarch> read() {
        if (record_.fields.size() != columns_.size()) {
            error("", "This row has " + std::to_string(record_.fields.size()) + " fields and the header " +
                          std::to_string(columns_.size()) + "; put fields that hold a comma in quotes.");
            return std::nullopt;
        }
        march_.row = record_.row;
        read_names();
        read_kind();
        read_site();
        read_crowd();
        const bool zone_is_known = read_zone();
        if (zone_is_known) read_plan();
        if (zone_is_known && march_.spec.site) check_place();
        return wrong_ ? std::nullopt : std::optional(std::move(march_));
    }

private:
    [[nodiscard]] std::string_view cell(std::string_view column) const {
        const auto found = columns_.find(column);
        return found == columns_.end() ? "" : trimmed(record_.fields[found->second]);
    }
    void error(std::string_view column, std::string message) {
        wrong_ = true;
        findings_.push_back({Weight::error, record_.row, std::string(column), std::move(message)});
    }
    void warn(std::string_view column, std::string message) {
        findings_.push_back({Weight::warning, record_.row, std::string(column), std::move(message)});
    }

    std::string text(std::string_view column, std::size_t most, core::Presence presence) {
        const std::string_view value = cell(column);
        if (const auto complaint = core::check_text(value, column, most, presence)) error(column, complaint->message);
        return std::string(value);
    }

    void read_names() {
        core::MarchSpec& spec = march_.spec;
        spec.city = text("city", limits::name_characters, core::Presence::required);
        spec.venue = text("venue", limits::name_characters, core::Presence::optional);
        spec.state = std::string(cell("state"));
        std::ranges::transform(spec.state, spec.state.begin(),
                               [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        if (!spec.state.empty() && !is_us_state(spec.state)) {
            error("state",
                  "'" + spec.state + "' is no US state; write its two letters, such as MO, or leave it empty.");
        }
        read_source();
        if (const auto slug = cell("slug"); !slug.empty()) {
            auto parsed = base::Slug::parse(slug, "slug");
            if (!parsed) return error("slug", parsed.error().message);
            march_.slug = *parsed;
        }
    }

    void read_source() {
        std::string_view source = cell("source");
        if (const auto length = core_characters(source); length > limits::source_characters) {
            warn("source", "The source has " + std::to_string(length) + " characters; the first " +
                               std::to_string(limits::source_characters) + " are kept.");
            source = first_characters(source, limits::source_characters);
        }
        const auto complaint = core::check_text(source, "source", limits::source_characters, core::Presence::optional);
        if (complaint) error("source", complaint->message);
        march_.spec.source = std::string(source);
    }

    static bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
    static std::size_t core_characters(std::string_view text) {
        return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
    }
    static std::string_view first_characters(std::string_view text, std::size_t most) {
        std::size_t seen = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (begins_character(text[i]) && seen++ == most) return text.substr(0, i);
        }
        return text;
    }

    void read_kind() {
        const std::string_view kind = cell("kind");
        if (kind.empty()) return;
        const auto named = core::march_kind_named(kind);
        if (!named) return error("kind", "Write in_person or virtual, or leave it empty for in_person.");
        march_.spec.kind = *named;
    }

    bool read_zone() {
        march_.spec.tz = std::string(cell("tz"));
        const auto known = check_zone(march_.spec.tz);
        if (!known) error("tz", known.error().message);
        return known.has_value();
    }

    std::optional<double> degrees(std::string_view column) {
        const std::string_view value = cell(column);
        double number = 0;
        const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (code != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) {
            error(column, "Write decimal degrees with a point, such as 38.6270.");
            return std::nullopt;
        }
        return number;
    }

    void read_site() {
        if (cell("lat").empty() && cell("lon").empty()) {
            return warn("lat", "No site is given, so the place is not checked and the march is on no map.");
        }
        const auto lat = degrees("lat");
        const auto lon = degrees("lon");
        if (!lat || !lon) return;
        if (std::abs(*lat) > 90 && std::abs(*lat) <= 180 && std::abs(*lon) <= 90) {
            return error("lat", "Latitude is from -90 to 90: latitude and longitude are swapped; exchange them.");
        }
        if (std::abs(*lat) > 90) return error("lat", "Latitude is from -90 to 90; look the place up again.");
        if (std::abs(*lon) > 180) return error("lon", "Longitude is from -180 to 180; look the place up again.");
        if (*lat == 0 && *lon == 0) {
            return error("lat", "0, 0 lies in the ocean: the place was never found; look it up again.");
        }
        march_.spec.site = core::LatLon{*lat, *lon};
    }

    void check_place() {
        const auto& spec = march_.spec;
        const auto objection = object_to_place(spec.state, spec.tz, *spec.site, first_time());
        if (!objection) return;
        const bool surely = objection->fault == PlaceFault::swapped || objection->fault == PlaceFault::sign_lost;
        if (surely) return error(objection->column, objection->message);
        warn(objection->column, objection->message);
    }

    [[nodiscard]] core::UtcMs first_time() const {
        const auto& plan = march_.spec.plan;
        const auto known = std::ranges::find_if(plan, [](const core::PlannedPhase& step) { return bool(step.at); });
        return known == plan.end() ? core::UtcMs{} : known->at;
    }

    std::optional<std::uint32_t> crowd(std::string_view column) {
        const std::string_view value = cell(column);
        if (value.empty()) return std::nullopt;
        std::uint32_t number = 0;
        const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (code == std::errc() && end == value.data() + value.size()) return number;
        warn(column, "Write the crowd in digits, such as 250, or leave it empty; it was left out.");
        return std::nullopt;
    }

    void read_crowd() {
        march_.crowd_low = crowd("crowd_low");
        march_.crowd_high = crowd("crowd_high");
        if (march_.crowd_low && march_.crowd_high && *march_.crowd_low > *march_.crowd_high) {
            warn("crowd_low", "The lower figure is above the higher one; they were exchanged.");
            std::swap(march_.crowd_low, march_.crowd_high);
        }
    }

    std::optional<core::UtcMs> time(std::string_view column) {
        const std::string_view value = cell(column);
        if (value == "?") return core::UtcMs{};
        auto utc = utc_of_local(value, march_.spec.tz);
        if (utc) return *utc;
        error(column, utc.error().message);
        return std::nullopt;
    }

    void add_phase(std::string_view column, Phase phase) {
        if (!core::phase_can_be_planned(march_.spec.kind, phase)) {
            return error(column, "A march of kind " + std::string(core::name_of(march_.spec.kind)) + " has no phase " +
                                     std::string(core::name_of(phase)) + "; leave this empty or correct kind.");
        }
        if (const auto at = time(column)) march_.spec.plan.push_back({phase, *at});
    }

    [[nodiscard]] std::optional<Phase> start_phase() {
        const std::string_view name = cell("start_phase");
        if (name.empty()) return march_.spec.kind == MarchKind::in_person ? Phase::marching : Phase::live;
        const auto phase = core::phase_named(name);
        if (phase && core::phase_can_be_planned(march_.spec.kind, *phase)) return phase;
        error("start_phase", "Name the phase that start_local begins: assembling, marching, rally or live.");
        return std::nullopt;
    }

    void read_plan() {
        const auto starting = start_phase();
        if (!starting) return;
        for (const auto& [column, phase] : phase_columns) {
            const bool starts = phase == *starting;
            if (starts && !cell("start_local").empty() && !cell(column).empty()) {
                return error(column, "start_local gives this phase's time already; leave one of the two empty.");
            }
            if (!cell(column).empty()) {
                add_phase(column, phase);
            } else if (starts && !cell("start_local").empty()) {
                add_phase("start_local", phase);
            } else if (starts) {
                march_.spec.plan.push_back({phase, core::UtcMs{}});  // no time is known
            }
        }
        order_plan();
    }

    /// Rally first, where the times say so: a phase without a time stays behind the one before it.
    void order_plan() {
        auto& plan = march_.spec.plan;
        std::vector<std::pair<core::UtcMs, core::PlannedPhase>> timed;
        core::UtcMs latest;
        for (const auto& step : plan) {
            if (step.at) latest = step.at;
            timed.emplace_back(latest, step);
        }
        std::ranges::stable_sort(timed, {}, [](const auto& pair) { return pair.first; });
        std::ranges::transform(timed, plan.begin(), [](const auto& pair) { return pair.second; });
    }

    const CsvRecord& record_;
    const Columns& columns_;
    Findings& findings_;
    DraftMarch march_;
    bool wrong_ = false;
};

}  // namespace

Columns read_header(const CsvRecord& header, Findings& findings) {
    return read_header(header, is_known_column, required_columns, findings);
}

std::optional<DraftMarch> read_march(const CsvRecord& record, const Columns& columns, Findings& findings) {
    return RowReader(record, columns, findings).read();
}

}  // namespace marchwire::import
