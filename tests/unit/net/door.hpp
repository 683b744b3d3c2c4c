// One listener on loopback with a shard that is played by hand, and a client made of bare bytes.
#pragma once

#include "base/hmac.hpp"
#include "net/listener.hpp"
#include "wire/codec.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace marchwire::net::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using Json = nlohmann::json;

inline constexpr base::TopicNumber topic{0x10001};

/// Opens every feed at position 1 with a short snapshot. On the io thread, but for the waits.
class HandShard final : public session::Backend {
public:
    explicit HandShard(asio::io_context& io) : io_(io) {}

    [[nodiscard]] fanout::Slot join(session::SessionPort& port) override {
        const fanout::Slot slot = next_++;
        ports[slot] = &port;
        return slot;
    }
    void leave(fanout::Slot slot) override {
        ports.erase(slot);
        const std::scoped_lock lock(mutex_);
        ++left_;
        changed_.notify_all();
    }
    [[nodiscard]] std::optional<session::Credential> find_token(const base::Hash256& hash) const override {
        if (hash != base::sha256("right")) return std::nullopt;
        session::Grant grant;
        grant.campaign = base::Slug::parse("c").value();
        grant.actor.person = base::PersonId{3};
        grant.actor.role = core::Role::city_lead;
        return session::Credential{grant, {}};
    }
    [[nodiscard]] base::Result<session::AppPass> read_app_token(std::string_view) const override {
        return base::refuse(base::RefusalCode::unauthenticated, "hello.token", "No app is believed.");
    }
    void find_member(fanout::Slot, session::FindMember) override {}
    void open_feed(fanout::Slot slot, session::OpenFeed wish) override {
        session::FeedOpened opened;
        opened.subscription = wish.subscription;
        opened.feed = wish.feed;
        opened.topics = {topic};
        opened.position = {base::Epoch{1}, base::Seq{1}, 1};
        const std::string piece = wire::encode(wire::SnapshotPiece{wish.feed, opened.position, 0, 1, "whole"},
                                               wish.encoding);
        opened.snapshot = std::make_shared<const std::vector<wire::Frame>>(
            std::vector<wire::Frame>{wire::make_message(piece, wish.encoding)});
        asio::post(io_, [this, slot, opened = std::move(opened)] {
            if (!ports.contains(slot)) return;
            ports[slot]->feed_opened(opened);
            ports[slot]->flush();
        });
    }
    void close_feed(fanout::Slot, session::SubscriptionId, const wire::FeedName&) override {}
    void run_command(fanout::Slot slot, session::RunCommand command) override {
        asio::post(io_, [this, slot, id = command.message.command.id] {
            if (!ports.contains(slot)) return;
            ports[slot]->replied({id, wire::Accepted{core::Level::synced, {}, 0}});
            ports[slot]->flush();
        });
    }
    void report_position(fanout::Slot, const core::Actor&, wire::ReportPosition) override {}
    void read_history(fanout::Slot, session::ReadHistory) override {}
    void read_access(fanout::Slot, session::ReadAccess) override {}
    void heard_from(fanout::Slot, const session::Grant&, wire::Screen) override {}
    void wake(fanout::Slot, base::UtcMs) override {}
    void put_off(std::function<void()> work) override { asio::post(io_, std::move(work)); }
    [[nodiscard]] const fanout::NewestTable* newest(base::TopicNumber) const override { return nullptr; }
    [[nodiscard]] std::shared_ptr<fanout::QueueBudget> budget(session::Door) const override { return budget_; }
    [[nodiscard]] std::shared_ptr<session::Admission> admission() const override { return admission_; }
    /// Waiting in the queues of all sessions.
    [[nodiscard]] std::size_t queued_bytes() const { return budget_->used(); }
    [[nodiscard]] base::UtcMs now() const override { return base::UtcMs{1'530'363'600'000}; }

    /// Any thread: until so many sessions have left since the beginning.
    [[nodiscard]] bool wait_left(int sessions) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return left_ >= sessions; });
    }

    std::map<fanout::Slot, session::SessionPort*> ports;

private:
    asio::io_context& io_;
    std::shared_ptr<fanout::QueueBudget> budget_ = std::make_shared<fanout::QueueBudget>(100'000'000);
    std::shared_ptr<session::Admission> admission_ = std::make_shared<session::Admission>(
        session::Admission::Bounds{}, std::make_shared<base::LimitCounts>());
    fanout::Slot next_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    int left_ = 0;
};

