// What the SDK folds from items is what the server would send as a snapshot: orders, incidents and their alerts, on
// ops, on a section lead's ops and on phones, through commands of chance. A failure prints its seed.
#include "core/views.hpp"
#include "support/march_builder.hpp"
#include "wire/codec.hpp"

#include "src/feed_fold.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace core = marchwire::core;
namespace wire = marchwire::wire;
namespace sdk = marchwire::sdk;
namespace v1 = marchwire::v1;
using marchwire::base::seconds;
using marchwire::test::MarchBuilder;

namespace {

/// A feed as a client holds it, beside what the server would send anew.
class Watcher {
public:
    virtual ~Watcher() = default;
    [[nodiscard]] virtual std::vector<std::uint32_t> topics(const core::MarchState& state) const = 0;
    virtual void begin(const core::MarchState& state) = 0;
    virtual sdk::FoldResult take(const v1::Item& item) = 0;
    virtual void check(const core::MarchState& state) = 0;

    void hear(const core::MarchState& before, const core::MarchState& now, const core::Entry& entry) {
        const auto mine = topics(before);
        const auto found = std::ranges::find_if(entry.topics, [&](const core::TopicStamp& stamp) {
            return std::ranges::find(mine, stamp.index) != mine.end();
        });
        bool whole = true;
        if (found != entry.topics.end()) {
            const auto topic = core::topic_number(now.topic_base, found->index);
            const std::string bytes = wire::encode_entry(topic, {}, {}, entry, wire::Encoding::proto);
            v1::ServerMessage message;
            REQUIRE(message.ParseFromString(bytes));
            whole = take(message.items(0)) == sdk::FoldResult::folded;
            ++heard;
        }
        // Topics that change bring their snapshot.
        if (!whole || topics(now) != mine) begin(now);
        snapshots += whole ? 0 : 1;
        check(now);
    }
    int heard = 0;
    int snapshots = 0;
};

template <class Fold, class Snapshot>
void begin_with(Fold& fold, const Snapshot& snapshot) {
    fold = {};
    REQUIRE(fold.state.ParseFromString(wire::encode_snapshot(snapshot, wire::Encoding::proto)));
}

/// Orders, incidents and the alerts about them.
template <class State>
std::string shown(const State& state) {
    std::string text;
    for (const v1::Order& order : state.orders()) text += order.ShortDebugString() + "\n";
    for (const v1::Incident& incident : state.incidents()) text += incident.ShortDebugString() + "\n";
    for (const v1::Alert& alert : state.alerts()) {
        if (alert.key().number() != 0) text += alert.ShortDebugString() + "\n";
    }
    return text;
}

class Ops : public Watcher {
public:
    std::vector<std::uint32_t> topics(const core::MarchState&) const override { return {core::topic_index::ops}; }
    void begin(const core::MarchState& state) override { begin_with(fold_, state); }
    sdk::FoldResult take(const v1::Item& item) override { return fold_.apply(item); }
    void check(const core::MarchState& state) override {
        sdk::OpsFold anew;
        begin_with(anew, state);
        REQUIRE(shown(fold_.state) == shown(anew.state));
    }

private:
    sdk::OpsFold fold_;
};

class SectionLead : public Watcher {
public:
    std::vector<std::uint32_t> topics(const core::MarchState&) const override { return core::section_topics(1); }
    void begin(const core::MarchState& state) override { begin_with(fold_, core::section_snapshot(state, 1)); }
    sdk::FoldResult take(const v1::Item& item) override { return fold_.apply(item); }
    void check(const core::MarchState& state) override {
        sdk::OpsFold anew;
        begin_with(anew, core::section_snapshot(state, 1));
        REQUIRE(shown(fold_.state) == shown(anew.state));
    }

private:
    sdk::OpsFold fold_;
};

class Phone : public Watcher {
public:
    explicit Phone(core::PersonId person) : person_(person) {}
    std::vector<std::uint32_t> topics(const core::MarchState& state) const override {
        return core::marshal_topics(state, person_);
    }
    void begin(const core::MarchState& state) override { begin_with(fold_, *core::marshal_snapshot(state, person_)); }
    sdk::FoldResult take(const v1::Item& item) override { return fold_.apply(item); }
    void check(const core::MarchState& state) override {
        sdk::MarshalFold anew;
        begin_with(anew, *core::marshal_snapshot(state, person_));
        fold_.state.clear_alerts();
        anew.state.clear_alerts();
        REQUIRE(shown(fold_.state) == shown(anew.state));
    }

private:
    core::PersonId person_;
    sdk::MarshalFold fold_;
};

/// Twelve people in two sections who are ordered about, answer, see things happen, come and go.
class Street {
public:
    explicit Street(std::uint32_t seed) : random_(seed) {
        march.march_off();
        for (std::uint32_t i = 0; i < 12; ++i) {
            people.push_back(march.put(role_of(i), 1 + i % 2));
            if (i % 3 != 0) march.must(people.back(), core::CheckIn{});
        }
    }
    void step() {
        march.now = march.now + seconds(below(20));
        const core::PersonId who = people[below(people.size())];
        switch (below(16)) {
            case 12: (void)march.tell(below(2) == 0 ? march.lead : who, reported()); break;
            case 13: (void)march.tell(below(2) == 0 ? march.lead : who, updated()); break;
            case 14: (void)march.tell(march.lead, handled()); break;
            case 0:
            case 1: (void)march.tell(march.lead, issue()); break;
            case 2: (void)march.tell(march.lead, core::Hold{march.state.phase_version, "", ""}); break;
            case 3: (void)march.tell(march.lead, core::Release{march.state.phase_version}); break;
            case 4: (void)march.tell(who, core::EndDuty{march.member(who).duty_version}); break;
            case 5: (void)march.tell(who, core::CheckIn{}); break;
            case 6: march.assign(who, 1 + below(2), {}); break;
            case 7: (void)march.tick(); break;
            case 8: {
                const auto idle_since = march.now - seconds(below(60));
                (void)march.tell(MarchBuilder::keeper(), core::TakeKeeping{march.state.term.next(), idle_since});
                break;
            }
            case 9: (void)march.tell(march.lead, core::CancelOrder{some_order(), ""}); break;
            case 10: (void)march.tell(MarchBuilder::keeper(), unreached()); break;
            default: (void)march.tell(who, receipt()); break;
        }
    }
    MarchBuilder march;
    std::vector<core::PersonId> people;

private:
    std::uint32_t below(std::size_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
    static core::Role role_of(std::uint32_t i) {
        if (i < 2) return core::Role::section_lead;
        if (i < 3) return core::Role::legal_observer;
        return i == 3 ? core::Role::medic : i == 4 ? core::Role::police_liaison : core::Role::side;
    }
    core::Incident some_incident() {
        const auto& all = march.state.incidents;
        return all.empty() ? core::Incident{} : all[below(all.size())];
    }
    core::CommandBody reported() {
        core::ReportIncident wish;
        wish.kind = static_cast<core::IncidentKind>(1 + below(4));
        if (below(2) == 0) wish.place = {core::PlaceKind::section, 1 + below(2)};
        wish.description = "seen by chance";
        wish.restricted = core::RestrictedBlock{"Kim Doe", "", ""};
        wish.tell_all = below(2) == 0;
        return wish;
    }
    core::CommandBody updated() {
        const core::Incident some = some_incident();
        core::UpdateIncident wish;
        wish.incident = some.number;
        wish.version = some.version;
        wish.note = "note of chance";
        if (below(3) == 0) wish.state = static_cast<core::IncidentState>(1 + below(6));
        if (below(4) == 0) wish.kind = static_cast<core::IncidentKind>(1 + below(4));
        if (below(4) == 0) wish.place = core::Place{core::PlaceKind::section, 1 + below(2)};
        if (below(4) == 0) wish.description = "seen better";
        if (below(5) == 0) wish.duplicate_of = some_incident().number;
        if (below(4) == 0) wish.methane = core::Methane{true, "the gate", "", "", "", 2, ""};
        wish.tell_all = below(4) == 0;
        return wish;
    }
    core::CommandBody handled() {
        const core::Incident some = some_incident();
        switch (below(4)) {
            case 0: return core::ResolveIncident{some.number, some.version, "over"};
            case 1: return core::ReopenIncident{some.number, some.version, ""};
            case 2: return core::ReadRestricted{some.number};
            default: return core::AssignIncident{some.number, some.version, people[below(people.size())]};
        }
    }
    std::uint32_t some_order() {
        const auto& orders = march.state.orders;
        return orders.empty() ? 1 : orders[below(orders.size())].number;
    }
    core::CommandBody unreached() {
        core::ObserveUnreached seen{march.state.term, {}};
        for (const core::Order& order : march.state.orders) {
            for (const core::Receipt& receipt : order.receipts) {
                if (below(2) != 0) continue;
                seen.recipients.push_back({order.number, receipt.ordinal, march.now - seconds(below(300))});
            }
        }
        return seen;
    }
    core::CommandBody issue() {
        if (below(6) == 0) return core::OpenRollCall{};
        core::IssueOrder wish;
        wish.kind = static_cast<core::OrderKind>(1 + below(9));
        wish.text = "Order of chance";
        switch (below(4)) {
            case 0: wish.audience = {core::AudienceKind::role, core::Role::side, 0, {}}; break;
            case 1: wish.audience = {core::AudienceKind::section, {}, 1 + below(2), {}}; break;
            case 2: wish.audience = {core::AudienceKind::names, {}, 0, {people[below(12)], people[below(12)]}}; break;
            default: break;
        }
        return wish;
    }
    core::CommandBody receipt() {
        const std::uint32_t order = some_order();
        switch (below(6)) {
            case 0: return core::MarkDelivered{order};
            case 1: return core::MarkSeen{order};
            case 2: return core::Decline{order, "no way through"};
            case 3: return core::AnswerRollCall{order, below(9), {}, core::HeardBy::none};
            case 4: return core::Acknowledge{order, {}, 1 + below(2), core::HeardBy::radio};
            default: return core::Acknowledge{order, {}, 0, core::HeardBy::none};
        }
    }
    std::mt19937 random_;
};

}  // namespace

TEST_CASE("what clients fold of orders and incidents is what the server would send them anew",
          "[agreement][order][incident]") {
    const auto seed = GENERATE(range<std::uint32_t>(1, 7));
    CAPTURE(seed);
    Street street(seed);
    std::vector<std::unique_ptr<Watcher>> watchers;
    watchers.push_back(std::make_unique<Ops>());
    watchers.push_back(std::make_unique<SectionLead>());
    for (const core::PersonId person : street.people) watchers.push_back(std::make_unique<Phone>(person));
    core::MarchState state = street.march.state;
    for (const auto& watcher : watchers) watcher->begin(state);
    std::size_t at = street.march.entries.size();
    for (int i = 0; i < 800; ++i) {
        CAPTURE(i);
        street.step();
        for (; at < street.march.entries.size(); ++at) {
            const core::Entry& entry = street.march.entries[at];
            CAPTURE(entry.event.index());
            const core::MarchState before = state;
            core::apply(state, entry, marchwire::test::digest_of(entry.seq));
            for (std::size_t one = 0; one < watchers.size(); ++one) {
                CAPTURE(one);
                watchers[one]->hear(before, state, entry);
            }
        }
    }
    CHECK(state == street.march.state);
    CHECK(state.orders_issued > 40);
    CHECK(state.incidents_reported > 20);
    // Whoever sees all is never sent anything twice.
    CHECK(watchers.front()->snapshots == 0);
    for (const auto& watcher : watchers) CHECK(watcher->heard > 60);
}
