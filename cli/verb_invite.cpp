// `marchwire invite`: the host brings people in. A link and a code are printed once, here.
#include "admin_client.hpp"
#include "base/ids.hpp"
#include "qr_code.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
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
    std::string csv;
    std::string sheet;
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

/// What stands in one cell of a table.
std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char one : text) quoted += one == '"' ? std::string("\"\"") : std::string(1, one);
    return quoted + "\"";
}

std::string html(const std::string& text) {
    std::string safe;
    for (const char one : text) {
        safe += one == '<'   ? "&lt;"
                : one == '>' ? "&gt;"
                : one == '&' ? "&amp;"
                : one == '"' ? "&quot;"
                             : std::string(1, one);
    }
    return safe;
}

constexpr const char* sheet_head = R"(<!doctype html><html lang="en"><meta charset="utf-8"><title>Invites</title><style>
body{font:14pt sans-serif;margin:1cm}section{display:inline-block;width:8cm;margin:2mm;padding:4mm;border:1px dashed #000;
break-inside:avoid;text-align:center}svg{width:6cm;height:6cm}b{font-size:18pt;display:block}code{font-size:16pt}
</style>)";

/// Everybody of the roster who has no way in yet: a table of links, and a sheet to cut.
class InviteAll {
public:
    InviteAll(Context& context, const InviteFlags& flags, base::LogId march)
        : context_(context), flags_(flags), march_(std::move(march)), admin_(context.data) {}

    void run() {
        const auto state = admin_.state(march_.text());
        if (!state) return report(context_, state.error());
        const auto campaign = admin_.state(march_.campaign_log().text());
        if (!campaign) return report(context_, campaign.error());
        const Json access = Json::parse(*campaign);
        std::string table = "callsign,role,section,link,code\n";
        std::string sheet = sheet_head;
        std::size_t invited = 0;
        for (const Json& member : Json::parse(*state).value("roster", Json::array())) {
            if (member.value("noPhone", false) || has_way_in(access, member.value("person", ""))) continue;
            if (!invite(member, table, sheet)) return;
            ++invited;
        }
        for (const auto& [path, text] : {std::pair(flags_.csv, table), std::pair(flags_.sheet, sheet)}) {
            if (path.empty()) continue;
            const auto written = write_private_file(path, text, Existing::replaced);
            if (!written) return report(context_, written.error());
        }
        print(context_, {{"ok", true}, {"invited", invited}}, "invited " + std::to_string(invited) + "\n");
        if (!context_.json)
            context_.err << "Each opens one device, once: keep the files to yourself, then delete them.\n";
    }

private:
    static bool has_way_in(const Json& access, const std::string& person) {
        const auto is_of = [&](const Json& one) { return one.value("person", "") == person; };
        const Json tokens = access.value("tokens", Json::array());
        const Json invites = access.value("invites", Json::array());
        return std::ranges::any_of(tokens,
                                   [&](const Json& one) { return is_of(one) && !one.value("revoked", false); }) ||
               std::ranges::any_of(invites, [&](const Json& one) {
                   const std::string state = one.value("state", "");
                   return is_of(one) && (state == "INVITE_OPEN" || state == "INVITE_UNCONFIRMED");
               });
    }

    bool invite(const Json& member, std::string& table, std::string& sheet) {
        const std::string callsign = member.value("callsign", "");
        const auto answer = admin_.ask({{"verb", "invite_member"},
                                        {"campaign", march_.campaign.text()},
                                        {"march", march_.march.text()},
                                        {"callsign", callsign},
                                        {"expires_ms", expires_of(flags_)}});
        if (!answer) {
            report(context_, answer.error());
            return false;
        }
        const std::string link = answer->value("link", "");
        const std::string code = answer->value("code", "");
        const std::string role = lower_case(member.value("role", ""));
        const std::string section = std::to_string(member.value("section", 0U));
        table += cell(callsign) + "," + role + "," + section + "," + cell(link) + "," + code + "\n";
        const auto qr = QrCode::of(link);
        if (!qr) {
            report(context_, qr.error());
            return false;
        }
        sheet += "<section><b>" + html(callsign) + "</b>" + html(role) + ", section " + section + qr->svg() + "<code>" +
                 code + "</code></section>\n";
        return true;
    }

    Context& context_;
    const InviteFlags& flags_;
    base::LogId march_;
    AdminClient admin_;
};

void list(Context& context, const InviteFlags& flags) {
    AdminClient admin(context.data);
    const auto answer = admin.ask({{"verb", "invite_list"}, {"campaign", flags.scope}});
    if (!answer) return report(context, answer.error());
    std::string text;
    for (const Json& invite : answer->value("invites", Json::array())) {
        constexpr std::size_t prefix = std::string_view("INVITE_").size();
        text += std::to_string(invite.value("number", 0U)) + "\t" +
                lower_case(invite.value("state", "INVITE_OPEN").substr(prefix)) + "\t" +
                lower_case(invite.value("role", "")) + "\t" + invite.value("march", "") + "\t" +
                invite.value("callsign", "") + "\n";
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
}

void add_pictures(CLI::App& verb, const std::shared_ptr<InviteFlags>& flags) {
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
    add_pictures(*creating, flags);
    creating->callback([&context, flags] { create(context, *flags); });

    const auto numbered = [&](const char* name, const char* help) {
        auto* verb = invite->add_subcommand(name, help);
        verb->add_option("campaign", flags->scope)->required();
        verb->add_option("number", flags->number, "as list shows it")->required();
        return verb;
    };
    auto* renewing = numbered("again", "the same person once more: shuts out the devices that they have");
    add_life(*renewing, flags);
    add_pictures(*renewing, flags);
    renewing->callback([&context, flags] { again(context, *flags); });
    numbered("revoke", "take an invite back")->callback([&context, flags] {
        change(context, *flags, "revokeInvite", "revoked");
    });
    numbered("confirm", "let a lead in whom another one has invited")->callback([&context, flags] {
        change(context, *flags, "confirmInvite", "confirmed");
    });
    auto* everybody = invite->add_subcommand("all", "everybody of a march's roster who has no way in yet");
    everybody->add_option("march", flags->scope, "CAMPAIGN/MARCH")->required();
    everybody->add_option("--csv", flags->csv, "write a table of links and codes there");
    everybody->add_option("--sheet", flags->sheet, "write a page to print and cut there");
    add_life(*everybody, flags);
    everybody->callback([&context, flags] {
        const auto march = base::LogId::parse(flags->scope);
        if (!march || march->is_campaign()) {
            return report(context, base::invalid("march", "Name campaign and march, as in flag-day-2018/st-louis-mo."));
        }
        if (flags->csv.empty() && flags->sheet.empty()) {
            return report(context,
                          base::invalid("--csv", "Say where links go, by --csv or --sheet: they are shown once."));
        }
        InviteAll(context, *flags, *march).run();
    });
    auto* listing = invite->add_subcommand("list", "all invites of a campaign, without what opens them");
    listing->add_option("campaign", flags->scope)->required();
    listing->callback([&context, flags] { list(context, *flags); });
}

}  // namespace marchwire::cli