/// A run of one item comes, and the turn ends.
inline void deliver(session::SessionPort& port, fanout::LiveItem one) {
    std::vector<fanout::LiveItem> items;
    items.push_back(std::move(one));
    if (port.deliver(fanout::Run(std::move(items))) == session::AfterDelivery::flush) port.flush();
}

inline NetSettings settings_of(session::Door door) {
    NetSettings settings;
    settings.door = door;
    settings.websocket_path = door == session::Door::staff ? "/v1/ops" : "/v1/ws";
    settings.limits = limits_of(door);
    return settings;
}

/// A listener that runs on a thread of its own.
class TestDoor {
public:
    explicit TestDoor(NetSettings settings = settings_of(session::Door::followers))
        : settings_(std::move(settings)), work_(io_.get_executor()), shard(io_) {
        listener_ = std::make_shared<Listener>(io_, settings_, [this] { return Seat{io_, &shard}; });
        REQUIRE(listener_->start({"127.0.0.1", 0}).has_value());
        port_ = listener_->address().port;
        thread_ = std::thread([this] { io_.run(); });
    }
    TestDoor(const TestDoor&) = delete;
    TestDoor& operator=(const TestDoor&) = delete;
    ~TestDoor() {
        asio::post(io_, [this] {
            listener_->stop();
            io_.stop();
        });
        thread_.join();
    }
    /// On the io thread, and done when this returns.
    void on_shard(const std::function<void(HandShard&)>& work) {
        std::promise<void> done;
        asio::post(io_, [&] {
            work(shard);
            done.set_value();
        });
        done.get_future().get();
    }
    /// A second has passed for every session.
    void tick() {
        on_shard([](HandShard& hand) {
            const auto ports = hand.ports;
            for (const auto& [slot, port] : ports) {
                if (hand.ports.contains(slot)) (void)port->tick();
            }
        });
    }
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t inside() const { return listener_->inside(); }

private:
    NetSettings settings_;
    asio::io_context io_;
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    std::shared_ptr<Listener> listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;

public:
    HandShard shard;
};

struct Frame {
    unsigned opcode = 0;
    std::string payload;
    [[nodiscard]] unsigned close_code() const {
        if (opcode != 8 || payload.size() < 2) return 0;
        return static_cast<unsigned>(static_cast<unsigned char>(payload[0])) * 256U +
               static_cast<unsigned char>(payload[1]);
    }
};

/// A masked frame as a client sends it.
inline std::string frame(unsigned opcode, const std::string& payload, bool fin = true) {
    std::string bytes;
    bytes += static_cast<char>((fin ? 0x80U : 0U) | opcode);
    if (payload.size() < 126) {
        bytes += static_cast<char>(0x80U | payload.size());
    } else {
        bytes += static_cast<char>(0x80U | 126U);
        bytes += static_cast<char>(payload.size() >> 8U);
        bytes += static_cast<char>(payload.size() & 0xFFU);
    }
    const std::array<char, 4> mask{'m', 'a', 's', 'k'};
    bytes.append(mask.data(), mask.size());
    for (std::size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ mask.at(i % 4));
    return bytes;
}

inline std::string close_frame(unsigned code) {
    return frame(8, {static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)});
}

inline std::string upgrade_request(const std::string& path, const std::string& protocol = "marchwire.v1.json",
                                   const std::string& more = "") {
    return "GET " + path +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Protocol: " +
           protocol + "\r\n" + more + "\r\n";
}

