// PINs are hashed slowly, on a thread of their own.
#pragma once

#include "access/key_ring.hpp"
#include "shard/pins.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace marchwire {

/// At most limits::sos_pins_waiting wait, some 40 ms each; who cancels an SOS goes before who chooses PINs. `keys` must
/// outlive it.
class PinThread final : public shard::Pins {
public:
    explicit PinThread(const access::KeyRing& keys);
    ~PinThread() override;
    PinThread(const PinThread&) = delete;
    PinThread& operator=(const PinThread&) = delete;

    void make(core::SetSosPin chosen, Made done) override;
    void compare(core::SosPin known, std::string typed, Found done) override;
    /// What waits is not answered any more. Idempotent, by its owner.
    void stop();

private:
    using Work = std::function<void()>;
    /// False: too many wait.
    [[nodiscard]] bool add(std::deque<Work>& queue, Work work);
    void refuse(Work answer);
    void run();

    const access::KeyRing& keys_;
    std::mutex mutex_;
    std::condition_variable wakes_;
    std::deque<Work> refusals_;
    std::deque<Work> compares_;
    std::deque<Work> makes_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace marchwire
