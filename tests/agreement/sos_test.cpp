// A cry for help that is cancelled, and one that is cancelled under duress: byte for byte the same for whoever holds
// that phone; and what leads fold of it is what the server would send them anew.
#include "core/views.hpp"
#include "support/march_builder.hpp"
#include "wire/codec.hpp"

#include "src/feed_fold.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace core = marchwire::core;
namespace wire = marchwire::wire;
namespace sdk = marchwire::sdk;
namespace v1 = marchwire::v1;
using marchwire::base::minutes;
using marchwire::test::MarchBuilder;

namespace {

using Topics = std::vector<std::uint32_t>;

/// The item of an entry on a feed of these topics; empty when it is on none.
std::string item_of(const core::MarchState& state, const core::Entry& entry, const Topics& feed) {
    const auto found = std::ranges::find_if(
        entry.topics, [&](const core::TopicStamp& stamp) { return std::ranges::count(feed, stamp.index) != 0; });
    if (found == entry.topics.end()) return "";
    const auto digest = marchwire::base::short_digest(marchwire::test::digest_of(entry.seq));
    return wire::encode_entry(core::topic_number(state.topic_base, found->index), {entry.epoch, entry.seq, digest},
                              found->prev, entry, wire::Encoding::proto);
}

/// A street with people of each standing to Sue, who cries.
struct Corner {
    MarchBuilder march;
    core::PersonId city_lead, section_lead, ben, sue, ned;

    Corner() {
        march.march_off();
        city_lead = march.on_duty(core::Role::city_lead);
        section_lead = march.on_duty(core::Role::section_lead, 2);
        ben = march.on_duty(core::Role::side, 3);
        sue = march.on_duty(core::Role::side, 2, ben);
        ned = march.on_duty(core::Role::side, 2);
        for (const core::PersonId person : {sue, section_lead, city_lead}) march.choose_pin(person);
    }
};

/// All that reaches the phones of one person while another cries, ends it so, and tries what a thief would try.
std::string seen_by(core::PersonId Corner::*watcher, core::PersonId Corner::*crier, core::PinMatch match) {
    Corner corner;
    MarchBuilder& march = corner.march;
    const core::PersonId who = corner.*watcher, cries = corner.*crier;
    std::vector<Topics> feeds = {core::marshal_topics(march.state, who)};
    const core::Role role = march.member(who).role;
    if (role == core::Role::section_lead) feeds.push_back(core::section_topics(2));
    if (role == core::Role::city_lead) feeds.push_back({core::topic_index::ops});
    const std::size_t before = march.entries.size();
    std::string seen;
    const auto answer = [&](const MarchBuilder::Outcome& outcome) {
        if (who != cries) return;
        // The reply bears the position, which is as many entries.
        seen += outcome ? std::to_string(march.state.tip.seq.value)
                        : outcome.error().field + outcome.error().message + outcome.error().current_value;
    };
    const auto snapshots = [&] {
        seen += wire::encode_snapshot(*core::marshal_snapshot(march.state, who), wire::Encoding::proto);
        if (role == core::Role::section_lead) {
            seen += wire::encode_snapshot(core::section_snapshot(march.state, 2), wire::Encoding::proto);
        }
        if (role == core::Role::city_lead) seen += wire::encode_snapshot(march.state, wire::Encoding::proto);
    };
    answer(march.tell(cries, core::RaiseSos{}));
    answer(march.tell(cries, march.typed(core::PinMatch::none)));
    answer(march.tell(cries, march.typed(match)));
    snapshots();
    const core::AlertKey key{core::AlertKind::sos_unowned, cries};
    answer(march.tell(cries, march.typed(match)));
    answer(march.tell(cries, core::AckAlert{key, 3}));
    answer(march.tell(cries, core::ClearAlert{key, 3, "so"}));
    answer(march.tell(cries, core::CheckIn{}));
    answer(march.tell(cries, core::RaiseSos{}));
    answer(march.tell(cries, march.typed(core::PinMatch::none)));
    answer(march.tell(cries, march.typed(match)));
    snapshots();
    for (std::size_t i = before; i < march.entries.size(); ++i) {
        for (const Topics& feed : feeds) seen += item_of(march.state, march.entries[i], feed);
    }
    return seen;
}

void check_same(core::PersonId Corner::*watcher, core::PersonId Corner::*crier) {
    const std::string cancelled = seen_by(watcher, crier, core::PinMatch::pin);
    CHECK(cancelled == seen_by(watcher, crier, core::PinMatch::duress));
    // What it is compared with says something, and says it differently when nothing was cancelled.
    CHECK(cancelled != seen_by(watcher, crier, core::PinMatch::none));
}

template <class Fold, class Snapshot>
std::string anew(const Snapshot& snapshot) {
    Fold fold;
    REQUIRE(fold.state.ParseFromString(wire::encode_snapshot(snapshot, wire::Encoding::proto)));
    std::string text;
    for (const v1::Alert& alert : fold.state.alerts()) text += alert.ShortDebugString() + "\n";
    return text;
}

/// A feed that is folded from here on.
template <class Fold, class Snap>
class Folded {
public:
    Folded(const core::MarchState& state, Topics topics, Snap snap) : topics_(std::move(topics)), snap_(snap) {
        begin(state);
    }
    void hear(const core::MarchState& state, const core::Entry& entry) {
        const std::string bytes = item_of(state, entry, topics_);
        v1::ServerMessage message;
        REQUIRE(message.ParseFromString(bytes));
        if (message.items_size() != 0 && fold_.apply(message.items(0)) != sdk::FoldResult::folded) begin(state);
    }
    void check(const core::MarchState& state) {
        std::string text;
        for (const v1::Alert& alert : fold_.state.alerts()) text += alert.ShortDebugString() + "\n";
        CHECK(text == anew<Fold>(snap_(state)));
    }

private:
    void begin(const core::MarchState& state) {
        REQUIRE(fold_.state.ParseFromString(wire::encode_snapshot(snap_(state), wire::Encoding::proto)));
    }
    Topics topics_;
    Snap snap_;
    Fold fold_;
};

}  // namespace

