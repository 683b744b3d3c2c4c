// Opens a log of the store.
#include "shard/log_opening.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/chain.hpp"
#include "core/topics.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace marchwire::shard {
namespace {

namespace limits = base::limits;
using base::Seq;

base::Result<core::MarchState> decode_checkpoint(std::string_view bytes, const base::LogId& log,
                                                 const core::MarchState*) {
    return wire::decode_march_checkpoint(bytes, log);
}
base::Result<core::CampaignState> decode_checkpoint(std::string_view bytes, const base::LogId& log,
                                                    const core::CampaignState*) {
    return wire::decode_campaign_checkpoint(bytes, log);
}

bool is_public(const core::Entry& entry) {
    return std::any_of(entry.topics.begin(), entry.topics.end(),
                       [](const auto& stamp) { return stamp.index == core::topic_index::public_feed; });
}

base::Position position_of(const PastEntry& past, Seq seq) {
    return {past.entry.epoch, seq, base::short_digest(past.digest)};
}

/// The steps of one opening, each begun by the answer of the one before. Keeps itself alive until it is done.
template <class State>
class Opening : public std::enable_shared_from_this<Opening<State>> {
public:
    Opening(const DeskPlace& place, OpeningDone<State> done)
        : place_(place), chain_key_(place.chain_key), vault_(place.chain_key, place.id), done_(std::move(done)) {}

    void begin() {
        place_.log.open(place_.id, [self = this->shared_from_this()](auto opened) {
            self->place_.mailbox.post([self, opened = std::move(opened)] { self->on_opened(opened); });
        });
        // On its way at once, and answered behind it: whoever takes a march over waits for one round trip and not two.
        // Not before it: keys come with the log's first entry, which another server may be about to append.
        place_.log.read_keys(place_.id, Vault::key_names(), [self = this->shared_from_this()](auto keys) {
            self->place_.mailbox.post([self, keys = std::move(keys)] { self->on_keys(keys); });
        });
    }

private:
    void on_opened(const base::Result<store::OpenedLog>& opened) {
        if (!opened) return done_(opened.error());
        opened_ = *opened;
    }

    void on_keys(const base::Result<std::vector<store::StoredKey>>& keys) {
        if (!opened_) return;  // that was told
        if (!keys) return done_(keys.error());
        vault_.take(*keys);
        begin_fold(*std::exchange(opened_, std::nullopt));
    }

    void begin_fold(const store::OpenedLog& opened) {
        tip_ = opened.tip;
        state_.id = place_.id;
        take_checkpoint(opened.checkpoint);
        const std::uint64_t window_first = tip_.seq.value > limits::window_at_opening
                                               ? tip_.seq.value - limits::window_at_opening + 1
                                               : 1;
        // One entry more at the front: its digest is the position before the window.
        next_ = Seq{std::max<std::uint64_t>(1, std::min(state_.tip.seq.value + 1, window_first) - 1)};
        // What stood before a repair may be gone, and does not lead up to it.
        next_ = std::max(next_, state_.repaired_at);
        read_on();
    }

    void take_checkpoint(const store::Checkpoint& checkpoint) {
        if (checkpoint.bytes.empty()) return;
        const auto bytes = vault_.open_checkpoint(checkpoint.bytes);
        auto state = decode_checkpoint(bytes.value_or(""), place_.id, static_cast<const State*>(nullptr));
        if (bytes && state && state->tip == checkpoint.tip && state->tip.seq <= tip_.seq) {
            state_ = std::move(*state);
            checkpointed_ = state_.tip.seq;
            const auto last = state_.topics.last.find(core::topic_index::public_feed);
            if (last != state_.topics.last.end()) public_in_checkpoint_ = last->second;
        } else {
            base::log_warn("checkpoint_unread", "log={} seq={}", place_.id.text(), checkpoint.tip.seq.value);
        }
    }

    void read_on() {
        if (next_ > tip_.seq) {
            const bool at_repair = !recent_.empty() && recent_.front().entry.seq == state_.repaired_at;
            if (at_repair) leave_first();
            return find_public_start();
        }
        place_.log.read(place_.id, next_, limits::opening_page_entries, [self = this->shared_from_this()](auto page) {
            self->place_.mailbox.post([self, page = std::move(page)] { self->on_page(page); });
        });
    }

    void on_page(const base::Result<store::Entries>& page) {
        if (!page) return done_(page.error());
        if (page->empty()) return damaged("ends before its tip");
        for (const store::StoredEntry& stored : *page) {
            if (stored.tip.seq > tip_.seq) break;
            if (!take(stored)) return;
        }
        read_on();
    }

