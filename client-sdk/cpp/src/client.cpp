// The shell around the session machine: performs its actions, tells the app, keeps the timer.
#include "marchwire/client.hpp"

#include "byte_stream.hpp"
#include "connection.hpp"
#include "queue_file.hpp"
#include "session_machine.hpp"
#include "to_values.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <google/protobuf/util/json_util.h>

#include <deque>
#include <exception>
#include <map>
#include <random>
#include <set>
#include <utility>

namespace marchwire::sdk {

/// The message behind an item.
struct ItemSource {
    const v1::Item& item;
};

std::optional<Position> FeedItem::position() const {
    if (!source_.item.has_position()) return std::nullopt;
    return position_of(source_.item.position());
}
UtcMs FeedItem::at() const { return source_.item.entry().at_ms(); }
PersonId FeedItem::actor() const { return source_.item.entry().actor(); }
Change FeedItem::change() const { return change_of(source_.item); }
std::string FeedItem::json() const { return json_of(source_.item); }

class Client::Shell : public std::enable_shared_from_this<Client::Shell> {
public:
    Shell(boost::asio::io_context& io, const ClientSettings& settings, Callbacks callbacks)
        : io_(io),
          timer_(io),
          url_(Url::parse(settings.url)),
          ca_file_(settings.ca_file),
          fetch_token_(settings.fetch_token),
          opened_(open_queue(settings)),
          machine_(continued(settings, opened_)),
          callbacks_(std::move(callbacks)),
          clocks_apart_(wall_now() - now().count()) {
        for (const QueueFile::Row& row : std::exchange(opened_.rows, {})) restore(row);
    }

