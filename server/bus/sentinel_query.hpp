// Asks a Sentinel where the master is.
#pragma once

#include "bus/redis_address.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>

namespace marchwire::bus {

/// One question to one Sentinel. Has no deadline: who asks has one, and cancels.
class SentinelQuery {
public:
    /// The master's address, or why there is none for now. Once, later; not at all after cancel().
    using Told = std::function<void(const base::Result<RedisHost>&)>;
    SentinelQuery(boost::asio::io_context& io, const RedisHost& sentinel, const std::string& master, Told told);
    ~SentinelQuery();
    SentinelQuery(const SentinelQuery&) = delete;
    SentinelQuery& operator=(const SentinelQuery&) = delete;

private:
    class Steps;
    std::shared_ptr<Steps> steps_;
};

}  // namespace marchwire::bus
