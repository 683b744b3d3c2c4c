// `marchwire redeem`: this terminal becomes the device of whoever was invited.
#include "device_file.hpp"
#include "person_link.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>

namespace marchwire::cli {
namespace {

struct RedeemFlags {
    std::string invite;
    std::string server;
    std::string campaign;
    std::string file;
    std::string pin;
    std::string duress_pin;
};

/// The key is kept before the server is asked: should the answer be lost, the same device asks again.
base::Result<DeviceFile> device_for(const std::string& pending) {
    if (std::filesystem::exists(pending)) return read_device(pending);
    DeviceFile fresh{"", sdk::DeviceKey::generate()};
    if (const auto kept = write_device(pending, fresh); !kept) return kept.error();
    return fresh;
}

void redeem(Context& context, const RedeemFlags& flags) {
    if (std::filesystem::exists(flags.file)) {
        return report(context, base::refuse(base::RefusalCode::conflict, flags.file,
                                            "A device lies there: name another file for this one."));
    }
    const std::string pending = flags.file + ".pending";
    auto device = device_for(pending);
    if (!device) return report(context, device.error());
    sdk::Invitation invitation;
    const bool is_link = flags.invite.find('#') != std::string::npos || flags.invite.find('.') != std::string::npos;
    (is_link ? invitation.link : invitation.code) = flags.invite;
    invitation.url = flags.server;
    invitation.ca_file = context.ca;
    invitation.campaign = flags.campaign;
    invitation.pin = flags.pin;
    invitation.duress_pin = flags.duress_pin;
    const sdk::Redeemed redeemed = sdk::redeem(invitation, device->key);
    if (const auto* error = std::get_if<sdk::Error>(&redeemed)) return report(context, refusal_of(*error));
    const auto& came_in = std::get<sdk::CameIn>(redeemed);
    device->token = came_in.token;
    if (const auto written = write_device(flags.file, *device); !written) return report(context, written.error());
    std::filesystem::remove(pending);
    std::string text = "You are in: --device " + flags.file + " says who you are. Keep it to yourself.\n";
    if (!flags.pin.empty() && !came_in.pin_set) text += "The PIN was not taken: you have one, or need none.\n";
    print(context, {{"ok", true}, {"device", flags.file}, {"pin_set", came_in.pin_set}}, text);
}

}  // namespace

void add_redeem(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("redeem", "make this terminal the device of an invite");
    const auto flags = std::make_shared<RedeemFlags>();
    verb->add_option("invite", flags->invite, "the link, or the code as it was told: 17-K7QF-M2PX")->required();
    verb->add_option("--server", flags->server, "with a code: the server's address, https://march.example.org");
    verb->add_option("--campaign", flags->campaign, "with a code, where the server has several");
    verb->add_option("--into", flags->file, "the file that becomes the device")->required();
    verb->add_option("--pin", flags->pin, "by what your cry for help is cancelled: 4 to 8 digits");
    verb->add_option("--duress-pin", flags->duress_pin,
                     "another, for when you are forced: it seems to cancel, and your leads know better")
        ->needs("--pin");
    verb->callback([&context, flags] { redeem(context, *flags); });
}

}  // namespace marchwire::cli
