// The outbox: wakes phones that are not there, by a webhook and by Web Push, on a thread of its own. Nothing of a march
// waits for it.
#pragma once

#include "base/clock.hpp"
#include "base/hmac.hpp"
#include "base/outcome.hpp"
#include "core/command.hpp"
#include "core/waking.hpp"
#include "outbox/subscription.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace marchwire::outbox {

struct OutboxSettings {
    std::string webhook;              ///< empty: none
    std::string webhook_secret_file;  ///< with it
    std::string push_contact;         ///< empty: no Web Push
    std::string ca;                   ///< PEM file; empty: what the system trusts
    Networks push_networks = Networks::public_only;
    base::Hash256 push_seed{};  ///< of the VAPID key
    base::Hash256 seal_key{};   ///< of subscriptions in the log
};

/// Of one way out, since the start.
struct WayCounts {
    std::atomic<std::uint64_t> called{0};     ///< answered with 2xx
    std::atomic<std::uint64_t> retried{0};    ///< tries that failed and were put off
    std::atomic<std::uint64_t> refused{0};    ///< answered with an error that another try would not change
    std::atomic<std::uint64_t> exhausted{0};  ///< given up after too many tries or too late
    std::atomic<std::uint64_t> dropped{0};    ///< no room
    std::atomic<std::uint64_t> forgotten{0};  ///< subscriptions that their push service no longer knew
    std::atomic<std::size_t> waiting{0};      ///< now
};

class OutboxThread;

class Outbox {
public:
    /// Its refusal names the setting: a URL, the secret's file, the CA's.
    [[nodiscard]] static base::Result<std::unique_ptr<Outbox>> open(const OutboxSettings& settings);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Called on the outbox' thread for a subscription that is gone.
    using Forget = std::function<void(const base::LogId& march, core::ForgetPush)>;
    /// Once, before anything else. Deadlines are by `clock`, which outlives the outbox.
    void start(const base::Clock& clock, Forget forget);
    /// Any thread. Calls by the webhook, and to each device that is subscribed.
    void wake(core::WakeUp call);
    /// Any thread. For the log; INVALID_ARGUMENT when it is no subscription. NOT_FOUND without push_contact:
    /// UNAVAILABLE would have a phone send it again and again.
    [[nodiscard]] base::Result<std::string> seal(const base::LogId& march, base::PersonId person,
                                                 const core::SubscribePush& said) const;
    /// The VAPID key's public point, as browsers take it; empty without push_contact.
    [[nodiscard]] const std::string& push_key() const;
    /// What still waits is not called any more: whoever keeps the march next calls again. Idempotent.
    void stop();

    [[nodiscard]] const WayCounts& webhook_counts() const;
    [[nodiscard]] const WayCounts& push_counts() const;

private:
    explicit Outbox(std::shared_ptr<OutboxThread> thread);
    std::shared_ptr<OutboxThread> thread_;
};

}  // namespace marchwire::outbox
