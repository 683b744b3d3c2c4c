// One client's WebSocket: bytes to session to bytes.
#include "net/connection.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "wire/close_codes.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
namespace limits = base::limits;
using asio::ip::tcp;

namespace {

// So that one busy client cannot hold up its shard.
constexpr int reads_per_turn = 16;  ///< one message of the largest size
/// Messages and control frames; the rest waits where it was read to. Staff who read are not kept waiting by a thousand
/// strangers who talk.
constexpr int events_of_staff_per_turn = 16;
constexpr int events_of_followers_per_turn = 4;

int events_per_turn(const NetSettings& settings) {
    return settings.door == session::Door::staff ? events_of_staff_per_turn : events_of_followers_per_turn;
}

std::string next_name() {
    static std::atomic<std::uint64_t> next{1};
    return "s" + std::to_string(next.fetch_add(1, std::memory_order_relaxed));
}

session::SessionSettings session_settings(const NetSettings& settings, const Upgrade& upgrade, const Stay& stay) {
    session::SessionSettings made;
    made.door = settings.door;
    made.encoding = upgrade.encoding;
    made.origin_trusted = upgrade.origin_trusted;
    made.crowded = stay.is_crowded();
    made.name = next_name();
    made.demo_clock = settings.demo_clock;
    made.clock_rate = settings.clock_rate;
    made.push_key = settings.push_key;
    made.address = stay.address();
    return made;
}

std::string login_seed(const NetSettings& settings) {
    constexpr std::size_t seed_bytes = 32;
    return settings.door == session::Door::staff ? base::random_bytes(seed_bytes) : std::string();
}

/// The kernel must hold no minutes of old data before an order (DESIGN 4, promise 5).
void tune(tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::send_buffer_size(limits::send_buffer_bytes), ignored);
    const int low_water = limits::not_sent_low_water_bytes;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low_water, sizeof low_water);
    socket.non_blocking(true, ignored);
}

}  // namespace

bool Connection::Burst::has_room() const { return count < frames.size() && bytes < limits::batch_bytes; }

Connection::Connection(Transport transport, session::Backend& backend, const NetSettings& settings, Upgrade upgrade)
    : transport_(std::move(transport)),
      session_(session_settings(settings, upgrade, *upgrade.stay), backend, base::machine_now(), login_seed(settings)),
      backend_(backend),
      settings_(settings),
      stay_(std::move(upgrade.stay)),
      reader_(limits::message_bytes) {}

void Connection::start(const std::string& early_bytes) {
    tune(transport_.socket());
    slot_ = backend_.join(*this);
    joined_ = true;
    backend_.wake(slot_, session_.next_due(base::machine_now()));
    events_left_ = events_per_turn(settings_);
    if (!early_bytes.empty()) {
        const auto space = reader_.prepare(early_bytes.size());
        early_bytes.copy(space.data(), space.size());
        reader_.commit(early_bytes.size());
        take_events();
    }
    flush();
    if (!finished_) wait_readable();
}

// ---- reading -----------------------------------------------------------------------------------

void Connection::wait_readable() {
    if (transport_.holds_read_bytes() || events_left_ == 0) {
        if (settings_.door == session::Door::followers) return read_in_lane();
        return asio::post(transport_.socket().get_executor(), [self = shared_from_this()] { self->on_readable({}); });
    }
    transport_.socket().async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode error) {
        if (self->settings_.door == session::Door::followers && !error) return self->read_in_lane();
        self->on_readable(error);
    });
}

/// A hundred followers whose bytes come at once do not stand in a row before a marshal's.
void Connection::read_in_lane() {
    backend_.put_off([self = shared_from_this()] { self->on_readable({}); });
}

void Connection::on_readable(ErrorCode error) {
    if (finished_) return;
    if (error) return finish();
    events_left_ = events_per_turn(settings_);
    take_events();  // what the last turn left
    for (int reads = 0; !finished_ && events_left_ > 0 && reads < reads_per_turn && read_some();) ++reads;
    if (finished_) return;
    reader_.shrink();
    flush();
    if (!finished_) wait_readable();
}

