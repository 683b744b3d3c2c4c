// Where a march's day takes place: in any world, and on the core alone.
#pragma once

#include "core/decide.hpp"
#include "shard/feed_register.hpp"
#include "shard/telemetry.hpp"
#include "support/flag_day.hpp"
#include "support/named.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace marchwire::test {

inline const std::string field_march_name = "flag-day-2018/st-louis-mo";
/// What a phone hears whose token is void.
[[nodiscard]] base::Refusal of_nobody();

/// Begins on Flag Day 2018 in St. Louis at 14:00 UTC, two hours before step-off, with the march PLANNED.
class World {
public:
    /// What the command made; the refusal.
    using Outcome = base::Result<std::uint64_t>;

    World() = default;
    virtual ~World() = default;
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Somebody with a token. The same call gives the same person in each world.
    virtual core::PersonId add(const std::string& callsign, core::Role role) = 0;
    virtual Outcome host(core::CommandBody body) = 0;
    /// From the own phone, whose person is heard by it; so too by a report.
    virtual Outcome tell(core::PersonId person, const core::Command& command) = 0;
    /// The phone's token is worth nothing from now on; another one is made for its person.
    virtual void revoke(core::PersonId person) = 0;
    virtual void grant_anew(core::PersonId person) = 0;
    virtual void report(core::PersonId person, const core::Fix& fix) = 0;
    virtual void heard(core::PersonId person, wire::Screen screen) = 0;
    /// A second passes: whatever is due is done.
    virtual void second() = 0;
    [[nodiscard]] virtual core::UtcMs now() const = 0;
    /// What the log says.
    [[nodiscard]] virtual const core::MarchState& state() = 0;
    [[nodiscard]] virtual const std::vector<core::Entry>& entries() = 0;
};

/// `decide` and `apply`, what is heard of phones, and a keeper of ten lines.
class CoreWorld final : public World {
public:
    explicit CoreWorld(bool drill);
    core::PersonId add(const std::string& callsign, core::Role role) override;
    Outcome host(core::CommandBody body) override;
    Outcome tell(core::PersonId person, const core::Command& command) override;
    void revoke(core::PersonId person) override { revoked_.insert(person); }
    void grant_anew(core::PersonId person) override { revoked_.erase(person); }
    void report(core::PersonId person, const core::Fix& fix) override;
    void heard(core::PersonId person, wire::Screen screen) override;
    void second() override;
    [[nodiscard]] core::UtcMs now() const override { return now_; }
    [[nodiscard]] const core::MarchState& state() override { return state_; }
    [[nodiscard]] const std::vector<core::Entry>& entries() override { return entries_; }

private:
    Outcome decide(const core::Actor& actor, const core::Command& command);
    void keep();

    core::UtcMs now_ = flag_day_begin;
    core::MarchState state_;
    std::vector<core::Entry> entries_;
    shard::Telemetry telemetry_;
    shard::FeedRegister feeds_{1};
    std::map<core::PersonId, core::Role> roles_;
    std::set<core::PersonId> revoked_;  ///< access is not the core's: this world plays it
};

}  // namespace marchwire::test
