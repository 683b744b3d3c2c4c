// A march's day on three real servers of one real Redis, of which the one that keeps the march is killed.
#pragma once

#include "admin_client.hpp"
#include "field_worlds.hpp"
#include "integration/real_server.hpp"
#include "phone.hpp"
#include "store/redis_log.hpp"
#include "support/redis_server.hpp"
#include "support/vault_of.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace marchwire::test {

/// The servers' clock stands but for the seconds of the day, which all of them are told at once; phones are shared out
/// over them. At command number `kill_at` the keeper's process is killed: before the command reaches a server (an even
/// number), as soon as it was sent to the keeper (1, 5, ...), or when it is stored and nobody has read the answer
/// (3, 7, ...). Then the phone comes to another server and sends it again.
///
/// Seconds in which nobody says anything are told together with those before them: each server does them one by one.
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
    void second() override { ++seconds_untold_; }
    [[nodiscard]] core::UtcMs now() const override { return told_ + base::seconds(seconds_untold_); }
    [[nodiscard]] const core::MarchState& state() override;
    [[nodiscard]] const std::vector<core::Entry>& entries() override;
    [[nodiscard]] bool was_killed() const { return was_killed_; }

private:
    using Json = nlohmann::json;
    struct Instance {
        explicit Instance(std::vector<std::string> arguments) : server(std::move(arguments)), host(server.data()) {}
        RealServer server;
        cli::AdminClient host;
    };
    struct Holder {
        core::Role role = core::Role::side;
        std::uint64_t token = 0;  ///< its number
        std::size_t server = 0;
        std::unique_ptr<Phone> phone;
    };

    [[nodiscard]] std::vector<std::string> arguments() const;
    Instance& some_server();
    /// All at once; which of them keep the march.
    std::vector<std::size_t> move_clocks(std::int64_t seconds, const std::set<std::size_t>& of);
    std::vector<std::size_t> move_clocks(std::int64_t seconds);
    void settle();
    void pass_seconds();
    Outcome command(const base::LogId& log, const core::CommandBody& body);
    void issue_token(core::PersonId person);
    Phone& phone_of(core::PersonId person);
    void wait_for_keeper();
    void kill(core::PersonId person, const v1::Command& command);
    void read_on();

    static constexpr std::size_t count = 3;
    const base::LogId march_ = log_named(field_march_name);
    const std::uint64_t kill_at_;
    TemporaryDirectory directory_;
    RedisServer redis_{directory_.path()};
    std::array<std::unique_ptr<Instance>, count> servers_;
    std::unique_ptr<store::RedisLog> log_;
    std::optional<shard::Vault> vault_;  ///< opens what they stored
    core::UtcMs told_ = flag_day_begin;  ///< the servers' clock
    std::int64_t seconds_untold_ = 0;    ///< that have passed beyond it
    std::set<std::size_t> spoken_to_;    ///< servers that may have something to tell the others
    bool tokens_are_new_ = false;
    std::size_t keeper_ = 0;
    bool was_killed_ = false;
    std::uint64_t commands_ = 0;
    std::map<core::PersonId, Holder> holders_;
    core::MarchState state_;
    std::vector<core::Entry> entries_;
};

}  // namespace marchwire::test
