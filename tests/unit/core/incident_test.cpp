// Incidents: who reports, who handles, what is told to whom, and what is read by few alone.
#include "core/views.hpp"
#include "support/march_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace marchwire::core {
namespace {

using base::minutes;
using base::RefusalCode;
using base::seconds;
using test::all_of;
namespace limits = base::limits;

/// A street with one of each who may have a hand in an incident: anna and ben of section 1, cora of section 2.
struct Scene {
    test::MarchBuilder march;
    PersonId anna = march.on_duty(Role::side, 1);
    PersonId ben = march.on_duty(Role::side, 1);
    PersonId cora = march.on_duty(Role::side, 2);
    PersonId lead_of_1 = march.on_duty(Role::section_lead, 1);
    PersonId lead_of_2 = march.on_duty(Role::section_lead, 2);
    PersonId medic = march.on_duty(Role::medic, 2);
    PersonId dispatcher = march.on_duty(Role::dispatcher);
    PersonId observer = march.on_duty(Role::legal_observer, 1);

    std::uint32_t report(PersonId who, IncidentKind kind, std::string description = {}) {
        ReportIncident wish;
        wish.kind = kind;
        wish.description = std::move(description);
        march.must(who, wish);
        return march.state.incidents_reported;
    }
    std::uint32_t lost_child(PersonId who, bool tell_all = false) {
        ReportIncident wish;
        wish.kind = IncidentKind::lost_child;
        wish.description = "red coat, about five";
        wish.restricted = RestrictedBlock{"Kim Doe", "asthma", "555-0100"};
        wish.tell_all = tell_all;
        march.must(who, wish);
        return march.state.incidents_reported;
    }
    [[nodiscard]] const Incident& at(std::uint32_t number) const {
        const Incident* incident = march.state.incident(number);
        REQUIRE(incident != nullptr);
        return *incident;
    }
    UpdateIncident update(std::uint32_t number) {
        UpdateIncident wish;
        wish.incident = number;
        wish.version = at(number).version;
        return wish;
    }
    void assign(std::uint32_t number, PersonId owner) {
        march.must(march.lead, AssignIncident{number, at(number).version, owner});
    }
    void resolve(std::uint32_t number) { march.must(march.lead, ResolveIncident{number, at(number).version, ""}); }
    [[nodiscard]] const Alert* undecided(std::uint32_t number) const {
        const auto found = march.state.alerts.find({AlertKind::lost_child, {}, number});
        return found == march.state.alerts.end() ? nullptr : &found->second;
    }
    [[nodiscard]] bool on_phone(PersonId who, std::uint32_t number) const {
        const auto snapshot = marshal_snapshot(march.state, who);
        return std::ranges::count(snapshot->incidents, number, &Incident::number) != 0;
    }
};

TEST_CASE("an incident goes from its report to its end and back and each step stands in its timeline",
          "[core][incident]") {
    Scene scene;
    const std::uint32_t number = scene.report(scene.anna, IncidentKind::crowd, "pushing at the gate");
    CHECK(scene.at(number).state == IncidentState::reported);
    CHECK(scene.at(number).section == 1);
    CHECK(scene.at(number).reporter == scene.anna);
    UpdateIncident triage = scene.update(number);
    triage.state = IncidentState::triaged;
    triage.severity = Severity::urgent;
    scene.march.must(scene.dispatcher, triage);
    CHECK(scene.at(number).state == IncidentState::triaged);
    CHECK(scene.at(number).severity == Severity::urgent);
    scene.assign(number, scene.ben);
    CHECK(scene.at(number).owner == scene.ben);
    UpdateIncident there = scene.update(number);
    there.state = IncidentState::on_scene;
    there.note = "opening the side gate";
    scene.march.must(scene.ben, there);
    CHECK(scene.at(number).state == IncidentState::on_scene);
    scene.resolve(number);
    CHECK(scene.at(number).state == IncidentState::resolved);
    UpdateIncident close = scene.update(number);
    close.state = IncidentState::closed;
    scene.march.must(scene.march.lead, close);
    scene.march.must(scene.march.lead, ReopenIncident{number, scene.at(number).version, "it fills again"});
    const Incident& now = scene.at(number);
    CHECK(now.state == IncidentState::assigned);
    CHECK(now.version == 7);
    std::vector<IncidentState> states;
    for (const IncidentNote& note : now.notes) states.push_back(note.state);
    using State = IncidentState;
    CHECK(states == std::vector{State::reported, State::triaged, State::assigned, State::on_scene, State::resolved,
                                State::closed, State::assigned});
    CHECK(now.notes[3].text == "opening the side gate");
    CHECK(now.notes[3].by == scene.ben);
}

TEST_CASE("steps that do not follow are refused and so is a version that has moved on", "[core][incident]") {
    Scene scene;
    const std::uint32_t number = scene.report(scene.anna, IncidentKind::fire);
    const auto refused = [&](IncidentState to) {
        UpdateIncident wish = scene.update(number);
        wish.state = to;
        return scene.march.refused(scene.march.lead, wish).code;
    };
    CHECK(refused(IncidentState::on_scene) == RefusalCode::invalid_transition);
    CHECK(refused(IncidentState::closed) == RefusalCode::invalid_transition);
    CHECK(refused(IncidentState::assigned) == RefusalCode::invalid_argument);
    CHECK(refused(IncidentState::resolved) == RefusalCode::invalid_argument);
    CHECK(scene.march.refused(scene.march.lead, ReopenIncident{number, 1, ""}).code == RefusalCode::invalid_transition);
    const auto stale = scene.march.refused(scene.march.lead, AssignIncident{number, 9, scene.ben});
    CHECK(stale.code == RefusalCode::conflict);
    CHECK(stale.current_version == 1);
    CHECK(stale.current_value == "reported");
    CHECK(scene.march.refused(scene.march.lead, AssignIncident{99, 1, scene.ben}).code == RefusalCode::not_found);
    CHECK(scene.march.refused(scene.march.lead, AssignIncident{number, 1, scene.observer}).field == "owner");
    CHECK(scene.march.refused(scene.march.lead, scene.update(number)).field == "note");
}

TEST_CASE("whoever reported it adds to it and nobody else of the street does", "[core][incident][rights]") {
    Scene scene;
    const std::uint32_t number = scene.report(scene.anna, IncidentKind::obstruction);
    UpdateIncident adds = scene.update(number);
    adds.version = 0;  // a phone that was off-line knows of none
    adds.note = "a van, driver not here";
    adds.methane = Methane{false, "4th and Market", "", "", "", 0, ""};
    scene.march.must(scene.anna, adds);
    scene.march.must(scene.anna, adds);
    CHECK(scene.at(number).notes.size() == 3);
    CHECK(scene.at(number).methane.exact_place == "4th and Market");
    CHECK(scene.march.refused(scene.ben, adds).code == RefusalCode::permission_denied);
    UpdateIncident worse = scene.update(number);
    worse.severity = Severity::urgent;
    CHECK(scene.march.refused(scene.anna, worse).code == RefusalCode::permission_denied);
    CHECK(scene.march.refused(scene.anna, ResolveIncident{number, scene.at(number).version, ""}).code ==
          RefusalCode::permission_denied);
    CHECK(scene.march.refused(scene.anna, AssignIncident{number, scene.at(number).version, scene.anna}).code ==
          RefusalCode::permission_denied);
    // The owner goes there, and adds as well.
    scene.assign(number, scene.ben);
    UpdateIncident there = scene.update(number);
    there.state = IncidentState::on_scene;
    CHECK(scene.march.refused(scene.anna, there).code == RefusalCode::permission_denied);
    scene.march.must(scene.ben, there);
}

/// Who may resolve an incident of this kind in section 1 that somebody else has reported.
std::vector<std::string> who_resolves(IncidentKind kind) {
    std::vector<std::string> names;
    for (const Role role : {Role::side, Role::medic, Role::legal_observer, Role::section_lead, Role::police_liaison,
                            Role::dispatcher, Role::anchor, Role::city_lead, Role::national_desk, Role::auditor}) {
        Scene scene;
        const PersonId who = role == Role::national_desk || role == Role::auditor ? scene.march.somebody(role)
                                                                                  : scene.march.put(role, 1);
        const std::uint32_t number = scene.report(scene.cora, kind);
        UpdateIncident moved = scene.update(number);
        moved.place = Place{PlaceKind::section, 1};
        scene.march.must(scene.march.lead, moved);
        if (scene.march.tell(who, ResolveIncident{number, 2, ""})) names.emplace_back(name_of(role));
    }
    return names;
}

TEST_CASE("each role handles what the rights give it", "[core][incident][rights]") {
    using Names = std::vector<std::string>;
    CHECK(who_resolves(IncidentKind::medical) == Names{"medic", "section_lead", "dispatcher", "anchor", "city_lead"});
    CHECK(who_resolves(IncidentKind::police) ==
          Names{"section_lead", "police_liaison", "dispatcher", "anchor", "city_lead"});
    CHECK(who_resolves(IncidentKind::crowd) == Names{"section_lead", "dispatcher", "anchor", "city_lead"});
    Scene scene;
    const std::uint32_t number = scene.report(scene.anna, IncidentKind::crowd);
    CHECK(scene.march.refused(scene.lead_of_2, ResolveIncident{number, 1, ""}).code == RefusalCode::permission_denied);
    // The national desk has a say once it was called upon.
    CHECK(scene.march.refused(scene.march.desk, ResolveIncident{number, 1, ""}).code == RefusalCode::permission_denied);
    UpdateIncident call = scene.update(number);
    call.escalate = true;
    CHECK(scene.march.refused(scene.anna, call).code == RefusalCode::permission_denied);
    scene.march.must(scene.lead_of_1, call);
    scene.march.must(scene.march.desk, ResolveIncident{number, 2, ""});
}

TEST_CASE("what concerns the police goes to the liaison and to no phone of the section", "[core][incident]") {
    Scene scene;
    const std::uint32_t before = scene.report(scene.anna, IncidentKind::police);
    CHECK(scene.at(before).state == IncidentState::reported);
    const PersonId liaison = scene.march.on_duty(Role::police_liaison, 2);
    const std::uint32_t number = scene.report(scene.anna, IncidentKind::police, "they ask for the organiser");
    CHECK(scene.at(number).owner == liaison);
    CHECK(scene.at(number).state == IncidentState::assigned);
    CHECK(scene.on_phone(liaison, number));
    CHECK(scene.on_phone(scene.anna, number));
    CHECK_FALSE(scene.on_phone(scene.ben, number));
    CHECK_FALSE(scene.on_phone(scene.medic, number));
    // Another kind that turns out to be theirs leaves the section's phones.
    const std::uint32_t turned = scene.report(scene.anna, IncidentKind::confrontation);
    CHECK(scene.on_phone(scene.ben, turned));
    UpdateIncident police = scene.update(turned);
    police.kind = IncidentKind::police;
    scene.march.must(scene.lead_of_1, police);
    CHECK(scene.at(turned).owner == liaison);
    CHECK_FALSE(scene.on_phone(scene.ben, turned));
}

TEST_CASE("a phone shows what concerns its section and its role and a section lead what happens there",
          "[core][incident][views]") {
    Scene scene;
    const std::uint32_t crowd = scene.report(scene.anna, IncidentKind::crowd);
    const std::uint32_t medical = scene.report(scene.anna, IncidentKind::medical);
    CHECK(scene.on_phone(scene.ben, crowd));
    CHECK_FALSE(scene.on_phone(scene.cora, crowd));
    CHECK(scene.on_phone(scene.medic, medical));
    CHECK_FALSE(scene.on_phone(scene.medic, crowd));
    scene.assign(crowd, scene.cora);
    CHECK(scene.on_phone(scene.cora, crowd));
    CHECK(section_snapshot(scene.march.state, 1).state.incidents.size() == 2);
    CHECK(section_snapshot(scene.march.state, 2).state.incidents.empty());
    scene.resolve(crowd);
    CHECK_FALSE(scene.on_phone(scene.anna, crowd));
    CHECK(section_snapshot(scene.march.state, 1).state.incidents.size() == 1);
    // Whoever hears of it by its section alone learns that it has left and no more.
    UpdateIncident moved = scene.update(medical);
    moved.place = Place{PlaceKind::section, 2};
    scene.march.must(scene.march.lead, moved);
    const Event& event = scene.march.entries.back().event;
    const auto left = shown_on(event, topic_index::section(1));
    CHECK(std::get<IncidentChanged>(*left).incident.state == IncidentState::closed);
    CHECK(std::get<IncidentChanged>(*left).incident.reporter == PersonId{});
    const auto stays = shown_on(event, topic_index::section(2));
    CHECK(std::get<IncidentChanged>(*stays).incident.state == IncidentState::reported);
}

TEST_CASE("what is restricted is read by those who may and each reading is told to the log",
          "[core][incident][rights][privacy]") {
    Scene scene;
    const std::uint32_t number = scene.lost_child(scene.anna);
    CHECK(scene.at(number).is_restricted);
    const auto may_read = [&](PersonId who) { return scene.march.tell(who, ReadRestricted{number}).has_value(); };
    for (const PersonId who :
         {scene.anna, scene.ben, scene.lead_of_1, scene.medic, scene.observer, scene.dispatcher, scene.march.desk}) {
        CHECK_FALSE(may_read(who));
    }
    CHECK(may_read(scene.march.lead));
    CHECK(may_read(scene.march.somebody(Role::auditor)));
    const auto& read = std::get<RestrictedRead>(scene.march.entries[scene.march.entries.size() - 2].event);
    CHECK(read.incident == number);
    CHECK(read.person == scene.march.lead);
    scene.assign(number, scene.dispatcher);
    CHECK(may_read(scene.dispatcher));
    UpdateIncident call = scene.update(number);
    call.escalate = true;
    scene.march.must(scene.march.lead, call);
    CHECK(may_read(scene.march.desk));
    // A medic reads what is medical.
    ReportIncident hurt;
    hurt.kind = IncidentKind::medical;
    hurt.restricted = RestrictedBlock{"Lee Roe", "diabetic", ""};
    scene.march.must(scene.cora, hurt);
    CHECK(scene.march.tell(scene.medic, ReadRestricted{2}).has_value());
    CHECK(scene.march.refused(scene.march.lead, ReadRestricted{9}).code == RefusalCode::not_found);
    const std::uint32_t plain = scene.report(scene.anna, IncidentKind::fire);
    CHECK(scene.march.refused(scene.march.lead, ReadRestricted{plain}).code == RefusalCode::not_found);
}

TEST_CASE("the answer bears the block for whoever may read it now", "[core][incident][privacy]") {
    Scene scene;
    const std::uint32_t number = scene.lost_child(scene.anna);
    Command command;
    command.body = ReadRestricted{number};
    const auto asked = [&](PersonId who) {
        return restricted_answer(scene.march.state, command, {scene.march.now, scene.march.actor(who)});
    };
    REQUIRE(asked(scene.march.lead).has_value());
    CHECK(asked(scene.march.lead)->value().name == "Kim Doe");
    CHECK(asked(scene.ben).error().code == RefusalCode::permission_denied);
    command.body = CheckIn{};
    CHECK_FALSE(asked(scene.ben)->has_value());
}

TEST_CASE("no text that many read may tell the name of a child", "[core][incident][privacy]") {
    Scene scene;
    ReportIncident wish;
    wish.kind = IncidentKind::lost_child;
    wish.description = "kim, red coat";
    wish.restricted = RestrictedBlock{"Kim Doe", "", ""};
    CHECK(scene.march.refused(scene.anna, wish).field == "description");
    wish.description = "kimono, red";  // another word
    scene.march.must(scene.anna, wish);
    UpdateIncident note = scene.update(1);
    note.note = "The DOE family waits at the steps.";
    CHECK(scene.march.refused(scene.march.lead, note).field == "note");
    CHECK(scene.march.refused(scene.march.lead, ResolveIncident{1, 1, "Kim is back"}).field == "outcome");
    // Described before the name was known: it must not go to all now.
    const std::uint32_t later = scene.report(scene.anna, IncidentKind::lost_child, "Sam, blue hat");
    UpdateIncident named = scene.update(later);
    named.restricted = RestrictedBlock{"Sam Roe", "", ""};
    named.tell_all = true;
    CHECK(scene.march.refused(scene.march.lead, named).field == "description");
    named.description = "blue hat";
    scene.march.must(scene.march.lead, named);
}

TEST_CASE("a lost child is told to all on duty by its description when a lead or dispatcher says so",
          "[core][incident][lost_child]") {
    Scene scene;
    ReportIncident wish;
    wish.kind = IncidentKind::lost_child;
    wish.tell_all = true;
    CHECK(scene.march.refused(scene.dispatcher, wish).field == "description");
    wish.description = "red coat, about five";
    CHECK(scene.march.refused(scene.anna, wish).code == RefusalCode::permission_denied);
    CHECK(scene.march.refused(scene.lead_of_1, wish).code == RefusalCode::permission_denied);
    const auto events = scene.march.must(scene.dispatcher, wish);
    const auto told = all_of<OrderIssued>(events);
    REQUIRE(told.size() == 1);
    CHECK(told[0].order.kind == OrderKind::info);
    CHECK(told[0].order.text == "LOST CHILD: red coat, about five. Tell a lead.");
    CHECK(told[0].order.audience.kind == AudienceKind::all);
    CHECK(told[0].order.receipts.size() == 6);  // neither the observer nor who says it
    CHECK(scene.at(1).told_by == told[0].order.number);
    CHECK(std::holds_alternative<IncidentReported>(events.back()));
    wish.kind = IncidentKind::fire;
    CHECK(scene.march.refused(scene.dispatcher, wish).field == "tell_all");
}

TEST_CASE("when the child is found all who were told hear it and the description is gone",
          "[core][incident][lost_child]") {
    Scene scene;
    const std::uint32_t number = scene.lost_child(scene.dispatcher, true);
    const std::uint32_t told = scene.at(number).told_by;
    const auto events = scene.march.must(scene.march.lead, ResolveIncident{number, 1, "with the family"});
    const auto found = all_of<OrderIssued>(events);
    REQUIRE(found.size() == 1);
    CHECK(found[0].order.text.starts_with("FOUND"));
    CHECK(scene.march.state.order(told)->state == OrderState::superseded);
    CHECK(scene.march.state.order(told)->superseded_by == found[0].order.number);
    CHECK(scene.march.state.order(told)->text.empty());
    CHECK(scene.at(number).description.empty());
    CHECK(scene.at(number).told_by == 0);
    // The name stays for those who may read it.
    CHECK(scene.march.state.restricted.at(number).name == "Kim Doe");
    // What was told to nobody is nobody's news; it is taken away as well.
    const std::uint32_t quiet = scene.lost_child(scene.anna);
    CHECK(all_of<OrderIssued>(scene.march.must(scene.march.lead, ResolveIncident{quiet, 1, ""})).empty());
    CHECK(scene.at(quiet).description.empty());
    UpdateIncident late = scene.update(quiet);
    late.description = "red coat";
    CHECK(scene.march.refused(scene.anna, late).code == RefusalCode::invalid_transition);
}

TEST_CASE("a better description goes out in place of the first", "[core][incident][lost_child]") {
    Scene scene;
    const std::uint32_t number = scene.lost_child(scene.dispatcher, true);
    const std::uint32_t first = scene.at(number).told_by;
    UpdateIncident again = scene.update(number);
    again.description = "blue coat, about five";
    again.tell_all = true;
    scene.march.must(scene.dispatcher, again);
    CHECK(scene.at(number).told_by == first + 1);
    CHECK(scene.march.state.order(first)->state == OrderState::superseded);
    CHECK(scene.march.state.order(first)->text.empty());
}

TEST_CASE("a lost child who is not found in a quarter of an hour asks for a decision about the police",
          "[core][incident][lost_child]") {
    Scene scene;
    const PersonId liaison = scene.march.on_duty(Role::police_liaison);
    const PersonId city = scene.march.on_duty(Role::city_lead);
    const std::uint32_t number = scene.lost_child(scene.anna);
    const auto before = scene.march.pass(minutes(15) - seconds(1));
    CHECK(all_of<AlertRaised>(before).empty());
    const auto events = scene.march.pass(seconds(1));
    const auto steps = all_of<AlertStepped>(events);
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].key == AlertKey{AlertKind::lost_child, {}, number});
    CHECK(steps[0].notified == std::vector{scene.lead_of_1});
    const auto next = all_of<AlertStepped>(scene.march.pass(minutes(1)));
    REQUIRE(next.size() == 1);
    CHECK(next[0].notified == std::vector{scene.dispatcher, liaison, city});
    // A minute on the national desk knows, and by that may act.
    CHECK(scene.march.refused(scene.march.desk, ReadRestricted{number}).code == RefusalCode::permission_denied);
    scene.march.pass(minutes(1));
    CHECK(scene.undecided(number)->step == 3);
    scene.march.must(scene.march.desk, ReadRestricted{number});
    const Alert alert = *scene.undecided(number);
    CHECK(scene.march.refused(scene.medic, AckAlert{alert.key, alert.version}).code == RefusalCode::permission_denied);
    scene.march.must(liaison, AckAlert{alert.key, alert.version});
    // It ends with the incident, and not before.
    scene.resolve(number);
    CHECK(scene.undecided(number) == nullptr);
    CHECK_FALSE(scene.march.state.watches.contains(alert.key));
    scene.march.pass(minutes(60));
    CHECK(scene.undecided(number) == nullptr);
}

