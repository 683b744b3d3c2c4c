// Whose phone is woken, and what the matrix says of those who cannot be reached.
#include "core/waking.hpp"
#include "base/limits.hpp"

#include "order_street.hpp"

#include <map>

namespace marchwire::core {
namespace {

using base::minutes;
using base::seconds;
using test::OrderStreet;
using test::to_all;
using test::to_section;

/// A street as its keeper hears it.
struct Listening {
    OrderStreet street;
    std::map<PersonId, PhoneHeard> phones;
    Waking waking;
    Term term{1};

    [[nodiscard]] Moment moment() const { return {street.march.now, term, base::limits::wake_undelivered}; }
    [[nodiscard]] PhoneOf phone_of() const {
        return [this](PersonId person) {
            const auto found = phones.find(person);
            return found == phones.end() ? PhoneHeard{} : found->second;
        };
    }
    void all_heard() {
        for (const Member& member : street.march.state.roster) phones[member.person] = {true, street.march.now};
    }
    std::vector<WakeUp> calls() { return waking.due(street.march.state, moment(), phone_of()); }
    std::vector<std::string> keys() {
        std::vector<std::string> keys;
        for (const WakeUp& call : calls()) keys.push_back(call.key());
        return keys;
    }
    [[nodiscard]] std::string key(std::uint32_t order, PersonId person, std::uint32_t step) const {
        return street.march.state.id.text() + "/" + std::to_string(order) + "/" + std::to_string(person.value) + "/" +
               std::to_string(step);
    }
    /// The keeper puts what it sees.
    void observe() {
        auto seen = unreached(street.march.state, moment(), phone_of());
        if (seen.empty()) return;
        REQUIRE(
            street.march.tell(test::MarchBuilder::keeper(), ObserveUnreached{street.march.state.term, std::move(seen)})
                .has_value());
    }
};

TEST_CASE("a phone that is silent when an order is issued is called for at once, and once", "[core][waking]") {
    Listening march;
    march.all_heard();
    march.phones[march.street.ann] = {false, march.street.march.now - minutes(2)};
    const std::uint32_t order = march.street.issue(OrderKind::slow, to_section(1));
    CHECK(march.keys() == std::vector{march.key(order, march.street.ann, 1)});
    CHECK(march.keys().empty());
    march.phones[march.street.ben] = {false, march.street.march.now - minutes(1)};
    CHECK(march.keys() == std::vector{march.key(order, march.street.ben, 1)});
}

TEST_CASE("a phone that was heard has ten seconds to say that the order is there", "[core][waking]") {
    Listening march;
    march.all_heard();
    const std::uint32_t order = march.street.issue(OrderKind::hold, to_section(1));
    march.street.march.must(march.street.ben, MarkDelivered{order});
    march.street.march.must(march.street.lead_one, MarkDelivered{order});
    march.street.march.now = march.street.march.now + seconds(9);
    CHECK(march.keys().empty());
    march.street.march.now = march.street.march.now + seconds(1);
    CHECK(march.keys() == std::vector{march.key(order, march.street.ann, 1)});
}

TEST_CASE("whoever has not confirmed when the order's alert is raised is called for a second time", "[core][waking]") {
    Listening march;
    const std::uint32_t order = march.street.issue(OrderKind::hold, to_section(1));
    CHECK(march.keys().size() == 3);
    march.street.march.must(march.street.ben, MarkDelivered{order});
    march.street.march.must(march.street.lead_one, Acknowledge{.order = order});
    march.street.pass(base::limits::order_due_halt);
    REQUIRE(march.street.order(order).escalated);
    CHECK(march.keys() == std::vector{march.key(order, march.street.ann, 2)});
    march.street.pass(minutes(2));
    CHECK(march.keys().empty());
}

TEST_CASE("a new keeper calls again with the same keys under its own term", "[core][waking]") {
    Listening march;
    const std::uint32_t order = march.street.issue(OrderKind::hold, to_section(2));
    const auto first = march.keys();
    CHECK(first.size() == 2);
    march.term = Term{2};
    const auto again = march.calls();
    REQUIRE(again.size() == 2);
    CHECK(again.front().key() == first.front());
    CHECK(again.front().term == Term{2});
    CHECK(again.front().order == order);
    CHECK(march.calls().empty());
}

TEST_CASE("nobody is called who has no phone, has left, or whose order has ended", "[core][waking]") {
    Listening march;
    auto& builder = march.street.march;
    const PersonId radio = builder.somebody(Role::side);
    builder.assign(radio, 2, {}, /*no_phone=*/true);
    builder.must(radio, CheckIn{});
    const std::uint32_t order = march.street.issue(OrderKind::slow, to_section(2));
    builder.must(march.street.cid, EndDuty{builder.member(march.street.cid).duty_version});
    CHECK(march.keys() == std::vector{march.key(order, march.street.lead_two, 1)});
    const std::uint32_t other = march.street.issue(OrderKind::info, to_section(1));
    builder.must(march.street.city_lead, CancelOrder{other, "said by voice"});
    CHECK(march.keys().empty());
}

TEST_CASE("a call bears the person's subscriptions and nothing of the order's text", "[core][waking]") {
    Listening march;
    auto& builder = march.street.march;
    SubscribePush wish;
    wish.sealed = "sealed for ann";
    builder.must(march.street.ann, wish);
    march.street.issue(OrderKind::stop, to_section(1));
    for (const WakeUp& call : march.calls()) {
        CHECK(call.is_urgent());
        CHECK(call.pushes.size() == (call.person == march.street.ann ? 1 : 0));
    }
}

TEST_CASE("the matrix says since when a recipient cannot be reached, until any receipt", "[core][waking]") {
    Listening march;
    auto& builder = march.street.march;
    march.all_heard();
    const UtcMs gone = builder.now - minutes(3);
    march.phones[march.street.ann] = {false, gone};
    march.phones.erase(march.street.ben);
    const std::uint32_t order = march.street.issue(OrderKind::slow, to_section(1));
    march.observe();
    CHECK(march.street.receipt(order, march.street.ann).unreached_since == gone);
    // Never heard today: since it was asked for.
    CHECK(march.street.receipt(order, march.street.ben).unreached_since == builder.now);
    CHECK(!march.street.receipt(order, march.street.lead_one).unreached_since);
    CHECK(march.street.receipt(order, march.street.ann).state == ReceiptState::queued);

    builder.must(march.street.ann, MarkDelivered{order});
    CHECK(!march.street.receipt(order, march.street.ann).unreached_since);
    builder.must(march.street.lead_one,
                 Acknowledge{.order = order, .on_behalf_of = {march.street.ben}, .heard_by = HeardBy::radio});
    CHECK(!march.street.receipt(order, march.street.ben).unreached_since);
}

TEST_CASE("what the keeper saw is no news of one who has confirmed meanwhile", "[core][waking]") {
    Listening march;
    auto& builder = march.street.march;
    const std::uint32_t order = march.street.issue(OrderKind::slow, to_section(2));
    auto seen = unreached(builder.state, march.moment(), march.phone_of());
    CHECK(seen.size() == 2);
    builder.must(march.street.cid, MarkSeen{order});
    REQUIRE(builder.tell(test::MarchBuilder::keeper(), ObserveUnreached{builder.state.term, seen}).has_value());
    CHECK(march.street.receipt(order, march.street.cid).state == ReceiptState::seen);
    CHECK(!march.street.receipt(order, march.street.cid).unreached_since);
    CHECK(unreached(builder.state, march.moment(), march.phone_of()).empty());
}

TEST_CASE("one entry tells of at most five hundred, the next of the others", "[core][waking]") {
    Listening march;
    auto& builder = march.street.march;
    for (int i = 0; i < 520; ++i) (void)builder.on_duty(Role::side, 3);
    march.street.issue(OrderKind::info, to_section(3));
    CHECK(unreached(builder.state, march.moment(), march.phone_of()).size() == base::limits::unreached_told);
    march.observe();
    CHECK(unreached(builder.state, march.moment(), march.phone_of()).size() == 20);
}

TEST_CASE("a device subscribes for itself and replaces what it said before", "[core][push]") {
    OrderStreet street;
    auto& builder = street.march;
    SubscribePush wish;
    CHECK(builder.refused(street.ann, wish).field == "endpoint");  // nobody has sealed it
    wish.sealed = "first";
    builder.must(street.ann, wish);
    wish.sealed = "second";
    builder.must(street.ann, wish);
    REQUIRE(builder.state.pushes.size() == 1);
    CHECK(builder.state.pushes.front().sealed == "second");
    CHECK(builder.state.pushes.front().person == street.ann);

    REQUIRE(builder.tell(test::MarchBuilder::keeper(), ForgetPush{street.ann, "second"}).has_value());
    CHECK(builder.state.pushes.empty());
    CHECK(builder.refused(street.ann, UnsubscribePush{}).code == base::RefusalCode::not_found);
    builder.must(street.ann, wish);
    builder.must(street.ann, UnsubscribePush{});
    CHECK(builder.state.pushes.empty());
}

TEST_CASE("what a push service forgot does not take a newer subscription with it", "[core][push]") {
    OrderStreet street;
    SubscribePush wish;
    wish.sealed = "newer";
    street.march.must(street.ann, wish);
    CHECK(street.march.tell(test::MarchBuilder::keeper(), ForgetPush{street.ann, "older"}).has_error());
    CHECK(street.march.state.pushes.size() == 1);
}

}  // namespace
}  // namespace marchwire::core
