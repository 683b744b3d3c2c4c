#include "import/roster_csv.hpp"

#include "base/limits.hpp"
#include "core/decide.hpp"
#include "core/text_bounds.hpp"
#include "core/vocabulary.hpp"
#include "import/csv_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;

constexpr std::array<std::string_view, 8> known_columns{"callsign", "role",     "section", "buddy",
                                                        "no_phone", "language", "name",    "phone"};
constexpr std::array<std::string_view, 2> required_columns{"callsign", "role"};

bool is_known(std::string_view name) { return std::ranges::find(known_columns, name) != known_columns.end(); }

/// 'City lead', 'city-lead' and 'city_lead' are one.
std::string role_word(std::string_view text) {
    std::string word(text);
    for (char& one : word)
        one = one == '-' || one == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
    return word;
}

class RosterReader {
public:
    RosterReader(std::string_view bytes, std::uint32_t sections) : bytes_(bytes), sections_(sections) {}

    RosterDraft read() {
        CsvTable table = read_csv(bytes_);
        draft_.findings = std::move(table.findings);
        if (count_of(draft_.findings, Weight::error) == 0) read_rows(table);
        if (draft_.findings.size() > limits::import_findings) {
            std::ranges::stable_sort(draft_.findings, std::ranges::greater{}, &Finding::weight);
            draft_.findings.resize(limits::import_findings);
        }
        return std::move(draft_);
    }

private:
    void error(std::size_t row, std::string_view column, std::string message) {
        draft_.findings.push_back({Weight::error, row, std::string(column), std::move(message)});
    }

    void read_rows(const CsvTable& table) {
        if (table.records.empty()) return error(0, "", "The file holds no rows; the first names the columns.");
        columns_ = read_header(table.records.front(), is_known, required_columns, draft_.findings);
        if (count_of(draft_.findings, Weight::error) != 0) return;
        for (std::size_t i = 1; i < table.records.size(); ++i) read_row(table.records[i]);
        if (draft_.members.empty() && draft_.findings.empty())
            error(0, "", "The file names nobody; add a row for each.");
        if (draft_.members.size() > limits::roster_entries) {
            error(0, "", "A march has at most " + std::to_string(limits::roster_entries) + " people on duty.");
        }
        check_names();
    }

    void read_row(const CsvRecord& record) {
        if (record.fields.size() != columns_.size()) {
            return error(record.row, "",
                         "This row has " + std::to_string(record.fields.size()) + " fields and the header " +
                             std::to_string(columns_.size()) + "; put fields that hold a comma in quotes.");
        }
        const auto cell = [&](std::string_view column) -> std::string_view {
            const auto found = columns_.find(column);
            return found == columns_.end() ? "" : trimmed(record.fields[found->second]);
        };
        DraftMember member;
        member.row = record.row;
        member.callsign = cell("callsign");
        if (auto wrong = core::check_text(member.callsign, "callsign", limits::callsign_characters,
                                          core::Presence::required)) {
            return error(record.row, "callsign", wrong->message);
        }
        if (!read_role(cell("role"), member) || !read_section(cell("section"), member)) return;
        member.buddy = cell("buddy");
        const std::string phone = role_word(cell("no_phone"));
        member.no_phone = phone == "yes" || phone == "true" || phone == "1";
        if (!member.no_phone && !phone.empty() && phone != "no" && phone != "false" && phone != "0") {
            return error(record.row, "no_phone", "Write yes, or no.");
        }
        member.language = cell("language");
        if (auto wrong = core::check_language(member.language, "language")) {
            return error(record.row, "language", wrong->message);
        }
        member.name = cell("name");
        member.phone = cell("phone");
        const bool is_told = !member.name.empty() || !member.phone.empty();
        if (auto wrong = is_told ? core::check_details({{}, member.name, member.phone}) : std::nullopt) {
            return error(record.row, wrong->field, wrong->message);
        }
        draft_.members.push_back(std::move(member));
    }

    bool read_role(std::string_view text, DraftMember& member) {
        const auto role = core::role_named(role_word(text));
        const bool of_march = role && *role != core::Role::follower && *role != core::Role::keeper &&
                              *role != core::Role::national_desk && *role != core::Role::auditor;
        if (of_march) {
            member.role = *role;
        } else {
            error(member.row, "role",
                  "Write a role on the march: city lead, dispatcher, section lead, head, side, tail, intersection, "
                  "medic, de-escalator, police liaison, access, anchor or legal observer.");
        }
        return of_march;
    }

    bool read_section(std::string_view text, DraftMember& member) {
        if (text.empty()) return true;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), member.section);
        const bool is_one = read.ec == std::errc{} && read.ptr == text.data() + text.size() && member.section >= 1 &&
                            member.section <= sections_;
        if (!is_one) {
            error(member.row, "section",
                  sections_ == 0 ? "This march has no sections; make them first, or leave this empty."
                                 : "Write a section from 1 to " + std::to_string(sections_) + ", or nothing.");
        }
        return is_one;
    }

    /// Callsigns are said on the air: each once. A buddy is one of them.
    void check_names() {
        std::map<std::string, std::size_t> row_of;
        for (const DraftMember& member : draft_.members) {
            const auto [at, fresh] = row_of.emplace(member.callsign, member.row);
            if (!fresh) {
                error(member.row, "callsign",
                      "Row " + std::to_string(at->second) + " has this callsign; choose another.");
            }
        }
        for (const DraftMember& member : draft_.members) {
            if (member.buddy.empty()) continue;
            if (!row_of.contains(member.buddy)) error(member.row, "buddy", "No row has this callsign.");
            if (member.buddy == member.callsign) error(member.row, "buddy", "Nobody is their own buddy.");
        }
    }

    std::string_view bytes_;
    std::uint32_t sections_;
    Columns columns_;
    RosterDraft draft_;
};

}  // namespace

RosterDraft read_roster_csv(std::string_view bytes, std::uint32_t sections) {
    return RosterReader(bytes, sections).read();
}

}  // namespace marchwire::import
