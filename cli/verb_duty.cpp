// `marchwire duty break|end|hand-over|take|decline`: what becomes of a duty.
#include "person_link.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace marchwire::cli {
namespace {

struct DutyFlags {
    std::string march;
    std::string of;
    std::string to;
};
using Flags = std::shared_ptr<DutyFlags>;
using Made = base::Result<sdk::Command>;

base::Result<sdk::Member> own_duty(const sdk::March& march) {
    if (march.self) return *march.self;
    return base::refuse(base::RefusalCode::not_found, "person",
                        "You are not on this march's roster; ask your lead to add you.");
}

Made hand_over(const sdk::March& march, const DutyFlags& flags) {
    const auto duty = flags.of.empty() ? own_duty(march) : called(march, flags.of, "--of");
    if (!duty) return duty.error();
    const auto taker = called(march, flags.to, "--to");
    if (!taker) return taker.error();
    return sdk::Command(sdk::HandOver{duty->person, duty->duty_version, taker->person});
}

Made answer(const sdk::March& march, const DutyFlags& flags, bool takes) {
    const auto duty = called(march, flags.of, "--of");
    if (!duty) return duty.error();
    return sdk::Command(sdk::AnswerHandOver{duty->person, duty->duty_version, takes});
}

using Make = std::function<Made(const sdk::March&, const DutyFlags&)>;

CLI::App* add(CLI::App& duty, Context& context, const Flags& flags, const std::string& name, const std::string& about,
              const Make& make) {
    auto* verb = duty.add_subcommand(name, about);
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    verb->callback([&context, flags, make] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) { return make(march, *flags); }});
    });
    return verb;
}

}  // namespace

void add_duty(CLI::App& app, Context& context) {
    auto* duty = app.add_subcommand("duty", "a break, the end, or somebody else for your duty");
    duty->require_subcommand(1);
    const auto flags = std::make_shared<DutyFlags>();
    add(*duty, context, flags, "break", "take a break; your next check-in ends it",
        [](const sdk::March& march, const DutyFlags&) -> Made {
            const auto self = own_duty(march);
            if (!self) return self.error();
            return sdk::Command(sdk::TakeBreak{self->duty_version});
        });
    add(*duty, context, flags, "end", "you leave for today", [](const sdk::March& march, const DutyFlags&) -> Made {
        const auto self = own_duty(march);
        if (!self) return self.error();
        return sdk::Command(sdk::EndDuty{self->duty_version});
    });
    auto* handing = add(*duty, context, flags, "hand-over", "ask somebody to take over; it lapses after five minutes",
                        hand_over);
    handing->add_option("--to", flags->to, "callsign of whoever takes over")->required();
    handing->add_option("--of", flags->of, "callsign of whose duty it is; without it yours");
    auto* taking = add(*duty, context, flags, "take", "take over a duty that was offered to you",
                       [](const sdk::March& march, const DutyFlags& given) { return answer(march, given, true); });
    taking->add_option("--of", flags->of, "callsign of who offers it")->required();
    auto* declining = add(*duty, context, flags, "decline", "do not take over what was offered to you",
                          [](const sdk::March& march, const DutyFlags& given) { return answer(march, given, false); });
    declining->add_option("--of", flags->of, "callsign of who offers it")->required();
}

}  // namespace marchwire::cli
