// `marchwire sos|count|alert|policy`: cries for help, counts of people, and the alerts that both raise.
#include "person_link.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>

namespace marchwire::cli {
namespace {

using Made = base::Result<sdk::Command>;
constexpr auto about_march = "CAMPAIGN/MARCH; without it the one that your token is for";

struct CountFlags {
    std::string march;
    std::string method = "estimate";
    std::uint32_t value = 0;
    std::optional<std::uint32_t> low, high;
    std::uint32_t section = 0;
    double density = 0;
};

Made count(const CountFlags& flags) {
    constexpr double per_ten_square_metres = 10;
    const auto method = sdk::count_method_named(flags.method);
    if (!method) return base::invalid("--method", "Say estimate, clicker, grid or photo.");
    sdk::ReportCount wish;
    wish.method = *method;
    wish.value = flags.value;
    wish.low = flags.low.value_or(flags.value);
    wish.high = flags.high.value_or(flags.value);
    wish.section = flags.section;
    wish.density_per_10_m2 = static_cast<std::uint32_t>(flags.density * per_ten_square_metres + 0.5);
    return sdk::Command(wish);
}

void add_count(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("count", "tell how many people are there, or how close they stand");
    const auto flags = std::make_shared<CountFlags>();
    verb->add_option("--march", flags->march, about_march);
    verb->add_option("--value", flags->value, "people, as you think most likely");
    verb->add_option("--low", flags->low, "at least; without it the value");
    verb->add_option("--high", flags->high, "at most; without it the value");
    verb->add_option("--method", flags->method, "estimate, clicker, grid, photo")->capture_default_str();
    verb->add_option("--section", flags->section, "of this section only; without it the whole march");
    verb->add_option("--density", flags->density, "people per square metre")->check(CLI::Range(0.1, 15.0));
    verb->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) { return count(*flags); }});
    });
}

struct AlertFlags {
    std::string march;
    std::string kind;
    std::string subject;
    std::string reason;
};

/// The open alert that is meant: of the only one of its kind the subject need not be told.
base::Result<sdk::Alert> alert_meant(const sdk::March& march, const AlertFlags& flags) {
    const auto kind = sdk::alert_kind_named(flags.kind);
    if (!kind) return base::invalid("kind", "There is no such alert; write it as `watch` does.");
    std::optional<std::uint64_t> subject;
    if (!flags.subject.empty() && sdk::is_about_person(*kind)) {
        const auto person = called(march, flags.subject, "--of");
        if (!person) return person.error();
        subject = person->person;
    } else if (!flags.subject.empty()) {
        std::uint64_t number = 0;
        if (!CLI::detail::lexical_cast(flags.subject, number)) {
            return base::invalid("--of", "Give the number of the section or the order, or as the ops feed has it.");
        }
        subject = number;
    }
    const auto is_meant = [&](const sdk::Alert& alert) {
        const std::uint64_t about = alert.number != 0 ? alert.number : alert.subject;
        return alert.kind == *kind && (!subject || about == *subject);
    };
    const auto open = std::ranges::count_if(march.alerts, is_meant);
    if (open == 1) return *std::ranges::find_if(march.alerts, is_meant);
    if (open == 0) return base::refuse(base::RefusalCode::not_found, "kind", "No such alert is open.");
    return base::invalid("--of", "Several of these are open: say whose you mean.");
}

void add_alert(CLI::App& app, Context& context) {
    auto* alert = app.add_subcommand("alert", "take an alert, or end it");
    alert->require_subcommand(1);
    const auto flags = std::make_shared<AlertFlags>();
    const auto add = [&](const std::string& name, const std::string& about) {
        auto* verb = alert->add_subcommand(name, about);
        verb->add_option("kind", flags->kind, "checkin_missed, sos_unowned, ...")->required();
        verb->add_option("--of", flags->subject,
                         "callsign, or number of the section or order; not needed for the only one");
        verb->add_option("--march", flags->march, about_march);
        return verb;
    };
    add("ack", "it is yours from now on")->callback([&context, flags] {
        run_verb(context,
                 {flags->march, true, [&](const sdk::March& march) -> Made {
                      const auto meant = alert_meant(march, *flags);
                      if (!meant) return meant.error();
                      return sdk::Command(sdk::AckAlert{meant->kind, meant->subject, meant->version, meant->number});
                  }});
    });
    auto* clearing = add("clear", "it is over");
    clearing->add_option("--reason", flags->reason, "what you found")->required();
    clearing->callback([&context, flags] {
        run_verb(context, {flags->march, true, [&](const sdk::March& march) -> Made {
                               const auto meant = alert_meant(march, *flags);
                               if (!meant) return meant.error();
                               return sdk::Command(sdk::ClearAlert{meant->kind, meant->subject, meant->version,
                                                                   flags->reason, meant->number});
                           }});
    });
}

struct SosFlags {
    std::string march;
    std::string pin;
    std::string duress_pin;
};

void add_sos(CLI::App& app, Context& context) {
    auto* sos = app.add_subcommand("sos", "call for help: your buddy and section are told at once");
    const auto flags = std::make_shared<SosFlags>();
    sos->add_option("--march", flags->march, about_march);
    sos->require_subcommand(0, 1);
    auto* cancel = sos->add_subcommand("cancel", "it is over: by your PIN, three tries");
    cancel->add_option("pin", flags->pin, "as you chose it when you came in")->required();
    cancel->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) { return Made(sdk::CancelSos{flags->pin}); }});
    });
    auto* pin = sos->add_subcommand("pin", "choose by what you cancel it, where you chose none when you came in");
    pin->add_option("pin", flags->pin, "4 to 8 digits")->required();
    pin->add_option("--duress-pin", flags->duress_pin, "another, for when you are forced");
    pin->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) {
                               return Made(sdk::SetSosPin{flags->pin, flags->duress_pin});
                           }});
    });
    sos->callback([&context, flags, sos] {
        if (!sos->get_subcommands().empty()) return;
        run_verb(context, {flags->march, false, [](const sdk::March&) { return Made(sdk::RaiseSos{}); }});
    });
}

void add_policy(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("policy", "which alerts the march raises");
    const auto march = std::make_shared<std::string>();
    const auto preset = std::make_shared<std::string>();
    verb->add_option("preset", *preset, "small, standard, large, or by-size: as large as the roster is")->required();
    verb->add_option("--march", *march, about_march);
    verb->callback([&context, march, preset] {
        run_verb(context, {*march, false, [&](const sdk::March&) -> Made {
                               if (*preset == "by-size") return sdk::Command(sdk::SetPolicy{});
                               const auto named = sdk::alert_preset_named(*preset);
                               if (!named) return base::invalid("preset", "Say small, standard, large or by-size.");
                               return sdk::Command(sdk::SetPolicy{*named});
                           }});
    });
}

}  // namespace

void add_safety(CLI::App& app, Context& context) {
    add_sos(app, context);
    add_count(app, context);
    add_alert(app, context);
    add_policy(app, context);
}

}  // namespace marchwire::cli
