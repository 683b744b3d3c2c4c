// `marchwire phase|hold|release|stop|resume|confirm|postpone|cancel|reschedule|move-venue`: what a lead does to the
// march as a whole.
#include "person_link.hpp"
#include "plan_text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::cli {
namespace {

struct PhaseFlags {
    std::string march;
    std::string to;
    std::string typed_name;
    std::string reason;
    std::string sentence;
    std::uint32_t proposal = 0;
    std::vector<std::string> phases;
    std::string venue;
    std::optional<double> lat, lon;
};
using Flags = std::shared_ptr<PhaseFlags>;
using Made = base::Result<sdk::Command>;

/// One that waits for a second person, when no number was given.
Made confirm(const sdk::March& march, std::uint32_t number) {
    const auto waits = std::ranges::find(march.proposals, "resume", &sdk::Proposal::kind);
    if (number == 0 && waits == march.proposals.end()) {
        return base::invalid("--proposal", "No resume is proposed now: one person proposes, another confirms.");
    }
    return sdk::Command(sdk::ConfirmResume{number == 0 ? waits->number : number});
}

CLI::App* add(CLI::App& app, const std::string& name, const std::string& about, const Flags& flags) {
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    return verb;
}

void add_resume(CLI::App& app, Context& context) {
    auto* resume = app.add_subcommand("resume", "leave STOPPED: one person proposes, another confirms");
    resume->require_subcommand(1);
    const auto flags = std::make_shared<PhaseFlags>();
    auto* propose = add(*resume, "propose", "propose to go on", flags);
    propose->add_option("--reason", flags->reason, "what has changed")->required();
    propose->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return Made(sdk::ProposeResume{march.phase_version, flags->reason});
                           }});
    });
    auto* confirming = add(*resume, "confirm", "confirm what somebody else proposed", flags);
    confirming->add_option("--proposal", flags->proposal, "its number; without it the open one");
    confirming->callback([&context, flags] {
        run_verb(context, {flags->march, flags->proposal == 0,
                           [&](const sdk::March& march) { return confirm(march, flags->proposal); }});
    });
}

void add_confirm(CLI::App& app, Context& context) {
    const auto flags = std::make_shared<PhaseFlags>();
    auto* confirming = add(app, "confirm", "do what another person proposed", flags);
    confirming->add_option("proposal", flags->proposal, "its number, as the ops feed tells it")->required();
    confirming->add_option("--typed-name", flags->typed_name,
                           "when it closes the march: the march's name, typed again");
    confirming->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) {
                               return Made(sdk::ConfirmProposal{flags->proposal, flags->typed_name});
                           }});
    });
}

Made reschedule(const sdk::March& march, const PhaseFlags& flags) {
    const auto plan = plan_of(flags.phases, march.tz);
    if (!plan) return plan.error();
    sdk::Reschedule wish{{}, march.spec_version};
    for (const core::PlannedPhase& step : *plan) {
        wish.plan.push_back({static_cast<sdk::Phase>(step.phase), step.at.value});
    }
    return sdk::Command(std::move(wish));
}

Made move_venue(const sdk::March& march, const PhaseFlags& flags) {
    if (flags.lat.has_value() != flags.lon.has_value()) {
        return base::invalid("--lat", "Give --lat and --lon together.");
    }
    sdk::MoveVenue wish{flags.venue, std::nullopt, march.spec_version};
    if (flags.lat) wish.site = sdk::LatLon{*flags.lat, *flags.lon};
    return sdk::Command(std::move(wish));
}

/// Each tells everybody who has confirmed or is there.
void add_changes_of_plan(CLI::App& app, Context& context) {
    const auto flags = std::make_shared<PhaseFlags>();
    auto* postpone = add(app, "postpone", "put the march off: it does not begin as planned", flags);
    postpone->add_option("--reason", flags->reason, "for staff")->required();
    postpone->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return Made(sdk::Postpone{march.phase_version, flags->reason});
                           }});
    });
    auto* cancel = add(app, "cancel", "the march does not take place; nothing follows", flags);
    cancel->add_option("--reason", flags->reason, "for staff")->required();
    cancel->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return Made(sdk::Cancel{march.phase_version, flags->reason});
                           }});
    });
    auto* rescheduling = add(app, "reschedule", "give the march another plan", flags);
    rescheduling->add_option("--phase", flags->phases, plan_help)->required();
    rescheduling->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) { return reschedule(march, *flags); }});
    });
    auto* moving = add(app, "move-venue", "the march meets elsewhere", flags);
    moving->add_option("venue", flags->venue, "where")->required();
    moving->add_option("--lat", flags->lat, "of the new place");
    moving->add_option("--lon", flags->lon, "of the new place; negative in America");
    moving->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) { return move_venue(march, *flags); }});
    });
}

}  // namespace

void add_phase(CLI::App& app, Context& context) {
    const auto flags = std::make_shared<PhaseFlags>();
    auto* phase = add(app, "phase", "advance the march to its next phase", flags);
    phase->add_option("to", flags->to, "assembling, marching, rally, call-to-action, dispersing, closed, ...")
        ->required();
    phase->add_option("--typed-name", flags->typed_name, "to close: the march's name, typed again");
    phase->callback([&context, flags] {
        const auto to = sdk::phase_named(flags->to);
        if (!to) return report(context, base::invalid("to", "There is no such phase."));
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return Made(sdk::AdvancePhase{*to, march.phase_version, flags->typed_name});
                           }});
    });
    auto* hold = add(app, "hold", "hold the march where it is", flags);
    hold->add_option("--reason", flags->reason, "for staff")->required();
    hold->add_option("--sentence", flags->sentence, "what the public reads");
    hold->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) {
                               return Made(sdk::Hold{march.phase_version, flags->reason, flags->sentence});
                           }});
    });
    auto* release = add(app, "release", "let a held march go on", flags);
    release->callback([&context, flags] {
        run_verb(context,
                 {flags->march, true, [](const sdk::March& march) { return Made(sdk::Release{march.phase_version}); }});
    });
    auto* stop = add(app, "stop", "stop the march; two persons are needed to go on", flags);
    stop->add_option("--reason", flags->reason, "for staff")->required();
    stop->add_option("--sentence", flags->sentence, "what the public reads");
    stop->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) {
                               return Made(sdk::Stop{flags->reason, flags->sentence});
                           }});
    });
    add_changes_of_plan(app, context);
    add_resume(app, context);
    add_confirm(app, context);
}

}  // namespace marchwire::cli