TEST_CASE("the quarter of an hour runs from when the phone made the report and no lost time counts",
          "[core][incident][lost_child]") {
    Scene scene;
    ReportIncident wish;
    wish.kind = IncidentKind::lost_child;
    Command command;
    command.id = {base::DeviceId{77}, 1};
    command.made_at = scene.march.now - minutes(10);
    command.body = wish;
    const Context context{scene.march.now, scene.march.actor(scene.anna)};
    for (const Event& event : decide(scene.march.state, command, context).value()) {
        apply(scene.march.state, stamp(scene.march.state, event, command, context),
              test::digest_of(scene.march.state.tip.seq.next()));
    }
    CHECK(scene.at(1).made_at == scene.march.now - minutes(10));
    CHECK(scene.at(1).reported_at == scene.march.now);
    CHECK(scene.at(1).decide_by == scene.march.now + minutes(5));
    // The server was away for three minutes.
    scene.march.now = scene.march.now + minutes(3);
    const auto keeper = test::MarchBuilder::keeper();
    REQUIRE(scene.march.tell(keeper, TakeKeeping{Term{1}, scene.march.now - minutes(3)}).has_value());
    scene.march.pass(minutes(5) - seconds(1));
    CHECK(scene.undecided(1) == nullptr);
    scene.march.pass(seconds(1));
    CHECK(scene.undecided(1) != nullptr);
    // Reopened after its end, the time begins anew.
    scene.resolve(1);
    scene.march.must(scene.march.lead, ReopenIncident{1, scene.at(1).version, "it was another child"});
    scene.march.pass(minutes(14));
    CHECK(scene.undecided(1) == nullptr);
    scene.march.pass(minutes(1));
    CHECK(scene.undecided(1) != nullptr);
}

