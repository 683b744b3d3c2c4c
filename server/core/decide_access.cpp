// Who may speak as whom: persons, tokens, invites. All on the campaign's log, of which a city lead may touch what is of
// the own march.
#include "core/decide_family.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

Complaint check_march(const CampaignState& state, const Slug& march) {
    if (!march.empty() && state.listing(march) == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "march", "This campaign has no such march; check its name.");
    }
    return std::nullopt;
}

/// The rights of a city lead end at the own march.
Complaint check_own_march(const CampaignAsk& ask, const Slug& march) {
    const bool elsewhere = !ask.actor.march.empty() && ask.actor.march != march;
    if (!elsewhere) return std::nullopt;
    return denied("This is of another march: its own city leads and the national desk may do it.");
}

/// Who is to speak as whom, and where.
struct Holder {
    PersonId person;
    Role role = Role::side;
    const Slug& march;
};

Complaint check_holder(const CampaignState& state, const Holder& holder) {
    if (!holder.person || holder.person.value > state.persons.size()) {
        return base::refuse(base::RefusalCode::not_found, "person", "Add this person to the campaign first.");
    }
    const bool for_all = holder.role == Role::national_desk || holder.role == Role::auditor;
    if (holder.role == Role::follower || holder.role == Role::keeper) {
        return base::invalid("role", "Followers need no token, and the keeper has none.");
    }
    if (for_all != holder.march.empty()) {
        return base::invalid("march", for_all ? "This role is for the whole campaign; name no march."
                                              : "Name the march that this person serves.");
    }
    const Person& person = state.persons[holder.person.value - 1];
    if (person.march != holder.march) {
        return base::invalid("person", "This person serves another march of the campaign.");
    }
    if (person.callsign.empty()) {
        return base::refuse(base::RefusalCode::not_found, "person",
                            "The march that this person served was deleted after its time; add the person again.");
    }
    return check_march(state, holder.march);
}

Token next_token(const CampaignAsk& ask, const base::Digest& hash) {
    Token token;
    token.number = static_cast<std::uint32_t>(ask.state.tokens.size()) + 1;
    token.hash = hash;
    token.issued_at = ask.now;
    return token;
}

Complaint check_new_token(const CampaignState& state, const base::Digest& hash) {
    const bool seen = std::ranges::any_of(state.tokens, [&](const Token& token) { return token.hash == hash; });
    if (seen || hash == base::Digest{}) return base::invalid("hash", "Draw a new token.");
    if (state.tokens.size() >= limits::tokens_per_campaign) {
        return base::refuse(base::RefusalCode::too_large, "person", "This campaign has no room for more tokens.");
    }
    return std::nullopt;
}

/// Whatever this person could come in by.
void end_all_of(const CampaignAsk& ask, PersonId person, const std::string& reason, Events& events) {
    for (const Token& token : ask.state.tokens) {
        if (token.person == person && !token.revoked) events.emplace_back(TokenRevoked{token.number, reason});
    }
    for (const Invite& invite : ask.state.invites) {
        if (invite.person == person && invite.is_alive(ask.now)) {
            events.emplace_back(InviteChanged{invite.number, InviteState::revoked});
        }
    }
}

/// What goes around the second lead is for a city lead who was in before, and not for long.
Complaint check_recovery(const CampaignAsk& ask, const IssueToken& wish) {
    if (!ask.actor.host) return denied("Only the host lets a lead in again whom nobody confirms.");
    if (wish.role != Role::city_lead) {
        return base::invalid("role", "A recovery is for city leads: make an invite for everybody else.");
    }
    const bool was_in = std::ranges::any_of(
        ask.state.tokens, [&](const Token& token) { return token.person == wish.person && token.role == wish.role; });
    if (!was_in) {
        return base::refuse(base::RefusalCode::not_found, "person",
                            "This person was never in as a lead: make an invite, which another lead confirms.");
    }
    if (!wish.expires_at || ask.now + limits::recovery_life < wish.expires_at) {
        return base::invalid("expires_at_ms", "A recovery lasts 24 hours at most: the lead adds a device by then.");
    }
    return std::nullopt;
}

// ---- invites -----------------------------------------------------------------------------------

/// Nobody brings in alone who may hold a march or read all of it.
bool needs_confirmation(Role role) {
    return role == Role::city_lead || role == Role::national_desk || role == Role::auditor;
}

