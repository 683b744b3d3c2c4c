// `marchwire token create|list|revoke`: who may speak as whom. A token is printed once, here. `sign` is in
// verb_token_sign.cpp.
#include "admin_client.hpp"
#include "base/ids.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct TokenFlags {
    std::string scope;  // campaign or campaign/march
    std::string role;
    std::string callsign;
    std::uint32_t section = 0;
    std::uint32_t days = 0;
    std::uint32_t number = 0;
    std::string reason;
    bool recover = false;
};

std::int64_t in_days(std::uint32_t days) {
    if (days == 0) return 0;
    const auto at = std::chrono::system_clock::now() + std::chrono::hours(24) * days;
    return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

void create(Context& context, const TokenFlags& flags) {
    const auto scope = base::LogId::parse(flags.scope);
    if (!scope) return report(context, scope.error());
    AdminClient admin(context.data);
    const auto answer = admin.ask({{"verb", "token_create"},
                                   {"campaign", scope->campaign.text()},
                                   {"march", scope->march.text()},
                                   {"role", flags.role},
                                   {"callsign", flags.callsign},
                                   {"section", flags.section},
                                   {"recover", flags.recover},
                                   {"expires_ms", in_days(flags.days)}});
    if (!answer) return report(context, answer.error());
    Json json = *answer;
    json["ok"] = true;
    const std::string token = json.value("token", "");
    print(context, json, token + "\n");
    if (context.json) return;
    context.err << "Shown this once; hand it over in person.\n";
    if (flags.recover) {
        context.err
            << "It lasts 24 hours: by then `marchwire access add-device`. Their other devices are void; the city's "
               "leads and the national desk are told.\n";
    }
}

void list(Context& context, const TokenFlags& flags) {
    AdminClient admin(context.data);
    const auto answer = admin.ask({{"verb", "token_list"}, {"campaign", flags.scope}});
    if (!answer) return report(context, answer.error());
    std::string text;
    for (const Json& token : answer->value("tokens", Json::array())) {
        text += std::to_string(token.value("number", 0U)) + "\t" + token.value("role", "") + "\t" +
                token.value("march", "") + "\t" + token.value("callsign", "") +
                (token.value("revoked", false) ? "\trevoked\n" : "\n");
    }
    Json json = *answer;
    json["ok"] = true;
    print(context, json, text);
}

void revoke(Context& context, const TokenFlags& flags) {
    AdminClient admin(context.data);
    const auto answer = admin.ask(
        {{"verb", "token_revoke"}, {"campaign", flags.scope}, {"number", flags.number}, {"reason", flags.reason}});
    if (!answer) return report(context, answer.error());
    print(context, {{"ok", true}, {"number", flags.number}}, "revoked " + std::to_string(flags.number) + "\n");
}

}  // namespace

void add_token(CLI::App& app, Context& context) {
    auto* token = app.add_subcommand("token", "who may speak as whom");
    token->require_subcommand(1);
    const auto flags = std::make_shared<TokenFlags>();
    auto* creating = token->add_subcommand("create", "make a person, put them on the roster, print their token once");
    creating->add_option("scope", flags->scope, "CAMPAIGN/MARCH, or CAMPAIGN for the national desk and auditors")
        ->required();
    creating->add_option("--role", flags->role, "city-lead, dispatcher, section-lead, head, side, tail, ...")
        ->required();
    creating->add_option("--callsign", flags->callsign, "as it is said on the air; no name")->required();
    creating->add_option("--section", flags->section);
    auto* days = creating->add_option("--days", flags->days,
                                      "valid so long by this host's clock; without it until revoked");
    creating
        ->add_flag("--recover", flags->recover,
                   "for a city lead who was in and has lost the phone: nobody confirms, all who lead are told")
        ->excludes(days);
    creating->callback([&context, flags] { create(context, *flags); });
    add_token_sign(*token, context);
    auto* listing = token->add_subcommand("list", "all tokens of a campaign, without their secrets");
    listing->add_option("campaign", flags->scope)->required();
    listing->callback([&context, flags] { list(context, *flags); });
    auto* revoking = token->add_subcommand("revoke", "end a token at once");
    revoking->add_option("campaign", flags->scope)->required();
    revoking->add_option("number", flags->number, "as list shows it")->required();
    revoking->add_option("--reason", flags->reason);
    revoking->callback([&context, flags] { revoke(context, *flags); });
}

}  // namespace marchwire::cli