TEST_CASE("a duplicate is closed and what it told ends without a word", "[core][incident]") {
    Scene scene;
    const std::uint32_t first = scene.lost_child(scene.anna);
    const std::uint32_t second = scene.lost_child(scene.dispatcher, true);
    const std::uint32_t told = scene.at(second).told_by;
    UpdateIncident same = scene.update(second);
    same.duplicate_of = 99;
    CHECK(scene.march.refused(scene.march.lead, same).code == RefusalCode::not_found);
    same.duplicate_of = second;
    CHECK(scene.march.refused(scene.march.lead, same).field == "duplicate_of");
    same.duplicate_of = first;
    CHECK(all_of<OrderIssued>(scene.march.must(scene.march.lead, same)).empty());
    CHECK(scene.at(second).state == IncidentState::closed);
    CHECK(scene.at(second).duplicate_of == first);
    CHECK(scene.at(second).description.empty());
    CHECK(scene.march.state.order(told)->state == OrderState::closed);
    CHECK(scene.at(first).description == "red coat, about five");
    // No chains; and it opens again as one of its own.
    UpdateIncident chain = scene.update(first);
    chain.duplicate_of = second;
    CHECK(scene.march.refused(scene.march.lead, chain).field == "duplicate_of");
    scene.march.must(scene.march.lead, ReopenIncident{second, scene.at(second).version, ""});
    CHECK(scene.at(second).duplicate_of == 0);
}

