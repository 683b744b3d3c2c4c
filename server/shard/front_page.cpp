// The front page: see front_page.hpp.
#include "shard/front_page.hpp"

#include "core/vocabulary.hpp"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

namespace marchwire::shard {
namespace {

/// Colours are at least 4.5 to 1 in both schemes. On a narrow screen a row is a block: the city and how it stands on
/// its first line, what comes next below.
constexpr std::string_view style = R"(
:root{color-scheme:light dark;--back:#fff;--text:#1a1a1a;--quiet:#555;--line:#d4d4d4;--link:#0b50b8;
--go:#0d6b38;--care:#9a3412;--on:#fff;--notice:#fff3c4;--notice-text:#3d2c00;--notice-line:#b7791f}
@media(prefers-color-scheme:dark){:root{--back:#121416;--text:#ececec;--quiet:#b4b8bc;--line:#383c40;--link:#8ab4f8;
--go:#7ee2a8;--care:#ffb38a;--on:#121416;--notice:#3a2d00;--notice-text:#ffe7a3;--notice-line:#b7891f}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:64rem;background:var(--back);color:var(--text);
font:1rem/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:.25rem 0}
h2{font-size:1.3rem;line-height:1.25;margin:2.25rem 0 0}
p{margin:.35rem 0}
a{color:var(--link)}
code{font-family:ui-monospace,monospace}
.notice{padding:.75rem 1rem;border-left:.4rem solid var(--notice-line);background:var(--notice);
color:var(--notice-text);font-weight:600}
.quiet,thead th{color:var(--quiet)}
.quiet a{white-space:nowrap}
table{width:100%;border-collapse:collapse;margin-top:.5rem}
th,td{text-align:left;vertical-align:top;padding:.6rem 1rem .6rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.875rem;font-weight:400}
tbody th{width:30%;font-weight:600}
td.now{width:28%}
td.links{padding-right:0;text-align:right;white-space:nowrap}
td.links a{padding:.6rem 0 .6rem .75rem}
b{display:inline-block;padding:0 .5rem;border-radius:.25rem;background:var(--go);color:var(--on)}
b.care{background:var(--care)}
.over th,.over td{color:var(--quiet);font-weight:400}
small{font-weight:400;color:var(--quiet)}
@media(max-width:40rem){thead{position:absolute;clip-path:inset(50%)}
table,tbody{display:block}
tr{display:grid;grid-template-columns:1fr auto auto;gap:0 .75rem;padding:.6rem 0;border-bottom:1px solid var(--line)}
tbody th,td,td.now{display:block;width:auto;padding:.1rem 0;border:0}
td.now{display:contents}
td.now span{grid-column:2/-1;text-align:right}
td.now p{grid-column:1/-1}
td.next{grid-column:1/3;align-self:center}
td.next time::before{content:"Next: "}})";

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '"') {
            out += "&quot;";
        } else {
            out += c;
        }
    }
    return out;
}

/// In the zone's own time; in UTC when the zone is not known here.
std::string local_time(base::UtcMs at, const std::string& tz, const char* format) {
    using std::chrono::milliseconds;
    const date::sys_time<std::chrono::minutes> moment{
        std::chrono::duration_cast<std::chrono::minutes>(milliseconds(at.value))};
    try {
        return date::format(format, date::make_zoned(date::locate_zone(tz), moment));
    } catch (const std::runtime_error&) {
        return date::format(format, moment);
    }
}

constexpr const char* day_and_time = "%a %d %b %H:%M %Z";  // Thu 14 Jun 11:00 CDT

