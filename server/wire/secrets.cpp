// What of an entry is stored sealed: taken out of the event and put back.
#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::wire {

namespace {

bool describes_child(const core::Incident& incident) { return incident.kind == core::IncidentKind::lost_child; }

void take(core::Incident& incident, std::optional<core::RestrictedBlock>& block, std::vector<Secret>& secrets) {
    if (incident.place.kind != core::PlaceKind::none) {
        pb::Secret place;
        put(*place.mutable_place(), std::exchange(incident.place, {}));
        secrets.push_back({core::SealedClass::places, bytes_of(place)});
    }
    pb::Secret restricted;
    if (block) put(*restricted.mutable_restricted(), *block);
    block.reset();
    if (describes_child(incident)) {
        restricted.set_description(std::exchange(incident.description, {}));
        for (core::IncidentNote& note : incident.notes) restricted.add_notes(std::exchange(note.text, {}));
    }
    if (restricted.ByteSizeLong() != 0) secrets.push_back({core::SealedClass::restricted, bytes_of(restricted)});
}

bool describes_child(const core::OrderIssued& event) {
    return event.order.template_name == core::lost_child_template && !event.order.text.empty();
}

bool put_back(core::Incident& incident, std::optional<core::RestrictedBlock>& block, const pb::Secret& in) {
    Reading reading;
    if (in.has_place()) incident.place = read(in.place(), reading);
    if (in.has_restricted()) block = read(in.restricted(), reading);
    if (!in.description().empty()) incident.description = in.description();
    const auto notes = std::min<std::size_t>(incident.notes.size(), static_cast<std::size_t>(in.notes_size()));
    for (std::size_t i = 0; i < notes; ++i) incident.notes[i].text = in.notes(static_cast<int>(i));
    return !reading.refusal();
}

}  // namespace

bool bears_secrets(const core::Event& event) {
    if (const auto* issued = std::get_if<core::OrderIssued>(&event)) return describes_child(*issued);
    return std::holds_alternative<core::IncidentReported>(event) ||
           std::holds_alternative<core::IncidentChanged>(event);
}

std::vector<Secret> take_secrets(core::Event& event) {
    std::vector<Secret> secrets;
    if (auto* reported = std::get_if<core::IncidentReported>(&event)) {
        take(reported->incident, reported->restricted, secrets);
    } else if (auto* changed = std::get_if<core::IncidentChanged>(&event)) {
        take(changed->incident, changed->restricted, secrets);
    } else if (auto* issued = std::get_if<core::OrderIssued>(&event); issued != nullptr && describes_child(*issued)) {
        pb::Secret text;
        text.set_order_text(std::exchange(issued->order.text, {}));
        secrets.push_back({core::SealedClass::restricted, bytes_of(text)});
    }
    return secrets;
}

bool put_secret(core::Event& event, const Secret& secret) {
    pb::Secret in;
    if (!in.ParseFromArray(secret.clear.data(), static_cast<int>(secret.clear.size()))) return false;
    if (auto* reported = std::get_if<core::IncidentReported>(&event)) {
        return put_back(reported->incident, reported->restricted, in);
    }
    if (auto* changed = std::get_if<core::IncidentChanged>(&event)) {
        return put_back(changed->incident, changed->restricted, in);
    }
    auto* issued = std::get_if<core::OrderIssued>(&event);
    if (issued != nullptr) issued->order.text = in.order_text();
    return issued != nullptr;
}

std::string encode_details(const PersonDetails& details) {
    pb::PersonDetails out;
    out.set_name(details.name);
    out.set_phone(details.phone);
    return bytes_of(out);
}

std::optional<PersonDetails> decode_details(std::string_view bytes) {
    pb::PersonDetails in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
    return PersonDetails{in.name(), in.phone()};
}

}  // namespace marchwire::wire
