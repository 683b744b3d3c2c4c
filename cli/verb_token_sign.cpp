// `marchwire token sign`: a short token of an embedding app, as its backend makes them.
#include "access/app_token.hpp"
#include "base/clock.hpp"
#include "base/limits.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>

namespace marchwire::cli {
namespace {

struct SignFlags {
    std::string key;
    std::string kid;
    std::string issuer;
    std::string audience;
    std::string march;
    std::string subject;
    std::uint64_t seconds = 600;
};

void sign(Context& context, const SignFlags& flags) {
    const auto march = base::LogId::parse(flags.march);
    if (!march) return report(context, march.error());
    if (march->is_campaign()) return report(context, base::invalid("--march", "Name one march: CAMPAIGN/MARCH."));
    const base::Millis lives = base::seconds(static_cast<std::int64_t>(flags.seconds));
    if (lives > base::limits::app_token_life) {
        return report(context, base::invalid("--for", "Servers take tokens of ten minutes at most."));
    }
    constexpr std::size_t pem_bytes = 4'096;
    const auto pem = read_file(flags.key, pem_bytes);
    if (!pem) return report(context, pem.error());
    const base::UtcMs now = base::SystemClock().now();
    const auto token = access::sign_app_token(*pem, flags.kid,
                                              {flags.issuer, flags.audience, *march, flags.subject, now, now + lives});
    if (!token) return report(context, base::invalid(flags.key, token.error().message));
    print(context, {{"ok", true}, {"token", *token}, {"expires_ms", (now + lives).value}}, *token + "\n");
}

}  // namespace

void add_token_sign(CLI::App& token, Context& context) {
    auto* signing = token.add_subcommand(
        "sign", "print a token as an embedding app's backend signs them (docs/EMBEDDING.md); no server is asked");
    const auto flags = std::make_shared<SignFlags>();
    signing->add_option("--key", flags->key, "the private key: `openssl genpkey -algorithm ed25519`")->required();
    signing->add_option("--kid", flags->kid, "its id in the server's file of issuers")->required();
    signing->add_option("--issuer", flags->issuer, "the app's name there")->required();
    signing->add_option("--audience", flags->audience, "what the app calls this installation, as it stands there")
        ->required();
    signing->add_option("--march", flags->march, "CAMPAIGN/MARCH")->required();
    signing->add_option("--sub", flags->subject, "a callsign of that march, or whoever only follows")->required();
    signing->add_option("--for", flags->seconds, "how long it lives: 90s, 10m (10m)")
        ->transform(CLI::AsNumberWithUnit(std::map<std::string, std::uint64_t>{{"s", 1}, {"m", 60}}));
    signing->callback([&context, flags] { sign(context, *flags); });
}

}  // namespace marchwire::cli
