// The conversation with one client, as a machine: messages, answers and times go in, what is to be
// done comes out. No socket, no clock.
#pragma once

#include "base/limits.hpp"
#include "fanout/send_queue.hpp"
#include "session/ports.hpp"
#include "session/rate_limit.hpp"
#include "wire/close_codes.hpp"
#include "wire/messages.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::session {

struct CloseFeed {
    SubscriptionId subscription = 0;
    wire::FeedName feed;
};
/// Flush the queue, send a close frame, close. Nothing else is to be done for this session.
struct Close {
    wire::CloseCode code = wire::CloseCode::protocol_error;
    std::string reason;
};
/// A wrong token or a broken rule: whoever does so again and again comes in more slowly.
struct Blame {};
/// Positions of this session's person.
struct TakePositions {
    wire::ReportPosition report;
};
/// The person of this session was heard: at most one a second, and each time the screen goes off or on.
struct Heard {
    wire::Screen screen = wire::Screen::untold;
};

/// What the shell does next, in order.
using Action = std::variant<OpenFeed, CloseFeed, RunCommand, ReadHistory, ReadAccess, FindMember, TakePositions, Heard,
                            Blame, Close>;
using Actions = std::vector<Action>;

/// What the machine needs of the outside while it thinks.
struct SessionSettings {
    Door door = Door::followers;
    wire::Encoding encoding = wire::Encoding::proto;
    bool origin_trusted = true;   ///< credentials are refused from other origins; no Origin is trusted
    bool crowded = false;         ///< staff door under pressure: shorter Hello deadline
    std::string name;             ///< for Welcome and the operator's logs
    std::string_view demo_clock;  ///< outlives the session
    double clock_rate = 1;
    std::string_view push_key;  ///< what staff subscribe pushes with; outlives the session
    AddressKey address;         ///< from where the client comes
};

/// What a device's key signs to log in (proto/README.md).
[[nodiscard]] std::string login_text(std::string_view nonce, const base::Hash256& token_hash);

/// Whether the shell could write at once, or waits for its socket.
enum class Outlet : std::uint8_t { open, busy };

/// What became of a run.
enum class RunStep : std::uint8_t {
    nothing,  ///< not for this client, or it is being closed
    queued,   ///< `next` gives it in its turn
    write,    ///< the shell writes the run's frame itself, before anything else
};

/// One session: Hello, rights, subscriptions, commands, what is to be sent. The shell calls `next` when its
/// socket is writable. One thread. After an action Close nothing more comes out.
///
/// `now` is the machine's steady time: deadlines and rates are real even when the clock of the march is a demo
/// clock; what clients are told comes from the backend's clock.
class Session {
public:
    /// `backend` answers what is asked without an action: tokens, the time, class C of a topic. `login_seed`: random,
    /// 32 bytes, for the Challenges of the staff door; empty: none is sent, and no device gets in.
    Session(SessionSettings settings, const Backend& backend, base::UtcMs now, std::string login_seed = {});

    // ---- from the socket ---------------------------------------------------------------------------
    /// Frames came, of any kind: the client is there. More than one client sends end the session.
    [[nodiscard]] Actions on_frames(std::uint32_t count, base::UtcMs now);
    /// The frames of the message are counted already.
    [[nodiscard]] Actions on_message(std::string_view bytes, base::UtcMs now);
    /// Hello deadline, silence, UpTo.
    [[nodiscard]] Actions on_tick(base::UtcMs now);
    /// When on_tick has something to do next; 0 when never.
    [[nodiscard]] base::UtcMs next_due(base::UtcMs now) const;

    // ---- from the shard ----------------------------------------------------------------------------
    [[nodiscard]] Actions on_feed_opened(FeedOpened opened, base::UtcMs now);
    [[nodiscard]] Actions on_feed_refused(const FeedRefused& refused);
    [[nodiscard]] Actions on_reply(const wire::Reply& reply);
    [[nodiscard]] Actions on_history(const wire::History& history);
    [[nodiscard]] Actions on_access(const wire::Access& access);
    /// The answer to FindMember: now it is known whom the app's token names.
    [[nodiscard]] Actions on_member(const MemberFound& found, base::UtcMs now);
    /// Items of a topic that no other feed holds, once for all its followers. With an open outlet and nothing before it
    /// the run is not queued but written as it is; a session of several feeds gathers instead.
    [[nodiscard]] RunStep on_run(const fanout::Run& run, Outlet outlet, Actions& actions);
    /// Items of topics that one feed may hold several of. One without a message in any encoding marks an entry that
    /// this client may not see.
    [[nodiscard]] Actions on_items(std::span<const fanout::LiveItem> items);
    /// A topic's table shows newer values: `next` gives them in their turn.
    void on_newest() { newest_waits_ = true; }
    [[nodiscard]] Actions on_revoked();
    [[nodiscard]] Actions on_drain(base::Millis delay);

