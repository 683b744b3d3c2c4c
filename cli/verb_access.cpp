// `marchwire access`: a lead sees who may get in, lets them in and shuts them out; everybody adds a second device.
#include "item_text.hpp"
#include "person_link.hpp"
#include "qr_code.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct AccessFlags {
    std::string march;
    std::uint32_t number = 0;
    std::string reason;
};

/// Opens the link; empty when that was reported.
std::optional<sdk::Welcome> opened(Context& context, PersonLink& link) {
    const auto welcome = link.open();
    if (welcome) return *welcome;
    report(context, welcome.error());
    return std::nullopt;
}

std::string campaign_of(const sdk::Welcome& welcome) { return welcome.march.substr(0, welcome.march.find('/')); }

Json json_of(const sdk::PersonAccess& one) {
    Json devices = Json::array();
    for (const sdk::Device& device : one.devices) {
        devices.push_back({{"number", device.number}, {"role", sdk::name_of(device.role)}, {"invite", device.invite}});
    }
    Json invites = Json::array();
    for (const sdk::Invite& invite : one.invites) {
        invites.push_back({{"number", invite.number},
                           {"role", sdk::name_of(invite.role)},
                           {"state", sdk::name_of(invite.state)},
                           {"code", invite.code}});
    }
    return {{"person", one.person}, {"callsign", one.callsign}, {"devices", devices}, {"invites", invites}};
}

std::string text_of(const sdk::PersonAccess& one) {
    std::string text = one.callsign + "\n";
    for (const sdk::Device& device : one.devices) {
        text += "  device " + std::to_string(device.number) + "\t" + std::string(sdk::name_of(device.role)) + "\n";
    }
    for (const sdk::Invite& invite : one.invites) {
        text += "  invite " + std::to_string(invite.number) + "\t" + std::string(sdk::name_of(invite.role)) + "\t" +
                std::string(sdk::name_of(invite.state)) + (invite.code.empty() ? "" : "\t" + invite.code) + "\n";
    }
    return text;
}

void list(Context& context, const AccessFlags& flags) {
    PersonLink link(context);
    const auto welcome = opened(context, link);
    if (!welcome) return;
    const std::string log = flags.march.empty() ? welcome->march : flags.march;
    Json persons = Json::array();
    std::string text;
    sdk::PersonId from = 0;
    do {
        const auto access = link.access(log, from);
        if (!access) return report(context, access.error());
        for (const sdk::PersonAccess& one : access->persons) {
            persons.push_back(json_of(one));
            text += text_of(one);
        }
        from = access->next;
    } while (from != 0);
    print(context, {{"ok", true}, {"persons", persons}}, text);
}

void send(Context& context, const sdk::Command& command, const std::string& done) {
    PersonLink link(context);
    const auto welcome = opened(context, link);
    if (!welcome) return;
    const auto accepted = link.send(campaign_of(*welcome), command);
    if (!accepted) return report(context, accepted.error());
    print(context, {{"ok", true}}, done + "\n");
}

/// What stands before '/v1' of the address that this person speaks to, as phones open it.
std::string web_address(std::string url) {
    if (const auto path = url.find("/v1/"); path != std::string::npos) url.resize(path);
    return url.starts_with("wss://") ? "https://" + url.substr(6) : "http://" + url.substr(5);
}

void add_device(Context& context) {
    PersonLink link(context);
    const auto welcome = opened(context, link);
    if (!welcome) return;
    const std::string secret = sdk::new_secret();
    const sdk::UtcMs expires = welcome->server_time + std::chrono::milliseconds(std::chrono::minutes(29)).count();
    const std::string campaign = campaign_of(*welcome);
    const auto made = link.send(campaign, sdk::AddDevice{sdk::hash_of_secret(secret), expires});
    if (!made) return report(context, made.error());
    const std::string address = web_address(context.url) + "/m#" + campaign + "." + std::to_string(made->made) + "." +
                                secret;
    const auto code = QrCode::of(address);
    if (!code) return report(context, code.error());
    print(context, {{"ok", true}, {"link", address}, {"code", made->invite_code}, {"number", made->made}},
          code->terminal() + address + "\nto be spoken: " + made->invite_code + "\n");
}

}  // namespace

void add_access(CLI::App& app, Context& context) {
    auto* access = app.add_subcommand("access", "who may get in");
    access->require_subcommand(1);
    const auto flags = std::make_shared<AccessFlags>();
    auto* listing = access->add_subcommand("list", "persons of a march with their devices and open invites");
    listing->add_option("--march", flags->march, "CAMPAIGN/MARCH, or CAMPAIGN (what your token is for)");
    listing->callback([&context, flags] { list(context, *flags); });
    const auto numbered = [&](const char* name, const char* help) {
        auto* verb = access->add_subcommand(name, help);
        verb->add_option("number", flags->number, "as list shows it")->required();
        return verb;
    };
    numbered("confirm", "let a lead in whom another one has invited")->callback([&context, flags] {
        send(context, sdk::ConfirmInvite{flags->number}, "confirmed");
    });
    numbered("revoke-invite", "take an invite back")->callback([&context, flags] {
        send(context, sdk::RevokeInvite{flags->number}, "revoked");
    });
    auto* shutting = numbered("revoke-device", "shut a device out at once");
    shutting->add_option("--reason", flags->reason);
    shutting->callback([&context, flags] {
        send(context, sdk::RevokeDevice{flags->number, flags->reason}, "revoked");
    });
    access->add_subcommand("add-device", "a link for a second device of your own, good for half an hour")
        ->callback([&context] { add_device(context); });
}

}  // namespace marchwire::cli
