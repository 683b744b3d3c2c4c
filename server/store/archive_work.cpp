// Archiving the oldest entries of one log.
#include "store/archive_work.hpp"

#include "store/archive_block.hpp"
#include "store/log_scripts.hpp"
#include "store/packed_bytes.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::store {
namespace {

namespace limits = base::limits;

enum class Script : std::uint8_t { next, put, trim };

RedisCommand call_of(Script script, const bus::ScriptSet& scripts, std::vector<std::string> keys) {
    return script_call(scripts.name(static_cast<std::size_t>(script)), std::move(keys));
}

std::string_view word_of(const bus::Reply& reply) {
    return reply.items.empty() ? std::string_view{} : std::string_view(reply.items.front().text);
}

bool same(const StoredEntry& one, const StoredEntry& other) { return one.tip == other.tip && one.bytes == other.bytes; }

}  // namespace

std::vector<std::string_view> ArchiveWork::script_texts() {
    return {log_scripts::archive_next, log_scripts::archive_put, log_scripts::archive_trim};
}

RedisCommand ArchiveWork::command(const bus::ScriptSet& scripts) const {
    const auto log = key_of(log_, "log");
    const auto meta = key_of(log_, "meta");
    const auto archive = key_of(log_, "archive");
    if (standing_ == Standing::looking) {
        RedisCommand look = call_of(Script::next, scripts, {log, meta});
        look.own(std::to_string(bounds_.beyond));
        look.own(std::to_string(bounds_.block_entries));
        look.own(std::to_string(std::min(bounds_.block_bytes, limits::archive_block_bytes)));
        look.own(std::to_string(limits::redis_read_page));
        return look;
    }
    MARCHWIRE_INVARIANT(!is_over());
    const Tip& last = entries_.back().tip;
    const std::string first = std::to_string(entries_.front().tip.seq.value);
    if (standing_ == Standing::putting) {
        RedisCommand put = call_of(Script::put, scripts, {log, meta, archive});
        put.own(first);
        put.add(block_);
        return put;
    }
    RedisCommand trim = call_of(Script::trim, scripts, {log, meta, archive});
    trim.own(first);
    trim.own(std::to_string(last.seq.value));
    trim.add(block_hash_);
    trim.own(stream_id(last.epoch, last.seq));
    std::string digest;
    append_digest(digest, last.digest);
    trim.own(std::move(digest));
    trim.own(stream_id(last.epoch, last.seq.next()));
    return trim;
}

void ArchiveWork::take(const bus::Reply& reply) {
    if (reply.is_error()) return fail(reply.text);
    // Another server archives this log too, or the log is not what it was: whoever looks next sees how it stands.
    if (word_of(reply) == "moved") {
        standing_ = Standing::done;
        return;
    }
    switch (standing_) {
        case Standing::looking: return take_entries(reply);
        case Standing::putting: return take_put(reply);
        case Standing::trimming:
            if (word_of(reply) != "trimmed") return fail("Redis' answer is none of our scripts'.");
            ++blocks_;
            standing_ = Standing::looking;
            return;
        case Standing::done:
        case Standing::failed: return;
    }
}

void ArchiveWork::take_entries(const bus::Reply& reply) {
    if (word_of(reply) == "enough") {
        standing_ = Standing::done;
        return;
    }
    auto entries = reply.items.size() == 2 ? entries_in(reply.items[1]) : std::nullopt;
    if (!entries || entries->empty()) return fail("The oldest entries cannot be read.");
    entries_ = std::move(*entries);
    block_ = pack_block(entries_);
    standing_ = Standing::putting;
}

void ArchiveWork::take_put(const bus::Reply& reply) {
    const bool is_put = word_of(reply) == "put" && reply.items.size() == 3;
    const auto kept = is_put ? unpack_block(reply.items[1].text) : std::nullopt;
    if (!kept || !std::ranges::equal(*kept, entries_, same)) {
        return fail("The block that was put does not hold the entries that it was made of.");
    }
    block_hash_ = reply.items[2].text;
    standing_ = Standing::trimming;
}

void ArchiveWork::fail(std::string why) {
    why_ = std::move(why);
    standing_ = Standing::failed;
}

}  // namespace marchwire::store
