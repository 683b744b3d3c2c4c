// The stored form: entries and checkpoints. A log outlives every version of the server.
#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

#include <algorithm>

namespace marchwire::wire {

namespace {

constexpr std::uint32_t checkpoint_form = 1;

base::Refusal damaged(std::string what) {
    return base::invalid(std::move(what),
                         "This is not what any version so far has stored: the log is of a newer "
                         "version, or damaged; run marchwire log verify.");
}

core::Entry read(const pb::StoredEntry& in, Reading& reading) {
    core::Entry entry;
    entry.seq = base::Seq{in.seq()};
    entry.epoch = base::Epoch{in.epoch()};
    entry.at = {in.at_ms()};
    entry.made_at = {in.made_at_ms()};
    entry.actor = base::PersonId{in.actor()};
    entry.actor_role = reading.word<core::Role>(in.actor_role(), pb::Role_IsValid(in.actor_role()), "actor_role");
    entry.command = {base::DeviceId{in.command().device()}, in.command().counter()};
    for (const pb::CommandId& id : in.also()) entry.also.push_back({base::DeviceId{id.device()}, id.counter()});
    entry.public_seq = base::Seq{in.public_seq()};
    for (const pb::TopicStamp& stamp : in.topics()) entry.topics.push_back({stamp.index(), base::Seq{stamp.prev()}});
    entry.event = wire::read(in.event(), reading);
    for (const pb::Sealed& part : in.sealed()) {
        const bool known = pb::SealedClass_IsValid(part.what());
        entry.sealed.push_back({reading.word<core::SealedClass>(part.what(), known, "sealed.what"), part.bytes()});
    }
    return entry;
}

void fill(pb::StoredEntry& out, const core::Entry& entry) {
    out.set_seq(entry.seq.value);
    out.set_epoch(entry.epoch.value);
    out.set_at_ms(entry.at.value);
    out.set_made_at_ms(entry.made_at.value);
    out.set_actor(entry.actor.value);
    out.set_actor_role(static_cast<pb::Role>(entry.actor_role));
    const auto put_id = [](pb::CommandId& id, const base::CommandId& command) {
        id.set_device(command.device.value);
        id.set_counter(command.counter);
    };
    if (entry.command) put_id(*out.mutable_command(), entry.command);
    for (const base::CommandId& id : entry.also) put_id(*out.add_also(), id);
    out.set_public_seq(entry.public_seq.value);
    for (const core::TopicStamp& stamp : entry.topics) {
        auto& shown = *out.add_topics();
        shown.set_index(stamp.index);
        shown.set_prev(stamp.prev.value);
    }
    put(*out.mutable_event(), entry.event);
    for (const core::Sealed& part : entry.sealed) {
        auto& sealed = *out.add_sealed();
        sealed.set_what(static_cast<pb::SealedClass>(part.what));
        sealed.set_bytes(part.bytes);
    }
}

void put_topics(google::protobuf::RepeatedPtrField<pb::TopicLast>& out, const core::TopicTail& in) {
    std::vector<std::pair<std::uint32_t, base::Seq>> sorted(in.last.begin(), in.last.end());
    std::ranges::sort(sorted);
    for (const auto& [index, seq] : sorted) {
        auto& last = *out.Add();
        last.set_index(index);
        last.set_seq(seq.value);
    }
}

core::TopicTail read_topics(const google::protobuf::RepeatedPtrField<pb::TopicLast>& in) {
    core::TopicTail tail;
    for (const pb::TopicLast& last : in) tail.last.emplace(last.index(), base::Seq{last.seq()});
    return tail;
}

/// The part of a march that staff see as well.
void restore(core::MarchState& state, const pb::OpsSnapshot& in, Reading& reading) {
    state.spec = wire::read(in.spec(), reading);
    state.spec_version = in.spec_version();
    state.phase = reading.word<core::Phase>(in.phase(), pb::Phase_IsValid(in.phase()), "phase");
    state.phase_version = in.phase_version();
    state.phase_since = {in.phase_since_ms()};
    if (in.phase_before() != 0) {
        state.phase_before = reading.word<core::Phase>(in.phase_before(), pb::Phase_IsValid(in.phase_before()),
                                                       "phase_before");
    }
    state.proposals = read_all(in.proposals(), reading);
    state.sections = in.sections();
    state.routes = read_all(in.routes(), reading);
    state.active_route = in.active_route();
    state.roster = read_all(in.roster(), reading);
    state.notices = read_all(in.notices(), reading);
    state.calls_to_action = read_all(in.calls_to_action(), reading);
    for (const pb::Alert& shown : in.alerts()) {
        const core::Alert alert = wire::read(shown, reading);
        state.alerts.emplace(alert.key, alert);
    }
    state.public_sentence = in.public_sentence();
    state.orders = read_all(in.orders(), reading);
    state.column = read(in.column(), reading);
    for (std::size_t i = 0; i < state.roster.size(); ++i) {
        if (state.roster[i].ordinal != i) reading.complain("roster", "The roster has a hole.");
    }
    for (const core::Order& order : state.orders) {
        const bool of_roster = order.receipts.empty() || order.receipts.back().ordinal < state.roster.size();
        if (!of_roster) reading.complain("orders", "An order is for somebody who is not on the roster.");
    }
    state.counts = read_all(in.counts(), reading);
    state.incidents = read_all(in.incidents(), reading);
    state.intersections = read_all(in.intersections(), reading);
    state.closures = wire::read(in.closures(), reading);
    state.retention = wire::read(in.retention(), reading);
    // Checkpoints of versions that had no alerts but one have no policy: the size of the roster decides.
    state.policy = in.has_policy() ? wire::read(in.policy(), reading)
                                   : core::AlertPolicy{core::preset_of(state.roster.size()), true};
    for (std::size_t i = 0; i < state.routes.size(); ++i) {
        if (state.routes[i].version != i + 1) reading.complain("routes", "The routes have a hole.");
    }
}

void restore_watches(core::MarchState& state, const google::protobuf::RepeatedPtrField<pb::Watch>& in,
                     Reading& reading) {
    for (const pb::Watch& shown : in) {
        const bool known = shown.what() >= 1 && shown.what() <= static_cast<std::uint32_t>(core::Watch::For::fall);
        core::Watch watch;
        watch.what = reading.word<core::Watch::For>(static_cast<int>(shown.what()), known, "watches.what");
        watch.due = {shown.due_ms()};
        watch.critical = shown.critical();
        state.watches.emplace(wire::read(shown.key(), reading), watch);
    }
}

void fill(pb::CampaignCheckpoint& out, const core::CampaignState& in) {
    out.set_form(checkpoint_form);
    put(*out.mutable_tip(), in.tip);
    out.set_public_seq(in.public_seq.value);
    out.set_topic_base(in.topic_base);
    put(*out.mutable_spec(), in.spec);
    out.set_spec_version(in.spec_version);
    put_all(*out.mutable_marches(), in.marches);
    put_all(*out.mutable_persons(), in.persons);
    put_all(*out.mutable_tokens(), in.tokens);
    put_all(*out.mutable_invites(), in.invites);
    if (in.last_import.number != 0) put(*out.mutable_last_import(), in.last_import);
    put_all(*out.mutable_calls_to_action(), in.calls_to_action);
    out.set_term(in.term.value);
    put(*out.mutable_signed_tip(), in.signed_tip);
    put_topics(*out.mutable_topics(), in.topics);
    out.set_repaired_at(in.repaired_at.value);
}

}  // namespace

std::string encode_stored(const core::Entry& entry) {
    pb::StoredEntry out;
    fill(out, entry);
    return bytes_of(out);
}

base::Result<core::Entry> decode_stored(std::string_view bytes) {
    pb::StoredEntry stored;
    if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return damaged("entry");
    Reading reading;
    core::Entry entry = read(stored, reading);
    if (reading.refusal()) return damaged("entry." + reading.refusal()->field);
    return entry;
}

std::string entry_json(const core::Entry& entry) {
    pb::StoredEntry out;
    fill(out, entry);
    // A hash is no secret, but nobody needs it in a printout either.
    pb::Event& event = *out.mutable_event();
    if (event.has_token_issued()) event.mutable_token_issued()->mutable_token()->clear_hash();
    // What is restricted of an incident is read by those who may, and the log tells of it.
    if (event.has_incident_reported()) event.mutable_incident_reported()->clear_restricted();
    if (event.has_incident_changed()) event.mutable_incident_changed()->clear_restricted();
    if (event.has_sos_pin_set()) {
        pb::SosPin& pin = *event.mutable_sos_pin_set()->mutable_pin();
        pin.clear_salt();
        pin.clear_hash();
        pin.clear_duress_hash();
    }
    if (event.has_push_subscribed()) event.mutable_push_subscribed()->mutable_subscription()->clear_sealed();
    if (event.has_person_details_set()) event.mutable_person_details_set()->clear_sealed();
    for (pb::Sealed& part : *out.mutable_sealed()) part.clear_bytes();
    return json_of(out);
}

std::string encode_checkpoint(const core::MarchState& state) {
    pb::MarchCheckpoint out;
    out.set_form(checkpoint_form);
    put(*out.mutable_tip(), state.tip);
    out.set_public_seq(state.public_seq.value);
    out.set_topic_base(state.topic_base);
    put(*out.mutable_state(), state);
    put(*out.mutable_state()->mutable_policy(), state.policy);
    for (const auto& [key, watch] : state.watches) {
        auto& shown = *out.add_watches();
        put(*shown.mutable_key(), key);
        shown.set_what(static_cast<std::uint32_t>(watch.what));
        shown.set_due_ms(watch.due.value);
        shown.set_critical(watch.critical);
    }
    out.set_no_show_at_ms(state.no_show_at.value);
    out.set_made_at_ms(state.made_at.value);
    for (const core::PhaseStay& stay : state.phase_history) {
        auto& shown = *out.add_phase_history();
        shown.set_phase(static_cast<pb::Phase>(stay.phase));
        shown.set_since_ms(stay.since.value);
    }
    put_all(*out.mutable_pushes(), state.pushes);
    for (const auto& [person, pin] : state.sos_pins) put(*out.add_sos_pins(), pin);
    put(*out.mutable_servers(), state.servers);
    out.set_proposals_made(state.proposals_made);
    out.set_notices_posted(state.notices_posted);
    out.set_orders_issued(state.orders_issued);
    out.set_incidents_reported(state.incidents_reported);
    for (const auto& [incident, block] : state.restricted) {
        auto& record = *out.add_restricted();
        record.set_incident(incident);
        put(*record.mutable_block(), block);
    }
    for (const auto& [person, sealed] : state.details) {
        auto& record = *out.add_details();
        record.set_person(person.value);
        record.set_sealed(sealed);
    }
    out.set_term(state.term.value);
    put(*out.mutable_signed_tip(), state.signed_tip);
    put_topics(*out.mutable_topics(), state.topics);
    out.set_repaired_at(state.repaired_at.value);
    return bytes_of(out);
}

base::Result<core::MarchState> decode_march_checkpoint(std::string_view bytes, const base::LogId& log) {
    pb::MarchCheckpoint in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || in.form() != checkpoint_form) {
        return damaged("checkpoint");
    }
    Reading reading;
    core::MarchState state;
    state.id = log;
    state.topic_base = in.topic_base();
    state.tip = wire::read(in.tip(), reading);
    state.public_seq = base::Seq{in.public_seq()};
    restore(state, in.state(), reading);
    for (const pb::PhaseStay& stay : in.phase_history()) {
        state.phase_history.push_back(
            {reading.word<core::Phase>(stay.phase(), pb::Phase_IsValid(stay.phase()), "phase_history"),
             {stay.since_ms()}});
    }
    state.pushes = read_all(in.pushes(), reading);
    for (const pb::SosPin& kept : in.sos_pins()) {
        core::SosPin pin = wire::read(kept, reading);
        state.sos_pins.emplace(pin.person, std::move(pin));
    }
    state.servers = read(in.servers(), reading);
    state.proposals_made = in.proposals_made();
    state.notices_posted = in.notices_posted();
    state.orders_issued = in.orders_issued();
    state.incidents_reported = in.incidents_reported();
    for (const pb::RestrictedRecord& record : in.restricted()) {
        state.restricted.emplace(record.incident(), wire::read(record.block(), reading));
    }
    for (const pb::SealedDetails& record : in.details()) {
        state.details.emplace(base::PersonId{record.person()}, record.sealed());
    }
    state.term = base::Term{in.term()};
    state.signed_tip = wire::read(in.signed_tip(), reading);
    state.topics = read_topics(in.topics());
    state.repaired_at = base::Seq{in.repaired_at()};
    restore_watches(state, in.watches(), reading);
    state.no_show_at = {in.no_show_at_ms()};
    state.made_at = {in.made_at_ms()};
    if (reading.refusal()) return damaged("checkpoint." + reading.refusal()->field);
    state.derive();
    return state;
}

