// A march's log read from Redis without any server.
#include "fault/day_log.hpp"

#include "core/decide.hpp"
#include "core/views.hpp"
#include "log_check.hpp"
#include "support/vault_of.hpp"
#include "wire/codec.hpp"

#include <chrono>
#include <future>
#include <stdexcept>
#include <utility>
#include <variant>

namespace marchwire::fault {
namespace {

constexpr std::size_t page_entries = 2'000;
constexpr std::chrono::seconds redis_patience{10};

template <class T>
T must(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().field + ": " + result.error().message);
    return *std::move(result);
}
void must(const base::Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().field + ": " + result.error().message);
}

/// What a call of the store answers.
template <class T>
T answer(std::future<base::Result<T>> answered) {
    if (answered.wait_for(redis_patience) != std::future_status::ready)
        throw std::runtime_error("Redis does not answer");
    return must(answered.get());
}

/// The fold of one log, entry by entry.
class Folding {
public:
    Folding(const access::KeyRing& keys, const base::LogId& log, shard::Vault vault, store::Checkpoint checkpoint,
            Entries folded)
        : folded_(folded), check_(keys, log), vault_(std::move(vault)), checkpoint_(std::move(checkpoint)) {
        state_.id = log;
    }

    [[nodiscard]] base::Seq next() const { return check_.tip().seq.next(); }

    void take(const store::StoredEntry& stored) {
        must(check_.add(stored));
        core::Entry entry = must(vault_.decode(stored.bytes));
        ++fold_.entries;
        if (std::holds_alternative<core::LogRepaired>(entry.event)) begin_at_checkpoint(stored.tip);
        if (stored.tip.seq == state_.tip.seq && stored.tip != state_.tip) {
            throw std::runtime_error("a checkpoint of " + state_.id.text() + " is not of its log");
        }
        const bool is_notice = std::holds_alternative<core::NoticePosted>(entry.event);
        if (is_notice && folded_ == Entries::without_notices) entry.event = core::TipSigned{};  // is not shown
        if (stored.tip.seq > state_.tip.seq) core::apply(state_, entry, stored.tip.digest);
    }

    [[nodiscard]] LogFold finish() {
        fold_.lost = check_.lost_entries();
        fold_.public_seq = state_.public_seq.value;
        fold_.ops = nlohmann::json::parse(wire::encode_snapshot(state_, wire::Encoding::json));
        fold_.public_one = nlohmann::json::parse(
            wire::encode_snapshot(core::public_snapshot(state_), core::PublicColumn{}, wire::Encoding::json));
        fold_.public_one.erase("position");
        return std::move(fold_);
    }

private:
    /// The repair left a checkpoint in the same step; a newer one may have taken its place.
    void begin_at_checkpoint(const base::Tip& repair) {
        ++fold_.repairs;
        const auto bytes = vault_.open_checkpoint(checkpoint_.bytes);
        if (!bytes) throw std::runtime_error("the checkpoint is sealed by other keys");
        state_ = must(wire::decode_march_checkpoint(*bytes, state_.id));
        if (state_.tip.seq < repair.seq) throw std::runtime_error("no checkpoint stands behind a repair");
    }

    Entries folded_;
    cli::LogCheck check_;
    shard::Vault vault_;
    store::Checkpoint checkpoint_;
    core::MarchState state_;
    LogFold fold_;
};

}  // namespace

DayLog::DayLog(const bus::RedisSettings& redis, const std::string& keys_mark, const std::string& keys_file,
               Entries folded)
    : folded_(folded),
      keys_(must(access::KeyRing::open(keys_file))),
      log_(must(store::RedisLog::open({redis, keys_mark, 0}))) {}

store::OpenedLog DayLog::open(const base::LogId& log) {
    const auto opened = std::make_shared<std::promise<base::Result<store::OpenedLog>>>();
    log_->open(log, [opened](auto result) { opened->set_value(std::move(result)); });
    return answer(opened->get_future());
}

store::Entries DayLog::read(const base::LogId& log, base::Seq from) {
    const auto read = std::make_shared<std::promise<base::Result<store::Entries>>>();
    log_->read(log, from, page_entries, [read](auto result) { read->set_value(std::move(result)); });
    return answer(read->get_future());
}

LogFold DayLog::fold(const std::string& log) {
    const base::LogId id = must(base::LogId::parse(log));
    Folding folding(keys_, id, test::vault_of(*log_, id, keys_.chain_key(id)), open(id).checkpoint, folded_);
    for (store::Entries page = read(id, folding.next()); !page.empty(); page = read(id, folding.next())) {
        for (const store::StoredEntry& stored : page) folding.take(stored);
    }
    return folding.finish();
}

}  // namespace marchwire::fault
