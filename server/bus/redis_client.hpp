// A link to Redis with its socket: plain, TLS or local.
#pragma once

#include "bus/redis_address.hpp"
#include "bus/redis_link.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::bus {

struct RedisSettings {
    RedisAddress address;
    std::string user;
    std::string password;
    std::string ca_file;  ///< PEM; empty: what the system trusts
    std::string name = "marchwire";
};

/// Opens its link again by itself until `stop()`. One thread: the io_context's. Nothing is called after stop().
class RedisClient {
public:
    /// Null: the link was lost before an answer came; it may have been done.
    using Answer = std::function<void(const Reply*)>;
    struct Events {
        std::function<void(const ServerFacts&)> ready;
        /// After all requests on their way were answered with null.
        std::function<void(const LinkLost&)> lost;
        std::function<void(const Reply&)> heard;  ///< only of a link for subscriptions
    };
    RedisClient(boost::asio::io_context& io, const RedisSettings& settings, LinkUse use, Events events);
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    void start();
    void stop();
    [[nodiscard]] bool ready() const;
    /// Ready, and not too many requests are on their way.
    [[nodiscard]] bool takes() const;
    /// Only while takes(). Answers come in the order of the requests, later.
    void request(std::span<const std::string_view> arguments, Answer answer);
    /// On a link for subscriptions, while ready(): what it answers is heard.
    void say(std::span<const std::string_view> arguments);
    /// Ends the link and opens it anew.
    void renew(std::string why);

private:
    class Shell;
    std::shared_ptr<Shell> shell_;
};

}  // namespace marchwire::bus
