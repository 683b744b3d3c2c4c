// All shards of one process: what main starts, stops and asks. The sessions reach their shard through
// `backend(i)`; the admin socket and the public pages come in here.
#pragma once

#include "base/clock.hpp"
#include "base/hmac.hpp"
#include "base/ids.hpp"
#include "base/outcome.hpp"
#include "bus/bus.hpp"
#include "core/command.hpp"
#include "core/rights.hpp"
#include "core/waking.hpp"
#include "session/ports.hpp"
#include "shard/pins.hpp"
#include "store/event_log.hpp"
#include "wire/messages.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::shard {

/// Who runs the shards' io_contexts.
enum class Drive : std::uint8_t {
    threads,  ///< a thread per shard, begun by start() and ended by the destructor; a beat by the machine's clock
    by_host,  ///< the same, but for marches only those seconds pass that pass() is told: on a clock that the host moves
    by_hand,  ///< the caller polls every io_context(i) on one thread and calls beat(): tests on a manual clock
};

/// References must outlive the City. The two functions are called on any shard's thread.
struct CitySettings {
    std::size_t shards = 1;
    const base::Clock& clock;
    store::EventLog& log;
    std::function<base::Hash256(const base::LogId&)> chain_key;
    std::function<std::array<std::uint8_t, 64>(const base::LogId&, const base::Tip&)> sign_tip;
    /// The spoken code of a campaign's invite. Any shard's thread.
    std::function<std::string(const base::Slug&, std::uint32_t)> invite_code;
    base::UtcMs last_alive;  ///< when a server last ran on this store; 0: never
    Drive drive = Drive::threads;
    /// To the other servers on this store. Null: there are none, and every march is kept here. Stopped before the City
    /// is destroyed.
    bus::Bus* bus = nullptr;
    /// Calls a phone that an order waits for. Any shard's thread. Null: nobody is woken.
    std::function<void(core::WakeUp)> wake = {};
    /// Seals what a device subscribes for pushes. Any shard's thread. Null: pushes are refused.
    std::function<base::Result<std::string>(const base::LogId&, base::PersonId, const core::SubscribePush&)> seal_push =
        {};
    /// Whether an app's token is to be believed. Any shard's thread. Null: none is.
    std::function<base::Result<session::AppPass>(std::string_view)> read_app_token = {};
    /// Hashes PINs. Null: none can be set, and no SOS is cancelled by one. Calls nobody any more when the City is
    /// destroyed.
    Pins* pins = nullptr;
    session::Admission::Bounds admission = {};  ///< of each shard
    std::shared_ptr<base::LimitCounts> limits_met = std::make_shared<base::LimitCounts>();
};

/// Counts for metrics since the start, and levels as they are now (levels are up to a second old).
struct CityCounts {
    std::size_t sessions = 0;      ///< joined, staff and followers
    std::size_t queued_bytes = 0;  ///< waiting in all sessions' send queues
    std::size_t marches = 0;
    std::size_t campaigns = 0;
    std::size_t kept = 0;                     ///< marches that this server keeps
    std::uint64_t keepings = 0;               ///< begun: at the start, and when another server gave one up or died
    std::uint64_t histories_changed = 0;      ///< the log had lost or changed what was read of it
    std::uint64_t repairs = 0;                ///< of logs that were found cut: nothing of their state was lost
    std::uint64_t appends = 0;                ///< groups that were stored
    std::uint64_t append_tries = 0;           ///< groups that were sent to the store, those told again included
    std::uint64_t entries = 0;                ///< entries stored by this process
    std::uint64_t accepted = 0;               ///< commands
    std::array<std::uint64_t, 11> refused{};  ///< commands, by base::RefusalCode's number
    std::uint64_t items = 0;                  ///< items made for topics
    std::uint64_t deliveries = 0;             ///< items handed to sessions
};

class Fabric;

/// Everything here may be called on any thread, but start, stop and the destructor, which are the owner's.
/// Every `done` is called once, later, on a thread of the city (by_hand: from a poll), never inside the call.
class City {
public:
    using Done = std::function<void(base::Result<void>)>;

    explicit City(CitySettings settings);
    /// Ends the threads. Sessions must be gone, and stop() must have answered unless start() did not.
    ~City();
    City(const City&) = delete;
    City& operator=(const City&) = delete;

    /// Opens all logs of the store and takes the keeping of every march. The first refusal ends it:
    /// a log that is damaged or of a newer version names itself. With a bus only the campaigns are opened: a march is
    /// when somebody wants it, or when this server is to keep it.
    void start(Done done);
    /// Sessions are told to come back after `delay` to twice `delay`, evenly spread; no more commands are taken;
    /// what was taken is stored and answered; checkpoints are put. The store itself is left to its owner.
    void stop(base::Millis delay, const Done& done);

    [[nodiscard]] std::size_t shards() const;
    /// Call its members on the thread of `io_context(shard)` only.
    [[nodiscard]] session::Backend& backend(std::size_t shard);
    [[nodiscard]] boost::asio::io_context& io_context(std::size_t shard);
    /// The shard with the fewest sessions now: where the next socket goes.
    [[nodiscard]] std::size_t least_loaded() const;

    /// Runs a command for the host (actor.host) or any other actor that the caller has proven. CreateCampaign
    /// and CreateMarch make the log; everything else on an unknown log is NOT_FOUND. Both, and ListMarch, are given a
    /// free topic base where they name none.
    void command(const base::LogId& log, core::Command command, core::Actor actor,
                 std::function<void(base::Result<wire::Accepted>)> done);
    /// wire::state_json of the stored state (never of what is still being stored); NOT_FOUND.
    void state_json(const base::LogId& log, std::function<void(base::Result<std::string>)> done);
    /// Every log that exists, in order.
    void list(std::function<void(std::vector<base::LogId>)> done);
    /// A public page by its target: `/`, `/v1/campaigns/{c}`, `/v1/marches/{c}/{m}`, `.../route.geojson`. Drills
    /// are not there.
    void page(const std::string& target, std::function<void(session::PageAnswer)> done);
    [[nodiscard]] CityCounts counts() const;

    /// Drive::by_hand: what a second of real time would cause. On the polling thread.
    void beat();
    /// Drive::by_host: what so many seconds of real time would cause, one after the other. Before each `a_second` moves
    /// the clock, on shard 0's thread; before the first of them, and after each, it is waited until no command is under
    /// way and no log is being opened.
    void pass(std::uint64_t seconds, std::function<void()> a_second, std::function<void()> done);

private:
    std::shared_ptr<Fabric> fabric_;
};

}  // namespace marchwire::shard