    /// False: it was damaged, and told.
    [[nodiscard]] bool take(const store::StoredEntry& stored) {
        if (stored.tip.seq != next_) return damaged("has a hole"), false;
        const bool chained = before_next_ || next_.value == 1;
        const base::Digest previous = before_next_ ? before_next_->digest : base::Digest{};
        if (chained && core::next_digest(chain_key_, previous, next_, stored.bytes) != stored.tip.digest) {
            return damaged("does not hold its chain"), false;
        }
        const bool disagrees = next_ == state_.tip.seq && stored.tip.digest != state_.tip.digest;
        if (disagrees) return damaged("is not the one that its checkpoint was made of"), false;
        auto entry = vault_.decode(stored.bytes);
        if (!entry) return damaged("cannot be read by this version"), false;
        if (next_ > state_.tip.seq) core::apply(state_, *entry, stored.tip.digest);
        recent_.push_back({std::move(*entry), stored.tip.digest});
        if (recent_.size() > limits::window_at_opening) leave_first();
        before_next_ = stored.tip;
        next_ = next_.next();
        return true;
    }

    /// The window begins after it.
    void leave_first() {
        const PastEntry& first = recent_.front();
        before_ = position_of(first, first.entry.seq);
        if (is_public(first.entry)) before_public_ = position_of(first, first.entry.public_seq);
        recent_.pop_front();
    }

    /// The digest of the last public item before the window: of an entry passed on the way, or of one further back
    /// that the checkpoint knows.
    void find_public_start() {
        const bool from_the_first = before_.seq.value == 0;
        if (from_the_first || before_public_.seq.value != 0 || public_in_checkpoint_.value == 0) return finish();
        if (public_in_checkpoint_ <= before_.seq) return read_bearer();
        // It stands before the window and only reading back would tell where: the window begins after its own first.
        while (before_public_.seq.value == 0) leave_first();
        finish();
    }

    void read_bearer() {
        place_.log.read(place_.id, public_in_checkpoint_, 1, [self = this->shared_from_this()](auto page) {
            self->place_.mailbox.post([self, page = std::move(page)] {
                if (!page) return self->done_(page.error());
                const bool lost = page->empty() || page->front().tip.seq != self->public_in_checkpoint_;
                if (lost && self->state_.repaired_at) return self->begin_public_at_repair();
                const auto entry = page->empty() ? base::Result<core::Entry>(base::invalid("seq", "missing"))
                                                 : wire::decode_stored(page->front().bytes);
                if (!entry) return self->damaged("has a hole");
                self->before_public_ = {entry->epoch, entry->public_seq, base::short_digest(page->front().tip.digest)};
                self->finish();
            });
        });
    }

    /// The entry of the last public item is among those that were lost: who holds it takes the snapshot.
    void begin_public_at_repair() {
        const Seq newest = recent_.empty() ? state_.public_seq : recent_.front().entry.public_seq;
        const bool counts_itself = !recent_.empty() && is_public(recent_.front().entry);
        before_public_ = {before_.epoch, Seq{newest.value - (counts_itself ? 1 : 0)}, before_.digest};
        finish();
    }

    void finish() {
        OpenedDesk<State> opened{std::move(state_), std::move(vault_), {}, {}, {}, {}};
        opened.checkpointed = checkpointed_;
        opened.before = before_;
        opened.before_public = before_public_;
        opened.recent.assign(std::make_move_iterator(recent_.begin()), std::make_move_iterator(recent_.end()));
        done_(std::move(opened));
    }

    void damaged(const char* what) {
        done_(base::refuse(base::RefusalCode::unavailable, "log",
                           "The log " + place_.id.text() + " " + what + " at entry " + std::to_string(next_.value) +
                               ": run `marchwire log verify` and restore it from a copy."));
    }

    DeskPlace place_;
    base::Hmac chain_key_;
    Vault vault_;
    OpeningDone<State> done_;
    std::optional<store::OpenedLog> opened_;  ///< until the keys are there
    base::Tip tip_;
    State state_{};
    Seq next_;
    std::optional<base::Tip> before_next_;
    std::deque<PastEntry> recent_;
    base::Position before_;
    base::Position before_public_;
    Seq checkpointed_;
    Seq public_in_checkpoint_;  ///< entry that bore its last public item
};

}  // namespace

void open_march_log(const DeskPlace& place, OpeningDone<core::MarchState> done) {
    std::make_shared<Opening<core::MarchState>>(place, std::move(done))->begin();
}
void open_campaign_log(const DeskPlace& place, OpeningDone<core::CampaignState> done) {
    std::make_shared<Opening<core::CampaignState>>(place, std::move(done))->begin();
}

}  // namespace marchwire::shard
