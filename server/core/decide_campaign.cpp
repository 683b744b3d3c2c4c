// What a campaign's log accepts: its own data, its marches, persons and tokens.
#include "core/decide_family.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

struct CampaignAsk {
    const CampaignState& state;
    const Actor& actor;
    UtcMs now;
    Permission permission;
};

Complaint check_campaign_spec(const CampaignSpec& spec) {
    if (auto wrong = check_text(spec.name, "spec.name", limits::name_characters, Presence::required)) return wrong;
    if (auto wrong = check_text(spec.organiser, "spec.organiser", limits::name_characters, Presence::optional)) {
        return wrong;
    }
    if (spec.wave == 0 || spec.wave > 1'000) return base::invalid("spec.wave", "Number the waves from 1.");
    return std::nullopt;
}

bool lists(const CampaignState& state, const Slug& march) {
    return std::ranges::any_of(state.marches, [&](const MarchListing& listing) { return listing.march == march; });
}

Complaint check_march(const CampaignState& state, const Slug& march) {
    if (!march.empty() && !lists(state, march)) {
        return base::refuse(base::RefusalCode::not_found, "march", "This campaign has no such march; check its name.");
    }
    return std::nullopt;
}

Decision on(const CampaignAsk& ask, const CreateCampaign& wish) {
    if (ask.state.exists()) {
        return conflict("log", "This campaign exists already; update it.", ask.state.spec_version, ask.state.spec.name);
    }
    if (auto wrong = check_topic_base(wish.topic_base)) return *wrong;
    if (auto wrong = check_campaign_spec(wish.spec)) return *wrong;
    return events_of(CampaignCreated{wish.topic_base, wish.spec});
}

Decision on(const CampaignAsk& ask, const UpdateCampaign& wish) {
    if (wish.version != ask.state.spec_version) {
        return conflict("version", "Somebody changed this campaign meanwhile; look again and decide.",
                        ask.state.spec_version, ask.state.spec.name);
    }
    if (auto wrong = check_campaign_spec(wish.spec)) return *wrong;
    return events_of(CampaignUpdated{wish.version + 1, wish.spec});
}

Decision on(const CampaignAsk& ask, const ListMarch& wish) {
    if (wish.march.empty()) return base::invalid("march", "Name the march.");
    if (lists(ask.state, wish.march)) {
        return conflict("march", "This campaign has a march of this name.", 0, wish.march.text());
    }
    if (auto wrong = check_topic_base(wish.topic_base)) return *wrong;
    const bool taken = wish.topic_base == ask.state.topic_base ||
                       std::ranges::any_of(ask.state.marches, [&](const MarchListing& listing) {
                           return listing.topic_base == wish.topic_base;
                       });
    if (taken) return base::invalid("topic_base", "Another march of the campaign has this topic base.");
    if (ask.state.marches.size() >= limits::marches_per_campaign) {
        return base::refuse(base::RefusalCode::too_large, "march",
                            "A campaign has at most " + std::to_string(limits::marches_per_campaign) + " marches.");
    }
    return events_of(MarchListed{{wish.march, wish.topic_base}});
}

Decision on(const CampaignAsk& ask, const AddPerson& wish) {
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

Complaint check_holder(const CampaignState& state, const IssueToken& wish) {
    if (!wish.person || wish.person.value > state.persons.size()) {
        return base::refuse(base::RefusalCode::not_found, "person", "Add this person to the campaign first.");
    }
    const bool for_all = wish.role == Role::national_desk || wish.role == Role::auditor;
    if (wish.role == Role::follower || wish.role == Role::keeper) {
        return base::invalid("role", "Followers need no token, and the keeper has none.");
    }
    if (for_all != wish.march.empty()) {
        return base::invalid("march", for_all ? "This role is for the whole campaign; name no march."
                                              : "Name the march that this person serves.");
    }
    if (state.persons[wish.person.value - 1].march != wish.march) {
        return base::invalid("person", "This person serves another march of the campaign.");
    }
    return std::nullopt;
}

Decision on(const CampaignAsk& ask, const IssueToken& wish) {
    const CampaignState& state = ask.state;
    if (auto wrong = check_holder(state, wish)) return *wrong;
    if (auto wrong = check_march(state, wish.march)) return *wrong;
    if (wish.expires_at && wish.expires_at <= ask.now) {
        return base::invalid("expires_at_ms", "This time has passed; give a later one, or none.");
    }
    const bool seen = std::ranges::any_of(state.tokens, [&](const Token& token) { return token.hash == wish.hash; });
    if (seen || wish.hash == base::Digest{}) return base::invalid("hash", "Draw a new token.");
    if (state.tokens.size() >= limits::tokens_per_campaign) {
        return base::refuse(base::RefusalCode::too_large, "person", "This campaign has no room for more tokens.");
    }
    Token token;
    token.number = static_cast<std::uint32_t>(state.tokens.size()) + 1;
    token.hash = wish.hash;
    token.person = wish.person;
    token.role = wish.role;
    token.march = wish.march;
    token.issued_at = ask.now;
    token.expires_at = wish.expires_at;
    return events_of(TokenIssued{token});
}

Decision on(const CampaignAsk& ask, const RevokeToken& wish) {
    if (auto wrong = check_text(wish.reason, "reason", limits::reason_characters, Presence::optional)) return *wrong;
    if (wish.number == 0 || wish.number > ask.state.tokens.size()) {
        return base::refuse(base::RefusalCode::not_found, "number", "There is no such token; list them.");
    }
    if (ask.state.tokens[wish.number - 1].revoked) {
        return base::refuse(base::RefusalCode::invalid_transition, "number", "This token is revoked already.");
    }
    return events_of(TokenRevoked{wish.number, wish.reason});
}

Decision on(const CampaignAsk& ask, const RevokePhones& wish) {
    Events events;
    for (const Token& token : ask.state.tokens) {
        const bool had_it = token.person == wish.person && token.issued_at <= wish.detained_at;
        if (had_it && !token.revoked) events.emplace_back(TokenRevoked{token.number, "its owner was detained"});
    }
    if (events.empty()) return base::refuse(base::RefusalCode::not_found, "person", "No phone of theirs is trusted.");
    return events;
}

bool is_sha256(const std::string& text) {
    constexpr std::size_t digits = 64;
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Decision on(const CampaignAsk& ask, const RecordImport& wish) {
    const ImportRecord& last = ask.state.last_import;
    if (wish.number != last.number + 1) {
        return conflict("number", "Another import has ended meanwhile; run yours again.", last.number,
                        last.file_sha256);
    }
    if (!is_sha256(wish.file_sha256)) {
        return base::invalid("file_sha256", "Give the SHA-256 of the file as 64 hexadecimal digits.");
    }
    if (wish.marches == 0 || wish.marches > limits::marches_per_campaign) {
        return base::invalid("marches", "Give how many marches the file has.");
    }
    // One by one, so that no sum overflows.
    for (const std::uint32_t part : {wish.created, wish.changed, wish.unchanged}) {
        if (part > wish.marches) return base::invalid("marches", "The file has fewer marches than were told of.");
    }
    return events_of(ImportRecorded{
        {wish.number, wish.file_sha256, wish.marches, wish.created, wish.changed, wish.unchanged, ask.now}});
}

Decision on(const CampaignAsk& ask, const SetCallsToAction& wish) {
    if (ask.permission != Permission::act) return denied(Action::post_notice);
    if (auto wrong = check_calls(wish.calls)) return *wrong;
    CallsToActionSet set{wish.calls};
    std::uint32_t number = 0;
    for (CallToAction& call : set.calls) call.number = ++number;
    return events_of(std::move(set));
}

Decision on(const CampaignAsk& ask, const TakeKeeping& wish) {
    if (wish.term <= ask.state.term) {
        return conflict("term", "A keeper's term must grow.", static_cast<std::uint32_t>(ask.state.term.value),
                        "keeper");
    }
    return events_of(KeeperChanged{wish.term});
}

Decision on(const CampaignAsk& ask, const RecordSignedTip& wish) {
    if (wish.term < ask.state.term) {
        return conflict("term", "Another keeper has taken over this campaign.",
                        static_cast<std::uint32_t>(ask.state.term.value), "keeper");
    }
    if (wish.tip.seq > ask.state.tip.seq || wish.tip.seq <= ask.state.signed_tip.seq) {
        return base::invalid("tip.seq", "Sign an entry of this log after the one signed last.");
    }
    return events_of(TipSigned{wish.tip, wish.signature});
}

Decision on(const CampaignAsk& ask, const RepairLog& wish) { return repaired(ask.state.tip, wish); }

/// All other commands are about one march.
template <class Body>
concept OfMarch = !OfCampaign<Body> && !std::is_same_v<Body, SetCallsToAction> && !std::is_same_v<Body, TakeKeeping> &&
                  !std::is_same_v<Body, RecordSignedTip> && !std::is_same_v<Body, RepairLog>;

template <OfMarch Body>
Decision on(const CampaignAsk&, const Body&) {
    return base::invalid("log", "Send this command to a march's log, as in flag-day-2018/st-louis-mo.");
}

}  // namespace

Decision decide(const CampaignState& state, const Command& command, const Context& context) {
    const Action action = action_of(command);
    const Permission cell = permission(context.actor, action, state.id);
    if (cell == Permission::deny || cell == Permission::read || cell == Permission::see_only) return denied(action);
    if (!state.exists() && !std::holds_alternative<CreateCampaign>(command.body)) {
        return base::refuse(base::RefusalCode::not_found, "log", "There is no such campaign; check its name.");
    }
    const CampaignAsk ask{state, context.actor, context.now, cell};
    return std::visit([&](const auto& body) { return on(ask, body); }, command.body);
}

}  // namespace marchwire::core
