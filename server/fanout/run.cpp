// Runs of one topic.
#include "fanout/run.hpp"

#include "base/outcome.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace marchwire::fanout {
namespace {

/// As counted for the bounds of a run: JSON is made of few runs and is longer by a known factor at most.
std::size_t size_of(const LiveItem& item) {
    std::size_t size = 0;
    for (const wire::Frame& message : item.messages) size = std::max(size, message ? message->size() : 0);
    return size;
}

}  // namespace

Run::Run(std::vector<LiveItem> items) : items_(std::move(items)) {
    MARCHWIRE_INVARIANT(!items_.empty());
    const bool urgent = std::any_of(items_.begin(), items_.end(),
                                    [](const LiveItem& item) { return item.delivery == DeliveryClass::a; });
    if (urgent) delivery_ = DeliveryClass::a;
}

const wire::Frame& Run::frame(wire::Encoding encoding) const {
    if (items_.size() == 1) return in(items_.front().messages, encoding);
    wire::Frame& made = frames_[static_cast<std::size_t>(encoding)];
    if (made) return made;
    std::vector<const LiveItem*> whole;
    whole.reserve(items_.size());
    for (const LiveItem& item : items_) {
        if (!in(item.messages, encoding)) return made;
        whole.push_back(&item);
    }
    made = frame_of(whole, encoding);
    return made;
}

wire::Frame frame_of(std::span<const LiveItem* const> items, wire::Encoding encoding) {
    const wire::Frame* last = nullptr;
    std::vector<std::string_view> parts;
    parts.reserve(items.size());
    for (const LiveItem* item : items) {
        const wire::Frame& message = in(item->messages, encoding);
        if (!message) continue;
        last = &message;
        parts.push_back(wire::items_in(*message, encoding));
    }
    if (parts.empty()) return nullptr;
    return parts.size() == 1 ? *last : wire::make_run(parts, encoding);
}

std::vector<Run> make_runs(std::vector<LiveItem> items, std::size_t bytes_max) {
    std::vector<Run> runs;
    std::vector<LiveItem> part;
    std::size_t bytes = 0;
    for (LiveItem& item : items) {
        const std::size_t size = size_of(item);
        if (!part.empty() && bytes + size > bytes_max) {
            runs.emplace_back(std::exchange(part, {}));
            bytes = 0;
        }
        bytes += size;
        part.push_back(std::move(item));
    }
    if (!part.empty()) runs.emplace_back(std::move(part));
    return runs;
}

}  // namespace marchwire::fanout
