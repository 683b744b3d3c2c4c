// The subjects of the fan-out benchmark: how each is started, as its users would, on its core.
#pragma once

#include "fanout/child.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::bench {

/// What a case asks of a subject's server.
struct Setting {
    std::vector<int> cores{0};
    std::uint32_t shards = 1;
    std::uint32_t topics = 1;
    std::uint32_t tick_ms = 0;  ///< floor: as Marchwire's tick
    bool marching = false;      ///< the march has stepped off: there can be orders
    std::uint32_t marshals = 0;
    std::uint32_t roster = 0;
    bool tls = false;
    std::string redis_socket;    ///< of a Redis that several servers share; empty: each has its own
    std::filesystem::path keys;  ///< Marchwire: the file of keys that they share; empty: each has its own
    bool is_one_more = false;    ///< Marchwire: another server of these has made campaign and tokens
};

/// Where things are.
struct Places {
    std::filesystem::path marchwired, load, floor, hostile;  ///< programs
    std::filesystem::path rivals;                            ///< bench/rivals, with its node_modules
    std::filesystem::path scratch;                           ///< a directory of this run
};

/// A running server with what the load generator must know of it.
struct Server {
    std::vector<std::unique_ptr<Child>> children;  ///< the last is the one that is spoken to
    std::vector<pid_t> processes;                  ///< whose CPU and memory are the subject's
    std::uint16_t admin_port = 0;                  ///< Marchwire's
    std::filesystem::path data;                    ///< Marchwire's
    nlohmann::json plan;                           ///< protocol, ports, tokens
};

/// What stands in the table beside a subject's figures.
struct Guarantee {
    std::string subject;
    std::string stored, ordered, resumable;
};
[[nodiscard]] const std::vector<Guarantee>& guarantees();

/// The server, or why there is none. `subject` may end in "-again": the same once more, for A/A ratios.
[[nodiscard]] std::variant<Server, std::string> start(const std::string& subject, const Setting& setting,
                                                      const Places& places);

/// Names and versions of the rivals that are installed.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> rival_versions(const Places& places);

}  // namespace marchwire::bench
