// A real marchwired in a directory of its own, and people who talk to it. (tests)
#pragma once

#include "admin_client.hpp"

#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <sys/types.h>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::test {

/// What a program said and how it ended.
struct Ended {
    int exit_code = -1;
    std::string out;
};
/// Runs a program to its end. `out` is what it wrote on standard output.
[[nodiscard]] Ended run_program(const std::vector<std::string>& arguments);

/// A directory that is gone with it.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// Starts on free ports, and again on the same ones.
class ServerProcess {
public:
    ServerProcess();
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    void start();
    /// kill -9: nothing is flushed, nobody is told.
    void kill();
    /// SIGTERM, and waits for the end.
    [[nodiscard]] int stop();

    [[nodiscard]] std::string staff_url() const { return "ws://" + staff_ + "/v1/ops"; }
    [[nodiscard]] std::string followers_url() const { return "ws://" + followers_ + "/v1/ws"; }
    [[nodiscard]] std::string data() const { return directory_.path(); }

    /// Through the admin socket; fails the test when refused.
    nlohmann::json ask(const nlohmann::json& request);
    /// A campaign flag-day with the march flag-day/st-louis-mo.
    void make_march();
    [[nodiscard]] std::string token(const std::string& role, const std::string& callsign, unsigned section = 0);
    [[nodiscard]] nlohmann::json state();

private:
    [[nodiscard]] int wait();
    TemporaryDirectory directory_;
    std::string followers_ = "127.0.0.1:0";
    std::string staff_ = "127.0.0.1:0";
    pid_t process_ = 0;
    int said_ = -1;
};

inline const std::string march_name = "flag-day/st-louis-mo";
[[nodiscard]] sdk::FeedName feed(const std::string& kind);

/// Somebody with the SDK, on an io_context of their own.
class Somebody {
public:
    /// `token` empty: a follower.
    Somebody(const ServerProcess& server, const std::string& token);

    /// Runs until it holds; fails the test after 20 s.
    void until(const std::function<bool()>& holds);
    /// Subscribed and whole.
    void follow(const sdk::FeedName& name);
    sdk::Accepted must(const sdk::Command& command);
    sdk::Outcome ask(const sdk::Command& command);
    /// The fold as JSON, without its position.
    [[nodiscard]] nlohmann::json state(const sdk::FeedName& name) const;

    boost::asio::io_context io{1};
    std::vector<sdk::Change> changes;
    std::vector<std::uint64_t> seqs;  ///< of ordered items, as they came
    int snapshots = 0;
    int gaps = 0;
    int discontinuities = 0;
    int times_online = 0;
    std::optional<sdk::Stopped> stopped;
    sdk::Client client;
};

}  // namespace marchwire::test
