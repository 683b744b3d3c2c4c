// What became of a log, and the repair of one that was cut.
#include "shard/log_repair.hpp"

#include "base/log.hpp"
#include "core/chain.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace marchwire::shard {
namespace {

using Verdict = FoundLog::Verdict;

core::Actor machine() {
    core::Actor actor;
    actor.role = core::Role::keeper;
    return actor;
}

/// The steps of one look, each begun by the answer of the one before. Keeps itself alive until it is done.
template <class State>
class Search : public std::enable_shared_from_this<Search<State>> {
public:
    Search(const DeskPlace& place, State stood, Vault vault, Footprints footprints, RepairTurn turn,
           std::function<void(FoundLog)> done)
        : place_(place),
          stood_(std::move(stood)),
          vault_(std::move(vault)),
          footprints_(std::move(footprints)),
          turn_(turn),
          done_(std::move(done)) {}

    void begin() {
        place_.log.open(place_.id, [self = this->shared_from_this()](auto opened) {
            self->place_.mailbox.post([self, opened = std::move(opened)] { self->on_opened(opened); });
        });
    }

private:
    void on_opened(const base::Result<store::OpenedLog>& opened) {
        if (opened) return on_found(opened->tip);
        if (opened.error().code == base::RefusalCode::not_found) return on_found({});
        tell(Verdict::later);
    }

    void on_found(const base::Tip& found) {
        if (found.seq > stood_.tip.seq) return read_on();
        const bool cut = found.seq < stood_.tip.seq && footprints_.hold(found);
        if (!cut) return tell(Verdict::changed);
        const bool gone = !found.seq;
        if (turn_ == RepairTurn::ours || (turn_ == RepairTurn::nobodys && gone)) return repair(found);
        tell(turn_ == RepairTurn::others ? Verdict::later : Verdict::changed);
    }

    void read_on() {
        const auto on_read = [self = this->shared_from_this()](auto read) {
            self->place_.mailbox.post([self, read = std::move(read)]() mutable {
                if (!read) return self->tell(Verdict::later);
                FoundLog found{Verdict::goes_on, std::move(*read), {}, {}};
                self->done_(std::move(found));
            });
        };
        place_.log.read(place_.id, stood_.tip.seq.next(), base::limits::replay_window_entries, on_read);
    }

    void repair(const base::Tip& found) {
        store::AppendRequest request;
        request.log = place_.id;
        request.expected = found;
        request.now = place_.clock.now();
        request.ids = footprints_.commands_after(found.seq);

        core::Command command;
        core::RepairLog wish{found, {}};
        std::ranges::transform(request.ids, std::back_inserter(wish.lost), &store::IdRecord::id);
        command.body = std::move(wish);
        const core::Context context{request.now, machine()};
        auto events = core::decide(stood_, command, context);
        MARCHWIRE_INVARIANT(events.has_value() && events->size() == 1);
        core::Entry entry = core::stamp(stood_, std::move(events->front()), command, context);
        std::string bytes = vault_.encode(entry);
        const base::Hmac key(place_.chain_key);
        const base::Digest digest = core::next_digest(key, stood_.tip.digest, entry.seq, bytes);
        core::apply(stood_, entry, digest);
        request.entries.push_back({stood_.tip, std::move(bytes)});
        request.repair = {stood_.tip, vault_.seal_checkpoint(wire::encode_checkpoint(stood_))};
        request.keys = vault_.stored_keys();

        const auto on_outcome = [self = this->shared_from_this(), entry, digest, found](auto outcome) {
            self->place_.mailbox.post([self, entry, digest, found, outcome = std::move(outcome)] {
                const bool ended = !outcome && outcome.error().code == base::RefusalCode::not_found;
                if (ended) return self->tell(Verdict::shredded);
                const bool stored = outcome && std::holds_alternative<store::Appended>(*outcome);
                if (!stored) return self->tell(Verdict::later);
                base::log_error("log_repaired", "log={} found={} seq={} epoch={}", self->place_.id.text(),
                                found.seq.value, entry.seq.value, entry.epoch.value);
                self->done_({Verdict::repaired, {}, entry, digest});
            });
        };
        place_.log.append(std::move(request), on_outcome);
    }

    void tell(Verdict verdict) { done_({verdict, {}, {}, {}}); }

    DeskPlace place_;
    State stood_;
    Vault vault_;
    Footprints footprints_;
    RepairTurn turn_;
    std::function<void(FoundLog)> done_;
};

}  // namespace

void find_log(const DeskPlace& place, const core::MarchState& stood, const Vault& vault, const Footprints& footprints,
              RepairTurn turn, std::function<void(FoundLog)> done) {
    std::make_shared<Search<core::MarchState>>(place, stood, vault, footprints, turn, std::move(done))->begin();
}
void find_log(const DeskPlace& place, const core::CampaignState& stood, const Vault& vault,
              const Footprints& footprints, RepairTurn turn, std::function<void(FoundLog)> done) {
    std::make_shared<Search<core::CampaignState>>(place, stood, vault, footprints, turn, std::move(done))->begin();
}

}  // namespace marchwire::shard
