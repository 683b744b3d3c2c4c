// One client's WebSocket after the upgrade: socket, frame reader and session; the one writer.
#pragma once

#include "net/door_count.hpp"
#include "net/net_settings.hpp"
#include "session/session.hpp"
#include "wire/frame.hpp"
#include "wire/frame_reader.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace marchwire::net {

/// What the upgrade found out.
struct Upgrade {
    wire::Encoding encoding = wire::Encoding::proto;
    bool origin_trusted = true;
    std::string early_bytes;  ///< sent by the client behind its request
    std::shared_ptr<Stay> stay;
};

/// Lives while one of its waits is pending, on its shard's thread. An idle one holds no buffers: it waits for
/// the socket to become readable and reads without blocking.
class Connection final : public session::SessionPort, public std::enable_shared_from_this<Connection> {
public:
    Connection(boost::asio::ip::tcp::socket socket, session::Backend& backend, const NetSettings& settings,
               Upgrade upgrade);
    void start();

    // ---- session::SessionPort ----------------------------------------------------------------------
    void feed_opened(session::FeedOpened opened) override;
    void feed_refused(session::FeedRefused refused) override;
    void replied(const wire::Reply& reply) override;
    void history_read(wire::History history) override;
    void deliver(const fanout::LiveItem& item) override;
    void flush() override;
    void tick(base::UtcMs now) override;
    void revoke() override;
    void drain(base::Millis delay) override;
    [[nodiscard]] const std::optional<session::Grant>& grant() const override { return session_.grant(); }
    [[nodiscard]] std::size_t queued_bytes() const override { return out_.size() - sent_ + session_.queue().bytes(); }

private:
    using Instant = std::chrono::steady_clock::time_point;
    using ErrorCode = boost::system::error_code;

    void wait_readable();
    void on_readable(ErrorCode error);
    [[nodiscard]] bool read_some();
    [[nodiscard]] bool skip_some();
    void take_events();
    void take_event(const wire::Message& message);
    void take_event(const wire::PingFrame& ping);
    void take_event(const wire::PongFrame&);
    void take_event(const wire::CloseFrame& close);
    void take_event(const wire::Violation& violation);

    void perform(session::Actions actions);
    void perform_one(session::OpenFeed wish);
    void perform_one(const session::CloseFeed& wish);
    void perform_one(session::RunCommand command);
    void perform_one(session::ReadHistory request);
    void perform_one(session::TakePositions positions);
    void perform_one(const session::Heard&);
    void perform_one(const session::Close& close);

    void send_control(wire::Frame frame);
    void begin_close(std::uint16_t code, std::string_view reason);
    [[nodiscard]] bool fill_out();
    void write_some();
    void wait_writable();
    void on_writable(ErrorCode error);
    void on_all_sent();
    void finish();

    boost::asio::ip::tcp::socket socket_;
    session::Backend& backend_;
    const NetSettings& settings_;
    std::shared_ptr<Stay> stay_;
    session::Session session_;
    wire::FrameReader reader_;
    std::string early_bytes_;
    std::string out_;       ///< frames on their way
    std::size_t sent_ = 0;  ///< of out_
    std::deque<wire::Frame> control_;
    std::optional<wire::Frame> close_frame_;  ///< goes out when all before it has
    fanout::Slot slot_ = 0;
    Instant progressed_at_;
    std::optional<Instant> closing_since_;
    bool joined_ = false;
    bool writable_wait_ = false;
    bool close_sent_ = false;
    bool peer_closed_ = false;
    bool broke_a_rule_ = false;
    bool finished_ = false;
};

}  // namespace marchwire::net
