// A march's people from a spreadsheet.
#include "import/roster_csv.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marchwire::import {
namespace {

bool complains(const RosterDraft& draft, std::size_t row, std::string_view column) {
    return std::ranges::any_of(draft.findings, [&](const Finding& finding) {
        return finding.weight == Weight::error && finding.row == row && finding.column == column &&
               !finding.message.empty();
    });
}

TEST_CASE("people come with role and section and buddy", "[import][roster]") {
    const auto draft = read_roster_csv(
        "callsign,role,section,buddy,no_phone\n"
        "Lead 1,City lead,,,\n"
        "Side 1,side,2,Side 2,\n"
        "Side 2,SIDE,2,Side 1,yes\n",
        5);
    REQUIRE(draft.usable());
    REQUIRE(draft.members.size() == 3);
    CHECK(draft.members[0].role == core::Role::city_lead);
    CHECK(draft.members[1].section == 2);
    CHECK(draft.members[1].buddy == "Side 2");
    CHECK_FALSE(draft.members[1].no_phone);
    CHECK(draft.members[2].no_phone);
}

TEST_CASE("people bring the language that they speak by its tag", "[import][roster]") {
    const auto draft = read_roster_csv("callsign,role,language\nSide 1,side,es\nSide 2,side,en-US\nSide 3,side,\n", 5);
    REQUIRE(draft.usable());
    CHECK(draft.members[0].language == "es");
    CHECK(draft.members[1].language == "en-US");
    CHECK(draft.members[2].language.empty());
    const auto wrong = read_roster_csv(
        "callsign,role,language\nSide 1,side,Spanish please\nSide 2,side,-\nSide 3,side,en--US\nSide 4,side,1en\n", 5);
    for (const std::size_t row : {2U, 3U, 4U, 5U}) CHECK(complains(wrong, row, "language"));
}

TEST_CASE("a row that cannot be is named and nothing is usable", "[import][roster]") {
    const auto draft = read_roster_csv(
        "callsign,role,section,buddy,no_phone\n"
        ",side,1,,\n"
        "Side 1,king,1,,\n"
        "Side 2,side,9,,\n"
        "Side 3,side,1,Side 9,\n"
        "Side 4,side,1,Side 4,\n"
        "Side 3,tail,1,,\n"
        "Side 5,side,1,,perhaps\n"
        "Desk,national desk,,,\n",
        5);
    CHECK_FALSE(draft.usable());
    CHECK(complains(draft, 2, "callsign"));
    CHECK(complains(draft, 3, "role"));
    CHECK(complains(draft, 4, "section"));
    CHECK(complains(draft, 5, "buddy"));
    CHECK(complains(draft, 6, "buddy"));
    CHECK(complains(draft, 7, "callsign"));
    CHECK(complains(draft, 8, "no_phone"));
    CHECK(complains(draft, 9, "role"));
}

TEST_CASE("names and numbers come with the people and are checked before anybody is sent", "[import][roster]") {
    const auto draft = read_roster_csv(
        "callsign,role,name,phone\n"
        "Side 1,side,Ada Example,+1 314 555 0100\n"
        "Side 2,side,,\n",
        0);
    REQUIRE(draft.usable());
    CHECK(draft.members[0].name == "Ada Example");
    CHECK(draft.members[0].phone == "+1 314 555 0100");
    CHECK(draft.members[1].name.empty());
    const auto wrong = read_roster_csv("callsign,role,name,phone\nSide 1,side,," + std::string(41, '5') + "\n", 0);
    CHECK(complains(wrong, 2, "phone"));
}

TEST_CASE("a file without a role or without people is not usable", "[import][roster]") {
    CHECK(read_roster_csv("callsign\nTail 1\n", 5).findings.front().column == "role");
    CHECK_FALSE(read_roster_csv("", 5).usable());
    CHECK_FALSE(read_roster_csv("callsign,role\n", 5).usable());
    // What is no column of a roster is told and left out.
    CHECK(count_of(read_roster_csv("callsign,role,shoe\nTail 1,tail,43\n", 5).findings, Weight::warning) == 1);
}

}  // namespace
}  // namespace marchwire::import
