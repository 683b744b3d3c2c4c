// How a device shows that it holds its key: at Hello, and every limits::proof_life from then on.
#include "base/p256_key.hpp"
#include "session/session.hpp"
#include "wire/codec.hpp"

#include <array>
#include <utility>

namespace marchwire::session {

namespace {

namespace limits = base::limits;

template <class Bytes>
std::string_view view_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string login_text(std::string_view nonce, const base::Hash256& token_hash) {
    // What else the key signs begins otherwise: no signature serves for two things.
    std::string text = "marchwire.v1 login\n";
    text += nonce;
    text += view_of(token_hash);
    return text;
}

/// A token that is known takes of the shard's budget before its signature is looked at, for that is what costs.
bool Session::log_in(const wire::Hello& hello, base::UtcMs now, Actions& actions) {
    const base::Hash256 hash = base::sha256(hello.token);
    auto known = backend_.find_token(hash);
    if (!known) return turn_away(admission_->wrong_token(settings_.address, now), actions);
    auto place = admission_->enter(known->grant, now);
    if (!place) return turn_away(place.error(), actions);
    if (!known->public_key.empty()) {
        if (login_) {
            login_->token_hash = hash;
            login_->public_key = std::move(known->public_key);
            login_->proven_at = now;
        }
        if (!is_proven_by(hello.signature)) {
            base::Refusal why = admission_->wrong_token(settings_.address, now);
            if (why.code == base::RefusalCode::unauthenticated) {
                why.message =
                    "This token is bound to a device: sign the Challenge with its key, or ask for a new invite.";
            }
            return turn_away(why, actions);
        }
    }
    place_ = *std::move(place);
    grant_ = std::move(known->grant);
    return true;
}

bool Session::turn_away(const base::Refusal& why, Actions& actions) {
    if (why.code == base::RefusalCode::rate_limited) {
        send(fanout::DeliveryClass::b, wire::ErrorItem{why}, actions);  // it says when to come back
        close(wire::CloseCode::overloaded, why.message, actions);
    } else {
        close(wire::CloseCode::unauthenticated, why.message, actions);
    }
    return false;
}

// ---- tokens of apps ----------------------------------------------------------------------------

// A signature is looked at before anything else is asked: it costs less than the handshake that came before it, and
// whose it is decides which budget pays.
void Session::log_in_by_app(const wire::Hello& hello, base::UtcMs now, Actions& actions) {
    const auto pass = backend_.read_app_token(hello.token);
    if (!pass) {
        const base::RefusalCode code = pass.error().code;
        const bool beyond_limit = code == base::RefusalCode::too_large || code == base::RefusalCode::invalid_argument;
        if (beyond_limit) admission_->count(base::Limit::app_token);
        const base::Refusal counted = admission_->wrong_token(settings_.address, now);
        if (counted.code == base::RefusalCode::rate_limited) {
            (void)turn_away(counted, actions);
            return;
        }
        return tell_and_close(wire::CloseCode::unauthenticated, pass.error(), actions);
    }
    if (!login_) login_ = std::make_unique<Login>();
    login_->waiting = hello;
    login_->ends_at = now + pass->lives;
    actions.emplace_back(pass->who);
}

Actions Session::on_member(const MemberFound& found, base::UtcMs now) {
    Actions actions;
    if (closing_ || !is_awaited()) return actions;
    const wire::Hello hello = *std::exchange(login_->waiting, std::nullopt);
    if (is_over(now)) {
        end_at_expiry(actions);
        return actions;
    }
    if (found.refusal) {
        const bool shut_out = found.refusal->code == base::RefusalCode::permission_denied;
        const bool passes = found.refusal->code == base::RefusalCode::unavailable;
        tell_and_close(shut_out ? wire::CloseCode::revoked
                       : passes ? wire::CloseCode::overloaded
                                : wire::CloseCode::unauthenticated,
                       *found.refusal, actions);
        return actions;
    }
    Grant grant;
    grant.campaign = found.march.campaign;
    grant.actor.person = found.person;
    grant.actor.role = found.role;
    grant.actor.march = found.march.march;
    auto place = admission_->enter(grant, now);
    if (!place) {
        (void)turn_away(place.error(), actions);
        return actions;
    }
    place_ = *std::move(place);
    // Whom the roster does not know follows, with the rights of everybody.
    if (found.person) grant_ = std::move(grant);
    greet(hello, now, actions);
    return actions;
}

void Session::tell_and_close(wire::CloseCode code, const base::Refusal& why, Actions& actions) {
    send(fanout::DeliveryClass::b, wire::ErrorItem{why}, actions);
    close_in_order(code, why.message, actions);
}

void Session::end_at_expiry(Actions& actions) {
    tell_and_close(wire::CloseCode::unauthenticated,
                   base::refuse(base::RefusalCode::expired, "hello.token",
                                "Your app's token has expired: come back with a new one."),
                   actions);
}

// ---- the proof of a device's key ---------------------------------------------------------------

/// A nonce that nobody has seen; the next is not guessed from it, since the seed stays here.
void Session::challenge() {
    const std::string count = std::to_string(login_->challenges++);
    login_->nonce = view_of(base::sha256(login_->seed + count));
    (void)queue_.push(fanout::DeliveryClass::b, wire::message_of(wire::Challenge{login_->nonce}, settings_.encoding));
}

bool Session::is_proven_by(const std::string& signature) const {
    return login_ && base::is_signed_by(login_->public_key, login_text(login_->nonce, login_->token_hash), signature);
}

void Session::ask_for_proof(base::UtcMs now, Actions& actions) {
    if (!std::exchange(login_->asked, true)) return challenge();
    if (now - login_->proven_at < limits::proof_life + limits::proof_deadline) return;
    close_in_order(wire::CloseCode::silent, "Sign the Challenge within a minute; come back and sign the first one.",
                   actions);
}

void Session::on(const wire::Prove& proof, base::UtcMs now, Actions& actions) {
    // Unasked, or of a token without a key: there is nothing to prove.
    if (!must_prove() || !login_->asked) return;
    if (!is_proven_by(proof.signature)) {
        return close_in_order(wire::CloseCode::unauthenticated,
                              "This is not the signature of your device's key: ask for a new invite.", actions);
    }
    login_->asked = false;
    login_->proven_at = now;
}

void Session::on(const wire::ReadAccess& request, base::UtcMs now, Actions& actions) {
    std::optional<base::Refusal> refusal;
    if (!grant_) {
        refusal = base::refuse(base::RefusalCode::permission_denied, "",
                               "Who may get in is for leads: come in by /v1/ops.");
    } else if (!commands_.take(now)) {
        refusal = too_often();
    }
    if (refusal) return send(fanout::DeliveryClass::b, wire::Access{request.request, {}, {}, refusal}, actions);
    actions.emplace_back(ReadAccess{request, actor()});
}

}  // namespace marchwire::session