    // ---- to the socket -----------------------------------------------------------------------------
    /// The next message of class A or B; null when none waits.
    [[nodiscard]] wire::Frame next_ordered() { return queue_.next_ordered(); }
    /// Messages that yield to all others wait (class C and D), or may.
    [[nodiscard]] bool yielding_waits() const { return newest_waits_ || answer_waits(); }
    /// One of them: newest values and answers by turns, so that neither starves; of a snapshot one piece at a time. To
    /// be asked for when nothing ordered waits and little lies in the kernel: what is given cannot be overtaken any
    /// more.
    [[nodiscard]] wire::Frame next_yielding();
    [[nodiscard]] const fanout::SendQueue& queue() const { return queue_; }
    /// After silence the shell sends a WebSocket ping: true once per limits::ping_after_idle.
    [[nodiscard]] bool take_ping(base::UtcMs now);

    /// Null for those who follow without a name.
    [[nodiscard]] const Grant* grant() const { return grant_.get(); }
    [[nodiscard]] bool is_staff() const { return grant_ != nullptr; }
    /// Hello was accepted.
    [[nodiscard]] bool greeted() const { return greeted_; }
    [[nodiscard]] bool closing() const { return closing_; }
    [[nodiscard]] wire::Encoding encoding() const { return settings_.encoding; }

private:
    /// How much of a topic's newest values the client has.
    struct Seen {
        base::TopicNumber topic;
        std::uint64_t version = 0;
        std::uint64_t skipped = 0;  ///< values that it was too slow for since it last had all
        base::UtcMs had_all_at;     ///< 0: not yet, since the feed was opened
    };
    /// One subscription: what the client holds of it.
    struct Subscription {
        SubscriptionId id = 0;
        bool open = false;
        bool fell_behind = false;  ///< too much was missed to be sent: opened anew without resume
        std::uint32_t next_piece = 0;
        SnapshotPieces snapshot;  ///< on its way to the client; null: none
        wire::FeedName feed;
        std::optional<base::Position> resume;
        boost::container::small_vector<Seen, 1> topics;  ///< one for all feeds but a marshal's
        base::Position sent;                             ///< last position queued for the client
        base::Position seen;                             ///< newest position of the log that this session knows of
        base::UtcMs up_to_at;                            ///< when UpTo was last sent

        [[nodiscard]] bool follows(base::TopicNumber topic) const {
            return open && std::ranges::find(topics, topic, &Seen::topic) != topics.end();
        }
    };

    void on(const wire::Hello& hello, base::UtcMs now, Actions& actions);
    void on(const wire::Subscribe& wish, base::UtcMs now, Actions& actions);
    void on(const wire::Unsubscribe& wish, base::UtcMs now, Actions& actions);
    void on(wire::CommandMessage command, base::UtcMs now, Actions& actions);
    void on(wire::ReportPosition report, base::UtcMs now, Actions& actions);
    void on(const wire::GetHistory& request, base::UtcMs now, Actions& actions);
    void on(const wire::Ping& ping, base::UtcMs now, Actions& actions);
    void on(wire::Screen said, base::UtcMs now, Actions& actions);
    void on(const wire::Prove& proof, base::UtcMs now, Actions& actions);
    [[nodiscard]] base::Refusal wrong_token(base::UtcMs now, Actions& actions);
    void renew(const std::string& token, base::UtcMs now, Actions& actions);
    void on_renewed(const MemberFound& found, Actions& actions);
    [[nodiscard]] std::optional<AppPass> read_pass(const std::string& token, base::UtcMs now, Actions& actions);
    void on(const wire::ReadAccess& request, base::UtcMs now, Actions& actions);

