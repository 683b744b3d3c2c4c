// What a desk makes of receipts that come to it together.
#include "desk_stage.hpp"

#include "wire/codec.hpp"

#include <algorithm>

using namespace marchwire;
using base::RefusalCode;
using core::ReceiptState;
using test::Fixture;

namespace {

/// A march under way with so many marshals on duty and an order to all of them.
struct Ordered : Fixture {
    std::vector<core::Actor> marshals;

    explicit Ordered(std::size_t count) {
        must(core::AdvancePhase{core::Phase::assembling, phase_version(), {}});
        for (std::size_t i = 0; i < count; ++i) {
            core::Actor marshal;
            marshal.person = base::PersonId{100 + i};
            marshal.role = core::Role::side;
            marshal.march = server.desk->committed().id.march;
            marshals.push_back(marshal);
            must(core::AssignDuty{marshal.person, "side " + std::to_string(i), marshal.role, 1, {}, false});
            must(core::CheckIn{}, marshal);
        }
        must(core::AdvancePhase{core::Phase::marching, phase_version(), {}});
        core::IssueOrder order;
        order.kind = core::OrderKind::info;
        order.text = "Water at the library";
        must(order);
        answers.clear();
        server.recorder.published.clear();
    }
    [[nodiscard]] std::uint32_t phase_version() const { return server.desk->committed().phase_version; }
    void put_as(const core::Actor& actor, core::Command wish) {
        const core::Actor before = std::exchange(lead, actor);
        put(std::move(wish));
        lead = before;
    }
    void must(core::CommandBody body, std::optional<core::Actor> actor = {}) {
        put_as(actor.value_or(lead), command(std::move(body)));
        settle();
        INFO((answers.back() ? "" : answers.back().error().message));
        REQUIRE(answers.back().has_value());
    }
    [[nodiscard]] ReceiptState receipt(std::size_t marshal) const {
        const core::MarchState& state = server.desk->committed();
        return state.order(1)->receipt(state.member(marshals[marshal].person)->ordinal)->state;
    }
    [[nodiscard]] core::Entry last_entry() {
        std::optional<core::Entry> entry;
        memory.read(server.desk->committed().id, server.desk->committed().tip.seq, 1,
                    [&](const auto& read) { entry = wire::decode_stored(read.value().front().bytes).value(); });
        settle();
        return entry.value();
    }
};

}  // namespace

TEST_CASE("receipts that wait together are one entry, and each is answered with it", "[shard][order]") {
    Ordered f(50);
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("goes ahead alone")));
    std::vector<core::Command> acks;
    for (const core::Actor& marshal : f.marshals) {
        acks.push_back(f.command(core::Acknowledge{.order = 1}));
        f.put_as(marshal, acks.back());
    }
    f.server.log.release();
    f.settle();
    CHECK(f.server.recorder.published.size() == 2);
    REQUIRE(f.answers.size() == 51);
    for (std::size_t i = 0; i < f.marshals.size(); ++i) {
        REQUIRE(f.answers[i + 1].has_value());
        CHECK(f.answers[i + 1]->position.seq == f.server.desk->committed().tip.seq);
        CHECK(f.receipt(i) == ReceiptState::acked);
    }
    const core::Entry entry = f.last_entry();
    CHECK(entry.actor == base::PersonId{});
    CHECK(entry.command == acks.front().id);
    CHECK(entry.also.size() == 49);
    SECTION("each is known again by its own id") {
        f.put_as(f.marshals[20], acks[20]);
        f.settle();
        REQUIRE(f.answers.back().has_value());
        CHECK(f.answers.back()->position == f.answers[21]->position);
        CHECK(f.server.recorder.published.size() == 2);
    }
}

TEST_CASE("who delivers, sees and acknowledges in one moment ends acknowledged", "[shard][order]") {
    Ordered f(2);
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("goes ahead alone")));
    f.put_as(f.marshals[0], f.command(core::MarkDelivered{1}));
    f.put_as(f.marshals[1], f.command(core::MarkDelivered{1}));
    f.put_as(f.marshals[0], f.command(core::Acknowledge{.order = 1}));
    f.put_as(f.marshals[0], f.command(core::Decline{1, "too late"}));
    f.server.log.release();
    f.settle();
    CHECK(f.receipt(0) == ReceiptState::acked);
    CHECK(f.receipt(1) == ReceiptState::delivered);
    REQUIRE(f.answers.size() == 5);
    REQUIRE(f.answers[4].has_error());
    CHECK(f.answers[4].error().code == RefusalCode::invalid_transition);
    CHECK(f.server.recorder.published.size() == 2);
}

TEST_CASE("what stands between receipts is decided on those before it", "[shard][order]") {
    Ordered f(2);
    f.server.log.hold_appends();
    f.put(f.command(Fixture::notice("goes ahead alone")));
    f.put_as(f.marshals[0], f.command(core::Acknowledge{.order = 1}));
    f.put(f.command(core::CancelOrder{1, "no water left"}));
    f.put_as(f.marshals[1], f.command(core::Acknowledge{.order = 1}));
    f.server.log.release();
    f.settle();
    // The order has ended, and who was off-line still says that it came.
    CHECK(f.receipt(0) == ReceiptState::acked);
    CHECK(f.receipt(1) == ReceiptState::acked);
    CHECK(f.server.recorder.published.size() == 4);
    CHECK(f.last_entry().actor == f.marshals[1].person);
}
