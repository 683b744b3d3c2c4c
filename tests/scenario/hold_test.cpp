// A hold is called while two phones have no network: who has heard it, who is looked for, and how it ends.
#include "day.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace marchwire;
using core::Role;
using test::CityStage;
using test::says;
using wire::FeedKind;

namespace {

std::size_t how_often(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++count;
    return count;
}

/// Twelve people: a city lead, the leads of sections 1 and 2, and nine marshals, of whom the last two go off-line.
struct Twelve {
    CityStage stage;
    session::Grant lead_grant;
    std::vector<session::Grant> grants;
    std::unique_ptr<test::Seat> lead;
    std::vector<std::unique_ptr<test::Seat>> seats;  ///< the two section leads, then the marshals
    std::vector<session::SubscriptionId> feeds;
    static constexpr std::size_t first_off_line = 9;

    Twelve() {
        stage.create_campaign();
        stage.create_march();
        lead_grant = stage.person("lead", Role::city_lead);
        stage.assign(lead_grant, "lead", 0);
        lead = stage.seat(lead_grant, 0);
        for (std::size_t i = 0; i < 11; ++i) {
            const std::string callsign = "person " + std::to_string(i);
            grants.push_back(stage.person(callsign, i < 2 ? Role::section_lead : Role::side));
            stage.assign(grants.back(), callsign, 1 + static_cast<std::uint32_t>(i % 2));
            seats.push_back(stage.seat(grants.back(), i % 2));
            feeds.push_back(seats.back()->open(stage.feed(FeedKind::marshal)));
            stage.must(*seats.back(), core::CheckIn{});
        }
        stage.must(*lead, core::CheckIn{});
        stage.must(*lead, core::AdvancePhase{core::Phase::assembling, 1, {}});
        stage.must(*lead, core::AdvancePhase{core::Phase::marching, 2, {}});
        lead->open(stage.feed(FeedKind::ops));
        stage.settle();
    }
    /// The phone has network again: it goes on from what it held, and says each thing more than once.
    void come_back(std::size_t who, const base::Position& held, std::uint32_t order) {
        test::Seat& seat = *seats[who];
        seat.open(stage.feed(FeedKind::marshal), held);
        stage.settle();
        REQUIRE(seat.opened.back().resumed);
        CHECK(says(seat.everything_seen(), "HOLD: stop where you are"));
        stage.must(seat, core::MarkDelivered{order});
        const base::CommandId id{base::DeviceId{900 + who}, 1};
        for (int again = 0; again < 3; ++again) {
            seat.run_as(id, stage.march, core::Acknowledge{.order = order}, 1);
            REQUIRE(stage.answer_to(seat, id).has_value());
        }
    }
    [[nodiscard]] std::size_t receipts(const std::string& state) { return how_often(stage.state(), state); }
};

TEST_CASE("a hold to twelve of whom two are off-line is acknowledged by all in the end and each once", "[scenario]") {
    Twelve march;
    // Two phones fall silent; what they held is where they go on from.
    std::vector<base::Position> held;
    for (std::size_t i = Twelve::first_off_line; i < march.seats.size(); ++i) {
        const auto taken = march.seats[i]->taken();
        held.push_back(taken.empty() ? march.seats[i]->opened.back().position : taken.back().position);
        march.seats[i]->close(march.feeds[i], march.stage.feed(FeedKind::marshal));
    }
    for (const auto& seat : march.seats) seat->items.clear();

    const auto order = static_cast<std::uint32_t>(
        march.stage.must(*march.lead, core::Hold{3, "an ambulance crosses", "Please wait"}).made);
    REQUIRE(order != 0);
    for (std::size_t i = 0; i < Twelve::first_off_line; ++i) {
        CHECK(says(march.seats[i]->everything_seen(), "HOLD: stop where you are"));
        march.stage.must(*march.seats[i], core::MarkDelivered{order});
    }
    CHECK(march.receipts("RECEIPT_DELIVERED") == 9);
    CHECK(march.receipts("RECEIPT_QUEUED") == 2);
    for (std::size_t i = 0; i < Twelve::first_off_line; ++i) {
        march.stage.must(*march.seats[i], core::Acknowledge{.order = order});
    }
    CHECK(march.receipts("RECEIPT_ACKED") == 9);

    // After half a minute the leads of the two sections know that somebody has not answered; a minute on, the lead.
    march.stage.wait(base::seconds(29));
    CHECK(march.receipts("ORDER_UNACKED") == 0);
    march.stage.wait(base::seconds(3));
    CHECK(march.receipts("ORDER_UNACKED") == 1);
    CHECK(march.receipts("\"escalated\":true") == 1);
    march.stage.wait(base::seconds(30));
    CHECK(says(march.stage.state(), "\"step\":2"));

    // Their phones are back: the hold is among what they missed, and what they say is stored once however often it
    // comes.
    for (std::size_t i = Twelve::first_off_line; i < march.seats.size(); ++i) {
        march.come_back(i, held[i - Twelve::first_off_line], order);
    }
    CHECK(march.receipts("RECEIPT_ACKED") == 11);
    CHECK(march.receipts("RECEIPT_QUEUED") == 0);
    march.stage.wait(base::seconds(2));
    CHECK(march.receipts("ORDER_UNACKED") == 0);

    // On they go: the hold is superseded by the order to resume.
    march.stage.must(*march.lead, core::Release{4});
    CHECK(march.receipts("ORDER_SUPERSEDED") == 1);
    CHECK(says(march.seats.back()->everything_seen(), "RESUME: walk on"));
}

TEST_CASE("a phone of one section is not told of an order to another and never who else is asked", "[scenario]") {
    Twelve march;
    for (const auto& seat : march.seats) seat->items.clear();
    core::IssueOrder wish;
    wish.kind = core::OrderKind::slow;
    wish.text = "Section two, slow down.";
    wish.audience = {core::AudienceKind::section, {}, 2, {}};
    const auto order = static_cast<std::uint32_t>(march.stage.must(*march.lead, wish).made);
    // Even places stand in section 1, odd ones in section 2.
    for (std::size_t i = 0; i < march.seats.size(); ++i) {
        INFO(i);
        CHECK(says(march.seats[i]->everything_seen(), wish.text) == (i % 2 == 1));
    }
    CHECK(says(march.lead->everything_seen(), wish.text));
    march.seats[3]->items.clear();
    march.stage.must(*march.seats[1],
                     core::Acknowledge{.order = order, .section = 2, .heard_by = core::HeardBy::voice});
    // Their own receipt alone: the item is as short for a section of five as for one.
    const auto taken = march.seats[3]->taken();
    REQUIRE(taken.size() == 1);
    REQUIRE(taken.front().messages[0]);
    CHECK(taken.front().messages[0]->size() < 100);
}

}  // namespace