    [[nodiscard]] static Millis now() {
        return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
    }
    [[nodiscard]] static UtcMs wall_now() {
        return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
    [[nodiscard]] SessionMachine& machine() { return machine_; }

    /// What the queue's file said when it was opened, as soon as the app can hear it.
    void begin() {
        if (opened_.problem.empty()) return;
        boost::asio::post(io_, [self = shared_from_this()] {
            if (!self->ended_) self->tell_fault({FaultKind::storage, self->opened_.problem});
        });
    }
    void connect() {
        if (!url_) return stop("the URL must be ws://host:port/v1/ops or /v1/ws, or wss:// for TLS");
        if (url_->tls && !trust_.context) trust_ = make_trust(ca_file_);
        if (!trust_.problem.empty()) return stop(trust_.problem);
        perform(machine_.connect(now()));
    }
    Kept command(const std::string& log, v1::Command command, OnReply on_reply) {
        auto [id, actions] = machine_.command(log, std::move(command), now());
        if (!id) {
            return refuse(std::move(on_reply),
                          {ErrorCode::unavailable, "", "Too many commands wait for an answer: try again later.", 0, "",
                           Millis(1'000)});
        }
        if (on_reply) replies_.emplace(id->counter, std::move(on_reply));
        // Before the app hears of it, and also from within a callback, where the rest of it waits.
        Actions rest;
        bool durable = false;
        for (Action& action : actions) {
            if (const auto* keep = std::get_if<KeepCommand>(&action)) {
                durable = store(*keep);
            } else {
                rest.push_back(std::move(action));
            }
        }
        perform(std::move(rest));
        return {*id, durable};
    }
    Kept command_json(const std::string& log, std::string_view json, OnReply on_reply) {
        v1::Command command;
        const auto status = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &command);
        if (!status.ok() || command.body_case() == v1::Command::BODY_NOT_SET) {
            return refuse(std::move(on_reply),
                          {ErrorCode::invalid_argument, "json",
                           status.ok() ? "There is no command in it: {\"checkIn\": {...}}, as in proto/README.md."
                                       : "This is no command: " + std::string(status.message()),
                           0, "", Millis(0)});
        }
        return this->command(log, std::move(command), std::move(on_reply));
    }
    void get_history(const FeedName& feed, std::uint64_t from, std::uint32_t limit, OnHistory on_history) {
        const std::uint64_t request = ++requests_;
        histories_.emplace(request, std::move(on_history));
        perform(machine_.get_history(request, feed, from, limit, now()));
    }
    void read_access(const std::string& log, PersonId from, OnAccess on_access) {
        const std::uint64_t request = ++requests_;
        accesses_.emplace(request, std::move(on_access));
        perform(machine_.read_access(request, log, from, now()));
    }
    void end() {
        ended_ = true;
        timer_.cancel();
        if (connection_) connection_->drop();
    }

    /// In order, also when a callback asks for more.
    void perform(Actions actions) {
        for (Action& action : actions) pending_.push_back(std::move(action));
        if (performing_) return;
        performing_ = true;
        const auto self = shared_from_this();
        look_at_clocks();
        while (!pending_.empty() && !ended_) {
            const Action action = std::move(pending_.front());
            pending_.pop_front();
            std::visit([this](const auto& act) { (*this)(act); }, action);
        }
        performing_ = false;
        if (!ended_) set_timer();
    }

    void operator()(const Dial&) {
        ConnectionEvents events;
        events.connected = [this] { perform(machine_.on_connected(now())); };
        events.refused = [this](unsigned status) { perform(machine_.on_refused(status, now())); };
        events.message = [this](std::string_view bytes) { perform(machine_.on_message(bytes, now())); };
        events.broken = [this](const std::string& why) { perform(machine_.on_broken(why, now())); };
        events.closed = [this](std::uint16_t code, const std::string& reason) {
            perform(machine_.on_closed(code, reason, now()));
        };
        connection_ = make_connection(io_, *url_, trust_.context, std::move(events));
        connection_->start();
    }
    void operator()(const AskToken&) {
        guarded([this] {
            fetch_token_([weak = weak_from_this()](const Token& token) {
                const auto self = weak.lock();
                if (!self || self->ended_) return;
                std::optional<Millis> lives;
                if (token.expires_at != 0) lives = Millis(token.expires_at - wall_now());
                self->perform(self->machine_.on_token(token.text, lives, now()));
            });
        });
    }
    void operator()(const KeepCommand& keep) { (void)store(keep); }
    void operator()(const ReserveCounter& reserve) {
        if (opened_.file && !opened_.file->reserve(reserve.counter)) storage_failed();
    }
    void operator()(const MarkAnswered& answered) {
        if (opened_.file) opened_.file->mark_answered(answered.counter);
    }
    void operator()(const ForgetCommand& forgotten) {
        if (opened_.file) opened_.file->erase(forgotten.counter);
    }
    void operator()(const TellFault& told) { tell_fault(told.fault); }
    void operator()(const SendMessage& message) {
        if (connection_) connection_->send(message.bytes);
    }
    void operator()(const HangUp&) {
        if (connection_) connection_->hang_up();
        connection_.reset();
    }
    void operator()(const Drop&) {
        if (connection_) connection_->drop();
        connection_.reset();
    }
    void operator()(const TellState& told) {
        const bool over = std::holds_alternative<Stopped>(told.state) || std::holds_alternative<Waiting>(told.state);
        if (over) answer_requests();
        tell(callbacks_.on_state, told.state);
    }
    void operator()(const TellItem& told) { tell(callbacks_.on_item, FeedItem(told.feed, ItemSource{told.item})); }
    void operator()(const TellSnapshot& told) { tell(callbacks_.on_snapshot, told.feed); }
    void operator()(const TellGap& told) { tell(callbacks_.on_gap, told.gap); }
    void operator()(const TellDiscontinuity& told) { tell(callbacks_.on_discontinuity, told.discontinuity); }
    void operator()(const TellSkipped& told) { tell(callbacks_.on_skipped, told.skipped); }
    void operator()(const TellRefused& told) { tell(callbacks_.on_refused, told.feed, told.error); }
    void operator()(const TellError& told) { tell(callbacks_.on_error, told.error); }
    void operator()(const TellReply& told) {
        if (restored_.erase(told.id.counter) != 0) return tell(callbacks_.on_reply, told.id, told.outcome);
        const auto found = replies_.find(told.id.counter);
        if (found == replies_.end()) return;
        const OnReply reply = std::move(found->second);
        replies_.erase(found);
        tell(reply, told.id, told.outcome);
    }
    void operator()(const TellLost& told) { tell(callbacks_.on_command_lost, told.id, told.error); }
    void operator()(const TellAccess& told) {
        const auto found = accesses_.find(told.request);
        if (found == accesses_.end()) return;
        const OnAccess answer = std::move(found->second);
        accesses_.erase(found);
        tell(answer, told.access);
    }
    void operator()(const TellHistory& told) {
        const auto found = histories_.find(told.request);
        if (found == histories_.end()) return;
        const OnHistory answer = std::move(found->second);
        histories_.erase(found);
        tell(answer, told.history);
    }

private:
    /// Before anything was tried.
    void stop(const std::string& reason) { tell(callbacks_.on_state, ConnectionState(Stopped{reason, {}})); }
    template <class Callback, class... Values>
    void tell(const Callback& callback, const Values&... values) {
        if (callback && !ended_) guarded([&] { callback(values...); });
    }
    /// What the app's code throws ends here: the SDK's own work goes on. A callback may not destroy the client; where
    /// one does, this holds the shell until it has returned, and it was the last.
    template <class Call>
    void guarded(Call call) {
        const auto self = shared_from_this();
        try {
            call();
        } catch (const std::exception& thrown) {
            tell_fault({FaultKind::callback, std::string("a callback threw: ") + thrown.what()});
        } catch (...) {
            tell_fault({FaultKind::callback, "a callback threw"});
        }
    }
    void tell_fault(const Fault& fault) const {
        if (!callbacks_.on_fault || ended_) return;
        try {
            callbacks_.on_fault(fault);
        } catch (...) {  // NOLINT(bugprone-empty-catch): whom could it be told to?
        }
    }

    // ---- the queue's file ----------------------------------------------------------------------------
    [[nodiscard]] static QueueFile::Opened open_queue(const ClientSettings& settings) {
        if (settings.queue_file.empty() || settings.device == 0) return {};
        return QueueFile::open(settings.queue_file, settings.device);
    }
    [[nodiscard]] static ClientSettings continued(ClientSettings settings, const QueueFile::Opened& opened) {
        settings.counter = std::max(settings.counter, opened.counter);
        // Followers have no device: by one seed all of them would come back at the same moments.
        if (settings.jitter_seed == 0 && settings.device == 0) settings.jitter_seed = std::random_device()();
        return settings;
    }
    void restore(const QueueFile::Row& row) {
        v1::Command message;
        if (!message.ParseFromString(row.message) || message.id().counter() != row.counter) {
            opened_.problem = "a command in the queue's file cannot be read: it is left out";
            return;
        }
        // What the SDK had said by itself is answered to nobody, now as then.
        if (!message.has_mark_delivered()) restored_.insert(row.counter);
        machine_.restore(std::move(message), now() - Millis(std::max<UtcMs>(0, wall_now() - row.made_wall)));
    }
    [[nodiscard]] bool store(const KeepCommand& keep) {
        if (!opened_.file) return false;
        const UtcMs made_wall = wall_now() - (now() - keep.made).count();
        const bool stored = opened_.file->put({keep.counter, keep.message, made_wall});
        if (!stored) storage_failed();
        return stored;
    }
    /// Told each time: the app shows that what is done now does not outlive it.
    void storage_failed() {
        tell_fault({FaultKind::storage, "the queue's file takes nothing (" + opened_.file->problem() +
                                            "): what is not answered is lost with the app"});
    }

    Kept refuse(OnReply on_reply, const Error& error) {
        boost::asio::post(io_, [self = shared_from_this(), reply = std::move(on_reply), error] {
            if (!self->ended_) self->tell(reply, CommandId{}, error);
        });
        return {};
    }
    /// They go apart where the device sleeps, or somebody sets its clock.
    void look_at_clocks() {
        constexpr UtcMs jump_ms = 1'000;
        const UtcMs apart = wall_now() - now().count();
        const UtcMs moved = apart > clocks_apart_ ? apart - clocks_apart_ : clocks_apart_ - apart;
        clocks_apart_ = apart;
        if (moved <= jump_ms) return;
        for (Action& action : machine_.on_clock_jump(now())) pending_.push_back(std::move(action));
    }
    /// Requests do not outlive their connection: the app asks again.
    void answer_requests() {
        const Error lost{ErrorCode::unavailable, "", "The connection was lost: ask again when online.", 0, "", {}};
        for (auto& [request, answer] : std::exchange(histories_, {})) {
            tell(answer, History{{}, {}, false, lost});
        }
        for (auto& [request, answer] : std::exchange(accesses_, {})) {
            tell(answer, Access{{}, 0, lost});
        }
    }
    void set_timer() {
        const auto next = machine_.next_tick();
        if (!next) {
            armed_.reset();
            timer_.cancel();
            return;
        }
        if (armed_ && *armed_ <= *next) return;
        armed_ = next;
        timer_.expires_at(std::chrono::steady_clock::time_point(*next));
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (error || self->ended_) return;
            self->armed_.reset();
            self->perform(self->machine_.on_tick(now()));
        });
    }

    boost::asio::io_context& io_;
    boost::asio::steady_timer timer_;
    std::optional<Url> url_;
    std::string ca_file_;
    std::function<void(std::function<void(Token)>)> fetch_token_;
    Trust trust_;
    QueueFile::Opened opened_;
    SessionMachine machine_;
    Callbacks callbacks_;
    UtcMs clocks_apart_;                ///< wall less steady
    std::set<std::uint64_t> restored_;  ///< counters that the file brought, not answered yet
    std::shared_ptr<Connection> connection_;
    std::deque<Action> pending_;
    std::map<std::uint64_t, OnReply> replies_;  ///< by counter; bounded by commands_waiting
    std::map<std::uint64_t, OnHistory> histories_;
    std::map<std::uint64_t, OnAccess> accesses_;
    std::uint64_t requests_ = 0;
    std::optional<Millis> armed_;
    bool performing_ = false;
    bool ended_ = false;
};

Client::Client(boost::asio::io_context& io, const ClientSettings& settings, Callbacks callbacks)
    : shell_(std::make_shared<Shell>(io, settings, std::move(callbacks))) {
    shell_->begin();
}
Client::~Client() { shell_->end(); }

void Client::connect() { shell_->connect(); }
void Client::close() { shell_->perform(shell_->machine().close()); }
void Client::drop_connection() { shell_->perform(shell_->machine().drop(Shell::now())); }
void Client::subscribe(const FeedName& feed) {
    shell_->perform(shell_->machine().subscribe(feed, std::nullopt, Shell::now()));
}
void Client::subscribe(const FeedName& feed, const Position& resume) {
    shell_->perform(shell_->machine().subscribe(feed, resume, Shell::now()));
}
void Client::unsubscribe(const FeedName& feed) { shell_->perform(shell_->machine().unsubscribe(feed, Shell::now())); }
Kept Client::command(const std::string& log, const Command& command, OnReply on_reply) {
    v1::Command message;
    put(command, message);
    return shell_->command(log, std::move(message), std::move(on_reply));
}
Kept Client::command_json(const std::string& log, std::string_view json, OnReply on_reply) {
    return shell_->command_json(log, json, std::move(on_reply));
}
void Client::report_position(const std::string& march, const std::vector<Fix>& fixes) {
    shell_->perform(shell_->machine().report_position(march, fixes, Shell::now()));
}
void Client::screen(bool off) { shell_->perform(shell_->machine().screen(off, Shell::now())); }
void Client::get_history(const FeedName& feed, std::uint64_t from, std::uint32_t limit, OnHistory on_history) {
    shell_->get_history(feed, from, limit, std::move(on_history));
}

void Client::read_access(const std::string& log, PersonId from, OnAccess on_access) {
    shell_->read_access(log, from, std::move(on_access));
}

bool Client::is_online() const { return shell_->machine().is_online(); }
UtcMs Client::server_time() const { return shell_->machine().server_time(Shell::now()); }
std::size_t Client::unanswered_commands() const { return shell_->machine().unanswered(); }
std::uint64_t Client::counter() const { return shell_->machine().counter(); }
std::optional<March> Client::march(const FeedName& feed) const {
    const Subscription* found = shell_->machine().subscription(feed);
    return found == nullptr ? std::nullopt : found->fold().march();
}
std::vector<Row> Client::rows(const FeedName& feed) const {
    const Subscription* found = shell_->machine().subscription(feed);
    return found == nullptr ? std::vector<Row>{} : found->fold().rows();
}
std::optional<Position> Client::position(const FeedName& feed) const {
    const Subscription* found = shell_->machine().subscription(feed);
    return found == nullptr || !found->fold().is_whole() ? std::nullopt : found->position();
}
std::string Client::state_json(const FeedName& feed) const {
    const Subscription* found = shell_->machine().subscription(feed);
    return found == nullptr ? std::string{} : found->fold().json(found->position().value_or(Position{}));
}

}  // namespace marchwire::sdk
