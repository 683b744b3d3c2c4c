// Whatever the phones of a day said, said again and again in any order: nothing happens twice, and every answer is the
// one that was given first (DESIGN 4, promise 2).
#include "day.hpp"

#include "core/decide.hpp"
#include "support/patience.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace marchwire::test {
namespace {

using core::Phase;

constexpr std::size_t times = 1'000;

/// One command with the answer that it got.
struct Said {
    Seat* by;
    base::CommandId id;
    core::CommandBody body;
    wire::Accepted answer;
};

/// A day on which every command is given that a person can give.
class WholeDay {
public:
    WholeDay() { dispatcher_ = stage.seat(dispatcher_grant_); }

    void play() {
        prepare();
        put_off_and_gather();
        walk();
        order();
        look_after_incidents();
        hold_and_stop();
        does(ben_, core::EndDuty{duty_version(day_.ben_grant)});
    }
    void play_cancelled() {
        prepare();
        leads(core::Cancel{0, "a storm"});
    }
    [[nodiscard]] const std::vector<Said>& said() const { return said_; }
    [[nodiscard]] std::uint64_t entries() { return folded().tip.seq.value; }
    /// These once more, each from its own phone, together; how many answers were other than the first.
    [[nodiscard]] std::size_t again(std::span<const std::size_t> some) {
        std::set<Seat*> seats;
        for (const Said& one : said_) seats.insert(one.by);
        for (Seat* seat : seats) seat->replies.clear();
        for (const std::size_t i : some)
            said_[i].by->run_as(said_[i].id, stage.march, said_[i].body, said_[i].id.counter);
        wait_until([&] {
            stage.settle();
            std::size_t answered = 0;
            for (const Seat* seat : seats) answered += seat->replies.size();
            return answered == some.size();
        });
        std::size_t others = 0;
        for (const Seat* seat : seats) {
            for (const wire::Reply& reply : seat->replies) {
                const Said& first = *std::ranges::find(said_, reply.id, &Said::id);
                const bool same = reply.outcome && reply.outcome->made == first.answer.made &&
                                  reply.outcome->position == first.answer.position;
                if (!same) ++others;
            }
        }
        return others;
    }

private:
    std::uint64_t does(Seat& seat, core::CommandBody body) {
        const base::CommandId id{base::DeviceId{7'000 + seat.grant()->number}, ++counter_};
        seat.clock_now = stage.clock.now();
        seat.run_as(id, stage.march, body, id.counter);
        const auto answer = stage.answer_to(seat, id);
        if (!answer) FAIL("command " << body.index() << ": " << answer.error().field << ": " << answer.error().message);
        said_.push_back({&seat, id, std::move(body), *answer});
        return answer->made;
    }
    template <class Wish>
    void leads(Wish wish) {
        wish.phase_version = folded().phase_version;
        does(lead_, std::move(wish));
    }
    void advance(Phase to) { leads(core::AdvancePhase{to, 0, {}}); }
    [[nodiscard]] std::uint32_t spec_version() { return folded().spec_version; }
    [[nodiscard]] std::uint32_t duty_version(const session::Grant& grant) {
        return folded().member(grant.actor.person)->duty_version;
    }
    [[nodiscard]] std::uint32_t incident_version(std::uint32_t number) { return folded().incident(number)->version; }
    const core::MarchState& folded() {
        stage.settle();
        stage.memory.read(stage.march, state_.tip.seq.next(), 10'000, [&](const auto& read) {
            for (const store::StoredEntry& stored : read.value()) {
                core::apply(state_, wire::decode_stored(stored.bytes).value(), stored.tip.digest);
            }
        });
        stage.settle();
        return state_;
    }

    void prepare();
    void put_off_and_gather();
    void walk();
    void order();
    void look_after_incidents();
    void hold_and_stop();

    Day day_;

public:
    CityStage& stage = day_.stage;

private:
    Seat& lead_ = *day_.lead;
    Seat& section_ = *day_.section;
    Seat& anna_ = *day_.anna;
    Seat& ben_ = *day_.ben;
    const base::PersonId ben_id_ = day_.ben_grant.actor.person;
    session::Grant dispatcher_grant_ = stage.person("dispatcher", core::Role::dispatcher);
    std::unique_ptr<Seat> dispatcher_;
    const base::PersonId cora_ = stage.person("cora", core::Role::side).actor.person;  ///< has no phone
    core::MarchState state_ = [this] {
        core::MarchState unborn;
        unborn.id = stage.march;
        return unborn;
    }();
    std::vector<Said> said_;
    std::uint64_t counter_ = 0;
};

std::shared_ptr<const core::RouteLine> line(double north) {
    auto line = std::make_shared<core::RouteLine>();
    line->name = "Market Street";
    line->points = {{38.6256, -90.1892}, {38.6270 + north, -90.1950}, {38.6283, -90.2010}};
    line->waypoints = {{1, core::WaypointKind::assembly, "Old Courthouse", line->points[0], {}},
                       {2, core::WaypointKind::intersection, "Broadway", line->points[1], {}},
                       {3, core::WaypointKind::exit, "Plaza", line->points[2], {}}};
    return line;
}

void WholeDay::prepare() {
    does(lead_, core::AssignDuty{dispatcher_grant_.actor.person, "dispatcher", core::Role::dispatcher, 0, {}, false});
    does(lead_, core::AssignDuty{cora_, "cora", core::Role::side, 1, {}, true});
    does(lead_, core::SetSections{4});
    does(lead_, core::MoveVenue{"Old Courthouse", {}, spec_version()});
    core::MarchSpec spec = folded().spec;
    spec.source = "the permit";
    does(lead_, core::UpdateMarch{spec, spec_version()});
    spec.plan.back().at = spec.plan.back().at + base::minutes(10);
    does(lead_, core::Reschedule{spec.plan, spec_version()});
    does(lead_, core::SetPolicy{core::AlertPreset::large});
    for (const double north : {0.0, 0.0004}) does(lead_, core::ImportRoute{line(north)});
    for (const std::uint32_t version : {1U, 2U}) does(lead_, core::ApproveRoute{version});
    does(lead_, core::ActivateRoute{1, 0});
    does(lead_, core::WithdrawRoute{2});
    does(lead_, core::PostNotice{core::Severity::info, {}, "Bring water.", {}});
    does(lead_, core::SetCallsToAction{{}});
}

void WholeDay::put_off_and_gather() {
    leads(core::Postpone{0, "the permit"});
    advance(Phase::planned);
    advance(Phase::assembling);
    for (Seat* seat : {&lead_, &section_, &anna_, &ben_, dispatcher_.get()}) does(*seat, core::CheckIn{});
    core::CheckIn for_cora;
    for_cora.on_behalf_of = cora_;
    for_cora.heard_by = core::HeardBy::seen;
    does(section_, for_cora);
    does(anna_, core::SubscribePush{"https://push.example/1", std::string(65, 'k'), std::string(16, 'a')});
    does(anna_, core::UnsubscribePush{});
    advance(Phase::marching);
    leads(core::CorrectPhase{Phase::assembling, 0, "a slip"});
    advance(Phase::marching);
}

void WholeDay::walk() {
    does(*dispatcher_, core::SetIntersection{2, core::IntersectionState::staffed, 0, 1});
    does(*dispatcher_, core::MarkPassed{2, core::End::head, 1});
    does(*dispatcher_, core::CloseLeg{1, 1});
    does(*dispatcher_, core::CloseExit{3, 1});
    does(*dispatcher_, core::OpenExit{3, 1});
    does(anna_, core::TakeBreak{duty_version(day_.anna_grant)});
    does(section_, core::CheckInSection{1, core::HeardBy::radio});
    does(anna_, core::CheckIn{});
    does(anna_, core::HandOver{{}, duty_version(day_.anna_grant), ben_id_});
    does(ben_, core::AnswerHandOver{day_.anna_grant.actor.person, duty_version(day_.anna_grant), false});
    does(anna_, core::ReportCount{core::CountMethod::grid, 3'000, 3'500, 4'000, 0, 30});
    does(anna_, core::RaiseSos{});
    const core::AlertKey sos{core::AlertKind::sos_unowned, day_.anna_grant.actor.person};
    does(ben_, core::AckAlert{sos, folded().alerts.at(sos).version});
    does(lead_, core::ClearAlert{sos, folded().alerts.at(sos).version, "found her"});
}

void WholeDay::order() {
    core::IssueOrder wish;
    wish.text = "Keep to the right.";
    const auto number = static_cast<std::uint32_t>(does(lead_, wish));
    for (Seat* seat : {&anna_, &ben_}) {
        does(*seat, core::MarkDelivered{number});
        does(*seat, core::MarkSeen{number});
    }
    does(anna_, core::Acknowledge{.order = number});
    does(ben_, core::Decline{number, "with a child"});
    does(lead_, core::CancelOrder{number, "done"});
    const auto call = static_cast<std::uint32_t>(
        does(section_, core::OpenRollCall{{core::AudienceKind::section, {}, 1, {}}, {}, {}}));
    does(anna_, core::AnswerRollCall{call, 4, {}, core::HeardBy::none});
}

void WholeDay::look_after_incidents() {
    core::ReportIncident child;
    child.kind = core::IncidentKind::lost_child;
    child.description = "red coat, five years";
    child.restricted = core::RestrictedBlock{"Sam", "", ""};
    const auto number = static_cast<std::uint32_t>(does(anna_, child));
    does(lead_, core::AssignIncident{number, incident_version(number), ben_id_});
    core::UpdateIncident note;
    note.incident = number;
    note.note = "at the fountain";
    does(lead_, note);
    does(lead_, core::ReadRestricted{number});
    does(lead_, core::ResolveIncident{number, incident_version(number), "with the family"});
    does(lead_, core::ReopenIncident{number, incident_version(number), "another child"});
}

void WholeDay::hold_and_stop() {
    leads(core::Hold{0, "a tram", {}});
    leads(core::Release{0});
    // A marshal may propose what a lead does.
    const auto proposal = static_cast<std::uint32_t>(does(anna_, core::Hold{folded().phase_version, "a tram", {}}));
    does(lead_, core::ConfirmProposal{proposal, {}});
    does(lead_, core::Stop{"a crush", {}});
    leads(core::ProposeResume{0, "clear"});
    does(section_, core::ConfirmResume{folded().proposals.back().number});
}

/// What persons say; the rest is the campaign's, the host's, the keeper's or the outbox's.
constexpr std::size_t commands_of_persons = 53;

/// So many answers were other than the first.
std::size_t say_all_again(WholeDay& day) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < day.said().size(); ++i) order.insert(order.end(), times, i);
    std::mt19937_64 random(18);
    std::ranges::shuffle(order, random);
    std::size_t others = 0;
    // Receipts among them wait for one another.
    constexpr std::size_t together = 2'000;
    for (std::size_t from = 0; from < order.size(); from += together) {
        others += day.again(std::span(order).subspan(from, std::min(together, order.size() - from)));
    }
    return others;
}

}  // namespace

TEST_CASE("all that a day's phones said is said a thousand times again in any order and nothing happens twice",
          "[scenario][again]") {
    WholeDay whole, cancelled;
    whole.play();
    cancelled.play_cancelled();
    std::set<std::size_t> kinds;
    for (WholeDay* day : {&whole, &cancelled}) {
        for (const Said& one : day->said()) kinds.insert(one.body.index());
        const std::uint64_t entries = day->entries();
        CHECK(say_all_again(*day) == 0);
        CHECK(day->entries() == entries);
    }
    CHECK(kinds.size() == commands_of_persons);
}

}  // namespace marchwire::test