/// Blocking; a read that gets nothing for 20 s counts as the end, so that a broken server fails a test and
/// does not hang it.
class Client {
public:
    explicit Client(int receive_buffer_bytes = 0) : socket_(io_) {
        socket_.open(tcp::v4());
        if (receive_buffer_bytes != 0) {
            socket_.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
        }
        const timeval patience{20, 0};
        ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        socket_.set_option(tcp::no_delay(true));
    }
    explicit Client(const TestDoor& door, int receive_buffer_bytes = 0) : Client(receive_buffer_bytes) {
        connect(door);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    virtual ~Client() = default;
    void connect(const TestDoor& door) { socket_.connect({asio::ip::address_v4::loopback(), door.port()}); }
    virtual void send(const std::string& bytes) {
        boost::system::error_code ignored;
        asio::write(socket_, asio::buffer(bytes), ignored);
    }
    void say(const std::string& json) { send(frame(1, json)); }
    /// To the end of a header and its Content-Length (none for HEAD).
    std::string read_response(bool has_body = true) {
        while (in_.find("\r\n\r\n") == std::string::npos && read_more()) {
        }
        const auto header_end = in_.find("\r\n\r\n");
        if (header_end == std::string::npos) return std::exchange(in_, {});
        std::size_t whole = header_end + 4;
        const auto length = in_.find("Content-Length: ");
        if (has_body && length < header_end) whole += std::stoul(in_.substr(length + 16));
        while (in_.size() < whole && read_more()) {
        }
        std::string response = in_.substr(0, whole);
        in_.erase(0, whole);
        return response;
    }
    Client& upgrade(const std::string& path = "/v1/ws") {
        send(upgrade_request(path));
        REQUIRE(read_response(false).starts_with("HTTP/1.1 101 "));
        return *this;
    }
    /// Upgraded and welcomed.
    Client& greet(const std::string& path = "/v1/ws", const std::string& token = "") {
        upgrade(path);
        say(Json{{"hello", {{"protocol", 1}, {"device", "7"}, {"token", token}}}}.dump());
        REQUIRE(next_item().contains("welcome"));
        return *this;
    }
    /// What is to be signed comes before all else at the staff door: here nobody has a key.
    std::optional<Frame> read_frame() {
        auto read = read_any();
        while (read && read->payload.find("\"challenge\"") != std::string::npos) read = read_any();
        return read;
    }
    std::optional<Frame> read_any() {
        if (!need(2)) return std::nullopt;
        Frame read;
        read.opcode = static_cast<unsigned char>(in_[0]) & 0x0FU;
        std::size_t size = static_cast<unsigned char>(in_[1]) & 0x7FU;
        std::size_t header = 2;
        if (size == 126) {
            if (!need(4)) return std::nullopt;
            size = static_cast<std::size_t>(static_cast<unsigned char>(in_[2])) * 256U +
                   static_cast<unsigned char>(in_[3]);
            header = 4;
        }
        if (!need(header + size)) return std::nullopt;
        read.payload = in_.substr(header, size);
        in_.erase(0, header + size);
        return read;
    }
    /// The next item of the conversation; an empty object when the connection ends or is closed.
    Json next_item() {
        while (items_.empty()) {
            const auto read = read_frame();
            if (!read || read->opcode != 1) return Json::object();
            const Json message = Json::parse(read->payload);
            for (const Json& item : message["items"]) items_.push_back(item);
        }
        Json item = items_.front();
        items_.erase(items_.begin());
        return item;
    }
    /// Reads on until a close frame; 0 when the connection ends without one.
    unsigned read_close() {
        while (const auto read = read_frame()) {
            if (read->opcode == 8) return read->close_code();
        }
        return 0;
    }
    /// The server ended the connection (what it still sent is skipped).
    bool read_end() {
        boost::system::error_code error;
        std::array<char, 4096> bytes{};
        do {
            (void)read_some(asio::buffer(bytes), error);
        } while (!error);
        return error == asio::error::eof || error == asio::error::connection_reset;
    }
    void end_sending() { socket_.shutdown(tcp::socket::shutdown_send); }

protected:
    virtual std::size_t read_some(asio::mutable_buffer into, boost::system::error_code& error) {
        return socket_.read_some(asio::buffer(into), error);
    }
    tcp::socket& socket() { return socket_; }

private:
    bool read_more() {
        std::array<char, 4096> bytes{};
        boost::system::error_code error;
        const std::size_t read = read_some(asio::buffer(bytes), error);
        in_.append(bytes.data(), read);
        return !error;
    }
    bool need(std::size_t bytes) {
        while (in_.size() < bytes) {
            if (!read_more()) return false;
        }
        return true;
    }

    asio::io_context io_;
    tcp::socket socket_;
    std::string in_;
    std::vector<Json> items_;
};

/// An item of the one topic, of at least so many bytes, as JSON.
inline fanout::LiveItem item(std::uint64_t seq, std::size_t bytes) {
    fanout::LiveItem made;
    made.topic = topic;
    made.position = {base::Epoch{1}, base::Seq{seq}, seq};
    made.messages[1] = wire::make_message(Json{{"seq", seq}, {"pad", std::string(bytes, 'x')}}.dump(),
                                          wire::Encoding::json);
    return made;
}

}  // namespace marchwire::net::test
