// The client's side of the conversation as a machine: bytes, times and wishes go in, actions come out. No socket,
// no clock. (internal to the SDK)
#pragma once

#include "backoff.hpp"
#include "command_queue.hpp"
#include "marchwire/client.hpp"
#include "subscription.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace marchwire::sdk {

// ---- what the shell does next, in order ----------------------------------------------------------
struct Dial {};  ///< connect; then on_connected, on_refused or on_closed
struct SendMessage {
    std::string bytes;
};
struct HangUp {};  ///< say goodbye and close; nothing comes back
struct Drop {};    ///< close without a word; nothing comes back
struct TellState {
    ConnectionState state;
};
struct TellItem {
    FeedName feed;
    v1::Item item;
};
struct TellSnapshot {
    FeedName feed;
};
struct TellGap {
    Gap gap;
};
struct TellDiscontinuity {
    Discontinuity discontinuity;
};
struct TellSkipped {
    Skipped skipped;
};
struct TellRefused {
    FeedName feed;
    Error error;
};
struct TellError {
    Error error;
};
struct TellReply {
    CommandId id;
    Outcome outcome;
};
struct TellLost {
    CommandId id;
    Error error;
};
struct TellAccess {
    std::uint64_t request = 0;
    Access access;
};
struct TellHistory {
    std::uint64_t request = 0;
    History history;
};
struct TellFault {
    Fault fault;
};
/// The app is asked for the token of the next connection, or of this one from now on: on_token.
struct AskToken {};
// What the queue's file does, before anything that stands behind it.
struct KeepCommand {
    std::uint64_t counter = 0;
    std::string message;
    Millis made{0};
};
struct ReserveCounter {
    std::uint64_t counter = 0;  ///< of a command that it does not hold: a restart must not use it for another
};
struct MarkAnswered {
    std::uint64_t counter = 0;
};
struct ForgetCommand {
    std::uint64_t counter = 0;
};
using Action = std::variant<Dial, SendMessage, HangUp, Drop, TellState, TellItem, TellSnapshot, TellGap,
                            TellDiscontinuity, TellSkipped, TellRefused, TellError, TellReply, TellLost, TellHistory,
                            TellAccess, TellFault, AskToken, KeepCommand, ReserveCounter, MarkAnswered, ForgetCommand>;
using Actions = std::vector<Action>;

/// Times are of a steady clock, from any origin. One thread.
class SessionMachine {
public:
    explicit SessionMachine(const ClientSettings& settings);

    // ---- wishes of the app -------------------------------------------------------------------------
    [[nodiscard]] Actions connect(Millis now);
    [[nodiscard]] Actions close();
    [[nodiscard]] Actions drop(Millis now);
    [[nodiscard]] Actions subscribe(const FeedName& feed, std::optional<Position> resume, Millis now);
    [[nodiscard]] Actions unsubscribe(const FeedName& feed, Millis now);
    /// Empty id: refused, too many wait.
    struct Commanded {
        std::optional<CommandId> id;
        Actions actions;
    };
    [[nodiscard]] Commanded command(const std::string& log, v1::Command command, Millis now);
    /// From the queue's file, before the first connect.
    void restore(v1::Command message, Millis made) { commands_.restore(std::move(message), made); }
    [[nodiscard]] Actions screen(bool off, Millis now);
    [[nodiscard]] Actions report_position(const std::string& march, const std::vector<Fix>& fixes, Millis now);
    [[nodiscard]] Actions get_history(std::uint64_t request, const FeedName& feed, std::uint64_t from,
                                      std::uint32_t limit, Millis now);
    [[nodiscard]] Actions read_access(std::uint64_t request, const std::string& log, PersonId from, Millis now);

    /// The answer to AskToken; empty when the app has none now. `lives`: from now on; empty: nobody knows.
    [[nodiscard]] Actions on_token(const std::string& token, std::optional<Millis> lives, Millis now);
    /// The device slept, or its clock was set: what time it is is asked of the server.
    [[nodiscard]] Actions on_clock_jump(Millis now);

