// `marchwire march create|set|drill|show`: one city's event.
#include "admin_client.hpp"
#include "import/host_command.hpp"
#include "import/import_plan.hpp"
#include "import/local_time.hpp"
#include "import/place_check.hpp"
#include "plan_text.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct MarchFlags {
    std::string log;
    std::optional<std::string> city, state, venue, tz, kind, source;
    std::optional<double> lat, lon;
    std::vector<std::string> phases;  // NAME=LOCAL
    std::uint32_t sections = 0;
};

/// Puts what was given over `spec`; refuses what no march can be.
base::Result<void> lay_over(const MarchFlags& flags, core::MarchSpec& spec) {
    if (flags.city) spec.city = *flags.city;
    if (flags.state) spec.state = *flags.state;
    if (flags.venue) spec.venue = *flags.venue;
    if (flags.source) spec.source = *flags.source;
    if (flags.tz) spec.tz = *flags.tz;
    if (auto zone = import::check_zone(spec.tz); !zone) return base::invalid("--tz", zone.error().message);
    if (flags.kind) {
        const auto kind = core::march_kind_named(*flags.kind);
        if (!kind) return base::invalid("--kind", "Write in_person or virtual.");
        spec.kind = *kind;
    }
    if (flags.lat.has_value() != flags.lon.has_value()) {
        return base::invalid("--lat", "Give --lat and --lon together.");
    }
    if (flags.lat) spec.site = core::LatLon{*flags.lat, *flags.lon};
    if (flags.phases.empty()) return {};
    auto plan = plan_of(flags.phases, spec.tz);
    if (!plan) return plan.error();
    spec.plan = *std::move(plan);
    return {};
}

void doubt_place(Context& context, const core::MarchSpec& spec) {
    if (!spec.site) return;
    const core::UtcMs first = spec.plan.empty() ? core::UtcMs{} : spec.plan.front().at;
    if (const auto objection = import::object_to_place(spec.state, spec.tz, *spec.site, first)) {
        context.err << "warning, " << objection->column << ": " << objection->message << "\n";
    }
}

enum class Occasion { real, drill };

void create(Context& context, const MarchFlags& flags, Occasion occasion) {
    const auto log = base::LogId::parse(flags.log);
    if (!log) return report(context, log.error());
    core::MarchSpec spec;
    spec.drill = occasion == Occasion::drill;
    if (auto fine = lay_over(flags, spec); !fine) return report(context, fine.error());
    doubt_place(context, spec);
    AdminClient admin(context.data);
    const auto answer = admin.command(flags.log,
                                      import::command_json({*log, {}, core::CreateMarch{spec, 0, flags.sections}}));
    if (!answer) return report(context, answer.error());
    print(context, {{"ok", true}, {"log", flags.log}, {"drill", spec.drill}}, "created " + flags.log + "\n");
}

void set(Context& context, const MarchFlags& flags) {
    const auto log = base::LogId::parse(flags.log);
    if (!log) return report(context, log.error());
    AdminClient admin(context.data);
    const auto state = admin.state(flags.log);
    if (!state) return report(context, state.error());
    auto march = import::read_march_state(*state);
    if (!march) return report(context, march.error());
    const core::MarchSpec before = march->spec;
    if (auto fine = lay_over(flags, march->spec); !fine) return report(context, fine.error());
    doubt_place(context, march->spec);
    std::vector<import::HostBody> wishes = import::spec_changes(before, march->spec_version, march->spec);
    if (flags.sections != 0) wishes.emplace_back(core::SetSections{flags.sections});
    for (import::HostBody& wish : wishes) {
        const auto answer = admin.command(flags.log, import::command_json({*log, {}, std::move(wish)}));
        if (!answer) return report(context, answer.error());
    }
    print(context, {{"ok", true}, {"log", flags.log}, {"commands", wishes.size()}},
          wishes.empty() ? "nothing to change\n" : "changed " + flags.log + "\n");
}

void show(Context& context, const MarchFlags& flags) {
    AdminClient admin(context.data);
    const auto state = admin.state(flags.log);
    if (!state) return report(context, state.error());
    const Json json = Json::parse(*state);
    print(context, {{"ok", true}, {"state", json}}, json.dump(2) + "\n");
}

void add_flags(CLI::App* verb, const std::shared_ptr<MarchFlags>& flags) {
    verb->add_option("march", flags->log, "CAMPAIGN/MARCH, such as flag-day-2018/st-louis-mo")->required();
    verb->add_option("--city", flags->city);
    verb->add_option("--state", flags->state, "two letters");
    verb->add_option("--venue", flags->venue);
    verb->add_option("--tz", flags->tz, "IANA zone, such as America/Chicago");
    verb->add_option("--lat", flags->lat, "of the site");
    verb->add_option("--lon", flags->lon, "of the site; negative in America");
    verb->add_option("--kind", flags->kind, "in_person (default) or virtual");
    verb->add_option("--source", flags->source, "where the plan was taken from");
    verb->add_option("--phase", flags->phases, plan_help);
    verb->add_option("--sections", flags->sections);
}

}  // namespace

void add_march(CLI::App& app, Context& context) {
    auto* march = app.add_subcommand("march", "one city's event");
    march->require_subcommand(1);
    const auto flags = std::make_shared<MarchFlags>();
    auto* creating = march->add_subcommand("create", "make a march");
    add_flags(creating, flags);
    creating->callback([&context, flags] { create(context, *flags, Occasion::real); });
    auto* drilling = march->add_subcommand("drill", "make a march that is a drill: absent from public and overview");
    add_flags(drilling, flags);
    drilling->callback([&context, flags] { create(context, *flags, Occasion::drill); });
    auto* setting = march->add_subcommand("set", "change what is given, keep the rest");
    add_flags(setting, flags);
    setting->callback([&context, flags] { set(context, *flags); });
    auto* showing = march->add_subcommand("show", "the march as staff see it");
    showing->add_option("march", flags->log)->required();
    showing->callback([&context, flags] { show(context, *flags); });
}

}  // namespace marchwire::cli