bool may_confirm(const Invite& invite, PersonId person, Role role, const Slug& march) {
    if (person == invite.by || person == invite.person) return false;
    if (role == Role::national_desk) return true;
    return role == Role::city_lead && invite.role == Role::city_lead && march == invite.march;
}

bool anybody_could_confirm(const CampaignAsk& ask, const Invite& invite) {
    return std::ranges::any_of(ask.state.tokens, [&](const Token& token) {
        const bool lives = !token.revoked && (!token.expires_at || ask.now < token.expires_at);
        return lives && may_confirm(invite, token.person, token.role, token.march);
    });
}

InviteState first_state(const CampaignAsk& ask, const Invite& invite) {
    if (!needs_confirmation(invite.role)) return InviteState::open;
    const bool desk_for_city = ask.actor.role == Role::national_desk && invite.role == Role::city_lead;
    // The host makes the first of all: there nobody else is yet.
    const bool first_of_all = ask.actor.host && !anybody_could_confirm(ask, invite);
    return desk_for_city || first_of_all ? InviteState::open : InviteState::unconfirmed;
}

/// Devices that are in, and those that were asked in.
std::size_t devices_of(const CampaignAsk& ask, PersonId person) {
    const auto tokens = std::ranges::count_if(ask.state.tokens, [&](const Token& token) {
        return token.person == person && !token.revoked && !token.public_key.empty();
    });
    const auto invites = std::ranges::count_if(
        ask.state.invites, [&](const Invite& invite) { return invite.person == person && invite.is_alive(ask.now); });
    return static_cast<std::size_t>(tokens + invites);
}

Complaint check_new_invite(const CampaignAsk& ask, const base::Digest& secret_hash, UtcMs expires_at, Millis most) {
    if (expires_at <= ask.now || ask.now + most < expires_at) {
        return base::invalid("expires_at_ms", "Give a time from now on, at most " +
                                                  std::to_string(most.value / base::hours(1).value) +
                                                  " hours ahead: usually the end of the march's day.");
    }
    const bool seen = std::ranges::any_of(ask.state.invites,
                                          [&](const Invite& invite) { return invite.secret_hash == secret_hash; });
    if (seen || secret_hash == base::Digest{}) return base::invalid("secret_hash", "Draw a new secret.");
    if (ask.state.invites.size() >= limits::invites_per_campaign) {
        return base::refuse(base::RefusalCode::too_large, "person", "This campaign has no room for more invites.");
    }
    return std::nullopt;
}

Complaint check_second_device(const CampaignAsk& ask, PersonId person) {
    if (devices_of(ask, person) < limits::devices_per_person) return std::nullopt;
    return base::refuse(base::RefusalCode::too_large, "person",
                        "This person has " + std::to_string(limits::devices_per_person) +
                            " devices or open invites: revoke one of them first.");
}

const Invite* invite_of(const CampaignState& state, std::uint32_t number) {
    return number >= 1 && number <= state.invites.size() ? &state.invites[number - 1] : nullptr;
}

base::Refusal no_such_invite() {
    return base::refuse(base::RefusalCode::not_found, "number",
                        "This link or code opens nothing: look at it again, or ask your lead for a new one.");
}

/// Why it cannot be redeemed by somebody who has what opens it.
Complaint check_redeemable(const CampaignAsk& ask, const Invite& invite) {
    if (invite.state == InviteState::revoked) {
        return base::refuse(base::RefusalCode::expired, "number",
                            "This invite was taken back, or a newer one was made: ask your lead for that one.");
    }
    if (ask.now >= invite.expires_at) {
        return base::refuse(base::RefusalCode::expired, "number",
                            "This invite has run out: ask your lead for a new one.");
    }
    if (invite.state == InviteState::unconfirmed) {
        return base::refuse(base::RefusalCode::invalid_transition, "number",
                            "Another lead has to confirm this invite first: it is not spent, try again after that.");
    }
    return std::nullopt;
}

/// What opens it, and until when.
struct Opening {
    const base::Digest& secret_hash;
    UtcMs expires_at;
};

/// Open, made by whoever asks.
Invite next_invite(const CampaignAsk& ask, const Holder& holder, const Opening& opening) {
    Invite invite;
    invite.number = static_cast<std::uint32_t>(ask.state.invites.size()) + 1;
    invite.secret_hash = opening.secret_hash;
    invite.person = holder.person;
    invite.role = holder.role;
    invite.march = holder.march;
    invite.made_at = ask.now;
    invite.expires_at = opening.expires_at;
    invite.by = ask.actor.person;
    return invite;
}