TEST_CASE("open incidents and texts are bounded and the oldest that ended are forgotten with their names",
          "[core][incident]") {
    Scene scene;
    ReportIncident wordy;
    wordy.description = std::string(limits::incident_characters + 1, 'x');
    CHECK(scene.march.refused(scene.anna, wordy).field == "description");
    wordy.description.clear();
    wordy.methane.hazards = std::string(limits::methane_characters + 1, 'x');
    CHECK(scene.march.refused(scene.anna, wordy).field == "methane.hazards");
    wordy.methane = {};
    wordy.restricted = RestrictedBlock{};
    CHECK(scene.march.refused(scene.anna, wordy).field == "restricted");
    wordy.restricted.reset();
    wordy.place = {PlaceKind::section, 77};
    CHECK(scene.march.refused(scene.anna, wordy).field == "place.number");
    const std::uint32_t child = scene.lost_child(scene.anna);
    scene.resolve(child);
    for (std::size_t i = 0; i < limits::incidents_ended_kept; ++i) {
        scene.march.now = scene.march.now + seconds(1);
        scene.resolve(scene.report(scene.anna, IncidentKind::other));
    }
    CHECK(scene.march.state.incident(child) == nullptr);
    CHECK(scene.march.state.restricted.empty());
    for (std::size_t i = 0; i < limits::incidents_open; ++i) scene.report(scene.anna, IncidentKind::other);
    CHECK(scene.march.refused(scene.anna, ReportIncident{}).code == RefusalCode::rate_limited);
}

}  // namespace
}  // namespace marchwire::core
