// Persons, tokens and invites.
#include "wire/proto_values.hpp"

#include <cstring>

namespace marchwire::wire {

base::Digest read_hash(const std::string& in, Reading& reading, const char* field, const char* sentence) {
    base::Digest hash{};
    if (in.size() == hash.size()) {
        std::memcpy(hash.data(), in.data(), hash.size());
    } else {
        reading.complain(field, sentence);
    }
    return hash;
}

void put(pb::Person& out, const core::Person& in) {
    out.set_id(in.id.value);
    out.set_callsign(in.callsign);
    out.set_march(in.march.text());
}

core::Person read(const pb::Person& in, Reading& reading) {
    return {base::PersonId{in.id()}, in.callsign(), reading.slug(in.march(), "person.march")};
}

void put(pb::Token& out, const core::Token& in) {
    out.set_number(in.number);
    out.set_hash(in.hash.data(), in.hash.size());
    out.set_person(in.person.value);
    out.set_role(static_cast<pb::Role>(in.role));
    out.set_march(in.march.text());
    out.set_issued_at_ms(in.issued_at.value);
    out.set_expires_at_ms(in.expires_at.value);
    out.set_revoked(in.revoked);
    out.set_public_key(in.public_key);
    out.set_invite(in.invite);
    out.set_recovery(in.recovery);
}

core::Token read(const pb::Token& in, Reading& reading) {
    core::Token token;
    token.number = in.number();
    token.hash = read_hash(in.hash(), reading, "token.hash", "A token's hash has 32 bytes.");
    token.person = base::PersonId{in.person()};
    token.role = reading.word<core::Role>(in.role(), pb::Role_IsValid(in.role()), "token.role");
    token.march = reading.slug(in.march(), "token.march");
    token.issued_at = {in.issued_at_ms()};
    token.expires_at = {in.expires_at_ms()};
    token.revoked = in.revoked();
    token.public_key = in.public_key();
    token.invite = in.invite();
    token.recovery = in.recovery();
    return token;
}

void put(pb::Invite& out, const core::Invite& in) {
    out.set_number(in.number);
    out.set_secret_hash(in.secret_hash.data(), in.secret_hash.size());
    out.set_person(in.person.value);
    out.set_role(static_cast<pb::Role>(in.role));
    out.set_march(in.march.text());
    out.set_made_at_ms(in.made_at.value);
    out.set_expires_at_ms(in.expires_at.value);
    out.set_by(in.by.value);
    out.set_state(static_cast<pb::InviteState>(in.state));
    out.set_wrong_codes(in.wrong_codes);
    out.set_second_device(in.second_device);
}

core::Invite read(const pb::Invite& in, Reading& reading) {
    core::Invite invite;
    invite.number = in.number();
    invite.secret_hash = read_hash(in.secret_hash(), reading, "invite.secret_hash", "A secret's hash has 32 bytes.");
    invite.person = base::PersonId{in.person()};
    invite.role = reading.word<core::Role>(in.role(), pb::Role_IsValid(in.role()), "invite.role");
    invite.march = reading.slug(in.march(), "invite.march");
    invite.made_at = {in.made_at_ms()};
    invite.expires_at = {in.expires_at_ms()};
    invite.by = base::PersonId{in.by()};
    invite.state = reading.word<core::InviteState>(in.state(), pb::InviteState_IsValid(in.state()), "invite.state");
    invite.wrong_codes = in.wrong_codes();
    invite.second_device = in.second_device();
    return invite;
}

}  // namespace marchwire::wire