/// The token that this invite became on this very device: the answer may have been lost on its way.
const Token* token_on(const CampaignState& state, const Invite& invite, const std::string& public_key) {
    const auto found = std::ranges::find_if(state.tokens, [&](const Token& token) {
        return token.invite == invite.number && token.public_key == public_key && !token.revoked;
    });
    return found == state.tokens.end() ? nullptr : &*found;
}

}  // namespace

// ---- persons and tokens ------------------------------------------------------------------------

Decision decide_on(const CampaignAsk& ask, const AddPerson& wish) {
    if (auto wrong = check_own_march(ask, wish.march)) return *wrong;
    if (auto wrong = check_text(wish.callsign, "callsign", limits::callsign_characters, Presence::required)) {
        return *wrong;
    }
    if (auto wrong = check_march(ask.state, wish.march)) return *wrong;
    const bool taken = std::ranges::any_of(ask.state.persons, [&](const Person& person) {
        return person.callsign == wish.callsign && person.march == wish.march;
    });
    if (taken) return conflict("callsign", "Somebody there has this callsign; choose another.", 0, wish.callsign);
    if (ask.state.persons.size() >= limits::persons_per_campaign) {
        return base::refuse(base::RefusalCode::too_large, "callsign", "This campaign has no room for more people.");
    }
    return events_of(PersonAdded{{PersonId{ask.state.persons.size() + 1}, wish.callsign, wish.march}});
}

Decision decide_on(const CampaignAsk& ask, const IssueToken& wish) {
    if (!ask.actor.march.empty()) {
        return denied("Make an invite: a token that is bound to no device is for the host and the national desk.");
    }
    if (auto wrong = check_holder(ask.state, {wish.person, wish.role, wish.march})) return *wrong;
    if (wish.recovery) {
        if (auto wrong = check_recovery(ask, wish)) return *wrong;
    }
    if (wish.expires_at && wish.expires_at <= ask.now) {
        return base::invalid("expires_at_ms", "This time has passed; give a later one, or none.");
    }
    if (auto wrong = check_new_token(ask.state, wish.hash)) return *wrong;
    Token token = next_token(ask, wish.hash);
    token.person = wish.person;
    token.role = wish.role;
    token.march = wish.march;
    token.expires_at = wish.expires_at;
    token.recovery = wish.recovery;
    Events events;
    if (wish.recovery) end_all_of(ask, wish.person, "the host let this person in again", events);
    events.emplace_back(TokenIssued{std::move(token)});
    return events;
}

Decision decide_on(const CampaignAsk& ask, const RevokeToken& wish) {
    if (auto wrong = check_text(wish.reason, "reason", limits::reason_characters, Presence::optional)) return *wrong;
    if (wish.number == 0 || wish.number > ask.state.tokens.size()) {
        return base::refuse(base::RefusalCode::not_found, "number", "There is no such token; list them.");
    }
    const Token& token = ask.state.tokens[wish.number - 1];
    if (auto wrong = check_own_march(ask, token.march)) return *wrong;
    if (token.revoked) {
        return base::refuse(base::RefusalCode::invalid_transition, "number", "This token is revoked already.");
    }
    return events_of(TokenRevoked{wish.number, wish.reason});
}

Decision decide_on(const CampaignAsk& ask, const RevokePhones& wish) {
    Events events;
    for (const Token& token : ask.state.tokens) {
        const bool had_it = token.person == wish.person && token.issued_at <= wish.detained_at;
        if (had_it && !token.revoked) events.emplace_back(TokenRevoked{token.number, "its owner was detained"});
    }
    for (const Invite& invite : ask.state.invites) {
        const bool had_it = invite.person == wish.person && invite.made_at <= wish.detained_at;
        if (had_it && invite.is_alive(ask.now)) {
            events.emplace_back(InviteChanged{invite.number, InviteState::revoked});
        }
    }
    if (events.empty()) return base::refuse(base::RefusalCode::not_found, "person", "No phone of theirs is trusted.");
    return events;
}

// ---- invites -----------------------------------------------------------------------------------

