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
    /// `more`: further arguments of redis-server. The socket is DIRECTORY/redis.sock.
    explicit RedisServer(std::string directory, std::vector<std::string> more = {});
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
    [[nodiscard]] static bus::RedisSettings settings_of(const std::string& directory);
    [[nodiscard]] bus::RedisSettings settings() const { return settings_of(directory_); }
    [[nodiscard]] std::string address() const { return settings().address.text(); }

private:
    std::string directory_;
    std::vector<std::string> more_;
    std::unique_ptr<Program> program_;
};

}  // namespace marchwire::test
