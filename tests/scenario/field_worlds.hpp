// Where a march's day takes place: on the core alone, or on three servers of which the march's keeper is killed.
#pragma once

#include "city_stage.hpp"

#include "core/decide.hpp"
#include "shard/feed_register.hpp"
#include "shard/telemetry.hpp"
#include "support/stage_bus.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace marchwire::test {

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

    core::UtcMs now_;
    core::MarchState state_;
    std::vector<core::Entry> entries_;
    shard::Telemetry telemetry_;
    shard::FeedRegister feeds_{1};
    std::map<core::PersonId, core::Role> roles_;
    std::set<core::PersonId> revoked_;  ///< access is not the core's: this world plays it
};

/// Three servers on one store, their phones shared out over them. At command number `kill_at` the keeper is killed:
/// before the command reaches a server or, where the number is odd, after it was sent and before its answer; the phone
/// comes to another server and sends it again.
class ServersWorld final : public World {
public:
    ServersWorld(bool drill, std::uint64_t kill_at);
    core::PersonId add(const std::string& callsign, core::Role role) override;
    Outcome host(core::CommandBody body) override;
    Outcome tell(core::PersonId person, const core::Command& command) override;
    void revoke(core::PersonId person) override;
    void grant_anew(core::PersonId person) override;
    void report(core::PersonId person, const core::Fix& fix) override;
    void heard(core::PersonId person, wire::Screen screen) override;
    void second() override { stage_.wait(base::seconds(1)); }
    [[nodiscard]] core::UtcMs now() const override { return stage_.clock.now(); }
    [[nodiscard]] const core::MarchState& state() override;
    [[nodiscard]] const std::vector<core::Entry>& entries() override;
    [[nodiscard]] bool was_killed() const { return !stage_.city; }

private:
    Seat& seat_of(core::PersonId person);
    shard::City& server(std::size_t number);
    void kill();
    void read_on();

    static constexpr std::size_t servers = 3;
    StageHub hub_;
    StageBus first_{hub_}, second_{hub_}, third_{hub_};
    CityStage stage_{1, &first_};
    std::uint64_t kill_at_;
    std::uint64_t told_ = 0;
    std::map<core::PersonId, session::Grant> grants_;
    std::map<core::PersonId, std::unique_ptr<Seat>> seats_;
    core::MarchState state_;
    std::vector<core::Entry> entries_;
};

}  // namespace marchwire::test