    // ---- from the socket ---------------------------------------------------------------------------
    [[nodiscard]] Actions on_connected(Millis now);
    [[nodiscard]] Actions on_message(std::string_view bytes, Millis now);
    /// What came is no message of this protocol.
    [[nodiscard]] Actions on_broken(const std::string& why, Millis now);
    /// The upgrade was answered by this HTTP status.
    [[nodiscard]] Actions on_refused(unsigned status, Millis now);
    /// `code` 0: the network; else the close frame's.
    [[nodiscard]] Actions on_closed(std::uint16_t code, const std::string& reason, Millis now);
    [[nodiscard]] Actions on_tick(Millis now);
    /// When on_tick is due; empty: never.
    [[nodiscard]] std::optional<Millis> next_tick() const;

    // ---- what it knows -----------------------------------------------------------------------------
    [[nodiscard]] bool is_online() const { return link_ == Link::online; }
    [[nodiscard]] UtcMs server_time(Millis at) const;
    [[nodiscard]] const Subscription* subscription(const FeedName& feed) const;
    [[nodiscard]] std::size_t unanswered() const { return commands_.size(); }
    [[nodiscard]] std::uint64_t counter() const { return commands_.counter(); }

private:
    enum class Link : std::uint8_t { idle, asking, dialling, greeting, online, waiting, stopped };

    void begin(Millis now, Actions& out);
    void dial(Millis now, Actions& out);
    void send(const v1::ClientMessage& message, Millis now, Actions& out);
    /// `signature`: of the server's challenge; empty where the token is bound to no device.
    void say_hello(const std::string& signature, Millis now, Actions& out);
    void on_challenge(const v1::Challenge& challenge, Millis now, Actions& out);
    void send_commands(Millis now, Actions& out);
    void say_screen(Millis now, Actions& out);
    void say_ping(Millis now, Actions& out);
    /// Of a token that was given now: when the next one is asked for.
    void plan_renewal(std::optional<Millis> lives, Millis now);
    void give_up(const std::string& why, Millis now, Actions& out);
    void on_reply(const v1::Reply& reply, Millis now, Actions& out);
    void wait_and_retry(const std::string& reason, Millis now, Actions& out);
    void stop(const std::string& reason, std::optional<Error> error, Actions& out);
    void ask_again(Subscription& feed, Took why, Millis now, Actions& out);

    void on_session_item(const v1::Item& item, Millis now, Actions& out);
    void on_welcome(const v1::Welcome& welcome, Millis now, Actions& out);
    void on_unsubscribed(const v1::Unsubscribed& gone, Millis now, Actions& out);
    void on_feed_item(const v1::Item& item, Millis now, Actions& out);
    void give(Subscription& feed, const v1::Item& item, Millis now, Actions& out);
    void on_piece(const v1::SnapshotPiece& piece, Millis now, Actions& out);
    void on_history(const v1::History& history, Actions& out) const;
    static void on_access(const v1::Access& access, Actions& out);
    void mark_delivered(const Subscription& feed, Millis now, Actions& out);
    [[nodiscard]] Subscription* find(const std::string& feed);
    [[nodiscard]] Subscription* find(const v1::Item& item);
    void index_topics();

    ClientSettings settings_;
    Backoff backoff_;
    CommandQueue commands_;
    std::map<std::string, Subscription> feeds_;                ///< by the feed's name
    std::unordered_map<std::uint32_t, std::string> by_topic_;  ///< topic to feed
    std::map<std::string, std::set<std::uint32_t>> marked_;  ///< by feed: orders said to be delivered, not seen so yet
    Link link_ = Link::idle;
    Millis deadline_{0};  ///< of asking, dialling and greeting; of waiting: when to try again
    Millis heard_at_{0};
    Millis said_at_{0};
    Millis online_since_{0};
    Millis dead_after_{100'000};
    std::optional<Millis> drain_;
    std::optional<Millis> renew_at_;  ///< the app is asked for the next token
    bool renewing_ = false;           ///< it was asked while online
    bool asked_once_more_ = false;    ///< the last token was not known
    std::optional<Error> last_error_;
    UtcMs server_time_ = 0;  ///< at clock_at_
    Millis clock_at_{0};
    double clock_rate_ = 1;
    std::uint64_t nonce_ = 0;
    bool screen_off_ = false;
};

/// True when the server said by its close code that trying again is of no use (table in proto/README.md).
[[nodiscard]] bool closes_for_good(std::uint16_t code);

}  // namespace marchwire::sdk
