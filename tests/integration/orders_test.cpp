// Orders over real sockets: the phone's own receipts, and the command line's verbs.
#include "real_server.hpp"

#include <catch2/catch.hpp>

namespace marchwire::test {
namespace {

TEST_CASE("an order reaches the phone, is delivered by the client and acknowledged by the person",
          "[integration][order]") {
    RealServer server;
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    Somebody marshal(server, server.token("side", "Side 1", 2));
    lead.follow(feed("ops"));
    marshal.follow(feed("marshal"));
    marshal.must(sdk::CheckIn{});
    sdk::IssueOrder wish;
    wish.kind = sdk::OrderKind::slow;
    wish.text = "Let the tail close up.";
    wish.audience.kind = sdk::AudienceKind::section;
    wish.audience.section = 2;
    const auto number = static_cast<std::uint32_t>(lead.must(wish).made);
    REQUIRE(number == 1);
    const auto stands = [&](sdk::ReceiptState state) {
        const auto march = lead.client.march(feed("ops"));
        const sdk::Order* order = march->order(number);
        return order != nullptr && order->receipts.size() == 1 && order->receipts[0].state == state &&
               march->member(order->receipts[0].person)->callsign == "Side 1";
    };
    const auto own = [&](sdk::ReceiptState state) {
        const auto march = marshal.client.march(feed("marshal"));
        const sdk::Order* order = march->order(number);
        return order != nullptr && order->receipts.size() == 1 && order->receipts[0].state == state;
    };
    // Nobody but the client itself has said so.
    marshal.until([&] { return own(sdk::ReceiptState::delivered); });
    lead.until([&] { return stands(sdk::ReceiptState::delivered); });
    marshal.must(sdk::Acknowledge{number, {}, 0, sdk::HeardBy::none});
    lead.until([&] { return stands(sdk::ReceiptState::acked); });
    marshal.until([&] { return own(sdk::ReceiptState::acked); });
    CHECK(marshal.client.march(feed("marshal"))->order(number)->text == wish.text);
    Somebody again(server, server.token("city_lead", "Lead 2"));
    again.follow(feed("ops"));
    CHECK(again.client.march(feed("ops"))->orders.size() == 1);
}

TEST_CASE("the command line issues orders, answers for others and tells who is missing", "[integration][order]") {
    RealServer server;
    server.make_march();
    const Hand lead{server, server.token("city_lead", "Lead 1")};
    const Hand section{server, server.token("section_lead", "Section 2", 2)};
    const Hand ann{server, server.token("side", "Ann", 2)};
    const Hand ben{server, server.token("side", "Ben", 2)};
    for (const Hand* hand : {&section, &ann, &ben}) (void)hand->must({"check-in", "--report", "on-post"});

    CHECK(lead.must({"order", "issue", "hold", "Stop at the library.", "--section", "2"}).at("made") == 1);
    (void)ann.must({"order", "seen", "1"});
    (void)ann.must({"order", "decline", "1", "--reason", "a wheelchair needs me"});
    (void)section.must({"order", "ack", "1", "--for", "Ben", "--heard-by", "voice"});
    CHECK(section.run({"order", "ack", "1", "--for", "Nobody", "--heard-by", "voice"}).exit_code == 5);
    const auto orders = lead.must({"order", "list"}).at("orders");
    REQUIRE(orders.size() == 1);
    CHECK(orders[0].at("state") == "open");
    REQUIRE(orders[0].at("receipts").size() == 3);
    CHECK(orders[0].at("receipts")[1].at("reason") == "a wheelchair needs me");
    CHECK(orders[0].at("receipts")[2].at("state") == "acked");
    (void)lead.must({"order", "cancel", "1", "--reason", "the tram has gone"});

    CHECK(lead.must({"rollcall", "open"}).at("made") == 2);
    (void)ann.must({"rollcall", "answer", "2", "40"});
    const auto missing = lead.must({"rollcall", "missing", "2"}).at("missing");
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].at("section") == 2);
    CHECK(missing[0].at("missing") == nlohmann::json{"Section 2", "Ben"});
    CHECK(lead.run({"rollcall", "missing", "9"}).exit_code != 0);
}

}  // namespace
}  // namespace marchwire::test