/// One read without blocking; false when the socket has nothing more for now.
bool Connection::read_some() {
    if (broke_a_rule_) return skip_some();
    const auto space = reader_.prepare(limits::socket_read_bytes);
    ErrorCode error;
    const std::size_t bytes = transport_.read_some(space, error);
    if (error == asio::error::would_block) return false;
    if (error) {
        finish();
        return false;
    }
    reader_.commit(bytes);
    take_events();
    return bytes == space.size() || transport_.holds_read_bytes();
}

/// Nothing of a peer that broke a rule is kept: it has until the close deadline, and could send much until then.
bool Connection::skip_some() {
    std::array<char, limits::socket_read_bytes> skipped;  // NOLINT: written before anything reads it
    ErrorCode error;
    const std::size_t bytes = transport_.read_some(skipped, error);
    if (error == asio::error::would_block) return false;
    if (error) finish();
    return bytes == skipped.size() || transport_.holds_read_bytes();
}

void Connection::take_events() {
    while (!finished_ && events_left_ > 0) {
        const wire::ReadEvent event = reader_.next();
        if (const auto frames = reader_.take_frame_count(); frames != 0) {
            perform(session_.on_frames(frames, base::machine_now()));
        }
        if (finished_ || std::holds_alternative<wire::NeedMore>(event)) return;
        --events_left_;
        std::visit(
            [this](const auto& what) {
                if constexpr (!std::is_same_v<std::decay_t<decltype(what)>, wire::NeedMore>) take_event(what);
            },
            event);
    }
}

void Connection::take_event(const wire::Message& message) {
    // A client that is being sent away is not heard any more.
    if (closing_since_ || peer_closed_) return;
    const auto expected = session_.encoding() == wire::Encoding::json ? wire::Opcode::text : wire::Opcode::binary;
    if (message.opcode != expected) {
        begin_close(static_cast<std::uint16_t>(wire::CloseCode::protocol_error),
                    "The subprotocol marchwire.v1.proto is binary, marchwire.v1.json is text.");
        return;
    }
    perform(session_.on_message(message.payload, base::machine_now()));
}

void Connection::take_event(const wire::PingFrame& ping) {
    if (closing_since_) return;  // nothing goes behind a close frame
    send_control(wire::make_frame(wire::Opcode::pong, ping.payload));
}

void Connection::take_event(const wire::PongFrame&) {}

void Connection::take_event(const wire::CloseFrame& close) {
    peer_closed_ = true;
    constexpr std::uint16_t no_status = 1005;
    const auto normal = static_cast<std::uint16_t>(wire::CloseCode::normal);
    if (close_sent_ && unsent_.empty()) return finish();  // the answer to ours
    begin_close(close.code == no_status ? normal : close.code, {});
}

void Connection::take_event(const wire::Violation& violation) {
    broke_a_rule_ = true;
    stay_->blame(base::machine_now());
    const bool too_large = violation.close_code == static_cast<std::uint16_t>(wire::CloseCode::too_large);
    if (too_large) settings_.limits_met->count(base::Limit::message);
    begin_close(violation.close_code, violation.rule);
}

// ---- what the session wants --------------------------------------------------------------------

void Connection::perform(session::Actions actions) {
    for (session::Action& action : actions) {
        if (finished_) return;
        std::visit([this](auto& what) { perform_one(std::move(what)); }, action);
    }
    if (session_.greeted()) stay_->prove();
}

void Connection::perform_one(session::OpenFeed wish) { backend_.open_feed(slot_, std::move(wish)); }
void Connection::perform_one(const session::CloseFeed& wish) {
    backend_.close_feed(slot_, wish.subscription, wish.feed);
}
void Connection::perform_one(session::RunCommand command) { backend_.run_command(slot_, std::move(command)); }
void Connection::perform_one(session::ReadHistory request) { backend_.read_history(slot_, std::move(request)); }
void Connection::perform_one(session::ReadAccess request) { backend_.read_access(slot_, std::move(request)); }
void Connection::perform_one(session::FindMember wish) { backend_.find_member(slot_, std::move(wish)); }
void Connection::perform_one(session::TakePositions positions) {
    if (session_.grant()) backend_.report_position(slot_, session_.grant()->actor, std::move(positions.report));
}
void Connection::perform_one(const session::Heard& heard) {
    if (session_.grant()) backend_.heard_from(slot_, *session_.grant(), heard.screen);
}
void Connection::perform_one(const session::Blame& /*blame*/) { stay_->blame(base::machine_now()); }
void Connection::perform_one(const session::Close& close) {
    begin_close(static_cast<std::uint16_t>(close.code), close.reason);
}

