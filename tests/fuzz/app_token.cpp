// Tokens of apps as strangers give them: whole ones, and payloads and headers behind a right signature, where an app's
// backend is wrong or bent. What is believed is within what its issuer may say.
#include "access/app_token.hpp"

#include "access/flat_json.hpp"
#include "base/limits.hpp"

#include "../support/app_key.hpp"
#include "support/must.hpp"

#include <nlohmann/json.hpp>

using marchwire::test::must;

namespace {

// access is a call of the system.
namespace ticket = marchwire::access;
namespace base = marchwire::base;

constexpr base::UtcMs noon{1'800'000'000'000};

const marchwire::test::AppSigner& signer() {
    static const marchwire::test::AppSigner one(1);
    return one;
}

const std::vector<base::Issuer>& issuers() {
    static const std::vector<base::Issuer> all{
        {"city-app", "our-marches", {base::LogId::parse("flag-day").value()}, {signer().key("k1")}}};
    return all;
}

/// True when it was believed.
bool check(const std::string& token) {
    const auto claims = ticket::read_app_token(token, issuers(), noon);
    if (!claims) {
        must(!claims.error().message.empty());
        return false;
    }
    must(token.size() <= base::limits::app_token_bytes);
    must(claims->issuer == "city-app" && claims->audience == "our-marches");
    must(!claims->march.is_campaign() && claims->march.campaign.text() == "flag-day" && !claims->subject.empty());
    must(noon < claims->expires_at &&
         claims->expires_at <= noon + base::limits::app_token_life + base::limits::app_token_leeway);
    return true;
}

void check_json(const std::string& text) {
    const auto flat = ticket::FlatJson::parse(text);
    if (!flat) return;
    const auto json = nlohmann::json::parse(text, nullptr, false);
    must(json.is_object() && json.size() == flat->names().size());
    for (const auto& [name, value] : json.items()) {
        must(value.is_string() ? flat->text(name) == value.get<std::string>()
                               : flat->number(name) == value.get<std::int64_t>());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = marchwire::test::bytes_of(data, size);
    check_json(text);
    // A whole token that is believed is one of ours: nobody finds a signature.
    (void)check(text);
    (void)check(signer().token(R"({"alg":"EdDSA","kid":"k1"})", text));
    const std::string
        payload = R"({"iss":"city-app","aud":"our-marches","march":"flag-day/a","sub":"b","exp":1800000300})";
    (void)check(signer().token(text, payload));
    must(check(signer().token(R"({"alg":"EdDSA","kid":"k1"})", payload)));
    return 0;
}
