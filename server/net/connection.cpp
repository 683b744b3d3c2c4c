// One client's WebSocket: socket to session to socket.
#include "net/connection.hpp"

#include "base/log.hpp"
#include "wire/close_codes.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <boost/asio/buffer.hpp>

#include <array>
#include <atomic>
#include <utility>

namespace marchwire::net {

namespace asio = boost::asio;
namespace limits = base::limits;
using asio::ip::tcp;

namespace {

constexpr int reads_per_turn = 16;  ///< so that one busy client cannot hold up its shard

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
    return made;
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

base::UtcMs machine_now() {
    const auto since = std::chrono::steady_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count() + 1};
}

Connection::Connection(tcp::socket socket, session::Backend& backend, const NetSettings& settings, Upgrade upgrade)
    : socket_(std::move(socket)),
      backend_(backend),
      settings_(settings),
      stay_(std::move(upgrade.stay)),
      session_(session_settings(settings, upgrade, *stay_), backend, machine_now()),
      reader_(limits::message_bytes),
      early_bytes_(std::move(upgrade.early_bytes)),
      progressed_at_(std::chrono::steady_clock::now()) {}

void Connection::start() {
    tune(socket_);
    slot_ = backend_.join(*this);
    joined_ = true;
    if (!early_bytes_.empty()) {
        const auto space = reader_.prepare(early_bytes_.size());
        early_bytes_.copy(space.data(), space.size());
        reader_.commit(early_bytes_.size());
        early_bytes_ = {};
        take_events();
        flush();
    }
    if (!finished_) wait_readable();
}

// ---- reading -----------------------------------------------------------------------------------

void Connection::wait_readable() {
    socket_.async_wait(tcp::socket::wait_read,
                       [self = shared_from_this()](ErrorCode error) { self->on_readable(error); });
}

void Connection::on_readable(ErrorCode error) {
    if (finished_) return;
    if (error) return finish();
    int reads = 0;
    while (!finished_ && reads < reads_per_turn && read_some()) ++reads;
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
    const std::size_t bytes = socket_.read_some(asio::buffer(space.data(), space.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) return false;
    if (error) {
        finish();
        return false;
    }
    reader_.commit(bytes);
    take_events();
    return bytes == space.size();
}

/// Nothing of a peer that broke a rule is kept: it has until the close deadline, and could send much until then.
bool Connection::skip_some() {
    std::array<char, limits::socket_read_bytes> skipped;  // NOLINT: written before anything reads it
    ErrorCode error;
    const std::size_t bytes = socket_.read_some(asio::buffer(skipped), error);
    if (error == asio::error::would_block || error == asio::error::try_again) return false;
    if (error) finish();
    return bytes == skipped.size();
}

void Connection::take_events() {
    while (!finished_) {
        const wire::ReadEvent event = reader_.next();
        if (std::holds_alternative<wire::NeedMore>(event)) return;
        session_.heard(machine_now());
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
    perform(session_.on_message(message.payload, machine_now()));
}

void Connection::take_event(const wire::PingFrame& ping) {
    send_control(wire::make_frame(wire::Opcode::pong, ping.payload));
}

void Connection::take_event(const wire::PongFrame&) {}

void Connection::take_event(const wire::CloseFrame& close) {
    peer_closed_ = true;
    constexpr std::uint16_t no_status = 1005;
    const auto normal = static_cast<std::uint16_t>(wire::CloseCode::normal);
    if (close_sent_ && sent_ == out_.size()) return finish();  // the answer to ours
    begin_close(close.code == no_status ? normal : close.code, {});
}

void Connection::take_event(const wire::Violation& violation) {
    broke_a_rule_ = true;
    begin_close(violation.close_code, violation.rule);
}

// ---- what the session wants --------------------------------------------------------------------

void Connection::perform(session::Actions actions) {
    for (session::Action& action : actions) {
        if (finished_) return;
        std::visit([this](auto& what) { perform_one(std::move(what)); }, action);
    }
    if (session_.grant()) stay_->prove();
}

void Connection::perform_one(session::OpenFeed wish) { backend_.open_feed(slot_, std::move(wish)); }
void Connection::perform_one(const session::CloseFeed& wish) {
    backend_.close_feed(slot_, wish.subscription, wish.feed);
}
void Connection::perform_one(session::RunCommand command) { backend_.run_command(slot_, std::move(command)); }
void Connection::perform_one(session::ReadHistory request) { backend_.read_history(slot_, std::move(request)); }
void Connection::perform_one(session::TakePositions positions) {
    if (session_.grant()) backend_.report_position(slot_, session_.grant()->actor, std::move(positions.report));
}
void Connection::perform_one(const session::Heard&) {
    if (session_.grant()) backend_.heard_from(slot_, *session_.grant());
}
void Connection::perform_one(const session::Close& close) {
    begin_close(static_cast<std::uint16_t>(close.code), close.reason);
}

// ---- from the shard ----------------------------------------------------------------------------

void Connection::feed_opened(session::FeedOpened opened) {
    perform(session_.on_feed_opened(std::move(opened), machine_now()));
}
void Connection::feed_refused(session::FeedRefused refused) { perform(session_.on_feed_refused(refused)); }
void Connection::replied(const wire::Reply& reply) { perform(session_.on_reply(reply)); }
void Connection::history_read(wire::History history) { perform(session_.on_history(history)); }
void Connection::deliver(const fanout::LiveItem& item) { perform(session_.on_item(item)); }
void Connection::revoke() { perform(session_.on_revoked()); }
void Connection::drain(base::Millis delay) { perform(session_.on_drain(delay)); }

void Connection::tick(base::UtcMs) {
    if (finished_) return;
    const auto self = shared_from_this();
    const Instant now = std::chrono::steady_clock::now();
    if (closing_since_) {
        if (now - *closing_since_ >= settings_.deadlines.close) finish();
        return;
    }
    const auto stall = session_.is_staff() ? settings_.deadlines.stall_staff : settings_.deadlines.stall_follower;
    if (sent_ < out_.size() && now - progressed_at_ >= stall) {
        // Nothing moves: a close frame would not either.
        base::log_info("connection_stalled", "staff={}", session_.is_staff());
        finish();
        return;
    }
    perform(session_.on_tick(machine_now()));
    if (!closing_since_ && session_.take_ping(machine_now())) send_control(wire::make_frame(wire::Opcode::ping, {}));
    flush();
}

// ---- writing -----------------------------------------------------------------------------------

void Connection::send_control(wire::Frame frame) {
    // Whoever sends pings faster than it reads pongs gets the newest only.
    if (control_.size() >= limits::control_frames) control_.pop_front();
    control_.push_back(std::move(frame));
}

void Connection::begin_close(std::uint16_t code, std::string_view reason) {
    if (closing_since_) return;
    closing_since_ = std::chrono::steady_clock::now();
    close_frame_ = wire::make_close(code, reason);
    flush();
}

/// Lays the next frames out; false when nothing is to be sent.
bool Connection::fill_out() {
    out_.clear();
    sent_ = 0;
    for (; !control_.empty(); control_.pop_front()) out_ += *control_.front();
    const fanout::Batch batch = session_.take(limits::batch_bytes);
    if (!batch.empty()) {
        const bool json = session_.encoding() == wire::Encoding::json;
        constexpr std::string_view opening = R"({"items":[)";
        constexpr std::string_view closing = "]}";
        const std::size_t around = json ? opening.size() + closing.size() + batch.items.size() - 1 : 0;
        out_ += wire::make_frame_header(json ? wire::Opcode::text : wire::Opcode::binary, batch.bytes + around);
        out_.reserve(out_.size() + batch.bytes + around);
        if (json) out_ += opening;
        for (std::size_t i = 0; i < batch.items.size(); ++i) {
            if (json && i != 0) out_ += ',';
            out_ += *batch.items[i];
        }
        if (json) out_ += closing;
    } else if (close_frame_ && !close_sent_) {
        out_ += **close_frame_;
        close_sent_ = true;
    }
    return !out_.empty();
}

void Connection::flush() {
    if (finished_ || writable_wait_) return;
    const auto self = shared_from_this();
    write_some();
}

void Connection::write_some() {
    while (!finished_) {
        if (sent_ == out_.size() && !fill_out()) return on_all_sent();
        ErrorCode error;
        const std::size_t bytes = socket_.write_some(asio::buffer(out_.data() + sent_, out_.size() - sent_), error);
        if (error == asio::error::would_block || error == asio::error::try_again) return wait_writable();
        if (error) return finish();
        sent_ += bytes;
        progressed_at_ = std::chrono::steady_clock::now();
    }
}

void Connection::wait_writable() {
    writable_wait_ = true;
    socket_.async_wait(tcp::socket::wait_write,
                       [self = shared_from_this()](ErrorCode error) { self->on_writable(error); });
}

void Connection::on_writable(ErrorCode error) {
    writable_wait_ = false;
    if (finished_) return;
    if (error) return finish();
    write_some();
}

void Connection::on_all_sent() {
    // An idle connection holds no buffer.
    out_ = {};
    sent_ = 0;
    progressed_at_ = std::chrono::steady_clock::now();
    if (!close_sent_) return;
    if (peer_closed_) return finish();
    // The peer answers with its own close frame, or the close deadline ends the wait.
    ErrorCode ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Connection::finish() {
    if (finished_) return;
    finished_ = true;
    if (joined_) backend_.leave(slot_);
    joined_ = false;
    ErrorCode ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
}

}  // namespace marchwire::net
