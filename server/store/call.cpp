// Sizes and answers of the calls that wait for a store's thread.
#include "store/call.hpp"

#include <string>
#include <type_traits>

namespace marchwire::store {
namespace {

namespace limits = base::limits;

constexpr std::size_t call_overhead_bytes = 256;

std::size_t payload_of(const AppendCall& call) {
    std::size_t bytes = (call.request.ids.size() + call.request.lookups.size()) * sizeof(IdRecord);
    for (const auto& entry : call.request.entries) bytes += entry.bytes.size() + sizeof(StoredEntry);
    for (const auto& key : call.request.keys) bytes += key.name.size() + key.wrapped.size();
    return bytes + (call.request.repair ? call.request.repair->bytes.size() : 0);
}
std::size_t payload_of(const OpenCall&) { return 0; }
std::size_t payload_of(const ReadCall&) { return 0; }
std::size_t payload_of(const CheckpointCall& call) { return call.checkpoint.bytes.size(); }
std::size_t payload_of(const ListCall&) { return 0; }
std::size_t payload_of(const ShredCall&) { return 0; }
std::size_t payload_of(const ReadKeysCall& call) { return call.names.size() * limits::stored_key_bytes; }
std::size_t payload_of(const DropKeysCall& call) { return call.names.size() * limits::stored_key_bytes; }
std::size_t payload_of(const BackupCall&) { return 0; }
std::size_t payload_of(const AliveCall&) { return 0; }
std::size_t payload_of(const FollowCall&) { return 0; }
std::size_t payload_of(const RefusedCall&) { return 0; }

template <class T>
concept Answered = requires(T& call) {
    call.outcome;
};

}  // namespace

base::Refusal no_such_log(const LogId& log) {
    return base::refuse(base::RefusalCode::not_found, "log", "There is no log " + log.text() + "; create it first.");
}

base::Refusal log_exists(const LogId& log) {
    return base::refuse(base::RefusalCode::conflict, "log",
                        "The log " + log.text() + " exists already; open it instead.");
}

std::optional<base::Refusal> objection(const AppendRequest& request) {
    for (const auto& entry : request.entries) {
        if (entry.bytes.size() <= limits::entry_bytes) continue;
        return base::refuse(
            base::RefusalCode::too_large, "entries",
            "One entry has more than " + std::to_string(limits::entry_bytes) + " bytes; send less at once.");
    }
    for (const auto& key : request.keys) {
        MARCHWIRE_INVARIANT(key.name.size() <= limits::stored_key_bytes &&
                            key.wrapped.size() <= limits::stored_key_bytes);
    }
    return request.repair ? objection(*request.repair) : std::nullopt;
}

std::optional<base::Refusal> objection(const Checkpoint& checkpoint) {
    if (checkpoint.bytes.size() <= limits::checkpoint_bytes) return std::nullopt;
    return base::refuse(base::RefusalCode::too_large, "checkpoint",
                        "A checkpoint has at most " + std::to_string(limits::checkpoint_bytes) + " bytes.");
}

void expect_consecutive(const AppendRequest& request) {
    if (request.repair) {
        MARCHWIRE_INVARIANT(!request.new_log && request.entries.size() == 1);
        const Tip& tip = request.entries.front().tip;
        MARCHWIRE_INVARIANT(tip.seq > request.expected.seq && tip.epoch > request.expected.epoch);
        MARCHWIRE_INVARIANT(request.repair->tip == tip);
        return;
    }
    Seq next = request.expected.seq.next();
    for (const auto& entry : request.entries) {
        MARCHWIRE_INVARIANT(entry.tip.seq == next);
        next = next.next();
    }
    MARCHWIRE_INVARIANT(!request.new_log || request.expected == Tip{});
}

std::size_t bytes_of(const Call& call) {
    return call_overhead_bytes + std::visit([](const auto& one) { return payload_of(one); }, call);
}

std::size_t work_of(const Call& call) {
    return bytes_of(call) + (std::holds_alternative<ReadCall>(call) ? base::limits::log_page_bytes : 0);
}

Call without_payload(Call call, const base::Refusal& refusal) {
    return std::visit(
        [&refusal]<class T>(T&& one) -> Call {
            if constexpr (Answered<T>) {
                return RefusedCall{[done = std::move(one.done), refusal] { done(refusal); }};
            } else {
                return std::forward<T>(one);
            }
        },
        std::move(call));
}

void refuse_call(Call& call, const base::Refusal& refusal) {
    std::visit(
        [&refusal]<class T>(T& one) {
            if constexpr (Answered<T>) one.outcome = refusal;
        },
        call);
}

void answer_call(Call& call) {
    std::visit(
        []<class T>(T& one) {
            if constexpr (Answered<T>) {
                if (one.done) std::exchange(one.done, nullptr)(std::move(one.outcome));
            } else if constexpr (std::is_same_v<T, RefusedCall>) {
                one.give();
            }
        },
        call);
}

}  // namespace marchwire::store
