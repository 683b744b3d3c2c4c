// Receipts that come in together are one entry.
#include "core/gathering.hpp"

#include "order_street.hpp"

#include "core/views.hpp"

#include <catch2/catch.hpp>

namespace marchwire::core {
namespace {

using test::MarchBuilder;
using test::OrderStreet;
using test::seconds;
using test::to_all;

constexpr std::uint32_t ann = 0, ben = 1;

ReceiptsMoved moved(std::uint32_t ordinal, ReceiptState state) {
    return {1, {Receipt{.ordinal = ordinal, .state = state}}, {}};
}

TEST_CASE("receipts of an order are gathered by place in the roster", "[core][order]") {
    ReceiptsMoved gathered = moved(ben, ReceiptState::acked);
    CHECK(gather(gathered, moved(ann, ReceiptState::delivered)));
    REQUIRE(gathered.receipts.size() == 2);
    CHECK(gathered.receipts[0].ordinal == ann);
    CHECK(gathered.receipts[1].ordinal == ben);
}

TEST_CASE("a phone that delivers and acknowledges at once has one receipt, the later one", "[core][order]") {
    ReceiptsMoved gathered = moved(ann, ReceiptState::delivered);
    CHECK(gather(gathered, moved(ann, ReceiptState::acked)));
    REQUIRE(gathered.receipts.size() == 1);
    CHECK(gathered.receipts[0].state == ReceiptState::acked);
}

TEST_CASE("a receipt that would go back, or answer anew, is not gathered", "[core][order]") {
    ReceiptsMoved gathered = moved(ann, ReceiptState::acked);
    CHECK_FALSE(gather(gathered, moved(ann, ReceiptState::seen)));
    CHECK_FALSE(gather(gathered, moved(ann, ReceiptState::declined)));
    CHECK_FALSE(gather(gathered, ReceiptsMoved{2, {Receipt{.ordinal = ben, .state = ReceiptState::acked}}, {}}));
    CHECK(gathered.receipts == moved(ann, ReceiptState::acked).receipts);
}

TEST_CASE("what a phone kept while it was off-line stands alone with its own time", "[core][order]") {
    const UtcMs now{1'528'984'800'000};
    CHECK(may_be_gathered({{}, now, Level::none, Acknowledge{.order = 1}}, now));
    CHECK_FALSE(may_be_gathered({{}, now - seconds(60), Level::none, Acknowledge{.order = 1}}, now));
    CHECK_FALSE(may_be_gathered({{}, now, Level::none, CheckIn{}}, now));
}

TEST_CASE("a section lead sees the own section's of the receipts that came together", "[core][order][views]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    const auto number = street.issue(OrderKind::info, to_all());
    const auto of = [&](PersonId person) {
        return Receipt{.ordinal = march.member(person).ordinal, .state = ReceiptState::acked};
    };
    const ReceiptsMoved both{number, {of(street.ann), of(street.cid)}, {}};
    const Entry entry = stamp(march.state, both, {}, {});
    for (const auto& [section, person] : {std::pair{1U, street.ann}, std::pair{2U, street.cid}}) {
        const auto shown = std::get<ReceiptsMoved>(*shown_on(entry.event, topic_index::section_ops(section)));
        REQUIRE(shown.receipts.size() == 1);
        CHECK(shown.receipts.front().ordinal == march.member(person).ordinal);
        CHECK(shown.sections.empty());
    }
    const auto on_ops = std::get<ReceiptsMoved>(*shown_on(entry.event, topic_index::ops));
    CHECK(on_ops.receipts.size() == 2);
    CHECK(on_ops.sections.empty());
}

TEST_CASE("a section lead hears who of the own section got an order late and of nobody else", "[core][order][views]") {
    OrderStreet street;
    MarchBuilder& march = street.march;
    const auto ordinal = [&](PersonId person) { return march.member(person).ordinal; };
    const auto number = street.issue(OrderKind::info, to_all());
    const Entry entry = stamp(march.state, RecipientsAdded{number, {ordinal(street.ann), ordinal(street.cid)}}, {}, {});
    const auto shown = std::get<RecipientsAdded>(*shown_on(entry.event, topic_index::section_ops(2)));
    CHECK(shown.ordinals == std::vector{ordinal(street.cid)});
    CHECK(shown.sections.empty());
    const auto on_ops = std::get<RecipientsAdded>(*shown_on(entry.event, topic_index::ops));
    CHECK(on_ops.ordinals.size() == 2);
    CHECK(on_ops.sections.empty());
}

}  // namespace
}  // namespace marchwire::core
