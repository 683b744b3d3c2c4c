// A line that may be cut.
#include "line.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace marchwire::test {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Transport = asio::generic::stream_protocol;

Transport::endpoint endpoint_of(const std::string& to) {
    const auto colon = to.rfind(':');
    if (colon == std::string::npos) return asio::local::stream_protocol::endpoint(to);
    const auto port = static_cast<std::uint16_t>(std::stoul(to.substr(colon + 1)));
    return asio::ip::tcp::endpoint(asio::ip::make_address(to.substr(0, colon)), port);
}

/// What passes one way.
struct Way {
    Transport::socket& from;
    Transport::socket& to;
    bool answers;
    std::array<char, 16UL * 1024> buffer{};
};

/// One client and its connection to the server; there for as long as one of its ways is.
struct Pair {
    explicit Pair(asio::io_context& io) : client(io), server(io) {}
    Transport::socket client;
    Transport::socket server;
    Way words{client, server, false};
    Way answers{server, client, true};
};

}  // namespace

class Line::Machine {
public:
    explicit Machine(const std::string& to)
        : to_(endpoint_of(to)),
          acceptor_(io_, {asio::ip::address_v4::loopback(), 0}),
          port_(acceptor_.local_endpoint().port()) {
        accept();
        thread_ = std::thread([this] { io_.run(); });
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() {
        io_.stop();
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

    void set(bool words_pass, bool answers_pass) {
        now([&] {
            words_pass_ = words_pass;
            answers_pass_ = answers_pass;
            for (const auto& one : std::exchange(held_, {})) pass(one.first, one.second);
        });
    }
    void lead_to(const std::string& to) {
        now([&] { to_ = endpoint_of(to); });
    }

private:
    using Step = std::function<void()>;

    template <class Act>
    void now(const Act& act) {
        std::promise<void> done;
        asio::post(io_, [&] {
            act();
            done.set_value();
        });
        done.get_future().wait();
    }

    /// Now, or when the line is healed. Each way holds one piece at most: more waits where it comes from.
    void pass(bool answers, Step step) {
        if (answers ? answers_pass_ : words_pass_) {
            step();
        } else {
            held_.emplace_back(answers, std::move(step));
        }
    }

    void accept() {
        auto pair = std::make_shared<Pair>(io_);
        auto socket = std::make_shared<asio::ip::tcp::socket>(io_);
        acceptor_.async_accept(*socket, [this, pair, socket](error_code error) {
            if (!error) {
                socket->set_option(asio::ip::tcp::no_delay(true));
                pair->client = std::move(*socket);
                pass(false, [this, pair] { connect(pair); });
            }
            accept();
        });
    }

    void connect(const std::shared_ptr<Pair>& pair) {
        pair->server.async_connect(to_, [this, pair](error_code error) {
            if (error) return;  // the client sees its end, as of a server that is not there
            read(pair, pair->words);
            read(pair, pair->answers);
        });
    }

    void read(const std::shared_ptr<Pair>& pair, Way& way) {
        way.from.async_read_some(asio::buffer(way.buffer), [this, pair, &way](error_code error, std::size_t bytes) {
            bytes_ += bytes;
            pass(way.answers, [this, pair, &way, error, bytes] {
                if (error) return end(way);
                write(pair, way, bytes);
            });
        });
    }

    void write(const std::shared_ptr<Pair>& pair, Way& way, std::size_t bytes) {
        asio::async_write(way.to, asio::buffer(way.buffer.data(), bytes),
                          [this, pair, &way](error_code error, std::size_t) {
                              if (!error) return read(pair, way);
                              pair->client.close(error);
                              pair->server.close(error);
                          });
    }

    /// What went before it still arrives.
    static void end(Way& way) {
        error_code ignored;
        way.to.shutdown(Transport::socket::shutdown_send, ignored);
    }

    asio::io_context io_{1};
    Transport::endpoint to_;
    asio::ip::tcp::acceptor acceptor_;
    const std::uint16_t port_;
    bool words_pass_ = true;
    bool answers_pass_ = true;
    std::vector<std::pair<bool, Step>> held_;
    std::atomic<std::uint64_t> bytes_{0};
    std::thread thread_;
};

Line::Line(const std::string& to) : machine_(std::make_unique<Machine>(to)) {}
Line::~Line() = default;

std::string Line::address() const { return "127.0.0.1:" + std::to_string(machine_->port()); }
void Line::cut() { machine_->set(false, false); }
void Line::cut_answers() { machine_->set(true, false); }
void Line::heal() { machine_->set(true, true); }
std::uint64_t Line::bytes() const { return machine_->bytes(); }
void Line::lead_to(const std::string& to) { machine_->lead_to(to); }

}  // namespace marchwire::test