// ---- from the shard ----------------------------------------------------------------------------

void Connection::feed_opened(session::FeedOpened opened) {
    perform(session_.on_feed_opened(std::move(opened), base::machine_now()));
}
void Connection::feed_refused(session::FeedRefused refused) { perform(session_.on_feed_refused(refused)); }
void Connection::replied(const wire::Reply& reply) { perform(session_.on_reply(reply)); }
void Connection::history_read(wire::History history) { perform(session_.on_history(history)); }
void Connection::access_read(wire::Access access) { perform(session_.on_access(access)); }
void Connection::member_found(const session::MemberFound& found) {
    perform(session_.on_member(found, base::machine_now()));
    if (!finished_) backend_.wake(slot_, session_.next_due(base::machine_now()));
}
void Connection::revoke() { perform(session_.on_revoked()); }
void Connection::drain(base::Millis delay) { perform(session_.on_drain(delay)); }

// ---- deliveries --------------------------------------------------------------------------------

session::AfterDelivery Connection::deliver(const fanout::Run& run) {
    using session::AfterDelivery;
    if (finished_) return AfterDelivery::nothing;
    session::Actions actions;
    const bool open = is_idle() && !kernel_holds(limits::not_sent_low_water_bytes);
    const auto outlet = open ? session::Outlet::open : session::Outlet::busy;
    switch (session_.on_run(run, outlet, actions)) {
        case session::RunStep::nothing: return AfterDelivery::nothing;
        case session::RunStep::queued:
            perform(std::move(actions));
            return writable_wait_ ? AfterDelivery::nothing : AfterDelivery::flush;
        case session::RunStep::write: break;
    }
    // An end of the connection in here leaves it alive: its wait to read is pending and ends later.
    (void)write({&run.frame(session_.encoding()), 1}, 0);
    return AfterDelivery::nothing;
}

session::AfterDelivery Connection::deliver(std::span<const fanout::LiveItem> items) {
    if (finished_) return session::AfterDelivery::nothing;
    perform(session_.on_items(items));
    // Entries that this client may not see are told in time.
    if (!finished_) backend_.wake(slot_, session_.next_due(base::machine_now()));
    return writable_wait_ ? session::AfterDelivery::nothing : session::AfterDelivery::flush;
}

session::AfterDelivery Connection::newest_changed() {
    session_.on_newest();
    return finished_ || writable_wait_ ? session::AfterDelivery::nothing : session::AfterDelivery::flush;
}

// ---- time --------------------------------------------------------------------------------------

base::UtcMs Connection::tick() {
    if (finished_) return {};
    const auto self = shared_from_this();
    const base::UtcMs now = base::machine_now();
    if (closing_since_) {
        if (now - closing_since_ < settings_.deadlines.close) return closing_since_ + settings_.deadlines.close;
        finish();
        return {};
    }
    if (writable_wait_ && now - progressed_at_ >= stall_deadline()) {
        // Nothing moves: a close frame would not either.
        base::log_info("connection_stalled", "staff={}", session_.is_staff());
        settings_.limits_met->count(base::Limit::write_stall);
        finish();
        return {};
    }
    perform(session_.on_tick(now));
    if (!closing_since_ && session_.take_ping(now)) send_control(wire::make_frame(wire::Opcode::ping, {}));
    flush();
    if (finished_) return {};
    if (closing_since_) return closing_since_ + settings_.deadlines.close;
    const base::UtcMs due = session_.next_due(now);
    return writable_wait_ ? std::min(due, progressed_at_ + stall_deadline()) : due;
}

// ---- writing -----------------------------------------------------------------------------------

void Connection::send_control(wire::Frame frame) {
    // Whoever sends pings faster than it reads pongs gets the newest only.
    if (control_.size() >= limits::control_frames) control_.erase(control_.begin());
    control_.push_back(std::move(frame));
}

