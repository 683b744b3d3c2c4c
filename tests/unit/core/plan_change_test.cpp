// A march that is put off, moved or held elsewhere: whoever is coming is told (DOMAIN, commands).
#include "core/order.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::core {
namespace {

using base::RefusalCode;
using test::all_of;
using test::MarchBuilder;
using test::minutes;
using test::seconds;
namespace limits = base::limits;

/// The evening before: ann has confirmed, ben is only invited, and a legal observer has confirmed.
struct Evening {
    MarchBuilder march;
    PersonId ann = confirmed(Role::side);
    PersonId ben = march.put(Role::side, 1);
    PersonId observer = confirmed(Role::legal_observer);

    PersonId confirmed(Role role) {
        const PersonId person = march.put(role, 1);
        march.confirm(person);
        return person;
    }
    [[nodiscard]] std::vector<PlannedPhase> later() const {
        std::vector<PlannedPhase> plan = march.state.spec.plan;
        for (PlannedPhase& step : plan) step.at = step.at + minutes(180);
        return plan;
    }
    std::vector<Event> reschedule() { return march.must(march.lead, Reschedule{later(), march.state.spec_version}); }
    [[nodiscard]] std::vector<PersonId> asked(const Order& order) const {
        std::vector<PersonId> persons;
        for (const Receipt& one : order.receipts) persons.push_back(march.state.roster[one.ordinal].person);
        return persons;
    }
    [[nodiscard]] const Order& newest() const { return *march.state.order(march.state.orders_issued); }
};

}  // namespace

TEST_CASE("a march that is moved by hours tells the public and asks whoever has confirmed", "[core][plan]") {
    Evening evening;
    const auto events = evening.reschedule();
    const auto notices = all_of<NoticePosted>(events);
    REQUIRE(notices.size() == 1);
    CHECK(notices.front().notice.severity == Severity::warning);
    const auto issued = all_of<OrderIssued>(events);
    REQUIRE(issued.size() == 1);
    CHECK(evening.asked(issued.front().order) == std::vector{evening.ann});
    CHECK(issued.front().order.template_name == "rescheduled");
    CHECK(issued.front().order.deadline == evening.march.now + limits::order_due_plan);
    evening.march.must(evening.ann, Acknowledge{.order = issued.front().order.number});
    evening.march.pass(limits::order_due_plan);
    CHECK(evening.newest().state == OrderState::closed);
    CHECK(evening.march.state.alerts.empty());
}

TEST_CASE("the same plan once more tells nobody", "[core][plan]") {
    Evening evening;
    const auto& spec = evening.march.state.spec;
    const auto events = evening.march.must(evening.march.lead, Reschedule{spec.plan, evening.march.state.spec_version});
    CHECK(all_of<NoticePosted>(events).empty());
    CHECK(all_of<OrderIssued>(events).empty());
    const MoveVenue same{spec.venue, spec.site, evening.march.state.spec_version};
    CHECK(all_of<NoticePosted>(evening.march.must(evening.march.lead, same)).empty());
}

TEST_CASE("a second change of the plan takes the place of the first order", "[core][plan]") {
    Evening evening;
    evening.reschedule();
    const std::uint32_t first = evening.newest().number;
    const auto events = evening.reschedule();
    CHECK(all_of<OrdersEnded>(events).front().orders == std::vector{first});
    CHECK(evening.newest().state == OrderState::open);
}

TEST_CASE("whoever is put on the roster and comes after the change is asked as well", "[core][plan]") {
    Evening evening;
    evening.reschedule();
    const auto events = evening.march.must(evening.ben, CheckIn{});
    CHECK(all_of<RecipientsAdded>(events).size() == 1);
    CHECK(evening.asked(evening.newest()) == std::vector{evening.ann, evening.ben});
}

TEST_CASE("who has not read of the new time within the hour is told to the leads", "[core][plan]") {
    Evening evening;
    const PersonId lead = evening.march.put(Role::city_lead, 0);
    evening.reschedule();
    const AlertKey key{AlertKind::order_unacked, {}, evening.newest().number};
    evening.march.pass(limits::order_due_plan - seconds(1));
    CHECK_FALSE(evening.march.state.alerts.contains(key));
    const auto steps = all_of<AlertStepped>(evening.march.pass(seconds(1)));
    REQUIRE(steps.size() == 1);
    CHECK(steps.front().key == key);
    CHECK(steps.front().notified == std::vector{lead});
}

TEST_CASE("a march that meets elsewhere says where", "[core][plan]") {
    Evening evening;
    MarchBuilder& march = evening.march;
    const MoveVenue wish{"Kiener Plaza", LatLon{38.6247, -90.1923}, march.state.spec_version};
    const auto events = march.must(march.lead, wish);
    CHECK(march.state.spec.venue == "Kiener Plaza");
    CHECK(march.state.spec.site->lat == Approx(38.6247));
    CHECK(march.state.notices.back().text == "New meeting place: Kiener Plaza");
    const auto issued = all_of<OrderIssued>(events);
    REQUIRE(issued.size() == 1);
    CHECK(issued.front().order.text == "NEW PLACE: the march meets elsewhere: Kiener Plaza.");
    CHECK(issued.front().order.parameters == std::vector<std::string>{"Kiener Plaza"});
    CHECK(march.refused(march.lead, wish).code == RefusalCode::conflict);
    CHECK(march.refused(march.lead, MoveVenue{"x", LatLon{91, 0}, march.state.spec_version}).field == "spec.site");
    CHECK(march.refused(evening.ann, MoveVenue{"x", {}, march.state.spec_version}).code ==
          RefusalCode::permission_denied);
}

TEST_CASE("a place with a long name still fits an SMS", "[core][plan]") {
    Evening evening;
    MarchBuilder& march = evening.march;
    march.must(march.lead, MoveVenue{std::string(limits::name_characters, 'P'), {}, march.state.spec_version});
    CHECK(evening.newest().text.size() <= limits::order_characters);
}

TEST_CASE("a march that is postponed or cancelled reaches those who are still at home", "[core][plan]") {
    Evening evening;
    MarchBuilder& march = evening.march;
    march.must(march.lead, Postpone{march.state.phase_version, "the permit"});
    CHECK(evening.newest().template_name == "postponed");
    CHECK(evening.asked(evening.newest()) == std::vector{evening.ann});
    march.must(march.lead, Cancel{march.state.phase_version, "a storm"});
    CHECK(evening.newest().template_name == "cancelled");
    CHECK(evening.asked(evening.newest()) == std::vector{evening.ann});
}

TEST_CASE("an order by hand goes to nobody who is not there yet", "[core][plan]") {
    Evening evening;
    IssueOrder wish;
    wish.text = "Bring water.";
    wish.audience.with_confirmed = true;
    CHECK(evening.march.refused(evening.march.lead, wish).field == "audience.with_confirmed");
}

}  // namespace marchwire::core
