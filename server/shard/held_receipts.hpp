// Receipts on their way to dashboards: what of one order comes within half a second is one item there. The log, phones
// and resumes have each entry for itself.
#pragma once

#include "core/event.hpp"
#include "fanout/item.hpp"

#include <optional>
#include <vector>

namespace marchwire::shard {

/// At most one entry's worth of an order's recipients. One thread (the desk's).
class HeldReceipts {
public:
    /// Holds back the item of `entry`, which bears ReceiptsMoved, on the ops topic; and puts out what was held before
    /// where both do not make one.
    void hold(const core::Entry& entry, fanout::LiveItem item, std::vector<fanout::LiveItem>& out);
    /// Whatever else is sent on the topic goes after what is held.
    void release(std::vector<fanout::LiveItem>& out);
    /// Each beat: what is held for limits::receipts_shown goes out.
    void beat(std::vector<fanout::LiveItem>& out);
    /// The history is another: clients take the snapshot.
    void forget() { held_.reset(); }

private:
    struct Held {
        core::Entry entry;  ///< the newest, with the receipts of all
        fanout::LiveItem item;
        bool is_alone = true;
        int beats = 0;
    };
    std::optional<Held> held_;
};

}  // namespace marchwire::shard
