// One client's WebSocket after the upgrade: transport, frame reader and session; the one writer.
#pragma once

#include "net/door_count.hpp"
#include "net/net_settings.hpp"
#include "net/transport.hpp"
#include "session/session.hpp"
#include "wire/frame.hpp"
#include "wire/frame_reader.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::net {

/// What the upgrade found out.
struct Upgrade {
    wire::Encoding encoding = wire::Encoding::proto;
    bool origin_trusted = true;
    std::shared_ptr<Stay> stay;
};

/// Lives while one of its waits is pending, on its shard's thread. An idle one holds no buffers and no timer: it waits
/// for the socket to become readable and reads without blocking. Writes are gathered from shared frames, without a
/// copy; the kernel is given more only while it holds little unsent, so that an order waits behind little.
class Connection final : public session::SessionPort, public std::enable_shared_from_this<Connection> {
public:
    Connection(Transport transport, session::Backend& backend, const NetSettings& settings, Upgrade upgrade);
    /// `early_bytes`: sent by the client behind its request.
    void start(const std::string& early_bytes);

    // ---- session::SessionPort ----------------------------------------------------------------------
    void feed_opened(session::FeedOpened opened) override;
    void feed_refused(session::FeedRefused refused) override;
    void replied(const wire::Reply& reply) override;
    void history_read(wire::History history) override;
    void access_read(wire::Access access) override;
    void member_found(const session::MemberFound& found) override;
    [[nodiscard]] session::AfterDelivery deliver(const fanout::Run& run) override;
    [[nodiscard]] session::AfterDelivery deliver(std::span<const fanout::LiveItem> items) override;
    [[nodiscard]] session::AfterDelivery newest_changed() override;
    void flush() override;
    [[nodiscard]] base::UtcMs tick() override;
    void revoke() override;
    void drain(base::Millis delay) override;
    [[nodiscard]] const session::Grant* grant() const override { return session_.grant(); }

private:
    using ErrorCode = boost::system::error_code;
    /// What one write is gathered from.
    static constexpr std::size_t frames_per_write = 16;
    struct Burst {
        std::array<wire::Frame, frames_per_write> frames;
        std::size_t count = 0;
        std::size_t bytes = 0;
        void add(wire::Frame frame) {
            bytes += frame->size();
            frames[count++] = std::move(frame);
        }
        [[nodiscard]] bool has_room() const;
    };

    void wait_readable();
    void read_in_lane();
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
    void perform_one(session::ReadAccess request);
    void perform_one(session::FindMember wish);
    void perform_one(session::TakePositions positions);
    void perform_one(const session::Heard&);
    void perform_one(const session::Blame& blame);
    void perform_one(const session::Close& close);

    void send_control(wire::Frame frame);
    void begin_close(std::uint16_t code, std::string_view reason);
    [[nodiscard]] bool is_idle() const { return unsent_.empty() && !writable_wait_ && control_.empty(); }
    [[nodiscard]] Burst gather();
    void write_some();
    /// False: the rest waits for the socket, or the connection has ended.
    [[nodiscard]] bool write(std::span<const wire::Frame> frames, std::size_t sent_of_first);
    /// At least so many bytes that it has not sent yet.
    [[nodiscard]] bool kernel_holds(int bytes);
    [[nodiscard]] base::Millis stall_deadline() const {
        return session_.is_staff() ? settings_.deadlines.stall_staff : settings_.deadlines.stall_follower;
    }
    void wait_writable();
    void on_writable(ErrorCode error);
    void on_all_sent();
    void finish();

    // What a delivery looks at stands first, side by side.
    std::vector<wire::Frame> unsent_;   ///< begun, and the socket took no more: nothing goes before it
    std::vector<wire::Frame> control_;  ///< at most limits::control_frames
    std::size_t sent_of_unsent_ = 0;    ///< of its first frame
    std::size_t given_since_look_ = 0;  ///< bytes given to the kernel since it was seen to hold little
    bool joined_ = false;
    bool writable_wait_ = false;
    bool close_sent_ = false;
    bool peer_closed_ = false;
    bool broke_a_rule_ = false;
    bool finished_ = false;
    int events_left_ = 0;  ///< of this turn; 0 after it: more may lie in the reader
    fanout::Slot slot_ = 0;
    Transport transport_;
    session::Session session_;
    session::Backend& backend_;
    const NetSettings& settings_;
    std::shared_ptr<Stay> stay_;
    wire::FrameReader reader_;
    std::optional<wire::Frame> close_frame_;  ///< goes out when all before it has
    base::UtcMs progressed_at_;               ///< while it is waited for: when the socket last took something
    base::UtcMs closing_since_;               ///< 0: not closing
};

}  // namespace marchwire::net
