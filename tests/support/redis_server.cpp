#include "redis_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <csignal>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace marchwire::test {

RedisServer::RedisServer(std::string directory, std::vector<std::string> more, std::vector<std::string> enter)
    : directory_(std::move(directory)), more_(std::move(more)), enter_(std::move(enter)) {
    start();
}

RedisServer::~RedisServer() {
    if (program_) kill();
}

void RedisServer::start() {
    std::vector<std::string> arguments = enter_;
    arguments.insert(arguments.end(),
                     {"redis-server", "--port", "0", "--unixsocket", directory_ + "/redis.sock", "--dir", directory_,
                      "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--daemonize", "no"});
    arguments.insert(arguments.end(), more_.begin(), more_.end());
    program_ = std::make_unique<Program>(arguments, Stream::out);
    const std::string said = program_->read_until(
        [](const std::string& text) { return text.find("ready to accept connections") != std::string::npos; });
    if (said.empty()) throw std::runtime_error("redis-server did not start: " + program_->wait().out);
}

void RedisServer::stop() {
    program_->signal(SIGTERM);
    (void)program_->wait();
    program_.reset();
}

void RedisServer::kill() {
    program_->signal(SIGKILL);
    (void)program_->wait();
    program_.reset();
}

bus::Reply RedisServer::ask(const std::vector<std::string>& words) const {
    boost::asio::io_context io;
    std::optional<bus::Reply> answer;
    std::unique_ptr<bus::RedisClient> client;
    const std::vector<std::string_view> views(words.begin(), words.end());
    client = std::make_unique<bus::RedisClient>(io, settings(), bus::LinkUse::requests,
                                                bus::RedisClient::Events{[&](const bus::ServerFacts&) {
                                                                             client->request(
                                                                                 views, [&](const bus::Reply* reply) {
                                                                                     if (reply != nullptr)
                                                                                         answer = *reply;
                                                                                     io.stop();
                                                                                 });
                                                                         },
                                                                         {},
                                                                         {}});
    client->start();
    (void)io.run_for(std::chrono::seconds(10));
    if (!answer) throw std::runtime_error("redis-server does not answer");
    return *answer;
}

std::string RedisServer::ask_any(const std::string& command) const {
    namespace asio = boost::asio;
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    socket.connect(directory_ + "/redis.sock");
    asio::write(socket, asio::buffer(command + "\r\n"));
    std::string answer;
    const std::size_t line = asio::read_until(socket, asio::dynamic_buffer(answer), "\r\n");
    return answer.substr(0, line - 2);
}

bus::RedisSettings RedisServer::settings_of(const std::string& directory) {
    bus::RedisSettings settings;
    settings.address.transport = bus::RedisAddress::Transport::local;
    settings.address.path = directory + "/redis.sock";
    return settings;
}

}  // namespace marchwire::test
