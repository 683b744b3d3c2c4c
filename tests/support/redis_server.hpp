// A real redis-server in a directory of its own, on a local socket. (tests)
#pragma once

#include "bus/redis_client.hpp"
#include "support/program.hpp"

#include <memory>
#include <string>
#include <vector>

namespace marchwire::test {

/// Started, with its writes appended to a file, when the constructor returns; ended with this object. Throws
/// std::runtime_error when it does not start.
class RedisServer {
public:
    /// `more`: further arguments of redis-server. The socket is DIRECTORY/redis.sock. `enter`: a program that starts
    /// what is given to it somewhere else; empty: here.
    explicit RedisServer(std::string directory, std::vector<std::string> more = {},
                         std::vector<std::string> enter = {});
    ~RedisServer();
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    /// Again, on what it has kept.
    void start();
    /// SIGTERM: it keeps everything. Returns when it has ended.
    void stop();
    /// SIGKILL.
    void kill();
    void signal(int number) const { program_->signal(number); }

    /// One command, by a connection of its own, and its answer; throws when none comes.
    bus::Reply ask(const std::vector<std::string>& words) const;
    /// One command, also to a replica, which `ask` takes for nobody that could answer. The first line of the answer.
    std::string ask_any(const std::string& command) const;
    [[nodiscard]] static bus::RedisSettings settings_of(const std::string& directory);
    [[nodiscard]] bus::RedisSettings settings() const { return settings_of(directory_); }
    [[nodiscard]] std::string address() const { return settings().address.text(); }

private:
    std::string directory_;
    std::vector<std::string> more_;
    std::vector<std::string> enter_;
    std::unique_ptr<Program> program_;
};

}  // namespace marchwire::test
