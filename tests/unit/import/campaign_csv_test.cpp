// Campaigns from CSV: the real days, and every trap that real data set.
#include "import/campaign_csv.hpp"

#include "import/local_time.hpp"
#include "import/place_check.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace marchwire::import {
namespace {

std::string sample(const std::string& name) {
    std::ifstream file(std::string(MARCHWIRE_SOURCE_DIR) + "/samples/campaigns/" + name, std::ios::binary);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* header = "city,state,venue,lat,lon,tz,start_local,crowd_low,crowd_high,source\n";
const std::string st_louis = "St. Louis,MO,Old Courthouse,38.6256,-90.1892,America/Chicago,2018-06-14T11:00,,,paper\n";

CampaignDraft read(const std::string& rows) { return read_campaign_csv(header + rows); }

std::string told(const CampaignDraft& draft) {
    std::string text;
    for (const Finding& finding : draft.findings) text += text_of(finding) + "\n";
    return text;
}

/// The only thing that was found, with its weight.
Finding only(const CampaignDraft& draft) {
    INFO(told(draft));
    REQUIRE(draft.findings.size() == 1);
    return draft.findings.front();
}

const DraftMarch& march(const CampaignDraft& draft, std::string_view slug) {
    INFO(slug << "\n" << told(draft));
    const auto found = std::ranges::find_if(draft.marches, [&](const auto& m) { return m.slug.text() == slug; });
    REQUIRE(found != draft.marches.end());
    return *found;
}

std::int64_t start(const CampaignDraft& draft, std::string_view slug) {
    return march(draft, slug).spec.plan.front().at.value;
}

constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t midnight_30_june = 1'530'316'800'000;

}  // namespace

TEST_CASE("the 129 marches of 30 June 2018 are read whole and nothing but two long sources is cut", "[import][csv]") {
    const auto draft = read_campaign_csv(sample("families-belong-2018-06-30.csv"));
    INFO(told(draft));
    REQUIRE(draft.findings.size() == 2);
    CHECK(draft.findings.front().column == "source");
    CHECK(draft.findings.back().column == "source");
    REQUIRE(draft.usable());
    REQUIRE(draft.marches.size() == 129);
    std::set<std::string> slugs;
    std::size_t timed = 0;
    std::size_t crowds = 0;
    for (const auto& one : draft.marches) {
        slugs.insert(one.slug.text());
        timed += one.spec.plan.front().at ? 1U : 0U;
        crowds += one.crowd_low || one.crowd_high ? 1U : 0U;
    }
    CHECK(slugs.size() == 129);
    CHECK(timed == 59);
    CHECK(crowds == 22);
}

TEST_CASE("noon everywhere is five instants and the zone's borders run through states", "[import][csv]") {
    const auto draft = read_campaign_csv(sample("families-belong-2018-06-30.csv"));
    CHECK(start(draft, "iron-mountain-mi") == midnight_30_june + 15 * hour_ms);  // 10:00 Central
    CHECK(start(draft, "houghton-mi") == midnight_30_june + 19 * hour_ms);       // 15:00 Eastern
    CHECK(start(draft, "alliance-ne") == midnight_30_june + 15 * hour_ms);       // 9:00 Mountain
    CHECK(start(draft, "bowling-green-ky") == midnight_30_june + 15 * hour_ms);  // 10:00 Central
    CHECK(start(draft, "louisville-ky") == midnight_30_june + 15 * hour_ms);     // 11:00 Eastern
    CHECK(start(draft, "evansville-in") == midnight_30_june + 20 * hour_ms);     // 15:00 Central
    const auto noon = read(
        "Adak,AK,,51.88,-176.65,America/Adak,2018-06-30T12:00,,,x\n"
        "Phoenix,AZ,,33.448,-112.074,America/Phoenix,2018-06-30T12:00,,,x\n"
        "Honolulu,HI,,21.307,-157.857,Pacific/Honolulu,2018-06-30T12:00,,,x\n");
    CHECK(noon.findings.empty());
    CHECK(start(noon, "adak-ak") == midnight_30_june + 21 * hour_ms);
    CHECK(start(noon, "phoenix-az") == midnight_30_june + 19 * hour_ms);
    CHECK(start(noon, "honolulu-hi") == midnight_30_june + 22 * hour_ms);
}

TEST_CASE("a city with several marches has its venue in each slug", "[import][csv]") {
    const auto draft = read_campaign_csv(sample("families-belong-2018-06-30.csv"));
    CHECK(march(draft, "detroit-mi-hart-plaza").spec.venue == "Hart Plaza");
    CHECK(march(draft, "detroit-mi-clark-park").spec.venue == "Clark Park");
    CHECK(march(draft, "adrian-mi").spec.city == "Adrian");
    const auto other = read_campaign_csv(sample("50501-2025-02-05.csv"));
    INFO(told(other));
    CHECK(other.findings.empty());
    CHECK(other.marches.size() == 52);
}

TEST_CASE("a march without a known time is planned all the same and says so by a zero", "[import][csv]") {
    const auto draft = read_campaign_csv(sample("families-belong-2018-06-30.csv"));
    CHECK(march(draft, "boulder-co").spec.plan == std::vector<core::PlannedPhase>{{core::Phase::marching, {}}});
}

TEST_CASE("Flag Day in St. Louis is a march then a rally then a call to action", "[import][csv]") {
    const auto draft = read_campaign_csv(sample("flag-day-2018.csv"));
    INFO(told(draft));
    CHECK(count_of(draft.findings, Weight::error) == 0);
    const core::UtcMs eleven_central{1'528'992'000'000};
    CHECK(march(draft, "st-louis-mo").spec.plan ==
          std::vector<core::PlannedPhase>{
              {core::Phase::marching, eleven_central}, {core::Phase::rally, {}}, {core::Phase::call_to_action, {}}});
    CHECK(march(draft, "dallas-tx").spec.plan.front().phase == core::Phase::rally);
    CHECK(start(draft, "dallas-tx") == eleven_central.value + 7 * hour_ms);
}

TEST_CASE("a source that is too long is cut between characters and told", "[import][csv]") {
    const auto draft = read("Ely,MN,,47.90,-91.87,America/Chicago,,,," + std::string(299, 'x') + "\xC3\xA9\xC3\xA9\n");
    CHECK(only(draft).column == "source");
    CHECK(only(draft).weight == Weight::warning);
    CHECK(draft.marches.front().spec.source == std::string(299, 'x') + "\xC3\xA9");
}

TEST_CASE("quotes and either line end and a byte order mark are read as RFC 4180 says", "[import][csv]") {
    const auto draft = read_campaign_csv(
        "\xEF\xBB\xBF"
        "city,tz,venue\r\nReno,America/Los_Angeles,\"City Hall, \"\"the steps\"\"\"\r\n\r\n"
        "Elko,America/Los_Angeles,\"two\r\nlines\"\r\n");
    REQUIRE(draft.marches.size() == 1);
    CHECK(draft.marches.front().spec.venue == "City Hall, \"the steps\"");
    REQUIRE(count_of(draft.findings, Weight::error) == 1);  // a line end is no part of a venue
    CHECK(std::ranges::any_of(draft.findings, [](const Finding& finding) {
        return finding.weight == Weight::error && finding.row == 4 && finding.column == "venue";
    }));
}

TEST_CASE("text that is not UTF-8 is refused with the way to save it", "[import][csv]") {
    CHECK(only(read("Ca\xF1on City,CO,,38.44,-105.24,America/Denver,,,,x\n")).message.find("CSV UTF-8") !=
          std::string::npos);
    CHECK(only(read_campaign_csv(std::string("\xFF\xFE"
                                             "c\0i\0",
                                             6)))
              .message.find("UTF-16") != std::string::npos);
    CHECK(only(read_campaign_csv(std::string("city,tz\nA\0B,x\n", 14))).message.find("NUL") != std::string::npos);
    CHECK(only(read_campaign_csv("")).message.find("empty") != std::string::npos);
    CHECK(only(read_campaign_csv("city;tz\nReno;America/Los_Angeles\n")).message.find("commas") != std::string::npos);
}

TEST_CASE("letters with marks make a slug without them", "[import][csv]") {
    const auto draft = read("Ca\xC3\xB1on City,CO,,38.44,-105.24,America/Denver,,,,x\n");
    CHECK(draft.marches.front().slug.text() == "canon-city-co");
}

TEST_CASE("one bad row keeps the whole file out and names row and column and remedy", "[import][csv]") {
    struct Case {
        std::string row;
        std::string column;
        std::string remedy;
    };
    const Case cases[] = {
        {"St. Louis,MO,x\n", "", "put fields that hold a comma in quotes"},
        {"St. Louis,MO,x,38.6,-90.2,America/Chicago,,,,x,y\n", "", "11 fields and the header 10"},
        {",MO,x,38.6,-90.2,America/Chicago,,,,x\n", "city", "Fill this in"},
        {"Bourbon,Missouri,x,38.1,-91.2,America/Chicago,,,,x\n", "state", "two letters"},
        {"Rolla,MO,x,38.6,,America/Chicago,,,,x\n", "lon", "decimal degrees"},
        {"Rolla,MO,x,38°37',-90.2,America/Chicago,,,,x\n", "lat", "decimal degrees"},
        {"Rolla,MO,x,nan,-90.2,America/Chicago,,,,x\n", "lat", "decimal degrees"},
        {"Rolla,MO,x,-90.2,38.6,America/Chicago,,,,x\n", "lat", "swapped"},
        {"Perry,IA,x,-93.6,41.6,America/Chicago,,,,x\n", "lat", "swapped"},
        {"Rolla,MO,x,38.6,90.2,America/Chicago,,,,x\n", "lon", "write a minus"},
        {"Rolla,MO,x,0,0,America/Chicago,,,,x\n", "lat", "ocean"},
        {"Rolla,MO,x,38.6,-190.2,America/Chicago,,,,x\n", "lon", "-180 to 180"},
        {"Rolla,MO,x,38.6,-90.2,America/Saint_Louis,,,,x\n", "tz", "no time zone"},
        {"Rolla,MO,x,38.6,-90.2,EST,,,,x\n", "tz", "names no place"},
        {"Rolla,MO,x,38.6,-90.2,,,,,x\n", "tz", "America/Chicago"},
        {"Rolla,MO,x,38.6,-90.2,America/Chicago,noon,,,x\n", "start_local", "2018-06-14T11:00"},
        {"Rolla,MO,x,38.6,-90.2,America/Chicago,06/14/2018 11:00,,,x\n", "start_local", "2018-06-14T11:00"},
        {"Rolla,MO,x,38.6,-90.2,America/Chicago,2018-02-30T11:00,,,x\n", "start_local", "calendar"},
        {"Rolla,MO,x,38.6,-90.2,America/Chicago,0218-06-14T11:00,,,x\n", "start_local", "2000 to 2100"},
        {"Rolla,MO,x,38.6,-90.2,America/Chicago,2018-06-14T24:00,,,x\n", "start_local", "00:00 to 23:59"},
    };
    for (const Case& bad : cases) {
        INFO(bad.row);
        const auto draft = read(st_louis + bad.row);
        const auto found = only(draft);
        CHECK(found.weight == Weight::error);
        CHECK(found.row == 3);
        CHECK(found.column == bad.column);
        CHECK(found.message.find(bad.remedy) != std::string::npos);
        CHECK_FALSE(draft.usable());
    }
}

TEST_CASE("an open quote and text behind a quote are told where they stand", "[import][csv]") {
    const auto open = only(read(st_louis + "Rolla,MO,\"Park,38.6,-90.2,America/Chicago,,,,x\n"));
    CHECK(open.row == 3);
    CHECK(open.message.find("never closed") != std::string::npos);
    CHECK(only(read("Rolla,MO,\"Park\" east,38.6,-90.2,America/Chicago,,,,x\n")).message.find("twice") !=
          std::string::npos);
}

TEST_CASE("a header without a needed column or with one twice is refused", "[import][csv]") {
    CHECK(only(read_campaign_csv("city,state\nReno,NV\n")).column == "tz");
    CHECK(only(read_campaign_csv("city,tz,city\nReno,America/Los_Angeles,Reno\n")).message.find("twice") !=
          std::string::npos);
    const auto unknown = read_campaign_csv("city,tz,lat,lon,wheather\nReno,America/Los_Angeles,39.5,-119.8,sun\n");
    CHECK(only(unknown).weight == Weight::warning);
    CHECK(only(unknown).column == "wheather");
    CHECK(unknown.usable());
}

TEST_CASE("two rows for one march are refused and so are two of a city without venues", "[import][csv]") {
    const auto same = read(st_louis + st_louis);
    CHECK(only(same).row == 3);
    CHECK(only(same).message.find("Row 2") != std::string::npos);
    const auto nameless = read(st_louis + "St Louis,MO,,38.62,-90.19,America/Chicago,,,,x\n");
    CHECK(only(nameless).column == "venue");
}

TEST_CASE("a site in another state or outside its zone is doubted and goes in", "[import][csv]") {
    struct Case {
        std::string row;
        PlaceFault fault;
        std::string column;
    };
    const Case cases[] = {
        {"Springfield,MO,x,39.80,-89.65,America/Chicago,,,,x\n", PlaceFault::outside_state, "lat"},
        {"Rolla,MO,x,37.95,-91.77,America/Denver,,,,x\n", PlaceFault::zone_not_of_state, "tz"},
        {"Iron Mountain,MI,x,45.82,-88.06,America/Detroit,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"Houghton,MI,x,47.12,-88.57,America/Menominee,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"Alliance,NE,x,42.09,-102.87,America/Chicago,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"Bowling Green,KY,x,36.97,-86.48,America/New_York,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"Evansville,IN,x,37.97,-87.57,America/New_York,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"Phoenix,AZ,x,33.45,-112.07,America/Denver,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"El Paso,TX,x,31.76,-106.49,America/Chicago,,,,x\n", PlaceFault::outside_zone, "tz"},
        {"Paris,,x,48.86,2.35,America/New_York,,,,x\n", PlaceFault::outside_zone, "tz"},
    };
    for (const Case& doubtful : cases) {
        INFO(doubtful.row);
        const auto draft = read(doubtful.row);
        const auto found = only(draft);
        CHECK(found.weight == Weight::warning);
        CHECK(found.column == doubtful.column);
        CHECK(draft.usable());
        const auto& spec = draft.marches.front().spec;
        const auto objection = object_to_place(spec.state, spec.tz, *spec.site, {});
        REQUIRE(objection);
        CHECK(objection->fault == doubtful.fault);
    }
    CHECK(read("Rolla,MO,x,37.95,-91.77,US/Central,,,,x\n").findings.empty());
    CHECK(read("Paris,,x,48.86,2.35,Europe/Paris,,,,x\n").findings.empty());
}

TEST_CASE("two sites of one city that lie far apart are doubted", "[import][csv]") {
    const auto draft = read(
        "Springfield,IL,Capitol,39.80,-89.65,America/Chicago,,,,x\n"
        "Springfield,IL,Park,41.80,-88.00,America/Chicago,,,,x\n");
    CHECK(only(draft).row == 3);
    CHECK(only(draft).message.find("row 2") != std::string::npos);
}

TEST_CASE("an hour that the clocks skip is refused and one that they repeat asks for its offset", "[import][csv]") {
    const auto gap = utc_of_local("2018-03-11T02:30", "America/Chicago");
    REQUIRE(gap.has_error());
    CHECK(gap.error().message.find("from 02:00 to 03:00") != std::string::npos);
    const auto twice = utc_of_local("2018-11-04T01:30", "America/Chicago");
    REQUIRE(twice.has_error());
    CHECK(twice.error().message.find("-05:00 for the first or -06:00 for the second") != std::string::npos);
    CHECK(utc_of_local("2018-11-04T01:30-05:00", "America/Chicago")->value == 1'541'313'000'000);
    CHECK(utc_of_local("2018-11-04T01:30-06:00", "America/Chicago")->value == 1'541'316'600'000);
    CHECK(utc_of_local("2018-11-04T01:30-07:00", "America/Chicago").has_error());
    CHECK(utc_of_local("2018-03-11T02:30", "America/Phoenix").has_value());
    CHECK(local_text(base::UtcMs{1'541'316'600'000}, "America/Chicago") == "2018-11-04T01:30");
}

TEST_CASE("crowds are one-sided or exchanged or words and none of it keeps a march out", "[import][csv]") {
    const auto draft = read(
        "Rolla,MO,x,37.95,-91.77,America/Chicago,,2000,800,x\n"
        "Salem,MO,x,37.64,-91.53,America/Chicago,,250,,x\n"
        "Cuba,MO,x,38.06,-91.40,America/Chicago,,hundreds,,x\n");
    REQUIRE(draft.usable());
    REQUIRE(draft.findings.size() == 2);
    CHECK(draft.marches[0].crowd_low == 800U);
    CHECK(draft.marches[0].crowd_high == 2000U);
    CHECK(draft.marches[1].crowd_low == 250U);
    CHECK_FALSE(draft.marches[1].crowd_high);
    CHECK_FALSE(draft.marches[2].crowd_low);
}

TEST_CASE("columns for each phase make the programme and times decide its order", "[import][csv]") {
    const std::string
        columns = "city,tz,lat,lon,kind,start_local,start_phase,assembling_local,marching_local,rally_local\n";
    const auto rally_first = read_campaign_csv(
        columns +
        "Reno,America/Los_Angeles,39.5,-119.8,in_person,,,2018-06-30T09:00,2018-06-30T12:00,2018-06-30T10:00\n");
    INFO(told(rally_first));
    REQUIRE(rally_first.usable());
    const auto& plan = rally_first.marches.front().spec.plan;
    REQUIRE(plan.size() == 3);
    CHECK(plan[0].phase == core::Phase::assembling);
    CHECK(plan[1].phase == core::Phase::rally);
    CHECK(plan[2].phase == core::Phase::marching);

    const auto twice = read_campaign_csv(
        columns + "Reno,America/Los_Angeles,39.5,-119.8,,2018-06-30T09:00,,,2018-06-30T12:00,\n");
    CHECK(only(twice).column == "marching_local");
    const auto virtual_march = read_campaign_csv(columns +
                                                 "Reno,America/Los_Angeles,39.5,-119.8,virtual,2018-06-30T09:00,,,,\n");
    CHECK(virtual_march.marches.front().spec.plan.front().phase == core::Phase::live);
    const auto wrong_phase = read_campaign_csv(columns + "Reno,America/Los_Angeles,39.5,-119.8,virtual,,,,,?\n");
    CHECK(only(wrong_phase).column == "rally_local");
    CHECK(only(read_campaign_csv(columns + "Reno,America/Los_Angeles,39.5,-119.8,parade,,,,,\n")).column == "kind");
}

TEST_CASE("a file beyond the bounds is refused and its findings are bounded", "[import][csv]") {
    CHECK(only(read_campaign_csv(std::string(9U << 20U, 'x'))).message.find("split it") != std::string::npos);
    std::string rows;
    for (int i = 0; i < 2'001; ++i) rows += "City" + std::to_string(i) + ",MO,,38.0,-91.0,America/Chicago,,,,x\n";
    CHECK(only(read(rows)).message.find("2000 marches") != std::string::npos);
    std::string bad;
    for (int i = 0; i < 1'000; ++i) bad += "City" + std::to_string(i) + ",MO,,,,America/Nowhere,,,,x\n";
    const auto draft = read(bad);
    CHECK(draft.findings.size() == 500);
    CHECK_FALSE(draft.usable());
}

}  // namespace marchwire::import
