// What a desk needs of the shard that it lives on.
#pragma once

#include "base/clock.hpp"
#include "bus/bus.hpp"
#include "core/waking.hpp"
#include "shard/counters.hpp"
#include "shard/log_desk.hpp"
#include "shard/mailbox.hpp"
#include "shard/parcel.hpp"
#include "shard/pins.hpp"
#include "shard/topic_bases.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace marchwire::shard {

/// Implemented by Shard. All calls on its thread.
class Home {
public:
    virtual ~Home() = default;
    [[nodiscard]] virtual const base::Clock& clock() const = 0;
    [[nodiscard]] virtual store::EventLog& log() const = 0;
    /// To the other servers on this store; null when there are none.
    [[nodiscard]] virtual bus::Bus* bus() const = 0;
    [[nodiscard]] virtual const Mailbox& mailbox() const = 0;
    [[nodiscard]] virtual Counters& counters() = 0;
    [[nodiscard]] virtual std::size_t shards() const = 0;
    /// When a server last ran on this store; 0: never.
    [[nodiscard]] virtual base::UtcMs last_alive() const = 0;
    [[nodiscard]] virtual base::Hash256 chain_key(const base::LogId& log) const = 0;
    /// What may be spoken to open this invite.
    [[nodiscard]] virtual std::string invite_code(const base::Slug& campaign, std::uint32_t number) const = 0;
    [[nodiscard]] virtual std::array<std::uint8_t, 64> sign_tip(const base::LogId& log, const base::Tip& tip) const = 0;

    /// To the outbox; without one nothing is done.
    virtual void wake(core::WakeUp call) const = 0;
    [[nodiscard]] virtual bool wakes() const = 0;
    /// What a device subscribes, for the log; a refusal when it cannot be pushed to, or nothing is pushed here.
    [[nodiscard]] virtual base::Result<std::string> seal_push(const base::LogId& march, base::PersonId person,
                                                              const core::SubscribePush& wish) const = 0;

    /// Who hashes PINs; null: nobody.
    [[nodiscard]] virtual Pins* pins() const = 0;

    /// To the desk of another log, wherever it lives.
    virtual void put(const base::LogId& log, Asked asked) = 0;
    /// Parcels to one shard arrive in the order in which they were sent; they leave at the end of this turn.
    virtual void send(std::size_t shard, Parcel parcel) = 0;
    /// A log that another server made has this base.
    virtual void hold_base(const HeldBase& held) = 0;
    /// To the desk of the march's campaign, wherever it lives; dropped when it has none.
    virtual void row_changed(const base::LogId& march, MarchRow row) = 0;

    [[nodiscard]] DeskPlace place(const base::LogId& log_id) {
        return DeskPlace{log_id, log(), clock(), mailbox(), counters(), chain_key(log_id)};
    }
};

}  // namespace marchwire::shard
