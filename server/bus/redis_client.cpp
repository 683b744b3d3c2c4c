// A link to Redis with its socket.
#include "bus/redis_client.hpp"

#include "base/limits.hpp"
#include "base/outcome.hpp"
#include "bus/sentinel_query.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <optional>
#include <random>
#include <utility>

namespace marchwire::bus {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;
using TlsStream = asio::ssl::stream<Socket>;

base::UtcMs steady_now() {
    return base::UtcMs{
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
            .count()};
}

LinkSettings link_settings(const RedisSettings& settings, LinkUse use) {
    return {use, settings.user, settings.password, settings.address.database, settings.name};
}

}  // namespace

/// Performs what the link says. One connection at a time: `turn_` tells handlers of an older one that they are late.
class RedisClient::Shell : public std::enable_shared_from_this<Shell> {
public:
    Shell(asio::io_context& io, const RedisSettings& settings, LinkUse use, Events events)
        : io_(io),
          address_(settings.address),
          ca_file_(settings.ca_file),
          link_(link_settings(settings, use), std::random_device{}()),
          events_(std::move(events)),
          resolver_(io),
          timer_(io) {}

    void start() { perform(link_.start(steady_now())); }

    void stop() {
        stopped_ = true;
        timer_.cancel();
        resolver_.cancel();
        close_socket();
        answers_.clear();
    }

    [[nodiscard]] const RedisLink& link() const { return link_; }

    void request(std::span<const std::string_view> arguments, Answer answer) {
        answers_.push_back(std::move(answer));
        write(link_.send(0, arguments, steady_now()).bytes);
        set_timer();
    }
    void say(std::span<const std::string_view> arguments) { write(link_.send(0, arguments, steady_now()).bytes); }
    void lose(std::string why) { perform(link_.on_closed(std::move(why), steady_now())); }

private:
    // ---- what the link says ------------------------------------------------------------------------
    void perform(LinkActions actions) {
        const std::uint64_t losses = losses_;
        for (LinkAction& action : actions) {
            // An answer may have ended the link: what came behind it was of the one before.
            if (stopped_ || losses_ != losses) break;
            std::visit([this](auto& one) { on(one); }, action);
        }
        if (!stopped_) set_timer();
    }
    void on(OpenSocket&) { open(); }
    void on(CloseSocket&) { close_socket(); }
    void on(WriteBytes& write_this) { write(write_this.bytes); }
    void on(LinkReady& now_ready) {
        if (events_.ready) events_.ready(now_ready.facts);
    }
    void on(Replied& replied) {
        MARCHWIRE_INVARIANT(!answers_.empty());
        const Answer answer = std::move(answers_.front());
        answers_.pop_front();
        answer(&replied.reply);
    }
    void on(Heard& heard) {
        if (events_.heard) events_.heard(heard.message);
    }
    void on(LinkLost& lost) {
        ++losses_;
        const std::deque<Answer> unanswered = std::exchange(answers_, {});
        for (const Answer& answer : unanswered) {
            if (!stopped_) answer(nullptr);
        }
        if (!stopped_ && events_.lost) events_.lost(lost);
    }

