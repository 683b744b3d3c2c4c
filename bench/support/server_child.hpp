// A real marchwired as a child process on a real disk, for benchmarks that measure the whole way.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marchwire::bench {

/// A directory of this run below another, removed with it. Ends the program when it cannot be made or when it would
/// be in memory: an fsync there costs nothing and the figures would say nothing.
class Scratch {
public:
    explicit Scratch(const std::filesystem::path& below);
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch();
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Starts the server on free ports, its data in DIRECTORY/data and what it says in DIRECTORY/server.log, and waits at
/// most ten seconds until it is ready; ends the program when it is not. The destructor stops it by SIGTERM.
class ServerChild {
public:
    /// `more`: further arguments of the server.
    ServerChild(const std::filesystem::path& program, const std::filesystem::path& directory,
                const std::vector<std::string>& more = {});
    ServerChild(const ServerChild&) = delete;
    ServerChild& operator=(const ServerChild&) = delete;
    ~ServerChild();

    [[nodiscard]] std::filesystem::path data() const { return directory_ / "data"; }
    /// Of the staff's listener, on 127.0.0.1.
    [[nodiscard]] std::uint16_t staff_port() const { return staff_port_; }
    [[nodiscard]] std::uint16_t followers_port() const { return followers_port_; }
    [[nodiscard]] pid_t process() const { return process_; }

private:
    std::filesystem::path directory_;
    pid_t process_ = 0;
    std::uint16_t staff_port_ = 0;
    std::uint16_t followers_port_ = 0;
};

}  // namespace marchwire::bench
