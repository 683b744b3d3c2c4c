// How many credentialed sessions a shard takes up, and how fast: what the tokens of staff may cost it.
#pragma once

#include "base/door_limits.hpp"
#include "base/limit_table.hpp"
#include "base/limits.hpp"
#include "base/outcome.hpp"
#include "session/address_rates.hpp"
#include "session/rate_limit.hpp"
#include "session/token_index.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace marchwire::session {

/// One of each shard, on its thread. Wrong tokens cost nothing of the budget of right ones; and whoever has a right one
/// does not wait for the wrong ones of somebody else behind the same NAT.
class Admission : public std::enable_shared_from_this<Admission> {
    /// Campaign and token; of an app's token, which has no number, its person.
    using Holder = std::tuple<base::Slug, std::uint32_t, base::PersonId>;
    using Sessions = std::map<Holder, std::uint32_t>;

public:
    struct Bounds {
        std::uint32_t hellos_per_second = base::limits::hellos_per_second;
        std::uint32_t hellos_burst = base::limits::hellos_burst;
        std::uint32_t wrong_per_second = base::limits::wrong_tokens_per_second;
        std::uint32_t wrong_burst = base::limits::wrong_tokens_burst;
        std::uint32_t sessions_per_device = base::limits::sessions_per_device;
    };
    /// A session's place among those of its token: given back at its end.
    class Place {
    public:
        Place() = default;
        Place(std::shared_ptr<Admission> admission, Sessions::iterator sessions)
            : admission_(std::move(admission)), sessions_(sessions) {}
        Place(Place&& other) noexcept = default;
        Place& operator=(Place&& other) noexcept {
            std::swap(admission_, other.admission_);
            std::swap(sessions_, other.sessions_);
            return *this;
        }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() {
            if (admission_) admission_->leave(sessions_);
        }

    private:
        std::shared_ptr<Admission> admission_;
        Sessions::iterator sessions_;
    };

    Admission(Bounds bounds, std::shared_ptr<base::LimitCounts> met)
        : bounds_(bounds),
          met_(std::move(met)),
          hellos_(bounds.hellos_per_second, bounds.hellos_burst),
          wrong_(bounds.wrong_per_second, bounds.wrong_burst) {}

    /// A Hello whose token is known. RATE_LIMITED with when to come back. All whom apps name and no roster knows
    /// (person 0) have together what one token may have: staff must have room.
    [[nodiscard]] base::Result<Place> enter(const Grant& grant, base::UtcMs now);
    /// A Hello whose token is not: RATE_LIMITED when its address brings too many of them, else UNAUTHENTICATED.
    [[nodiscard]] base::Refusal wrong_token(AddressKey address, base::UtcMs now);
    /// A link or code of an invite opens nothing: RATE_LIMITED when its address brings too many of them or of wrong
    /// tokens.
    [[nodiscard]] std::optional<base::Refusal> wrong_invite(AddressKey address, base::UtcMs now);
    /// A limit was met here.
    void count(base::Limit limit) { met_->count(limit); }

private:
    void leave(Sessions::iterator sessions);
    [[nodiscard]] base::Refusal wait(base::Limit limit, base::Millis after, std::string sentence);
    /// When the address may be wrong again; none when it may be so now.
    [[nodiscard]] std::optional<base::Refusal> one_wrong(AddressKey address, base::UtcMs now, std::string sentence);

    Bounds bounds_;
    std::shared_ptr<base::LimitCounts> met_;
    RateLimit hellos_;
    AddressRates wrong_;
    Sessions sessions_;  ///< bounded by the sessions of the shard
};

}  // namespace marchwire::session
