#include "pin_thread.hpp"

#include "access/sos_pin.hpp"
#include "base/limits.hpp"

#include <utility>

namespace marchwire {
namespace {

namespace limits = base::limits;

base::Refusal too_many() {
    auto refusal = base::refuse(base::RefusalCode::unavailable, "pin",
                                "Many PINs are being looked at just now: send the same again.");
    refusal.retry_after_ms = limits::unavailable_retry.value;
    return refusal;
}

}  // namespace

PinThread::PinThread(const access::KeyRing& keys) : keys_(keys), thread_([this] { run(); }) {}

PinThread::~PinThread() { stop(); }

void PinThread::make(core::SetSosPin chosen, Made done) {
    if (const auto fits = access::check_pins(chosen); !fits) {
        return refuse([done = std::move(done), why = fits.error()] { done(why); });
    }
    const bool added = add(makes_,
                           [this, chosen = std::move(chosen), done] { done(access::hash_pins(keys_, chosen)); });
    if (!added) refuse([done = std::move(done)] { done(too_many()); });
}

void PinThread::compare(core::SosPin known, std::string typed, Found done) {
    if (const auto fits = access::check_pin(typed, "pin"); !fits) {
        return refuse([done = std::move(done), why = fits.error()] { done(why); });
    }
    const bool added = add(compares_, [this, known = std::move(known), typed = std::move(typed), done] {
        done(access::match_of(keys_, known, typed));
    });
    if (!added) refuse([done = std::move(done)] { done(too_many()); });
}

bool PinThread::add(std::deque<Work>& queue, Work work) {
    const std::lock_guard lock(mutex_);
    if (compares_.size() + makes_.size() >= limits::sos_pins_waiting) return false;
    queue.push_back(std::move(work));
    wakes_.notify_one();
    return true;
}

/// Costs nothing, so it needs no room: as many as were asked for at once.
void PinThread::refuse(Work answer) {
    const std::lock_guard lock(mutex_);
    refusals_.push_back(std::move(answer));
    wakes_.notify_one();
}

void PinThread::run() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        std::deque<Work>* queue = nullptr;
        for (std::deque<Work>* one : {&refusals_, &compares_, &makes_}) {
            if (queue == nullptr && !one->empty()) queue = one;
        }
        if (queue == nullptr) {
            wakes_.wait(lock);
            continue;
        }
        const Work work = std::move(queue->front());
        queue->pop_front();
        lock.unlock();
        work();
        lock.lock();
    }
}

void PinThread::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        wakes_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

}  // namespace marchwire
