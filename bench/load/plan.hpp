// What one run of the load generator is to do: one line of JSON on its standard input.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::load {

enum class Pattern : std::uint8_t {
    quiet,      ///< nobody says anything
    paced,      ///< events fall due at fixed times, whether or not those before have arrived
    saturated,  ///< so many events are on their way at any time
};

/// Another server of the same cluster.
struct Door {
    std::uint16_t port = 0;
    std::uint16_t staff_port = 0;
};

/// Sockets and what is asked of them. Numbers that a subject has no use for are 0.
struct Plan {
    std::string protocol = "marchwire";  ///< as make_protocol() knows them
    /// Subscribers, marshals and dashboards go to the first server and to these in turn; who publishes, to the first.
    std::vector<Door> more_servers;
    std::uint16_t port = 0;
    std::uint16_t staff_port = 0;  ///< marchwire's second door
    bool tls = false;
    std::uint32_t subscribers = 0;
    std::uint32_t topics = 1;
    std::uint32_t topics_each = 1;
    std::uint32_t publishers = 1;
    std::uint32_t opening_at_once = 256;  ///< sockets between connect and ready

    std::uint32_t tries = 1;  ///< of each, when the server closes before it is ready

    std::uint32_t stalled = 0;          ///< the first so many subscribers never read,
    std::uint32_t stalled_pinging = 0;  ///< and the first so many of those go on sending pings
    std::uint32_t slow = 0;             ///< the next so many read `slow_bytes_per_second`
    std::uint32_t slow_bytes_per_second = 0;
    std::uint32_t slow_buffer_bytes = 0;  ///< SO_RCVBUF of stalled and slow ones; 0: the system's
    std::uint32_t churn_per_second = 0;   ///< so many subscribers change a topic each second

    Pattern pattern = Pattern::quiet;
    double events_per_second = 0;     ///< paced: of all topics together
    std::uint32_t burst = 1;          ///< paced: so many at the same time
    std::uint32_t outstanding = 64;   ///< saturated
    double orders_per_second = 0;     ///< marchwire: Hold and Release in turn, of which Holds are measured
    double check_ins_per_second = 0;  ///< marshals in turn, in place of positions; each is timed from due to OK
    std::uint32_t warm_ms = 500;
    std::uint32_t window_ms = 2'000;
    bool until_last_order = false;  ///< the window ends when every subscriber has the last order, at the latest then
    bool orders_by_others = false;  ///< another generator gives them, in this rhythm; their way is measured here too

    // marchwire only
    std::string campaign;
    std::string subscriber_feed = "public";
    std::string subscriber_token;  ///< empty: followers on the public door
    std::string desk_token;        ///< publishes notices
    std::string lead_token;        ///< of march 0: orders, and whom the dashboards belong to
    std::uint32_t phase_version = 0;
    std::vector<std::string> marshal_tokens;  ///< each reports a position once a second, or checks in
    std::uint32_t dashboards = 0;             ///< followers of ops, by the lead's token

    std::vector<pid_t> server;  ///< whose CPU is counted
    std::vector<pid_t> beside;  ///< whose CPU is counted apart
    int server_core = 0;        ///< whose busy time is counted
};

/// Throws nlohmann::json::exception for what is no plan.
[[nodiscard]] Plan plan_of(std::string_view json);

}  // namespace marchwire::load
