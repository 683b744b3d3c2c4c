// A few thousand commands of chance on a march: what must hold after each of them. A failure prints its seed.
#include "core/ladder.hpp"
#include "core/views.hpp"

#include "storm.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::core {
namespace {

/// As a follower's SDK holds it: begun with the first snapshot, then items alone.
class Follower {
public:
    void take(const Entry& entry) {
        if (const auto item = public_item(entry)) fold(held_, *item);
    }
    void check_against(const MarchState& state) {
        PublicSnapshot now = public_snapshot(state);
        held_.log = now.log;
        held_.position = now.position;
        // A march begins PLANNED without an item that says so.
        if (held_.phase.version == 0) held_.phase = PublicPhase{Phase::planned, 1, now.phase.since, ""};
        CHECK(held_ == now);
    }

private:
    PublicSnapshot held_;
};

void check_roster(const MarchState& state) {
    RosterIndex made_anew;
    for (std::size_t i = 0; i < state.roster.size(); ++i) {
        CHECK(state.roster[i].ordinal == i);
        made_anew.add(state.roster[i]);
    }
    CHECK(state.index == made_anew);
    MarchState derived = state;
    derived.derive();
    CHECK(derived == state);
    REQUIRE(state.index.ordinal_of.size() == state.roster.size());
}

void check_routes(const MarchState& state) {
    std::size_t active = 0;
    for (std::size_t i = 0; i < state.routes.size(); ++i) {
        CHECK(state.routes[i].version == i + 1);
        if (state.routes[i].status == RouteStatus::active) ++active;
    }
    CHECK(active == (state.active_route == 0 ? 0U : 1U));
}

void check_bounds(const MarchState& state) {
    CHECK(state.notices.size() <= base::limits::notices_kept);
    CHECK(state.phase_history.size() <= base::limits::phase_history);
    CHECK(state.routes.size() <= base::limits::routes_kept);
    CHECK(state.proposals.size() <= base::limits::open_proposals);
    for (const auto& [key, alert] : state.alerts) {
        CHECK(key == alert.key);
        CHECK(alert.state != AlertState::cleared);
        // A person (who may have cried for help before they were on the roster), or an order that is known still.
        if (person_of(key) && key.kind != AlertKind::sos_unowned) CHECK(state.member(key.subject) != nullptr);
        CHECK((key.number != 0) ==
              (is_of_order(key.kind) || key.kind == AlertKind::gap_open || key.kind == AlertKind::lost_child ||
               key.kind == AlertKind::intersection_not_ready));
        if (is_of_order(key.kind)) CHECK(state.order(key.number) != nullptr);
    }
    for (const auto& [key, watched] : state.watches) {
        CHECK((watched.what == Watch::For::fall) == !watched.due);
        CHECK((watched.what != Watch::For::clear || state.alerts.contains(key)));
    }
    CHECK(state.counts.size() <= base::limits::counts_kept);
}

/// They stand by number; what is restricted is of one of them, and says so.
void check_incidents(const MarchState& state) {
    std::size_t ended = 0;
    for (const Incident& incident : state.incidents) {
        CHECK(state.incident(incident.number) == &incident);
        ended += has_ended(incident.state) ? 1U : 0U;
        CHECK(incident.notes.size() <= base::limits::incident_notes_kept);
        CHECK(state.restricted.contains(incident.number) == incident.is_restricted);
        if (has_ended(incident.state) && incident.kind == IncidentKind::lost_child) {
            CHECK(incident.description.empty());
        }
    }
    CHECK(ended <= base::limits::incidents_ended_kept);
    CHECK(state.incidents.size() - ended <= base::limits::incidents_open);
    for (const auto& [number, block] : state.restricted) CHECK(state.incident(number) != nullptr);
}

/// Receipts never moved to the left, and orders stand by number with their recipients by place.
void check_orders(const MarchState& before, const MarchState& state) {
    std::size_t ended = 0;
    for (const Order& order : state.orders) {
        ended += order.state == OrderState::open ? 0 : 1;
        CHECK(state.order(order.number) == &order);
        REQUIRE(std::ranges::is_sorted(order.receipts, {}, &Receipt::ordinal));
        const Order* known = before.order(order.number);
        if (known == nullptr) continue;
        if (known->state != OrderState::open) CHECK(known->state == order.state);
        for (const Receipt& receipt : known->receipts) {
            const Receipt* now = order.receipt(receipt.ordinal);
            REQUIRE(now != nullptr);
            CHECK(now->state >= receipt.state);
            if (is_answered(receipt.state)) CHECK(now->state == receipt.state);
        }
    }
    CHECK(ended <= base::limits::orders_ended_kept);
}

constexpr int storm_steps = 1'500;

TEST_CASE("whatever is asked the folds agree with one another", "[core][property]") {
    const auto seed = GENERATE(range<std::uint32_t>(1, 5));
    CAPTURE(seed);
    Storm storm(seed, seed == 4 ? MarchKind::virtual_event : MarchKind::in_person);
    const MarchState& state = storm.march.state;
    Follower follower;
    MarchState replayed = storm.empty_state();
    std::size_t seen = 0;
    int accepted = 0;
    for (int i = 0; i < storm_steps; ++i) {
        CAPTURE(i);
        const MarchState before = state;
        const bool was_accepted = storm.step().has_value();
        accepted += was_accepted ? 1 : 0;
        // What was refused changed nothing.
        if (!was_accepted) REQUIRE(state == before);
        for (; seen < storm.march.entries.size(); ++seen) {
            const Entry& entry = storm.march.entries[seen];
            follower.take(entry);
            apply(replayed, entry, test::digest_of(entry.seq));
        }
        follower.check_against(state);
        check_roster(state);
        check_routes(state);
        check_bounds(state);
        check_incidents(state);
        check_orders(before, state);
    }
    CHECK(replayed == state);
    // The storm is worth something only when much of it is taken.
    CHECK(accepted > storm_steps / 10);
}

TEST_CASE("a checkpoint and the rest of the log make the same march", "[core][property]") {
    const auto seed = GENERATE(range<std::uint32_t>(11, 14));
    CAPTURE(seed);
    Storm storm(seed, MarchKind::in_person);
    for (int i = 0; i < storm_steps / 2; ++i) (void)storm.step();
    MarchState checkpoint = storm.march.state;
    const std::size_t at = storm.march.entries.size();
    for (int i = 0; i < storm_steps / 2; ++i) (void)storm.step();
    REQUIRE(storm.march.entries.size() > at);
    for (std::size_t i = at; i < storm.march.entries.size(); ++i) {
        apply(checkpoint, storm.march.entries[i], test::digest_of(storm.march.entries[i].seq));
    }
    CHECK(checkpoint == storm.march.state);
}

TEST_CASE("what was due is due once", "[core][property]") {
    const auto seed = GENERATE(range<std::uint32_t>(21, 24));
    CAPTURE(seed);
    Storm storm(seed, MarchKind::in_person);
    std::size_t ticked = 0;
    for (int i = 0; i < storm_steps; ++i) {
        CAPTURE(i);
        (void)storm.step();
        const auto events = storm.march.tick();
        ticked += events.size();
        // Nothing is left for now, and what comes next lies ahead.
        REQUIRE(due_events(storm.march.state, storm.march.now).empty());
        const UtcMs next = next_due(storm.march.state);
        REQUIRE((!next || next > storm.march.now));
    }
    CHECK(ticked > 50);
}

TEST_CASE("what the keeper says is due is due then and not before", "[core][property]") {
    Storm storm(31, MarchKind::in_person);
    for (int i = 0; i < storm_steps; ++i) {
        CAPTURE(i);
        (void)storm.step();
        (void)storm.march.tick();
        const UtcMs next = next_due(storm.march.state);
        if (!next) continue;
        REQUIRE(due_events(storm.march.state, next - Millis{1}).empty());
        REQUIRE_FALSE(due_events(storm.march.state, next).empty());
    }
}

TEST_CASE("each topic's items name one another without a gap", "[core][property]") {
    Storm storm(41, MarchKind::in_person);
    for (int i = 0; i < storm_steps; ++i) (void)storm.step();
    std::map<std::uint32_t, Seq> last;
    Seq seq;
    for (const Entry& entry : storm.march.entries) {
        CHECK(entry.seq == seq.next());
        seq = entry.seq;
        for (const TopicStamp& stamp : entry.topics) {
            if (stamp.index == topic_index::public_feed) continue;  // counts public items
            CHECK(stamp.prev == last[stamp.index]);
            last[stamp.index] = entry.seq;
        }
        const bool is_public = public_item(entry).has_value();
        CHECK((entry.public_seq.value > 0 || !is_public));
    }
}

}  // namespace
}  // namespace marchwire::core
