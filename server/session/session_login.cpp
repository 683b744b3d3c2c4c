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

/// No callsign and no slug has a line feed.
base::Hash256 hash_of(const FindMember& who) { return base::sha256(who.march.text() + '\n' + who.callsign); }

/// Who is to stay out, who may come back, and whose app has to do something.
wire::CloseCode close_code_of(const base::Refusal& refusal) {
    if (refusal.code == base::RefusalCode::permission_denied) return wire::CloseCode::revoked;
    if (refusal.code == base::RefusalCode::unavailable) return wire::CloseCode::overloaded;
    return wire::CloseCode::unauthenticated;
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
    if (!known) return turn_away(wrong_token(now, actions), actions);
    auto place = admission_->enter(known->grant, now);
    if (!place) return turn_away(place.error(), actions);
    if (!known->public_key.empty()) {
        if (login_) {
            login_->token_hash = hash;
            login_->public_key = std::move(known->public_key);
            login_->proven_at = now;
        }
        if (!is_proven_by(hello.signature)) {
            base::Refusal why = wrong_token(now, actions);
            if (why.code == base::RefusalCode::unauthenticated) {
                why.message =
                    "This token is bound to a device: sign the Challenge with its key, or ask for a new invite.";
            }
            return turn_away(why, actions);
        }
    }
    place_ = *std::move(place);
    grant_ = std::make_unique<const Grant>(std::move(known->grant));
    return true;
}

base::Refusal Session::wrong_token(base::UtcMs now, Actions& actions) {
    actions.emplace_back(Blame{});
    return admission_->wrong_token(settings_.address, now);
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
// whose it is decides which budget pays. Empty: the session ends, and has been told why.
std::optional<AppPass> Session::read_pass(const std::string& token, base::UtcMs now, Actions& actions) {
    auto pass = backend_.read_app_token(token);
    if (pass) return *std::move(pass);
    const base::RefusalCode code = pass.error().code;
    const bool beyond_limit = code == base::RefusalCode::too_large || code == base::RefusalCode::invalid_argument;
    if (beyond_limit) admission_->count(base::Limit::app_token);
    const base::Refusal counted = wrong_token(now, actions);
    if (counted.code == base::RefusalCode::rate_limited) {
        (void)turn_away(counted, actions);
    } else {
        tell_and_close(wire::CloseCode::unauthenticated, pass.error(), actions);
    }
    return std::nullopt;
}

void Session::log_in_by_app(const wire::Hello& hello, base::UtcMs now, Actions& actions) {
    const auto pass = read_pass(hello.token, now, actions);
    if (!pass) return;
    if (!login_) login_ = std::make_unique<Login>();
    login_->waiting = hello;
    login_->token_hash = hash_of(pass->who);
    login_->ends_at = now + pass->lives;
    actions.emplace_back(pass->who);
}

/// The session goes on to the end of the next one, once the roster was looked at again. Who it is does not change: that
/// would be another session.
void Session::renew(const std::string& token, base::UtcMs now, Actions& actions) {
    if (!login_ || !login_->ends_at) return;  // of a token that does not run out
    const auto pass = read_pass(token, now, actions);
    if (!pass) return;
    if (hash_of(pass->who) != login_->token_hash) {
        return tell_and_close(wire::CloseCode::unauthenticated,
                              base::refuse(base::RefusalCode::permission_denied, "prove.token",
                                           "This token is another person's, or for another march: come in anew by it."),
                              actions);
    }
    login_->renewed_to = now + pass->lives;
    actions.emplace_back(pass->who);
}

void Session::on_renewed(const MemberFound& found, Actions& actions) {
    const base::UtcMs ends_at = std::exchange(login_->renewed_to, base::UtcMs{});
    if (found.refusal && found.refusal->code == base::RefusalCode::unavailable) return;  // the old one holds
    if (found.refusal) return tell_and_close(close_code_of(*found.refusal), *found.refusal, actions);
    const bool is_as_before = grant_ ? grant_->actor.person == found.person && grant_->actor.role == found.role
                                     : !found.person;
    if (!is_as_before) return end_at_expiry(actions);  // with other rights it is another session
    login_->ends_at = ends_at;
}

Actions Session::on_member(const MemberFound& found, base::UtcMs now) {
    Actions actions;
    if (closing_) return actions;
    if (login_ && login_->renewed_to) {
        on_renewed(found, actions);
        return actions;
    }
    if (!is_awaited()) return actions;
    const wire::Hello hello = *std::exchange(login_->waiting, std::nullopt);
    if (is_over(now)) {
        end_at_expiry(actions);
        return actions;
    }
    if (found.refusal) {
        tell_and_close(close_code_of(*found.refusal), *found.refusal, actions);
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
    if (found.person) grant_ = std::make_unique<const Grant>(std::move(grant));
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
    if (!proof.token.empty()) return renew(proof.token, now, actions);
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
