// `marchwire invite`: the host brings people in. A link and a code are printed once, here.
#include "admin_client.hpp"
#include "base/ids.hpp"
#include "qr_code.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <fstream>
#include <memory>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct InviteFlags {
    std::string scope;  // campaign or campaign/march
    std::string role;
    std::string callsign;
    std::uint32_t section = 0;
    std::uint32_t hours = 0;
    bool walk_up = false;
    bool second_device = false;
    std::uint32_t number = 0;
    std::string png;
    std::string svg;
};

constexpr int walk_up_minutes = 30;  // DESIGN 10

/// 0: the server says, which knows the march's day.
std::int64_t expires_of(const InviteFlags& flags) {
    if (flags.hours == 0 && !flags.walk_up) return 0;
    const auto life = flags.walk_up ? std::chrono::minutes(walk_up_minutes) : std::chrono::hours(flags.hours);
    const auto at = std::chrono::system_clock::now() + life;
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

void show(Context& context, const InviteFlags& flags, Json answer) {
    const std::string link = answer.value("link", "");
    const auto code = QrCode::of(link);
    if (!code) return report(context, code.error());
    if (!flags.png.empty()) {
        if (const auto written = code->write_png(flags.png); !written) return report(context, written.error());
    }
    if (!flags.svg.empty() && !(std::ofstream(flags.svg) << code->svg())) {
        return report(context, base::refuse(base::RefusalCode::unavailable, flags.svg,
                                            "This file cannot be written: look at its directory."));
    }
    answer["ok"] = true;
    print(context, answer, code->terminal() + link + "\nto be spoken: " + answer.value("code", "") + "\n");
    if (!context.json) context.err << "Shown this once, good for one device; hand it over in person.\n";
}

void create(Context& context, const InviteFlags& flags) {
    const auto scope = base::LogId::parse(flags.scope);
    if (!scope) return report(context, scope.error());
    AdminClient admin(context.data);
    auto answer = admin.ask({{"verb", "invite_create"},
                             {"campaign", scope->campaign.text()},
                             {"march", scope->march.text()},
                             {"role", flags.role},
                             {"callsign", flags.callsign},
                             {"section", flags.section},
                             {"second_device", flags.second_device},
                             {"expires_ms", expires_of(flags)}});
    if (!answer) return report(context, answer.error());
    show(context, flags, *std::move(answer));
}

void again(Context& context, const InviteFlags& flags) {
    AdminClient admin(context.data);
    auto answer = admin.ask({{"verb", "invite_again"},
                             {"campaign", flags.scope},
                             {"number", flags.number},
                             {"expires_ms", expires_of(flags)}});
    if (!answer) return report(context, answer.error());
    show(context, flags, *std::move(answer));
}

std::string lower(std::string text) {
    for (char& one : text) one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
    return text;
}

void list(Context& context, const InviteFlags& flags) {
    AdminClient admin(context.data);
    const auto answer = admin.ask({{"verb", "invite_list"}, {"campaign", flags.scope}});
    if (!answer) return report(context, answer.error());
    std::string text;
    for (const Json& invite : answer->value("invites", Json::array())) {
        constexpr std::size_t prefix = std::string_view("INVITE_").size();
        text += std::to_string(invite.value("number", 0U)) + "\t" +
                lower(invite.value("state", "INVITE_OPEN").substr(prefix)) + "\t" + lower(invite.value("role", "")) +
                "\t" + invite.value("march", "") + "\t" + invite.value("callsign", "") + "\n";
    }
    Json json = *answer;
    json["ok"] = true;
    print(context, json, text);
}

void change(Context& context, const InviteFlags& flags, const char* command, const char* done) {
    AdminClient admin(context.data);
    const auto answer = admin.ask(
        {{"verb", "command"}, {"log", flags.scope}, {"command", {{command, {{"number", flags.number}}}}}});
    if (!answer) return report(context, answer.error());
    print(context, {{"ok", true}, {"number", flags.number}},
          std::string(done) + " " + std::to_string(flags.number) + "\n");
}

void add_life(CLI::App& verb, const std::shared_ptr<InviteFlags>& flags) {
    auto* hours = verb.add_option("--hours", flags->hours, "good for so long (to the end of the march's day)");
    verb.add_flag("--walk-up", flags->walk_up, "somebody stands here: good for 30 minutes")->excludes(hours);
    verb.add_option("--png", flags->png, "write the QR code there");
    verb.add_option("--svg", flags->svg, "write the QR code there");
}

}  // namespace

void add_invite(CLI::App& app, Context& context) {
    auto* invite = app.add_subcommand("invite", "bring people in, each on one device");
    invite->require_subcommand(1);
    const auto flags = std::make_shared<InviteFlags>();
    auto* creating = invite->add_subcommand("create",
                                            "make a person, put them on the roster, print their link and code");
    creating->add_option("scope", flags->scope, "CAMPAIGN/MARCH, or CAMPAIGN for the national desk and auditors")
        ->required();
    creating->add_option("--role", flags->role, "city-lead, dispatcher, section-lead, head, side, tail, ...")
        ->required();
    creating->add_option("--callsign", flags->callsign, "as it is said on the air; no name")->required();
    creating->add_option("--section", flags->section);
    creating->add_flag("--second-device", flags->second_device, "their other devices stay in");
    add_life(*creating, flags);
    creating->callback([&context, flags] { create(context, *flags); });

    const auto numbered = [&](const char* name, const char* help) {
        auto* verb = invite->add_subcommand(name, help);
        verb->add_option("campaign", flags->scope)->required();
        verb->add_option("number", flags->number, "as list shows it")->required();
        return verb;
    };
    auto* renewing = numbered("again", "the same person once more: shuts out the devices that they have");
    add_life(*renewing, flags);
    renewing->callback([&context, flags] { again(context, *flags); });
    numbered("revoke", "take an invite back")->callback([&context, flags] {
        change(context, *flags, "revokeInvite", "revoked");
    });
    numbered("confirm", "let a lead in whom another one has invited")->callback([&context, flags] {
        change(context, *flags, "confirmInvite", "confirmed");
    });
    auto* listing = invite->add_subcommand("list", "all invites of a campaign, without what opens them");
    listing->add_option("campaign", flags->scope)->required();
    listing->callback([&context, flags] { list(context, *flags); });
}

}  // namespace marchwire::cli