TEST_CASE("no byte that reaches a phone near a cry tells whether it was cancelled or cancelled under duress",
          "[agreement][sos]") {
    check_same(&Corner::sue, &Corner::sue);
    check_same(&Corner::ben, &Corner::sue);
    check_same(&Corner::ned, &Corner::sue);
}

TEST_CASE("no byte that reaches a lead who was forced tells it on any feed of theirs", "[agreement][sos]") {
    check_same(&Corner::section_lead, &Corner::section_lead);
    check_same(&Corner::city_lead, &Corner::city_lead);
}

TEST_CASE("leads see the difference", "[agreement][sos]") {
    for (const auto lead : {&Corner::section_lead, &Corner::city_lead}) {
        CHECK(seen_by(lead, &Corner::sue, core::PinMatch::pin) != seen_by(lead, &Corner::sue, core::PinMatch::duress));
    }
}

TEST_CASE("what feeds fold of a cancelled cry is what the server would send them anew", "[agreement][sos]") {
    const auto match = GENERATE(core::PinMatch::pin, core::PinMatch::duress);
    const auto crier = GENERATE(&Corner::sue, &Corner::section_lead, &Corner::city_lead);
    Corner corner;
    MarchBuilder& march = corner.march;
    const auto phone_of = [&](core::PersonId person) {
        const auto snap = [person](const core::MarchState& state) { return *core::marshal_snapshot(state, person); };
        return Folded<sdk::MarshalFold, decltype(snap)>(march.state, core::marshal_topics(march.state, person), snap);
    };
    const auto whole = [](const core::MarchState& state) { return state; };
    const auto of_section = [](const core::MarchState& state) { return core::section_snapshot(state, 2); };
    Folded<sdk::OpsFold, decltype(whole)> ops(march.state, {core::topic_index::ops}, whole);
    Folded<sdk::OpsFold, decltype(of_section)> lead(march.state, core::section_topics(2), of_section);
    std::vector phones = {phone_of(corner.sue), phone_of(corner.ben), phone_of(corner.ned),
                          phone_of(corner.section_lead), phone_of(corner.city_lead)};
    std::size_t heard = march.entries.size();
    const auto check = [&] {
        for (; heard < march.entries.size(); ++heard) {
            ops.hear(march.state, march.entries[heard]);
            lead.hear(march.state, march.entries[heard]);
            for (auto& phone : phones) phone.hear(march.state, march.entries[heard]);
        }
        ops.check(march.state);
        lead.check(march.state);
        for (auto& phone : phones) phone.check(march.state);
    };
    march.must(corner.*crier, core::RaiseSos{});
    check();
    march.must(corner.*crier, march.typed(match));
    check();
    march.pass(minutes(2));
    check();
    // A ladder that begins anew has left those whom it had reached, as that of every alert: phones of leads.
    phones.pop_back();
    phones.pop_back();
    march.must(corner.*crier, core::RaiseSos{});
    check();
    march.must(corner.*crier, march.typed(match));
    check();
}