std::string words(std::string_view name) {
    std::string text(name);
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

/// In the order in which they stand in their section.
enum class Standing : std::uint8_t { under_way, to_come, over };

Standing standing_of(core::Phase phase) {
    switch (phase) {
        case core::Phase::assembling:
        case core::Phase::marching:
        case core::Phase::held:
        case core::Phase::rally:
        case core::Phase::call_to_action:
        case core::Phase::dispersing:
        case core::Phase::stopped:
        case core::Phase::live:
        case core::Phase::paused: return Standing::under_way;
        case core::Phase::planned:
        case core::Phase::postponed: return Standing::to_come;
        case core::Phase::closed:
        case core::Phase::cancelled: return Standing::over;
    }
    return Standing::over;
}

bool stands_still(core::Phase phase) {
    return phase == core::Phase::held || phase == core::Phase::stopped || phase == core::Phase::paused;
}

/// Where a march stands in its section.
auto order_of(const FrontRow& one) {
    const base::UtcMs next = one.row.next.at;
    return std::tuple(standing_of(one.row.phase.phase), !next, next.value, one.row.city, one.log.text());
}

std::string now_cell(const core::OverviewRow& row) {
    std::string phase = words(core::name_of(row.phase.phase));
    if (standing_of(row.phase.phase) == Standing::under_way) {
        phase = std::string(stands_still(row.phase.phase) ? "<b class=\"care\">" : "<b>") + phase + "</b>";
        if (row.phase.since) phase += " <small>since " + local_time(row.phase.since, row.tz, "%H:%M") + "</small>";
    }
    const std::string cell = "<span>" + phase + "</span>";
    return row.phase.sentence.empty() ? cell : cell + "<p>" + escape_html(row.phase.sentence) + "</p>";
}

std::string next_cell(const core::OverviewRow& row, base::UtcMs now) {
    const Standing standing = standing_of(row.phase.phase);
    if (standing == Standing::over) return {};
    const bool is_past = row.next.at < now;
    if (!row.next.at) return standing == Standing::to_come ? "<span class=\"quiet\">no time is known</span>" : "";
    if (row.phase.phase == core::Phase::postponed && is_past)
        return "<span class=\"quiet\">no new time is known</span>";
    return "<time datetime=\"" + local_time(row.next.at, "UTC", "%FT%RZ") + "\">" +
           escape_html(words(core::name_of(row.next.phase)) + " " + local_time(row.next.at, row.tz, day_and_time)) +
           "</time>" + (is_past ? " (late)" : "");
}

std::string front_row(const FrontRow& one, base::UtcMs now) {
    const core::OverviewRow& row = one.row;
    std::string city = escape_html(row.city);
    if (!row.state.empty()) city += ", " + escape_html(row.state);
    const std::string page = "<a href=\"/v1/marches/" + one.log.text();
    const std::string label = "\" aria-label=\"" + city + ": ";
    std::string html = standing_of(row.phase.phase) == Standing::over ? "<tr class=\"over\">" : "<tr>";
    html += "<th scope=\"row\">" + city;
    if (row.kind == core::MarchKind::virtual_event) html += " <small>virtual event</small>";
    html += "</th><td class=\"now\">" + now_cell(row) + "</td><td class=\"next\">" + next_cell(row, now) + "</td>";
    html += "<td class=\"links\">" + page + label + "data\">data</a> ";
    html += page + "/route.geojson" + label + "route\">route</a></td></tr>\n";
    return html;
}

/// The marches of one campaign, sorted.
using Section = std::vector<FrontRow>;

std::string counted(const Section& rows) {
    const auto count = [&](Standing standing) {
        return std::to_string(std::count_if(rows.begin(), rows.end(), [&](const FrontRow& one) {
            return standing_of(one.row.phase.phase) == standing;
        }));
    };
    return count(Standing::under_way) + " under way, " + count(Standing::to_come) + " to come, " +
           count(Standing::over) + " over";
}

std::string section(const Section& rows, base::UtcMs now) {
    std::string html = "<section><h2>" + escape_html(rows.front().campaign_name) + "</h2>\n<p class=\"quiet\">" +
                       counted(rows) + ". <a href=\"/v1/campaigns/" + rows.front().log.campaign.text() +
                       "\">All as data</a></p>\n<table><thead><tr><th scope=\"col\">City</th><th scope=\"col\">Now</th>"
                       "<th scope=\"col\">Next</th><th scope=\"col\"></th></tr></thead>\n<tbody>\n";
    for (const FrontRow& row : rows) html += front_row(row, now);
    return html + "</tbody></table></section>\n";
}

std::vector<Section> sections_of(std::vector<FrontRow> rows) {
    std::map<base::Slug, Section> by_campaign;
    for (FrontRow& row : rows) by_campaign[row.log.campaign].push_back(std::move(row));
    std::vector<Section> sections;
    for (auto& [campaign, section] : by_campaign) {
        std::ranges::sort(section, {}, order_of);
        sections.push_back(std::move(section));
    }
    std::ranges::sort(sections, {}, [](const Section& section) { return order_of(section.front()); });
    return sections;
}

constexpr std::string_view no_marches =
    "<h2>There are no marches here yet</h2>\n<p>Whoever runs this server puts them in on its host:</p>\n"
    "<p><code>marchwire import campaign marches.csv --campaign flag-day-2018 --name \"Flag Day\"</code></p>\n"
    "<p><code>marchwire import campaign --help</code> says what the file holds.</p>\n";

}  // namespace

std::vector<FrontRow> front_rows(const Desks& desks) {
    std::vector<FrontRow> rows;
    for (const auto& [log, desk] : desks.campaigns()) {
        for (core::OverviewRow& row : desk->public_rows()) {
            const base::LogId march{log.campaign, row.march};
            rows.push_back({desk->state().spec.name, march, std::move(row)});
        }
    }
    return rows;
}

session::PageAnswer front_page(std::vector<FrontRow> rows, base::UtcMs now, const std::string& notice) {
    std::string body =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Marches</title>\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<style>";
    body += style;
    body += "</style></head>\n<body><header><h1>Marches</h1>\n";
    if (!notice.empty()) body += "<p class=\"notice\">" + escape_html(notice) + "</p>\n";
    body += "<p class=\"quiet\">As of " + local_time(now, "UTC", day_and_time) +
            ". All other times are local to each city. Reload for newer.</p></header>\n<main>\n";
    if (rows.empty()) body += no_marches;
    for (const Section& one : sections_of(std::move(rows))) body += section(one, now);
    body += "</main>\n</body></html>\n";
    return {200, "text/html; charset=utf-8", std::move(body), "", "public, max-age=5"};
}

}  // namespace marchwire::shard
