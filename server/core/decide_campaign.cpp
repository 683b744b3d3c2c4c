// What a campaign's log accepts: its own data and its marches. Persons, tokens and invites: decide_access.cpp.
#include "core/decide_family.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

Complaint check_campaign_spec(const CampaignSpec& spec) {
    if (auto wrong = check_text(spec.name, "spec.name", limits::name_characters, Presence::required)) return wrong;
    if (auto wrong = check_text(spec.organiser, "spec.organiser", limits::name_characters, Presence::optional)) {
        return wrong;
    }
    if (spec.wave == 0 || spec.wave > 1'000) return base::invalid("spec.wave", "Number the waves from 1.");
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
    if (ask.state.listing(wish.march) != nullptr) {
        return conflict("march", "This campaign has a march of this name.", 0, wish.march.text());
    }
    if (auto wrong = check_topic_base(wish.topic_base)) return *wrong;
    const bool taken = wish.topic_base == ask.state.topic_base ||
                       std::ranges::any_of(ask.state.marches, [&](const MarchListing& listing) {
                           return listing.topic_base == wish.topic_base && !listing.forgotten_at;
                       });
    if (taken) return base::invalid("topic_base", "Another march of the campaign has this topic base.");
    if (ask.state.marches.size() >= limits::marches_per_campaign) {
        return base::refuse(base::RefusalCode::too_large, "march",
                            "A campaign has at most " + std::to_string(limits::marches_per_campaign) + " marches.");
    }
    return events_of(MarchListed{{wish.march, wish.topic_base}});
}

Decision on(const CampaignAsk& ask, const ForgetMarch& wish) {
    const MarchListing* listing = ask.state.listing(wish.march);
    if (listing == nullptr || listing->listed_at > wish.shredded_at) {
        return base::refuse(base::RefusalCode::not_found, "march", "No such march is left to forget.");
    }
    return events_of(MarchForgotten{wish.march, wish.summary});
}

Decision on(const CampaignAsk& ask, const RecordImport& wish) {
    const ImportRecord& last = ask.state.last_import;
    if (wish.number != last.number + 1) {
        return conflict("number", "Another import has ended meanwhile; run yours again.", last.number,
                        last.file_sha256);
    }
    if (auto wrong = check_sha256(wish.file_sha256, "file_sha256")) return *wrong;
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

template <OfAccess Body>
Decision on(const CampaignAsk& ask, const Body& wish) {
    return decide_on(ask, wish);
}

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
