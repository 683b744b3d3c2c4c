// `marchwire campaign create|set|show|list`: a day of action as a whole.
#include "admin_client.hpp"
#include "import/host_command.hpp"
#include "verb.hpp"

#include <date/date.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>

namespace marchwire::cli {
namespace {

struct CampaignFlags {
    std::string slug;
    std::string name;
    std::string organiser;
    std::uint32_t wave = 0;
    bool drill = false;
};

void send(Context& context, const import::HostCommand& command, const char* done) {
    AdminClient admin(context.data);
    const auto answer = admin.command(command.log.text(), import::command_json(command));
    if (!answer) return report(context, answer.error());
    nlohmann::json json = *answer;
    json["ok"] = true;
    json["log"] = command.log.text();
    print(context, json, std::string(done) + " " + command.log.text() + "\n");
}

void create(Context& context, const CampaignFlags& flags) {
    const auto slug = base::Slug::parse(flags.slug, "campaign");
    if (!slug) return report(context, slug.error());
    core::CampaignSpec spec{flags.name.empty() ? flags.slug : flags.name, flags.organiser,
                            flags.wave == 0 ? 1 : flags.wave, flags.drill};
    send(context, {base::LogId{*slug, {}}, {}, core::CreateCampaign{spec, 0}}, "created");
}

void set(Context& context, const CampaignFlags& flags) {
    const auto slug = base::Slug::parse(flags.slug, "campaign");
    if (!slug) return report(context, slug.error());
    AdminClient admin(context.data);
    const auto state = admin.state(flags.slug);
    if (!state) return report(context, state.error());
    auto campaign = import::read_campaign_state(*state);
    if (!campaign) return report(context, campaign.error());
    if (!flags.name.empty()) campaign->spec.name = flags.name;
    if (!flags.organiser.empty()) campaign->spec.organiser = flags.organiser;
    if (flags.wave != 0) campaign->spec.wave = flags.wave;
    send(context, {base::LogId{*slug, {}}, {}, core::UpdateCampaign{campaign->spec, campaign->spec_version}},
         "changed");
}

nlohmann::json json_of(const core::ImportRecord& record) {
    if (record.number == 0) return nullptr;
    return {{"number", record.number}, {"file_sha256", record.file_sha256}, {"marches", record.marches},
            {"new", record.created},   {"changed", record.changed},         {"unchanged", record.unchanged},
            {"at_ms", record.at.value}};
}

std::string text_of(const core::ImportRecord& record) {
    if (record.number == 0) return "no file of marches is in";
    const std::chrono::milliseconds since_epoch(record.at.value);
    const date::sys_time<std::chrono::seconds> at(std::chrono::duration_cast<std::chrono::seconds>(since_epoch));
    return "imported " + date::format("%Y-%m-%dT%H:%M:%SZ", at) + ": " + std::to_string(record.marches) + " marches, " +
           std::to_string(record.created) + " new " + std::to_string(record.changed) + " changed " +
           std::to_string(record.unchanged) + " unchanged, SHA-256 " + record.file_sha256;
}

void list(Context& context) {
    AdminClient admin(context.data);
    const auto answer = admin.ask({{"verb", "list"}});
    if (!answer) return report(context, answer.error());
    std::string text;
    nlohmann::json json = *answer;
    json["ok"] = true;
    json["imports"] = nlohmann::json::object();
    for (const auto& name : answer->value("logs", nlohmann::json::array())) {
        const auto log = base::LogId::parse(name.get<std::string>());
        text += name.get<std::string>();
        if (log && log->is_campaign()) {
            const auto state = admin.state(log->text());
            if (!state) return report(context, state.error());
            const auto campaign = import::read_campaign_state(*state);
            if (!campaign) return report(context, campaign.error());
            json["imports"][log->text()] = json_of(campaign->last_import);
            text += "\t" + text_of(campaign->last_import);
        }
        text += "\n";
    }
    print(context, json, text);
}

void show(Context& context, const CampaignFlags& flags) {
    AdminClient admin(context.data);
    const auto state = admin.state(flags.slug);
    if (!state) return report(context, state.error());
    const auto campaign = import::read_campaign_state(*state);
    if (!campaign) return report(context, campaign.error());
    const auto& spec = campaign->spec;
    std::string text = flags.slug + ": " + spec.name + (spec.organiser.empty() ? "" : ", " + spec.organiser) +
                       ", wave " + std::to_string(spec.wave) + (spec.drill ? ", a drill" : "") + ", " +
                       std::to_string(campaign->marches.size()) + " marches\n" + text_of(campaign->last_import) + "\n";
    print(context, {{"ok", true}, {"state", nlohmann::json::parse(*state)}}, text);
}

}  // namespace

void add_campaign(CLI::App& app, Context& context) {
    auto* campaign = app.add_subcommand("campaign", "a day of action");
    campaign->require_subcommand(1);
    const auto flags = std::make_shared<CampaignFlags>();
    const auto add_flags = [&](CLI::App* verb) {
        verb->add_option("campaign", flags->slug, "its slug, such as flag-day-2018")->required();
        verb->add_option("--name", flags->name, "as people read it");
        verb->add_option("--organiser", flags->organiser);
        verb->add_option("--wave", flags->wave, "which of several days this is");
    };
    auto* creating = campaign->add_subcommand("create", "make a campaign");
    add_flags(creating);
    creating->add_flag("--drill", flags->drill, "absent from all public pages");
    creating->callback([&context, flags] { create(context, *flags); });
    auto* setting = campaign->add_subcommand("set", "change what is given, keep the rest");
    add_flags(setting);
    setting->callback([&context, flags] { set(context, *flags); });
    auto* showing = campaign->add_subcommand("show", "the campaign, and when its last import was in");
    showing->add_option("campaign", flags->slug)->required();
    showing->callback([&context, flags] { show(context, *flags); });
    campaign->add_subcommand("list", "all campaigns and marches of this server")->callback([&context] {
        list(context);
    });
}

}  // namespace marchwire::cli
