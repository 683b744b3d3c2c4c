// The log in Redis: its thread, its two links, and the calls that travel.
#include "store/redis_log.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "bus/redis_thread.hpp"
#include "bus/script_set.hpp"
#include "store/call_queue.hpp"
#include "store/log_scripts.hpp"
#include "store/redis_archive.hpp"
#include "store/redis_codec.hpp"
#include "store/redis_durability.hpp"
#include "store/redis_follow_link.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <string>
#include <utility>

namespace marchwire::store {
namespace {

namespace limits = base::limits;
using SteadyTime = bus::RedisThread::SteadyTime;

/// A call that waits, with how long it may.
struct Waiting {
    Call call;
    SteadyTime deadline;
    bool again = false;    ///< it was sent before, and its answer was lost
    bool settled = false;  ///< its outcome is the store's
};

/// Calls that travel together. Answered when all of them are, in their order.
struct Group {
    std::vector<Waiting> calls;
    std::size_t answers_due = 0;  ///< of the calls, and of the WAIT
    bool level_asked = false;
    core::Level level = core::Level::stored;
};

UtcMs last_alive_in(const bus::Reply& reply) {
    return UtcMs{reply.kind == bus::Reply::Kind::text ? std::strtoll(reply.text.c_str(), nullptr, 10) : 0};
}

}  // namespace

/// All but the queue lives on its own thread.
class RedisLog::Machine {
public:
    explicit Machine(const RedisLogSettings& settings)
        : settings_(settings),
          archive_(settings.redis, settings.archive),
          scripts_({log_scripts::append, log_scripts::read, log_scripts::put_checkpoint, log_scripts::shred,
                    log_scripts::drop_keys}),
          requests_(thread_.io(), settings.redis, bus::LinkUse::requests,
                    {[this](const auto& facts) { on_ready(facts); }, [this](const auto& lost) { on_lost(lost); }, {}}),
          follows_(thread_.io(), settings.redis, requests_, scripts_, [this] { return loaded_ && requests_.takes(); }) {
        thread_.start(
            [this] {
                requests_.start();
                follows_.start();
            },
            [this](SteadyTime now) {
                expire(now);
                follows_.beat(now);
            });
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine() { stop(); }

    [[nodiscard]] std::future<std::string> opened() { return opened_.get_future(); }
    [[nodiscard]] bool healthy() const { return healthy_; }
    [[nodiscard]] std::uint64_t gap_fills() const { return follows_.gap_fills(); }
    [[nodiscard]] bool hears() const { return follows_.hears(); }
    // As they were when the log was opened: set before that is told, and not after.
    [[nodiscard]] const bus::ServerFacts& server() const { return server_; }
    [[nodiscard]] UtcMs last_alive() const { return last_alive_; }
    [[nodiscard]] RedisArchive& archive() { return archive_; }
    /// After stop().
    [[nodiscard]] const std::string& last_loss() const { return last_loss_; }

    void post(Call call) {
        const auto deadline = std::chrono::steady_clock::now() + base::duration_of(limits::redis_call_deadline);
        if (!queue_.push({std::move(call), deadline})) return;
        if (!pump_posted_.exchange(true)) thread_.post([this] { pump(); });
    }

    void catch_up(const std::function<void()>& done) {
        thread_.post([this, done] { follows_.catch_up(done); });
    }

    void stop() {
        queue_.close();
        thread_.stop([this] { finish(); });
        archive_.stop();
    }

private:
    // ---- the link for requests ---------------------------------------------------------------------
    void on_ready(const bus::ServerFacts& facts) {
        if (!told_opened_) server_ = facts;
        appends_to_file_ = facts.append_only;
        const std::array<std::string_view, 2> alive{"GET", "mw:alive"};
        requests_.request(alive, [this](const bus::Reply* reply) {
            if (reply != nullptr && !told_opened_) last_alive_ = last_alive_in(*reply);
        });
        look_at_keys();
        look_at_durability(facts);
        scripts_.load(requests_, [this](const std::string& refused) {
            if (!not_durable_.empty()) return refuse_server(not_durable_);
            if (!refused.empty()) return refuse_server("It does not take our scripts: " + refused);
            if (other_keys_) {
                return refuse_server(
                    "Its logs were made with other keys: give this server the key file of the servers "
                    "that it shares Redis with (--keys).");
            }
            loaded_ = healthy_ = true;
            base::log_info("redis_linked", "redis={}", settings_.redis.address.text());
            tell_opened({});
            follows_.check_tips();
            pump();
        });
    }

    /// Again and again: Redis may have lost all.
    void leave_keys_mark() {
        if (settings_.keys_mark.empty()) return;
        const std::array<std::string_view, 3> leave{"SETNX", "mw:keys", settings_.keys_mark};
        requests_.request(leave, [](const bus::Reply*) {});
    }

    void look_at_keys() {
        if (settings_.keys_mark.empty()) return;
        leave_keys_mark();
        const std::array<std::string_view, 2> look{"GET", "mw:keys"};
        requests_.request(look,
                          [this](const bus::Reply* reply) { other_keys_ = reply != nullptr && has_others(*reply); });
    }

    void look_at_durability(const bus::ServerFacts& facts) {
        if (!settings_.require_durable) return;
        const auto& address = settings_.redis.address;
        const bool has_replicas = settings_.replicas != 0 || !address.sentinels.empty();
        const std::array<std::string_view, 4> ask{"CONFIG", "GET", "appendfsync", "min-replicas-to-write"};
        not_durable_ = durability_objection(facts);
        requests_.request(ask, [this, has_replicas](const bus::Reply* reply) {
            if (reply != nullptr && not_durable_.empty()) not_durable_ = durability_objection(*reply, has_replicas);
        });
    }

    [[nodiscard]] bool has_others(const bus::Reply& mark) const {
        return mark.kind == bus::Reply::Kind::text && mark.text != settings_.keys_mark;
    }

    void refuse_server(const std::string& why) {
        tell_opened(why);
        requests_.renew(why);
    }

    /// Empty: it can be used. Once.
    void tell_opened(const std::string& why) {
        if (!std::exchange(told_opened_, true)) opened_.set_value(why);
    }

    void on_lost(const bus::LinkLost& lost) {
        if (healthy_.exchange(false) || lost.why != last_loss_) base::log_warn("redis_lost", "why=\"{}\"", lost.why);
        last_loss_ = lost.why;
        loaded_ = false;
        if (lost.operator_needed) tell_opened(lost.why);
        // What was answered is answered; the rest is sent again, in its order, before all that waits.
        std::deque<Waiting> again;
        for (const auto& group : std::exchange(flying_, {})) {
            for (Waiting& one : group->calls) {
                if (one.settled) {
                    answer_call(one.call);
                } else {
                    one.again = true;
                    again.push_back(std::move(one));
                }
            }
        }
        queue_.put_back(std::move(again));
        if (ending_) thread_.post([this] { end_when_quiet(); });
    }

    // ---- calls -------------------------------------------------------------------------------------
    void pump() {
        pump_posted_ = false;
        while (loaded_ && !ending_ && requests_.takes() && flying_.size() < limits::redis_groups) {
            auto group = std::make_shared<Group>();
            group->calls = queue_.take_group();
            if (group->calls.empty()) return;
            send(group);
        }
    }

    void send(const std::shared_ptr<Group>& group) {
        flying_.push_back(group);
        group->answers_due = 1;  // this sending itself: answers may not come before all has been sent
        bool appends = false;
        for (std::size_t i = 0; i < group->calls.size(); ++i) {
            Waiting& waiting = group->calls[i];
            appends = appends || std::holds_alternative<AppendCall>(waiting.call);
            std::visit([&](auto& call) { send_call(call, group, i); }, waiting.call);
        }
        if (appends && settings_.replicas != 0) ask_level(group);
        one_answered(group);
    }

    template <class One>
    void send_call(One& call, const std::shared_ptr<Group>& group, std::size_t index) {
        ++group->answers_due;
        if constexpr (std::is_same_v<One, AliveCall>) leave_keys_mark();
        const RedisCommand command = command_of(call, scripts_);
        requests_.request(command.words(), [this, group, index](const bus::Reply* reply) {
            if (reply == nullptr) return;
            Waiting& waiting = group->calls[index];
            if (reply->is_error() && must_go_elsewhere(*reply)) return;
            auto& mine = std::get<One>(waiting.call);
            if (reply->is_error()) {
                refuse_call(waiting.call, refusal_of(reply->text));
            } else {
                settle(mine, *reply);
                if constexpr (std::is_same_v<One, ShredCall>) {
                    // Sent again it is not there: the first was done though its answer was lost.
                    if (waiting.again || mine.outcome) return write_file_anew(group, index);
                }
                if constexpr (std::is_same_v<One, DropKeysCall>) {
                    if (waiting.again || mine.dropped != 0) return write_file_anew(group, index);
                }
                if constexpr (std::is_same_v<One, AppendCall>) recognise(mine, waiting.again);
                if constexpr (std::is_same_v<One, CheckpointCall>) {
                    if (archive_.is_due(unarchived_in(*reply))) archive_.look(mine.log);
                }
            }
            waiting.settled = true;
            one_answered(group);
        });
    }
    void send_call(FollowCall& call, const std::shared_ptr<Group>& group, std::size_t index) {
        group->calls[index].settled = true;
        follows_.add(call.follow);
    }
    void send_call(BackupCall& call, const std::shared_ptr<Group>& group, std::size_t index) {
        call.outcome = backed_up_by_redis();
        group->calls[index].settled = true;
    }
    void send_call(RefusedCall&, const std::shared_ptr<Group>& group, std::size_t index) {
        group->calls[index].settled = true;
    }

    /// What was deleted stands in Redis' file until that is written anew.
    void write_file_anew(const std::shared_ptr<Group>& group, std::size_t index) {
        const auto settled = [this, group, index](Shredded shredded) {
            Call& call = group->calls[index].call;
            if (auto* drop = std::get_if<DropKeysCall>(&call)) {
                drop->outcome = std::move(shredded);
            } else {
                std::get<ShredCall>(call).outcome = std::move(shredded);
            }
            group->calls[index].settled = true;
            one_answered(group);
        };
        if (!appends_to_file_) {
            return settled(
                {Shredded::Files::not_done,
                 "this Redis writes snapshots at most (appendonly no): run BGSAVE, which replaces the last"});
        }
        const std::array<std::string_view, 1> anew{"BGREWRITEAOF"};
        requests_.request(anew, [settled](const bus::Reply* reply) {
            if (reply == nullptr) return;
            if (!reply->is_error()) return settled({Shredded::Files::asked, {}});
            settled({Shredded::Files::not_done, "Redis said: " + reply->text + "; run BGREWRITEAOF"});
        });
    }

    /// The server has lost its scripts or its mastership: the call stays as it is and the link is opened anew.
    bool must_go_elsewhere(const bus::Reply& reply) {
        const auto fault = bus::fault_of(reply.text);
        if (fault != bus::RedisFault::no_script && fault != bus::RedisFault::not_here) return false;
        requests_.renew(reply.text);
        return true;
    }

    static void recognise(AppendCall& call, bool again) {
        if (!again || !call.outcome) return;
        const auto* refused = std::get_if<AppendRefused>(&*call.outcome);
        if (refused == nullptr || !was_stored_before(call.request, *refused)) return;
        Appended appended{core::Level::stored, {}};
        const auto& lookups = call.request.lookups;
        std::ranges::copy_if(refused->known, std::back_inserter(appended.known), [&](const KnownId& known) {
            return std::ranges::find(lookups, known.id) != lookups.end();
        });
        call.outcome = std::move(appended);
    }

    void ask_level(const std::shared_ptr<Group>& group) {
        ++group->answers_due;
        const std::string replicas = std::to_string(settings_.replicas);
        const std::string wait = std::to_string(limits::redis_replica_wait.value);
        const std::array<std::string_view, 3> words{"WAIT", replicas, wait};
        requests_.request(words, [this, group](const bus::Reply* reply) {
            if (reply == nullptr) return;
            const bool reached = reply->kind == bus::Reply::Kind::integer && reply->integer >= settings_.replicas;
            if (reached) group->level = core::Level::replicated;
            one_answered(group);
        });
    }

    void one_answered(const std::shared_ptr<Group>& group) {
        if (--group->answers_due != 0) return;
        // A group that asked nothing of Redis has its answers before the one that went ahead of it.
        while (!flying_.empty() && flying_.front()->answers_due == 0) {
            const auto answered = std::move(flying_.front());
            flying_.pop_front();
            for (Waiting& one : answered->calls) answer(one, answered->level);
        }
        pump();
        end_when_quiet();
    }

    static void answer(Waiting& one, core::Level level) {
        auto* append = std::get_if<AppendCall>(&one.call);
        if (append != nullptr && append->outcome) {
            if (auto* appended = std::get_if<Appended>(&*append->outcome)) appended->level = level;
        }
        answer_call(one.call);
    }

    /// What has waited too long, oldest first. Not while older calls travel: theirs come before.
    void expire(SteadyTime now) {
        if (!flying_.empty()) return;
        for (Waiting& one : queue_.take_while([now](const Waiting& oldest) { return oldest.deadline <= now; })) {
            // A follow waits for as long as it takes.
            if (auto* follow = std::get_if<FollowCall>(&one.call)) {
                follows_.add(follow->follow);
                continue;
            }
            refuse_call(one.call,
                        unavailable("Redis does not answer (" + last_loss_ + ") Send the same request again."));
            answer_call(one.call);
        }
    }

    // ---- the end -----------------------------------------------------------------------------------
    /// What is on its way is waited for, as long as the link waits: nobody could say whether it was stored.
    void finish() {
        ending_ = true;
        end_when_quiet();
    }

    void end_when_quiet() {
        if (!ending_ || !flying_.empty()) return;
        const auto refusal = unavailable("Not stored: the server is stopping. Send the same again after the restart.");
        for (Waiting& one : queue_.take_all()) {
            refuse_call(one.call, refusal);
            answer_call(one.call);
        }
        tell_opened("The server is stopping.");
        requests_.stop();
        follows_.stop();
        thread_.quit();
    }

    const RedisLogSettings settings_;
    RedisArchive archive_;
    bus::RedisThread thread_;
    bus::ScriptSet scripts_;
    bus::RedisClient requests_;
    RedisFollowLink follows_;

    bool ending_ = false;
    bool loaded_ = false;  ///< the scripts are there: calls may be sent
    bool other_keys_ = false;
    bool appends_to_file_ = false;
    std::string not_durable_;
    bus::ServerFacts server_;
    UtcMs last_alive_;
    std::string last_loss_;
    bool told_opened_ = false;
    std::promise<std::string> opened_;
    std::atomic<bool> healthy_{false};
    std::deque<std::shared_ptr<Group>> flying_;

    CallQueue<Waiting> queue_{"Too much waits for Redis; try again."};
    std::atomic<bool> pump_posted_{false};
};

base::Result<std::unique_ptr<RedisLog>> RedisLog::open(const RedisLogSettings& settings) {
    std::unique_ptr<RedisLog> log(new RedisLog(settings));
    auto opened = log->machine_->opened();
    const bool answered = opened.wait_for(base::duration_of(limits::redis_call_deadline)) == std::future_status::ready;
    std::string why = answered ? opened.get() : "It does not answer.";
    if (why.empty()) return log;
    if (!answered) {
        log->stop();
        why += ' ' + log->machine_->last_loss();
    }
    return base::refuse(base::RefusalCode::unavailable, "redis",
                        "Redis at " + settings.redis.address.text() + " cannot be used: " + why);
}

RedisLog::RedisLog(const RedisLogSettings& settings) : machine_(std::make_unique<Machine>(settings)) {}
RedisLog::~RedisLog() = default;

void RedisLog::append(AppendRequest request, AppendDone done) {
    expect_consecutive(request);
    auto refusal = objection(request);
    Call call = AppendCall{std::move(request), std::move(done)};
    machine_->post(refusal ? without_payload(std::move(call), *refusal) : std::move(call));
}
void RedisLog::open(const LogId& log, OpenDone done) { machine_->post(OpenCall{log, std::move(done)}); }
void RedisLog::read(const LogId& log, Seq from, std::size_t limit, ReadDone done) {
    machine_->post(ReadCall{log, from, limit, std::move(done)});
}
std::unique_ptr<FollowToken> RedisLog::follow(const LogId& log, Seq from, Follow follow) {
    auto state = std::make_shared<FollowState>(log, from, std::move(follow));
    machine_->post(FollowCall{state});
    return token_of(std::move(state));
}
void RedisLog::put_checkpoint(const LogId& log, Checkpoint checkpoint, Done done) {
    auto refusal = objection(checkpoint);
    Call call = CheckpointCall{log, std::move(checkpoint), std::move(done)};
    machine_->post(refusal ? without_payload(std::move(call), *refusal) : std::move(call));
}
void RedisLog::list(ListDone done) { machine_->post(ListCall{std::move(done)}); }
void RedisLog::shred(const LogId& log, ShredDone done) { machine_->post(ShredCall{log, std::move(done)}); }
void RedisLog::read_keys(const LogId& log, std::vector<std::string> names, KeysDone done) {
    machine_->post(ReadKeysCall{log, std::move(names), std::move(done)});
}
void RedisLog::drop_keys(const LogId& log, std::vector<std::string> names, ShredDone done) {
    machine_->post(DropKeysCall{log, std::move(names), std::move(done)});
}
void RedisLog::backup(const std::filesystem::path& file, BackupDone done) {
    machine_->post(BackupCall{file, std::move(done)});
}
void RedisLog::stop() { machine_->stop(); }
bool RedisLog::healthy() const { return machine_->healthy(); }
bool RedisLog::hears() const { return machine_->hears(); }
void RedisLog::catch_up(const std::function<void()>& done) { machine_->catch_up(done); }
UtcMs RedisLog::last_alive() const { return machine_->last_alive(); }
void RedisLog::archive(const LogId& log, std::function<void()> done) { machine_->archive().look(log, std::move(done)); }
std::uint64_t RedisLog::archived_blocks() const { return machine_->archive().blocks(); }
std::uint64_t RedisLog::gap_fills() const { return machine_->gap_fills(); }
const bus::ServerFacts& RedisLog::server() const { return machine_->server(); }
void RedisLog::put_last_alive(UtcMs now) { machine_->post(AliveCall{now}); }

}  // namespace marchwire::store
