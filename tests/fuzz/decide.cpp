// A client's frame, through to what the log would hold: a refusal that says what to do, or entries that a checkpoint
// keeps as they are.
#include "core/decide.hpp"
#include "wire/codec.hpp"

#include "support/must.hpp"

#include <array>
#include <variant>

using marchwire::test::must;

namespace base = marchwire::base;
namespace core = marchwire::core;
namespace wire = marchwire::wire;

namespace {

constexpr base::UtcMs noon{1'528'984'800'000};
constexpr std::array roles{core::Role::follower,       core::Role::side,           core::Role::head,
                           core::Role::tail,           core::Role::medic,          core::Role::section_lead,
                           core::Role::legal_observer, core::Role::police_liaison, core::Role::dispatcher,
                           core::Role::anchor,         core::Role::city_lead,      core::Role::national_desk,
                           core::Role::auditor};

const base::Slug campaign_name = base::Slug::parse("c").value();
const base::Slug march_name = base::Slug::parse("m").value();

template <class State>
void store(State& state, const core::Command& command, const core::Context& context,
           const std::vector<core::Event>& events) {
    for (const core::Event& event : events) {
        const core::Entry entry = core::stamp(state, event, command, context);
        const auto again = wire::decode_stored(wire::encode_stored(entry));
        must(again.has_value());
        base::Digest digest{};
        digest[0] = static_cast<std::uint8_t>(entry.seq.value);
        core::apply(state, *again, digest);
    }
}

template <class State>
void told(State& state, const core::Actor& actor, core::CommandBody body) {
    const core::Command command{{}, noon, core::Level::none, std::move(body)};
    const auto events = core::decide(state, command, {noon, actor});
    must(events.has_value());
    store(state, command, {noon, actor}, *events);
}

core::Actor acting(std::uint64_t person, core::Role role) {
    core::Actor actor;
    actor.person = base::PersonId{person};
    actor.role = role;
    const bool for_all = role == core::Role::national_desk || role == core::Role::auditor;
    if (!for_all) actor.march = march_name;
    return actor;
}

core::Actor host() {
    core::Actor actor;
    actor.host = true;
    return actor;
}

/// A march that walks, with a person of each role.
core::MarchState busy_march() {
    core::MarchState state;
    state.id = {campaign_name, march_name};
    core::CreateMarch create;
    create.spec.city = "St. Louis";
    create.spec.state = "MO";
    create.spec.tz = "America/Chicago";
    create.spec.plan = {{core::Phase::assembling, noon}, {core::Phase::marching, noon + base::minutes(60)}};
    create.topic_base = 1U << 16U;
    create.sections = 3;
    told(state, host(), create);
    for (std::size_t i = 1; i < roles.size(); ++i) {
        const core::Actor actor = acting(i, roles.at(i));
        if (actor.march.empty()) continue;
        core::AssignDuty duty;
        duty.person = actor.person;
        duty.callsign = "p" + std::to_string(i);
        duty.role = actor.role;
        duty.section = 1 + static_cast<std::uint32_t>(i % 3);
        told(state, host(), duty);
    }
    const core::Actor lead = acting(10, core::Role::city_lead);
    told(state, lead, core::AdvancePhase{core::Phase::assembling, state.phase_version, {}});
    told(state, acting(1, core::Role::side), core::CheckIn{});
    told(state, acting(1, core::Role::side), core::RaiseSos{});
    return state;
}

core::CampaignState busy_campaign() {
    core::CampaignState state;
    state.id = {campaign_name, {}};
    told(state, host(), core::CreateCampaign{{"Flag Day", "We", 1, false}, 2U << 16U});
    told(state, host(), core::ListMarch{march_name, 1U << 16U});
    for (std::size_t i = 1; i < roles.size(); ++i) {
        told(state, host(), core::AddPerson{"p" + std::to_string(i), acting(i, roles.at(i)).march});
    }
    return state;
}

core::MarchState read_again(const core::MarchState& state) {
    return wire::decode_march_checkpoint(wire::encode_checkpoint(state), state.id).value();
}
core::CampaignState read_again(const core::CampaignState& state) {
    return wire::decode_campaign_checkpoint(wire::encode_checkpoint(state), state.id).value();
}

template <class State>
void put(const State& before, const core::Command& command, const core::Actor& actor) {
    const core::Context context{noon + base::minutes(5), actor};
    const auto events = core::decide(before, command, context);
    if (!events) {
        must(!events.error().message.empty());
        return;
    }
    must(!events->empty() && actor.role != core::Role::follower);
    State state = before;
    store(state, command, context, *events);
    must(read_again(state) == state);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const core::MarchState march = busy_march();
    static const core::CampaignState campaign = busy_campaign();
    if (size < 2) return 0;
    const std::size_t who = data[0] % roles.size();
    const auto encoding = data[1] % 2 == 0 ? wire::Encoding::proto : wire::Encoding::json;
    auto said = wire::decode_client(marchwire::test::bytes_of(data + 2, size - 2), encoding);
    if (!said) return 0;
    const auto* message = std::get_if<wire::CommandMessage>(&*said);
    if (message == nullptr) return 0;
    const core::Actor actor = acting(who, roles.at(who));
    message->log.is_campaign() ? put(campaign, message->command, actor) : put(march, message->command, actor);
    return 0;
}