std::string encode_checkpoint(const core::CampaignState& state) {
    pb::CampaignCheckpoint out;
    fill(out, state);
    return bytes_of(out);
}

std::string state_json(const core::CampaignState& state) {
    pb::CampaignCheckpoint out;
    fill(out, state);
    for (pb::Token& token : *out.mutable_tokens()) token.clear_hash();
    for (pb::Invite& invite : *out.mutable_invites()) invite.clear_secret_hash();
    return json_of(out);
}

base::Result<core::CampaignState> decode_campaign_checkpoint(std::string_view bytes, const base::LogId& log) {
    pb::CampaignCheckpoint in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || in.form() != checkpoint_form) {
        return damaged("checkpoint");
    }
    Reading reading;
    core::CampaignState state;
    state.id = log;
    state.topic_base = in.topic_base();
    state.tip = wire::read(in.tip(), reading);
    state.public_seq = base::Seq{in.public_seq()};
    state.spec = wire::read(in.spec(), reading);
    state.spec_version = in.spec_version();
    state.marches = read_all(in.marches(), reading);
    state.persons = read_all(in.persons(), reading);
    state.tokens = read_all(in.tokens(), reading);
    state.invites = read_all(in.invites(), reading);
    state.last_import = wire::read(in.last_import(), reading);
    state.calls_to_action = read_all(in.calls_to_action(), reading);
    state.term = base::Term{in.term()};
    state.signed_tip = wire::read(in.signed_tip(), reading);
    state.topics = read_topics(in.topics());
    state.repaired_at = base::Seq{in.repaired_at()};
    if (reading.refusal()) return damaged("checkpoint." + reading.refusal()->field);
    return state;
}

}  // namespace marchwire::wire
