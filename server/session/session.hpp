// The conversation with one client, as a machine: messages, answers and times go in, what is to be
// done comes out. No socket, no clock.
#pragma once

#include "base/limits.hpp"
#include "fanout/send_queue.hpp"
#include "session/ports.hpp"
#include "session/rate_limit.hpp"
#include "wire/close_codes.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::session {

/// Which listener the client came in by (DESIGN 6).
enum class Door : std::uint8_t { followers, staff };

struct CloseFeed {
    SubscriptionId subscription = 0;
    wire::FeedName feed;
};
/// Flush the queue, send a close frame, close. Nothing else is to be done for this session.
struct Close {
    wire::CloseCode code = wire::CloseCode::protocol_error;
    std::string reason;
};
/// Positions of this session's person.
struct TakePositions {
    wire::ReportPosition report;
};
/// The person of this session was heard: at most one a second.
struct Heard {};

/// What the shell does next, in order.
using Action = std::variant<OpenFeed, CloseFeed, RunCommand, ReadHistory, TakePositions, Heard, Close>;
using Actions = std::vector<Action>;

/// What the machine needs of the outside while it thinks.
struct SessionSettings {
    Door door = Door::followers;
    wire::Encoding encoding = wire::Encoding::proto;
    bool origin_trusted = true;  ///< credentials are refused from other origins; no Origin is trusted
    bool crowded = false;        ///< staff door under pressure: shorter Hello deadline
    std::string name;            ///< for Welcome and the operator's logs
    std::string demo_clock;
    double clock_rate = 1;
};

/// One session: Hello, rights, subscriptions, commands, what is to be sent. The shell reads `queue()`
/// when its socket is writable. One thread. After an action Close nothing more comes out.
class Session {
public:
    /// `backend` answers token lookups only; all else goes out as actions.
    Session(SessionSettings settings, const Backend& backend, base::UtcMs now);

    // ---- from the socket ---------------------------------------------------------------------------
    [[nodiscard]] Actions on_message(std::string_view bytes, base::UtcMs now);
    /// Each second: Hello deadline, silence, UpTo.
    [[nodiscard]] Actions on_tick(base::UtcMs now);

    // ---- from the shard ----------------------------------------------------------------------------
    [[nodiscard]] Actions on_feed_opened(FeedOpened opened, base::UtcMs now);
    [[nodiscard]] Actions on_feed_refused(const FeedRefused& refused);
    [[nodiscard]] Actions on_reply(const wire::Reply& reply);
    [[nodiscard]] Actions on_history(const wire::History& history);
    [[nodiscard]] Actions on_item(const fanout::LiveItem& item);
    [[nodiscard]] Actions on_revoked();
    [[nodiscard]] Actions on_drain(base::Millis delay);

    [[nodiscard]] fanout::SendQueue& queue() { return queue_; }
    [[nodiscard]] const std::optional<Grant>& grant() const { return grant_; }
    [[nodiscard]] bool is_staff() const { return grant_.has_value(); }
    [[nodiscard]] bool closing() const { return closing_; }
    [[nodiscard]] wire::Encoding encoding() const { return settings_.encoding; }
    /// After silence the shell sends a WebSocket ping.
    [[nodiscard]] bool ping_due(base::UtcMs now) const;
    /// A pong or any frame came.
    void heard(base::UtcMs now) { heard_at_ = now; }

private:
    /// One subscription: what the client holds of it.
    struct Subscription {
        SubscriptionId id = 0;
        wire::FeedName feed;
        std::vector<base::TopicNumber> topics;
        base::Position sent;   ///< last position queued for the client
        base::Position seen;   ///< newest position of the log that this session knows of
        base::UtcMs up_to_at;  ///< when UpTo was last sent
        bool open = false;
    };
    [[nodiscard]] Actions close(wire::CloseCode code, std::string reason);
    void send(fanout::DeliveryClass delivery, const wire::SessionItem& item, Actions& actions);

    SessionSettings settings_;
    const Backend& backend_;
    fanout::SendQueue queue_;
    std::optional<Grant> grant_;
    std::vector<Subscription> subscriptions_;
    SubscriptionId next_subscription_ = 1;
    RateLimit messages_;
    RateLimit commands_;
    base::UtcMs begun_at_;
    base::UtcMs heard_at_;
    base::UtcMs told_heard_at_;
    base::DeviceId device_;
    bool greeted_ = false;
    bool closing_ = false;
};

}  // namespace marchwire::session
