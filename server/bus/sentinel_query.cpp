// One question to one Sentinel.
#include "bus/sentinel_query.hpp"

#include "bus/redis_reply.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace marchwire::bus {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

base::Refusal failed(const std::string& what) { return base::refuse(base::RefusalCode::unavailable, "redis", what); }

}  // namespace

/// Resolve, connect, ask, read: each step begun by the one before. Keeps itself alive until it has told or was ended.
class SentinelQuery::Steps : public std::enable_shared_from_this<Steps> {
public:
    Steps(asio::io_context& io, RedisHost sentinel, std::string master, Told told)
        : sentinel_(std::move(sentinel)),
          master_(std::move(master)),
          told_(std::move(told)),
          resolver_(io),
          socket_(io) {}

    void begin() {
        resolver_.async_resolve(sentinel_.name, std::to_string(sentinel_.port),
                                [self = shared_from_this()](const error_code& error, const auto& found) {
                                    if (self->is_over(error)) return;
                                    self->connect(found);
                                });
    }
    void end() {
        told_ = nullptr;
        error_code ignored;
        resolver_.cancel();
        socket_.close(ignored);
    }

private:
    void connect(const asio::ip::tcp::resolver::results_type& found) {
        asio::async_connect(socket_, found, [self = shared_from_this()](const error_code& error, const auto&) {
            if (self->is_over(error)) return;
            self->ask();
        });
    }
    void ask() {
        const std::array<std::string_view, 3> words{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", master_};
        append_command(question_, words);
        asio::async_write(socket_, asio::buffer(question_), [self = shared_from_this()](const error_code& error, auto) {
            if (self->is_over(error)) return;
            self->read();
        });
    }
    void read() {
        socket_.async_read_some(asio::buffer(bytes_),
                                [self = shared_from_this()](const error_code& error, std::size_t size) {
                                    if (self->is_over(error)) return;
                                    self->reader_.feed({self->bytes_.data(), size});
                                    self->look();
                                });
    }
    void look() {
        const auto reply = reader_.next();
        if (!reader_.broken().empty()) return tell(failed(said("speaks no RESP: " + reader_.broken())));
        if (!reply) return read();
        if (reply->is_error()) return tell(failed(said("says " + reply->text)));
        if (reply->items.size() != 2) return tell(failed(said("knows no master " + master_)));
        RedisHost master{reply->items[0].text, 0};
        const std::string& port = reply->items[1].text;
        const auto parsed = std::from_chars(port.data(), port.data() + port.size(), master.port);
        if (parsed.ec != std::errc{}) return tell(failed(said("names no port")));
        tell(std::move(master));
    }

    [[nodiscard]] bool is_over(const error_code& error) {
        if (!told_) return true;
        if (!error) return false;
        tell(failed(said("does not answer: " + error.message())));
        return true;
    }
    void tell(const base::Result<RedisHost>& outcome) { std::exchange(told_, nullptr)(outcome); }
    [[nodiscard]] std::string said(const std::string& what) const {
        return "The Sentinel at " + sentinel_.text() + ' ' + what + '.';
    }

    const RedisHost sentinel_;
    const std::string master_;
    Told told_;
    asio::ip::tcp::resolver resolver_;
    asio::ip::tcp::socket socket_;
    std::string question_;
    std::array<char, 4096> bytes_{};
    ReplyReader reader_;
};

SentinelQuery::SentinelQuery(asio::io_context& io, const RedisHost& sentinel, const std::string& master, Told told)
    : steps_(std::make_shared<Steps>(io, sentinel, master, std::move(told))) {
    steps_->begin();
}

SentinelQuery::~SentinelQuery() { steps_->end(); }

}  // namespace marchwire::bus