    void set_timer() {
        const auto due = link_.due();
        if (due == timer_due_) return;
        timer_due_ = due;
        if (!due) {
            timer_.cancel();
            return;
        }
        timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::milliseconds(due->value)));
        timer_.async_wait([self = shared_from_this()](const error_code& error) {
            if (error || self->stopped_) return;
            self->timer_due_.reset();
            self->perform(self->link_.on_time(steady_now()));
        });
    }

    // ---- the socket --------------------------------------------------------------------------------
    void open() {
        const std::uint64_t turn = ++turn_;
        if (address_.transport == RedisAddress::Transport::local) {
            socket_ = std::make_shared<Socket>(io_);
            socket_->async_connect(
                asio::local::stream_protocol::endpoint(address_.path),
                [self = shared_from_this(), turn](const error_code& error) { self->on_connected(turn, error); });
            return;
        }
        if (!address_.sentinels.empty()) return ask_sentinel(turn);
        resolve(turn, address_.host);
    }

    /// One after another: the next one when this one did not lead to a master.
    void ask_sentinel(std::uint64_t turn) {
        const RedisHost& sentinel = address_.sentinels[asked_++ % address_.sentinels.size()];
        query_ = std::make_unique<SentinelQuery>(io_, sentinel, address_.master,
                                                 [self = shared_from_this(), turn](const auto& master) {
                                                     if (self->is_late(turn)) return;
                                                     if (!master) return self->lose(master.error().message);
                                                     self->resolve(turn, *master);
                                                 });
    }

    void resolve(std::uint64_t turn, const RedisHost& host) {
        resolver_.async_resolve(host.name, std::to_string(host.port),
                                [self = shared_from_this(), turn](const error_code& error, const auto& found) {
                                    if (self->is_late(turn)) return;
                                    if (error) return self->lose(self->said("cannot be found", error));
                                    self->connect(turn, found);
                                });
    }

    void connect(std::uint64_t turn, const asio::ip::tcp::resolver::results_type& found) {
        auto socket = std::make_shared<asio::ip::tcp::socket>(io_);
        asio::async_connect(*socket, found,
                            [self = shared_from_this(), turn, socket](const error_code& error, const auto&) {
                                if (self->is_late(turn)) return;
                                if (!error) {
                                    error_code ignored;
                                    socket->set_option(asio::ip::tcp::no_delay(true), ignored);
                                    self->socket_ = std::make_shared<Socket>(std::move(*socket));
                                }
                                self->on_connected(turn, error);
                            });
    }

    void on_connected(std::uint64_t turn, const error_code& error) {
        if (is_late(turn)) return;
        if (error) return lose(said("takes no connection", error));
        if (address_.transport != RedisAddress::Transport::tls) return on_open();
        try {
            secure();
        } catch (const boost::system::system_error& failed) {
            return lose(said("cannot be trusted: " + ca_file_, failed.code()));
        }
        tls_->async_handshake(asio::ssl::stream_base::client,
                              [self = shared_from_this(), turn, tls = tls_](const error_code& failed) {
                                  if (self->is_late(turn)) return;
                                  if (failed) return self->lose(self->said("refused TLS", failed));
                                  self->on_open();
                              });
    }

    void secure() {
        auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
        context->set_verify_mode(asio::ssl::verify_peer);
        if (ca_file_.empty()) {
            context->set_default_verify_paths();
        } else {
            context->load_verify_file(ca_file_);
        }
        tls_context_ = context;
        tls_ = std::make_shared<TlsStream>(std::move(*socket_), *context);
        tls_->set_verify_callback(asio::ssl::host_name_verification(address_.host.name));
        std::string name = address_.host.name;
        (void)SSL_ctrl(tls_->native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
        socket_.reset();
    }

    void on_open() {
        perform(link_.on_open(steady_now()));
        read();
    }

    /// Whichever of the two there is.
    template <class Use>
    void with_stream(const Use& use) {
        if (tls_) {
            use(tls_);
        } else if (socket_) {
            use(socket_);
        }
    }

    void read() {
        with_stream([&](const auto& stream) {
            stream->async_read_some(asio::buffer(read_), [self = shared_from_this(), turn = turn_, stream](
                                                             const error_code& error, std::size_t size) {
                if (!self->is_late(turn)) self->on_read(error, size);
            });
        });
    }

    void on_read(const error_code& error, std::size_t size) {
        if (error) return lose(said("closed the connection", error));
        perform(link_.on_bytes(std::string_view(read_.data(), size), steady_now()));
        read();
    }

    void write(std::string_view bytes) {
        waiting_ += bytes;
        if (!writing_) write_on();
    }

    void write_on() {
        if (waiting_.empty()) return;
        writing_ = true;
        // Held by the handler: a write that is cut off may outlive this connection.
        const auto bytes = std::make_shared<const std::string>(std::exchange(waiting_, {}));
        with_stream([&](const auto& stream) {
            asio::async_write(
                *stream, asio::buffer(*bytes),
                [self = shared_from_this(), turn = turn_, stream, bytes](const error_code& error, std::size_t) {
                    if (self->is_late(turn)) return;
                    self->writing_ = false;
                    if (error) return self->lose(self->said("takes nothing more", error));
                    self->write_on();
                });
        });
    }

    void close_socket() {
        ++turn_;
        error_code ignored;
        if (tls_) tls_->lowest_layer().close(ignored);
        if (socket_) socket_->close(ignored);
        tls_.reset();
        socket_.reset();
        query_.reset();
        writing_ = false;
        waiting_.clear();
    }

    [[nodiscard]] bool is_late(std::uint64_t turn) const { return stopped_ || turn != turn_; }
    [[nodiscard]] std::string said(const std::string& what, const error_code& error) const {
        return "Redis at " + address_.text() + ' ' + what + ": " + error.message() + '.';
    }

    asio::io_context& io_;
    const RedisAddress address_;
    const std::string ca_file_;
    RedisLink link_;
    Events events_;
    asio::ip::tcp::resolver resolver_;
    asio::steady_timer timer_;
    std::optional<base::UtcMs> timer_due_;
    std::uint64_t turn_ = 0;
    std::uint64_t losses_ = 0;
    bool stopped_ = false;
    std::shared_ptr<asio::ssl::context> tls_context_;  ///< outlives the stream
    std::shared_ptr<TlsStream> tls_;
    std::shared_ptr<Socket> socket_;
    std::unique_ptr<SentinelQuery> query_;
    std::size_t asked_ = 0;  ///< Sentinels so far
    std::deque<Answer> answers_;
    std::array<char, base::limits::redis_read_bytes> read_{};
    std::string waiting_;
    bool writing_ = false;
};

RedisClient::RedisClient(asio::io_context& io, const RedisSettings& settings, LinkUse use, Events events)
    : shell_(std::make_shared<Shell>(io, settings, use, std::move(events))) {}
RedisClient::~RedisClient() { shell_->stop(); }

void RedisClient::start() { shell_->start(); }
void RedisClient::stop() { shell_->stop(); }
bool RedisClient::ready() const { return shell_->link().ready(); }
bool RedisClient::takes() const { return ready() && !shell_->link().full(); }
void RedisClient::request(std::span<const std::string_view> arguments, Answer answer) {
    shell_->request(arguments, std::move(answer));
}
void RedisClient::say(std::span<const std::string_view> arguments) { shell_->say(arguments); }
void RedisClient::renew(std::string why) { shell_->lose(std::move(why)); }

}  // namespace marchwire::bus
