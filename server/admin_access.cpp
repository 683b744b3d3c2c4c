// The host's verbs of who may speak as whom: tokens and invites.
#include "access/invite.hpp"
#include "access/token.hpp"
#include "admin_json.hpp"
#include "admin_verbs.hpp"
#include "base/limits.hpp"
#include "core/vocabulary.hpp"
#include "import/local_time.hpp"

#include <algorithm>
#include <utility>

namespace marchwire {
namespace {

using Json = nlohmann::json;

bool is_for_whole_campaign(core::Role role) { return role == core::Role::national_desk || role == core::Role::auditor; }

/// Who may hold a token: neither the machine nor those who need none.
base::Result<core::Role> token_role(const Json& request) {
    const auto text = text_of(request, "role");
    if (!text) return text.error();
    const auto role = core::role_named(*text);
    if (!role || *role == core::Role::keeper || *role == core::Role::follower) {
        return base::invalid("role",
                             "Name a role such as city-lead, section-lead, head, side, tail, medic, dispatcher, "
                             "anchor, national-desk or auditor; followers need no token.");
    }
    return *role;
}

/// Of a row of the state, whose words are the proto's.
core::Role role_in(const Json& row) {
    std::string word = row.value("role", "");
    for (char& one : word) one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
    return core::role_named(word).value_or(core::Role::follower);
}

/// With the callsigns of those whom they are about.
void name_persons(Json& rows, const Json& persons) {
    for (Json& row : rows) {
        const std::uint64_t person = wide(row, "person");
        if (person >= 1 && person <= persons.size()) row["callsign"] = persons[person - 1].value("callsign", "");
    }
}

/// The end of the day, in the march's city, on which its last planned phase begins; 0 when no time is planned.
base::UtcMs end_of_day(const Json& march) {
    const Json spec = march.value("spec", Json::object());
    std::uint64_t last = 0;
    for (const Json& phase : spec.value("plan", Json::array())) last = std::max(last, wide(phase, "atMs"));
    const std::string tz = spec.value("tz", std::string());
    const base::UtcMs begins{static_cast<std::int64_t>(last)};
    return last == 0 || !import::check_zone(tz) ? base::UtcMs{} : import::end_of_local_day(begins, tz);
}

}  // namespace

base::Result<std::uint64_t> AdminVerbs::person_for(const base::LogId& scope, const std::string& callsign) {
    const auto campaign = state_of(scope.campaign_log());
    if (!campaign) return campaign.error();
    for (const Json& person : campaign->members.value("persons", Json::array())) {
        if (person.value("callsign", "") == callsign && person.value("march", "") == scope.march.text()) {
            return wide(person, "id");
        }
    }
    const auto added = put(scope.campaign_log(), core::AddPerson{callsign, scope.march});
    if (!added) return added.error();
    return added->made;
}

/// Null when nobody on the roster is called that.
AdminVerbs::Answer AdminVerbs::member_called(const base::LogId& march, const std::string& callsign) {
    const auto state = state_of(march);
    if (!state) return state.error();
    for (const Json& member : state->members.value("roster", Json::array())) {
        if (member.value("callsign", "") == callsign) return Said{member};
    }
    return Said{Json()};
}

base::Result<void> AdminVerbs::put_on_roster(const base::LogId& march, std::uint64_t person,
                                             const std::string& callsign, core::Role role, std::uint32_t section) {
    const auto member = member_called(march, callsign);
    if (!member) return member.error();
    core::AssignDuty duty;
    if (!member->members.is_null()) {
        // Whoever stands there already keeps buddy and phone.
        const Json& now = member->members;
        if (role_in(now) == role && now.value("section", 0U) == section) return {};
        duty.buddy = base::PersonId{wide(now, "buddy")};
        duty.no_phone = now.value("noPhone", false);
    }
    duty.person = base::PersonId{person};
    duty.callsign = callsign;
    duty.role = role;
    duty.section = section;
    const auto assigned = put(march, std::move(duty));
    if (!assigned) return assigned.error();
    return {};
}

/// Makes this person where there is none of the callsign, and puts them on the roster.
base::Result<std::uint64_t> AdminVerbs::enlist(const Json& request, const base::LogId& scope, core::Role role,
                                               const std::string& callsign) {
    const auto section = number_of(request, "section", 0);
    if (!section) return section.error();
    if (*section > base::limits::sections) return base::invalid("section", "There is no such section.");
    const auto person = person_for(scope, callsign);
    if (!person) return person.error();
    if (!scope.is_campaign()) {
        const auto on_roster = put_on_roster(scope, *person, callsign, role, static_cast<std::uint32_t>(*section));
        if (!on_roster) return on_roster.error();
    }
    return *person;
}

AdminVerbs::Answer AdminVerbs::token_create(const Json& request) {
    const auto role = token_role(request);
    if (!role) return role.error();
    const auto scope = scope_of(request, *role);
    if (!scope) return scope.error();
    const auto callsign = text_of(request, "callsign");
    if (!callsign) return callsign.error();
    if (request.value("recover", false)) return token_recover(*scope, *role, *callsign);
    const auto expires = number_of(request, "expires_ms", 0);
    if (!expires) return expires.error();

    const auto person = enlist(request, *scope, *role, *callsign);
    if (!person) return person.error();
    const std::string token = access::new_token();
    const auto issued = put(scope->campaign_log(),
                            core::IssueToken{access::hash_token(token), base::PersonId{*person}, *role, scope->march,
                                             base::UtcMs{static_cast<std::int64_t>(*expires)}});
    if (!issued) return issued.error();
    return Said{Json{{"token", token}, {"number", issued->made}, {"person", *person}}};
}

/// Makes nobody and puts nobody on a roster: whoever comes in again was in before.
AdminVerbs::Answer AdminVerbs::token_recover(const base::LogId& scope, core::Role role, const std::string& callsign) {
    const auto campaign = state_of(scope.campaign_log());
    if (!campaign) return campaign.error();
    std::uint64_t person = 0;
    for (const Json& one : campaign->members.value("persons", Json::array())) {
        const bool is_meant = one.value("callsign", "") == callsign && one.value("march", "") == scope.march.text();
        if (is_meant) person = wide(one, "id");
    }
    if (person == 0) {
        return base::refuse(base::RefusalCode::not_found, "callsign", "Nobody of this march is called that.");
    }
    const std::string token = access::new_token();
    const base::UtcMs expires = parts_.clock.now() + base::limits::recovery_life;
    const auto issued = put(scope.campaign_log(), core::IssueToken{access::hash_token(token), base::PersonId{person},
                                                                   role, scope.march, expires, true});
    if (!issued) return issued.error();
    return Said{Json{{"token", token}, {"number", issued->made}, {"person", person}, {"expires_ms", expires.value}}};
}

AdminVerbs::Answer AdminVerbs::token_list(const Json& request) {
    const auto log = log_of(request, "campaign");
    if (!log) return log.error();
    const auto campaign = state_of(log->campaign_log());
    if (!campaign) return campaign.error();
    Json tokens = campaign->members.value("tokens", Json::array());
    for (Json& token : tokens) token.erase("publicKey");
    name_persons(tokens, campaign->members.value("persons", Json::array()));
    return Said{Json{{"tokens", std::move(tokens)}}};
}

AdminVerbs::Answer AdminVerbs::token_revoke(const Json& request) {
    const auto log = log_of(request, "campaign");
    if (!log) return log.error();
    const auto number = number_of(request, "number", 0);
    if (!number) return number.error();
    const auto revoked = put(log->campaign_log(), core::RevokeToken{static_cast<std::uint32_t>(*number),
                                                                    request.value("reason", std::string())});
    if (!revoked) return revoked.error();
    return Said{accepted_json(*revoked)};
}

// ---- invites -----------------------------------------------------------------------------------

base::Result<base::LogId> AdminVerbs::scope_of(const Json& request, core::Role role) {
    auto scope = log_of(request, "campaign");
    if (!scope) return scope.error();
    const std::string march = request.value("march", "");
    if (march.empty() != is_for_whole_campaign(role)) {
        return base::invalid("march", march.empty() ? "Name the march that this person serves."
                                                    : "This role is for the whole campaign; leave the march out.");
    }
    if (march.empty()) return scope;
    const auto slug = base::Slug::parse(march, "march");
    if (!slug) return slug.error();
    scope->march = *slug;
    return scope;
}

base::Result<base::UtcMs> AdminVerbs::invite_expires(const Json& request, const base::LogId& scope) {
    const auto given = number_of(request, "expires_ms", 0);
    if (!given) return given.error();
    if (*given != 0) return base::UtcMs{static_cast<std::int64_t>(*given)};
    const base::UtcMs now = parts_.clock.now();
    if (scope.is_campaign()) return now + base::limits::invite_life_desk;
    const auto march = state_of(scope);
    if (!march) return march.error();
    const base::UtcMs ends = end_of_day(march->members);
    if (ends > now) return ends;
    return base::invalid("expires_ms", "This march's day is over, or it has no times: say how long the invite lives.");
}

AdminVerbs::Answer AdminVerbs::invite_create(const Json& request) {
    const auto role = token_role(request);
    if (!role) return role.error();
    const auto scope = scope_of(request, *role);
    if (!scope) return scope.error();
    const auto callsign = text_of(request, "callsign");
    if (!callsign) return callsign.error();
    const auto expires = invite_expires(request, *scope);
    if (!expires) return expires.error();
    const auto person = enlist(request, *scope, *role, *callsign);
    if (!person) return person.error();
    core::InviteMarshal wish;
    wish.person = base::PersonId{*person};
    wish.role = *role;
    wish.expires_at = *expires;
    wish.second_device = request.value("second_device", false);
    return invite(*scope, std::move(wish));
}

AdminVerbs::Answer AdminVerbs::invite(const base::LogId& scope, core::InviteMarshal wish) {
    const std::string secret = access::new_token();
    wish.secret_hash = access::hash_token(secret);
    wish.march = scope.march;
    const base::UtcMs expires = wish.expires_at;
    const base::PersonId person = wish.person;
    const auto made = put(scope.campaign_log(), std::move(wish));
    if (!made) return made.error();
    const auto number = static_cast<std::uint32_t>(made->made);
    return Said{Json{{"link", parts_.public_url() + "/m#" + access::fragment_of({scope.campaign, number, secret})},
                     {"code", made->invite_code},
                     {"number", number},
                     {"person", person.value},
                     {"expires_ms", expires.value}}};
}

/// For somebody who is on the roster already, as what they are there.
AdminVerbs::Answer AdminVerbs::invite_member(const Json& request) {
    const auto log = log_of(request, "campaign");
    if (!log) return log.error();
    const auto callsign = text_of(request, "callsign");
    if (!callsign) return callsign.error();
    const auto march = base::Slug::parse(request.value("march", ""), "march");
    if (!march) return march.error();
    const base::LogId scope{log->campaign, *march};
    const auto expires = invite_expires(request, scope);
    if (!expires) return expires.error();
    const auto member = member_called(scope, *callsign);
    if (!member) return member.error();
    if (member->members.is_null()) {
        return base::refuse(base::RefusalCode::not_found, "callsign", "Nobody on this roster is called that.");
    }
    core::InviteMarshal wish;
    wish.person = base::PersonId{wide(member->members, "person")};
    wish.role = role_in(member->members);
    wish.expires_at = *expires;
    return invite(scope, std::move(wish));
}

/// In one tap, for a phone that was lost: whoever it was for is known.
AdminVerbs::Answer AdminVerbs::invite_again(const Json& request) {
    const auto log = log_of(request, "campaign");
    if (!log) return log.error();
    const auto number = number_of(request, "number", 0);
    if (!number) return number.error();
    const auto campaign = state_of(log->campaign_log());
    if (!campaign) return campaign.error();
    const Json invites = campaign->members.value("invites", Json::array());
    if (*number == 0 || *number > invites.size()) {
        return base::refuse(base::RefusalCode::not_found, "number", "There is no such invite; list them.");
    }
    const Json& before = invites[*number - 1];
    base::LogId scope = log->campaign_log();
    if (const auto march = base::Slug::parse(before.value("march", "")); march) scope.march = *march;
    const auto expires = invite_expires(request, scope);
    if (!expires) return expires.error();
    core::InviteMarshal wish;
    wish.person = base::PersonId{wide(before, "person")};
    wish.role = role_in(before);
    wish.expires_at = *expires;
    return invite(scope, std::move(wish));
}

AdminVerbs::Answer AdminVerbs::invite_list(const Json& request) {
    const auto log = log_of(request, "campaign");
    if (!log) return log.error();
    const auto campaign = state_of(log->campaign_log());
    if (!campaign) return campaign.error();
    Json invites = campaign->members.value("invites", Json::array());
    name_persons(invites, campaign->members.value("persons", Json::array()));
    return Said{Json{{"invites", std::move(invites)}}};
}

}  // namespace marchwire
