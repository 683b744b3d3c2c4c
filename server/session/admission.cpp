#include "session/admission.hpp"

#include "base/door_limits.hpp"

#include <algorithm>

namespace marchwire::session {

base::Refusal Admission::wait(base::Limit limit, base::Millis after, std::string sentence) {
    met_->count(limit);
    base::Refusal refusal = base::refuse(base::RefusalCode::rate_limited, "hello", std::move(sentence));
    refusal.retry_after_ms = std::max<std::int64_t>(1, after.value);
    return refusal;
}

base::Result<Admission::Place> Admission::enter(const Grant& grant, base::UtcMs now) {
    const base::PersonId of_app = grant.number == 0 ? grant.actor.person : base::PersonId{};
    const auto [found, is_new] = sessions_.try_emplace({grant.campaign, grant.number, of_app}, 0U);
    if (found->second >= bounds_.sessions_per_device) {
        return wait(base::Limit::device_sessions, base::limits::retry_when_full,
                    "This token has as many connections here as one may: close some first.");
    }
    if (!hellos_.take(now)) {
        if (is_new) sessions_.erase(found);
        return wait(base::Limit::hello_rate, hellos_.retry_after(),
                    "Many come at once: come back in a moment, by a random wait.");
    }
    ++found->second;
    return Place(shared_from_this(), found);
}

std::optional<base::Refusal> Admission::one_wrong(AddressKey address, base::UtcMs now, std::string sentence) {
    if (wrong_.take(address, now)) return std::nullopt;
    return wait(base::Limit::wrong_tokens, wrong_.retry_after(address), std::move(sentence));
}

std::optional<base::Refusal> Admission::wrong_invite(AddressKey address, base::UtcMs now) {
    auto refusal = one_wrong(address, now,
                             "Too many wrong links and codes came from your address: look at yours again, and wait.");
    if (refusal) refusal->field.clear();
    return refusal;
}

base::Refusal Admission::wrong_token(AddressKey address, base::UtcMs now) {
    if (auto refusal = one_wrong(address, now,
                                 "Too many wrong tokens came from your address: ask your lead for a right one.")) {
        return *std::move(refusal);
    }
    return base::refuse(base::RefusalCode::unauthenticated, "hello.token",
                        "This token is not known or has expired: ask your lead.");
}

void Admission::leave(Sessions::iterator sessions) {
    if (--sessions->second == 0) sessions_.erase(sessions);
}

}  // namespace marchwire::session