    /// False when these credentials are not taken: then the client is turned away.
    [[nodiscard]] bool log_in(const wire::Hello& hello, base::UtcMs now, Actions& actions);
    /// Always false.
    [[nodiscard]] bool turn_away(const base::Refusal& why, Actions& actions);
    /// Of an app: the Hello waits until its person is found.
    void log_in_by_app(const wire::Hello& hello, base::UtcMs now, Actions& actions);
    /// What is wrong as an item as well, so that a client knows it by its code.
    void tell_and_close(wire::CloseCode code, const base::Refusal& why, Actions& actions);
    void greet(const wire::Hello& hello, base::UtcMs now, Actions& actions);
    [[nodiscard]] bool is_awaited() const { return login_ && login_->waiting; }
    [[nodiscard]] bool is_over(base::UtcMs now) const { return login_ && login_->ends_at && now >= login_->ends_at; }
    void end_at_expiry(Actions& actions);
    void challenge();
    [[nodiscard]] bool is_proven_by(const std::string& signature) const;
    [[nodiscard]] bool must_prove() const { return login_ && !login_->public_key.empty(); }
    void ask_for_proof(base::UtcMs now, Actions& actions);
    void answer(const wire::SessionItem& item, const wire::SessionItem& too_much, Actions& actions);

    /// Why this Hello is not taken; empty when it is.
    [[nodiscard]] std::optional<Close> objection(const wire::Hello& hello) const;
    void tell_heard(base::UtcMs now, Actions& actions);
    [[nodiscard]] std::optional<base::Refusal> objection(const wire::CommandMessage& command, base::UtcMs now);
    [[nodiscard]] std::optional<base::Refusal> objection(const wire::FeedName& feed) const;
    [[nodiscard]] base::Refusal too_often();
    [[nodiscard]] core::Actor actor() const { return grant_ ? grant_->actor : core::Actor{}; }

    [[nodiscard]] Subscription* find(SubscriptionId id);
    [[nodiscard]] Subscription* find(const wire::FeedName& feed);
    void forget(SubscriptionId id);
    void open(Subscription& feed, Actions& actions);
    void refuse_feed(const wire::FeedName& feed, base::Refusal refusal, Actions& actions);
    [[nodiscard]] bool is_too_much(const std::vector<fanout::LiveItem>& items) const;
    void send_missed(Subscription& feed, const FeedOpened& opened, Actions& actions);
    [[nodiscard]] bool wants(const fanout::LiveItem& item);
    bool push_items(std::span<const fanout::LiveItem* const> items, Actions& actions);
    [[nodiscard]] wire::Frame next_newest();
    [[nodiscard]] wire::Frame newer(const Subscription& feed, Seen& seen);
    [[nodiscard]] wire::Frame next_answer();
    [[nodiscard]] bool answer_waits() const;
    void send_up_to(Subscription& feed, base::UtcMs now, Actions& actions);

    void send(fanout::DeliveryClass delivery, const wire::SessionItem& item, Actions& actions);
    /// Closes the session when A and B would exceed their limit. False when the item was not taken.
    bool push(fanout::DeliveryClass delivery, wire::Frame message, Actions& actions);
    void close(wire::CloseCode code, std::string reason, Actions& actions);
    /// As `close`, after telling every feed how far the client is.
    void close_in_order(wire::CloseCode code, std::string reason, Actions& actions);
    [[nodiscard]] const wire::Frame& message_of(const fanout::LiveItem& item) const {
        return fanout::in(item.messages, settings_.encoding);
    }

    // What a delivery looks at stands first, side by side.
    const Backend& backend_;
    fanout::SendQueue queue_;
    boost::container::small_vector<Subscription, 1> subscriptions_;  ///< most clients have one
    bool greeted_ = false;
    bool closing_ = false;
    bool newest_waits_ = false;
    bool answers_turn_ = false;
    SessionSettings settings_;
    std::shared_ptr<Admission> admission_;
    Admission::Place place_;
    std::unique_ptr<const Grant> grant_;  ///< apart: followers are many, and have none
    SubscriptionId next_subscription_ = 1;
    RateLimit frames_;
    RateLimit commands_;
    base::UtcMs begun_at_;
    base::UtcMs heard_at_;
    base::UtcMs pinged_at_;
    std::optional<base::UtcMs> told_heard_at_;
    base::DeviceId device_;
    /// Of the staff door alone: followers are many, and have nothing to prove.
    struct Login {
        std::string seed;
        std::string nonce;  ///< of the last Challenge
        std::uint32_t challenges = 0;
        base::Hash256 token_hash{};  ///< of an app's: of whom it names
        std::string public_key;      ///< the device's; empty: the token is enough
        base::UtcMs proven_at;
        bool asked = false;                  ///< for a proof, since then
        std::optional<wire::Hello> waiting;  ///< an app's, while its person is looked for
        base::UtcMs ends_at;                 ///< when an app's token expires; 0: it is none
        base::UtcMs renewed_to;              ///< when the next one does, while the roster is looked at again
    };
    std::unique_ptr<Login> login_;
};

}  // namespace marchwire::session
