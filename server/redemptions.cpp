#include "redemptions.hpp"

#include "access/sos_pin.hpp"
#include "access/token.hpp"
#include "base/base64.hpp"
#include "base/limits.hpp"
#include "base/p256_key.hpp"

#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace marchwire {
namespace {

namespace limits = base::limits;
using Json = nlohmann::json;

unsigned status_of(base::RefusalCode code) {
    switch (code) {
        case base::RefusalCode::invalid_argument: return 400;
        case base::RefusalCode::unauthenticated: return 401;
        case base::RefusalCode::permission_denied: return 403;
        case base::RefusalCode::not_found: return 404;
        case base::RefusalCode::invalid_transition:
        case base::RefusalCode::conflict: return 409;
        case base::RefusalCode::expired: return 410;
        case base::RefusalCode::too_large: return 413;
        case base::RefusalCode::rate_limited: return 429;
        case base::RefusalCode::unavailable: return 503;
    }
    MARCHWIRE_INVARIANT(false);
}

session::PageAnswer page_of(unsigned status, const Json& json) {
    session::PageAnswer page;
    page.status = status;
    page.content_type = "application/json";
    page.body = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    page.cache_control = "no-store";
    return page;
}

session::PageAnswer page_of(const base::Refusal& refusal) {
    Json error{{"code", base::name_of(refusal.code)}, {"field", refusal.field}, {"message", refusal.message}};
    if (refusal.retry_after_ms != 0) error["retry_after_ms"] = refusal.retry_after_ms;
    return page_of(status_of(refusal.code), {{"error", std::move(error)}});
}

std::string text_in(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

core::Actor server_itself() {
    core::Actor actor;
    actor.role = core::Role::keeper;
    return actor;
}

}  // namespace

struct Redemptions::Asked {
    core::RedeemInvite wish;
    base::Slug campaign;
    std::optional<access::TypedCode> code;
    core::SetSosPin pins;  ///< as they were chosen; empty: none
    std::string token;
    std::function<void(net::RedeemRequest::Counted)> count_as_wrong;
    Done done;
};

Redemptions::Redemptions(Parts parts) : parts_(parts), rate_(limits::redeems_per_second, limits::redeems_burst) {}

void Redemptions::redeem(net::RedeemRequest request, Done done) {
    boost::asio::post(parts_.io, [this, request = std::move(request), done = std::move(done)] { read(request, done); });
}

void Redemptions::read(const net::RedeemRequest& request, Done done) {
    if (!rate_.take(base::machine_now())) {
        auto refusal = base::refuse(base::RefusalCode::rate_limited, "", "Many come in just now: try again shortly.");
        refusal.retry_after_ms = rate_.retry_after().value;
        return done(page_of(refusal));
    }
    const Json said = Json::parse(request.body, nullptr, false);
    if (!said.is_object())
        return done(page_of(base::invalid("", "Send one JSON object with link or code, and public_key.")));
    const auto asked = std::make_shared<Asked>();
    const auto key = base::from_base64(text_in(said, "public_key"));
    if (!key || !base::is_p256_point(*key)) {
        return done(page_of(base::invalid("public_key", "Send the device's P-256 key as 65 bytes of base64url.")));
    }
    asked->wish.public_key = *key;
    asked->count_as_wrong = request.count_as_wrong;
    asked->pins = {text_in(said, "pin"), text_in(said, "duress_pin")};
    if (!asked->pins.pin.empty() || !asked->pins.duress_pin.empty()) {
        if (const auto fits = access::check_pins(asked->pins); !fits) return done(page_of(fits.error()));
    }
    asked->done = std::move(done);
    if (const auto link = access::read_link(text_in(said, "link"))) {
        asked->campaign = link->campaign;
        asked->wish.number = link->number;
        asked->wish.secret_hash = access::hash_token(link->secret);
        return put(asked);
    }
    asked->code = access::read_code(text_in(said, "code"));
    if (!asked->code) {
        const char* field = said.contains("code") ? "code" : "link";
        return asked->done(page_of(base::invalid(
            field, "Open the whole link, or type the code as it was told: a number and eight letters, 17-K7QF-M2PX.")));
    }
    asked->wish.number = asked->code->number;
    const std::string campaign = text_in(said, "campaign");
    if (campaign.empty()) return find_campaign(asked);
    const auto slug = base::Slug::parse(campaign, "campaign");
    if (!slug) return asked->done(page_of(slug.error()));
    asked->campaign = *slug;
    put(asked);
}

void Redemptions::find_campaign(const AskedPtr& asked) {
    parts_.city.list([this, asked](const std::vector<base::LogId>& logs) {
        boost::asio::post(parts_.io, [this, asked, logs] {
            std::size_t campaigns = 0;
            for (const base::LogId& log : logs) {
                if (!log.is_campaign()) continue;
                ++campaigns;
                asked->campaign = log.campaign;
            }
            if (campaigns == 1) return put(asked);
            asked->done(page_of(base::invalid("campaign", "Say the campaign as well, as in flag-day-2018.")));
        });
    });
}

void Redemptions::put(const AskedPtr& asked) {
    asked->wish.code_is_right = asked->code && access::is_code(*asked->code, parts_.keys, asked->campaign);
    if (!asked->code || asked->wish.code_is_right) return ask_city(asked);
    // The campaign's log counts it as well, for the invite: that costs an entry.
    count_as_wrong(asked, [this, asked] { ask_city(asked); });
}

void Redemptions::ask_city(const AskedPtr& asked) {
    asked->token = access::new_token();
    asked->wish.token_hash = access::hash_token(asked->token);
    core::Command command;
    command.body = asked->wish;
    parts_.city.command({asked->campaign, {}}, std::move(command), server_itself(),
                        [this, asked](const base::Result<wire::Accepted>& outcome) { conclude(asked, outcome); });
}

void Redemptions::conclude(const AskedPtr& asked, const base::Result<wire::Accepted>& outcome) {
    if (!outcome) {
        const auto tell = [asked, refusal = outcome.error()] { asked->done(page_of(refusal)); };
        const bool wrong_link = !asked->code && outcome.error().code == base::RefusalCode::not_found;
        return wrong_link ? count_as_wrong(asked, tell) : tell();
    }
    // What was accepted may be that the code was wrong.
    if (outcome->made == 0) {
        return asked->done(
            page_of(base::refuse(base::RefusalCode::permission_denied, "code",
                                 "This code is wrong: listen again. After five wrong ones only the link opens it.")));
    }
    if (!asked->pins.pin.empty()) return set_pins(asked, outcome->come_in);
    asked->done(page_of(200, {{"token", asked->token}}));
}

void Redemptions::count_as_wrong(const AskedPtr& asked, std::function<void()> then) {
    asked->count_as_wrong([this, asked, then = std::move(then)](const std::optional<base::Refusal>& too_many) {
        boost::asio::post(parts_.io, [asked, then, too_many] {
            if (too_many) return asked->done(page_of(*too_many));
            then();
        });
    });
}

/// After the invite was found good: strangers make nobody hash. Where it fails the token is not told, and the same
/// device asks again.
void Redemptions::set_pins(const AskedPtr& asked, const std::optional<wire::ComeIn>& come_in) {
    const auto tell = [asked](bool is_set) {
        asked->done(page_of(200, {{"token", asked->token}, {"pin_set", is_set}}));
    };
    if (!come_in || come_in->march.empty()) return tell(false);
    parts_.pins.make(asked->pins, [this, asked, tell, come_in = *come_in](const base::Result<core::SosPin>& made) {
        if (!made) return asked->done(page_of(made.error()));
        core::SetSosPin wish;
        wish.made = *made;
        wish.made.person = come_in.person;
        wish.replaces = !come_in.second_device;
        core::Command command;
        command.body = std::move(wish);
        parts_.city.command({asked->campaign, come_in.march}, std::move(command), server_itself(),
                            [asked, tell](const base::Result<wire::Accepted>& outcome) {
                                const bool later = !outcome && outcome.error().code == base::RefusalCode::unavailable;
                                if (later) return asked->done(page_of(outcome.error()));
                                tell(outcome.has_value());
                            });
    });
}

}  // namespace marchwire