Decision decide_on(const CampaignAsk& ask, const InviteMarshal& wish) {
    if (auto wrong = check_own_march(ask, wish.march)) return *wrong;
    const Holder holder{wish.person, wish.role, wish.march};
    if (auto wrong = check_holder(ask.state, holder)) return *wrong;
    if (auto wrong = check_new_invite(ask, wish.secret_hash, wish.expires_at, limits::invite_life)) return *wrong;
    if (wish.second_device) {
        if (auto wrong = check_second_device(ask, wish.person)) return *wrong;
    }
    Invite invite = next_invite(ask, holder, {wish.secret_hash, wish.expires_at});
    // A second device of a lead is brought in by others as any first one is: only AddDevice says that it is the lead.
    invite.state = first_state(ask, invite);
    invite.second_device = wish.second_device;
    Events events;
    if (!wish.second_device) end_all_of(ask, wish.person, "a new invite was made", events);
    events.emplace_back(InviteMade{invite});
    return events;
}

Decision decide_on(const CampaignAsk& ask, const AddDevice& wish) {
    const Holder holder{ask.actor.person, ask.actor.role, ask.actor.march};
    if (auto wrong = check_holder(ask.state, holder)) return *wrong;
    if (auto wrong = check_new_invite(ask, wish.secret_hash, wish.expires_at, limits::device_invite_life)) {
        return *wrong;
    }
    if (auto wrong = check_second_device(ask, holder.person)) return *wrong;
    Invite invite = next_invite(ask, holder, {wish.secret_hash, wish.expires_at});
    invite.second_device = true;
    return events_of(InviteMade{invite});
}

Decision decide_on(const CampaignAsk& ask, const ConfirmInvite& wish) {
    const Invite* invite = invite_of(ask.state, wish.number);
    if (invite == nullptr) return no_such_invite();
    if (auto wrong = check_own_march(ask, invite->march)) return *wrong;
    const bool by_host = ask.actor.host && invite->by;
    if (!by_host && !may_confirm(*invite, ask.actor.person, ask.actor.role, ask.actor.march)) {
        return denied(
            "Whoever made an invite, or is invited, does not confirm it: another lead or the national desk does.");
    }
    if (invite->state != InviteState::unconfirmed || !invite->is_alive(ask.now)) {
        return base::refuse(base::RefusalCode::invalid_transition, "number", "This invite waits for no confirmation.");
    }
    return events_of(InviteChanged{wish.number, InviteState::open});
}

Decision decide_on(const CampaignAsk& ask, const RevokeInvite& wish) {
    const Invite* invite = invite_of(ask.state, wish.number);
    if (invite == nullptr) return no_such_invite();
    if (auto wrong = check_own_march(ask, invite->march)) return *wrong;
    if (!invite->is_alive(ask.now)) {
        return base::refuse(base::RefusalCode::invalid_transition, "number",
                            "This invite is over; if it was redeemed, revoke the device that came by it.");
    }
    return events_of(InviteChanged{wish.number, InviteState::revoked});
}

Decision decide_on(const CampaignAsk& ask, const RedeemInvite& wish) {
    const Invite* invite = invite_of(ask.state, wish.number);
    if (invite == nullptr) return no_such_invite();
    if (wish.secret_hash) {
        // 256 random bits are not found by trying: no trial is counted, or strangers could spend them all.
        if (*wish.secret_hash != invite->secret_hash) return no_such_invite();
    } else {
        if (invite->wrong_codes >= limits::invite_tries) {
            return denied("Too many wrong codes were given for this invite: open its link, or ask for a new one.");
        }
        if (!wish.code_is_right) {
            if (!invite->is_alive(ask.now)) return no_such_invite();
            return events_of(InviteMistyped{wish.number});
        }
    }
    if (auto wrong = check_redeemable(ask, *invite)) return *wrong;
    const Token* before = token_on(ask.state, *invite, wish.public_key);
    if (invite->state == InviteState::redeemed && before == nullptr) {
        return base::refuse(base::RefusalCode::invalid_transition, "number",
                            "This invite was used on another device already: ask your lead for a new one, which shuts "
                            "that device out.");
    }
    if (auto wrong = check_new_token(ask.state, wish.token_hash)) return *wrong;
    Token token = next_token(ask, wish.token_hash);
    token.person = invite->person;
    token.role = invite->role;
    token.march = invite->march;
    token.public_key = wish.public_key;
    token.invite = invite->number;
    Events events;
    if (before != nullptr) events.emplace_back(TokenRevoked{before->number, "its answer was lost"});
    if (invite->state != InviteState::redeemed) {
        events.emplace_back(InviteChanged{invite->number, InviteState::redeemed});
    }
    events.emplace_back(TokenIssued{std::move(token)});
    return events;
}

}  // namespace marchwire::core
