// What one session has still to send.
#include "fanout/send_queue.hpp"

#include "base/outcome.hpp"

#include <utility>

namespace marchwire::fanout {

SendQueue::SendQueue(std::size_t ordered_bytes_max, std::size_t answer_bytes_max)
    : ordered_bytes_max_(ordered_bytes_max), answer_bytes_max_(answer_bytes_max) {}

Pushed SendQueue::push(DeliveryClass delivery, Bytes item) {
    MARCHWIRE_INVARIANT(item != nullptr);
    MARCHWIRE_INVARIANT(delivery != DeliveryClass::c);  // those have a key: push_newest
    if (delivery == DeliveryClass::d) {
        if (answer_bytes_ + item->size() > answer_bytes_max_) return Pushed::refused;
        answer_bytes_ += item->size();
        answers_.push_back(std::move(item));
        return Pushed::accepted;
    }
    if (ordered_bytes_ + item->size() > ordered_bytes_max_) return Pushed::refused;
    const bool urgent = delivery == DeliveryClass::a;
    ordered_bytes_ += item->size();
    urgent_items_ += urgent ? 1U : 0U;
    ordered_.push_back({std::move(item), urgent});
    return Pushed::accepted;
}

Pushed SendQueue::push_newest(const ConflationKey& key, Bytes item) {
    MARCHWIRE_INVARIANT(item != nullptr);
    if (item->size() > ordered_bytes_max_) return Pushed::refused;
    const auto known = newest_by_key_.find(key);
    const bool replaces = known != newest_by_key_.end();
    newest_bytes_ += item->size();
    if (replaces) {
        newest_bytes_ -= known->second->bytes->size();
        known->second->bytes = std::move(item);
        ++skipped_;
    } else {
        newest_.push_back({key, std::move(item)});
        newest_by_key_.emplace(key, std::prev(newest_.end()));
    }
    // The new value may be the oldest key: it moves to the end before others make room for it.
    if (replaces && newest_bytes_ > ordered_bytes_max_) newest_.splice(newest_.end(), newest_, known->second);
    while (newest_bytes_ > ordered_bytes_max_) {
        drop_oldest();
        ++skipped_;
    }
    return replaces ? Pushed::replaced : Pushed::accepted;
}

void SendQueue::drop_oldest() {
    newest_bytes_ -= newest_.front().bytes->size();
    newest_by_key_.erase(newest_.front().key);
    newest_.pop_front();
}

Batch SendQueue::take(std::size_t bytes_max) {
    Batch batch;
    const auto fits = [&](const Bytes& item) { return batch.empty() || batch.bytes + item->size() <= bytes_max; };
    const auto put = [&](Bytes item) {
        batch.bytes += item->size();
        batch.items.push_back(std::move(item));
    };
    while (!ordered_.empty() && fits(ordered_.front().bytes)) {
        ordered_bytes_ -= ordered_.front().bytes->size();
        urgent_items_ -= ordered_.front().urgent ? 1U : 0U;
        put(std::move(ordered_.front().bytes));
        ordered_.pop_front();
    }
    // What is behind may not overtake: only when all that goes before it is in the batch.
    while (ordered_.empty() && !newest_.empty() && fits(newest_.front().bytes)) {
        put(newest_.front().bytes);
        drop_oldest();
    }
    if (ordered_.empty() && newest_.empty() && !answers_.empty() && fits(answers_.front())) {
        answer_bytes_ -= answers_.front()->size();
        put(std::move(answers_.front()));
        answers_.pop_front();
    }
    return batch;
}

bool SendQueue::empty() const { return ordered_.empty() && newest_.empty() && answers_.empty(); }

std::size_t SendQueue::take_skipped() { return std::exchange(skipped_, 0); }

void SendQueue::clear() {
    ordered_.clear();
    newest_.clear();
    newest_by_key_.clear();
    answers_.clear();
    ordered_bytes_ = newest_bytes_ = answer_bytes_ = urgent_items_ = 0;
}

}  // namespace marchwire::fanout