void Connection::begin_close(std::uint16_t code, std::string_view reason) {
    if (closing_since_) return;
    closing_since_ = base::machine_now();
    backend_.wake(slot_, closing_since_ + settings_.deadlines.close);
    close_frame_ = wire::make_close(code, reason);
    flush();
}

/// What goes next: control frames, then orders and all that is ordered with them.
Connection::Burst Connection::gather() {
    Burst burst;
    std::size_t controls = 0;
    while (controls < control_.size() && burst.has_room()) burst.add(std::move(control_[controls++]));
    control_.erase(control_.begin(), control_.begin() + static_cast<std::ptrdiff_t>(controls));
    if (control_.empty()) std::vector<wire::Frame>().swap(control_);
    while (burst.has_room()) {
        wire::Frame next = session_.next_ordered();
        if (!next) break;
        burst.add(std::move(next));
    }
    return burst;
}

void Connection::flush() {
    if (finished_ || writable_wait_) return;
    const auto self = shared_from_this();
    write_some();
}

void Connection::write_some() {
    if (!unsent_.empty()) {
        const std::vector<wire::Frame> rest = std::exchange(unsent_, {});
        if (!write(rest, std::exchange(sent_of_unsent_, 0))) return;
    }
    while (!finished_) {
        if (kernel_holds(limits::not_sent_low_water_bytes)) return wait_writable();
        Burst burst = gather();
        if (burst.count == 0 && session_.yielding_waits()) {
            // What yields goes one by one, and only when the kernel would say that it wants more.
            if (kernel_holds(limits::not_sent_low_water_bytes / 2)) return wait_writable();
            if (wire::Frame yielding = session_.next_yielding()) burst.add(std::move(yielding));
        }
        if (burst.count == 0 && close_frame_ && !close_sent_) {
            burst.add(*close_frame_);
            close_sent_ = true;
        }
        if (burst.count == 0) return on_all_sent();
        if (!write({burst.frames.data(), burst.count}, 0)) return;
    }
}

bool Connection::write(std::span<const wire::Frame> frames, std::size_t sent_of_first) {
    std::array<iovec, frames_per_write> pieces;  // NOLINT: written before it is read
    std::size_t left = 0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::size_t skip = i == 0 ? sent_of_first : 0;
        pieces[i] = {const_cast<char*>(frames[i]->data()) + skip, frames[i]->size() - skip};  // only read
        left += pieces[i].iov_len;
    }
    ErrorCode error;
    std::size_t sent = transport_.write_some({pieces.data(), frames.size()}, error);
    if (error && error != asio::error::would_block) {
        finish();
        return false;
    }
    given_since_look_ += sent;
    if (sent == left) return true;
    sent += sent_of_first;
    while (sent >= frames.front()->size()) {
        sent -= frames.front()->size();
        frames = frames.subspan(1);
    }
    unsent_.assign(frames.begin(), frames.end());
    sent_of_unsent_ = sent;
    wait_writable();
    return false;
}

/// DESIGN 4, promise 5: what is asked for next must not wait behind minutes of old bytes. The kernel is asked once per
/// so many bytes, not per write. (With TCP_NOTSENT_LOWAT it says that a socket is writable below half of that mark.)
bool Connection::kernel_holds(int bytes) {
    const auto enough = static_cast<std::size_t>(bytes);
    if (given_since_look_ < enough) return false;
    given_since_look_ = transport_.unsent_in_kernel();
    return given_since_look_ >= enough;
}

void Connection::wait_writable() {
    writable_wait_ = true;
    progressed_at_ = base::machine_now();
    backend_.wake(slot_, progressed_at_ + stall_deadline());
    transport_.socket().async_wait(tcp::socket::wait_write,
                                   [self = shared_from_this()](ErrorCode error) { self->on_writable(error); });
}

void Connection::on_writable(ErrorCode error) {
    writable_wait_ = false;
    if (finished_) return;
    if (error) return finish();
    write_some();
}

void Connection::on_all_sent() {
    if (!close_sent_) return;
    if (peer_closed_) return finish();
    // The peer answers with its own close frame, or the close deadline ends the wait.
    transport_.end_sending();
}

void Connection::finish() {
    if (finished_) return;
    finished_ = true;
    if (joined_) backend_.leave(slot_);
    joined_ = false;
    transport_.close();
}

}  // namespace marchwire::net
