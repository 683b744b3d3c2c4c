// The demo day on three servers with one Redis behind HAProxy, and what is done to them. (day runs)
#pragma once

#include "integration/real_server.hpp"
#include "support/redis_server.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::fault {

inline const std::string day_campaign = "families-belong-2018-06-30";

/// Of all servers in all their lives. What a killed one counted last, within the time that its page takes, is not in
/// it.
struct DayFigures {
    double keepings = 0;
    double append_tries = 0;
    double appends = 0;
    double gap_fills = 0;
    double histories_changed = 0;
    double repairs = 0;
    double entries = 0;

    DayFigures& operator+=(const DayFigures& more);
};

/// What became of a killed server's marches.
struct Takeover {
    std::size_t marches = 0;  ///< that another server keeps now
    std::chrono::milliseconds within{0};
    bool whole = false;  ///< all of them, within the time that was given
};

/// One thread. Redis and the processes end with it. Everything listens on addresses of 127.0.0.0/8 that belong to
/// this process, so that the sample configuration of HAProxy runs as it stands.
class DayStage {
public:
    static constexpr std::size_t servers = 3;
    /// Clients are served while something is waited for.
    using Meanwhile = std::function<void(std::chrono::milliseconds)>;

    /// Starts all and loads the campaign with its routes. The day runs `rate` times as fast as real time.
    explicit DayStage(double rate);
    DayStage(const DayStage&) = delete;
    DayStage& operator=(const DayStage&) = delete;

    /// All that were loaded, as "campaign/march".
    [[nodiscard]] const std::vector<std::string>& marches() const { return marches_; }
    /// How many there are, with the drill that the day makes.
    [[nodiscard]] std::size_t listed() const;
    /// Through HAProxy, and of one server alone.
    [[nodiscard]] test::Doors doors() const;
    [[nodiscard]] test::Doors doors(std::size_t server) const { return servers_[server]->doors(); }
    /// `march` empty: for the whole campaign.
    [[nodiscard]] std::string token(const std::string& march, const std::string& role, const std::string& callsign,
                                    unsigned section = 0);
    /// OpsSnapshot of a march as this server holds it.
    [[nodiscard]] nlohmann::json state(std::size_t server, const std::string& march);

    /// People of the command line who play the day through HAProxy.
    void start_simulation();
    void stop_simulation();

    /// Every march has its keeper among the servers that run.
    [[nodiscard]] bool all_kept() const;
    /// kill -9, and waits for the others to keep what it kept.
    Takeover kill(std::size_t server, std::chrono::milliseconds patience, const Meanwhile& meanwhile);
    void start(std::size_t server) { servers_[server]->start(); }
    [[nodiscard]] DayFigures figures() const;

    /// Redis cuts everybody who hears what is published.
    void cut_subscriptions();
    /// Keeps a copy of what Redis has on its disk now.
    void remember();
    /// kill -9 of Redis, and it starts on the copy: all that came after is lost.
    void put_back();

    [[nodiscard]] const test::RedisServer& redis() const { return redis_; }
    [[nodiscard]] std::string keys_file() const { return directory_.path() + "/keys.json"; }

private:
    void load();
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.path() + "/" + name; }

    test::TemporaryDirectory directory_;
    test::RedisServer redis_;
    std::array<std::unique_ptr<test::RealServer>, servers> servers_;
    std::unique_ptr<test::Program> haproxy_;
    std::unique_ptr<test::Program> simulation_;
    std::vector<std::string> marches_;
    DayFigures gone_;  ///< of lives that have ended
};

}  // namespace marchwire::fault
