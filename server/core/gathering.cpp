#include "core/gathering.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace marchwire::core {
namespace {

template <class Body>
constexpr bool is_receipt = std::is_same_v<Body, MarkDelivered> || std::is_same_v<Body, MarkSeen> ||
                            std::is_same_v<Body, Acknowledge> || std::is_same_v<Body, Decline> ||
                            std::is_same_v<Body, AnswerRollCall>;

}  // namespace

bool may_be_gathered(const Command& command, UtcMs now) {
    const bool of_kind = std::visit([](const auto& body) { return is_receipt<std::decay_t<decltype(body)>>; },
                                    command.body);
    return of_kind && now - command.made_at <= base::limits::receipt_fresh;
}

std::uint32_t order_of(const CommandBody& receipt) {
    return std::visit(
        [](const auto& body) -> std::uint32_t {
            if constexpr (is_receipt<std::decay_t<decltype(body)>>) return body.order;
            return 0;
        },
        receipt);
}

bool gather(ReceiptsMoved& gathered, const ReceiptsMoved& more) {
    if (gathered.order != more.order) return false;
    auto& receipts = gathered.receipts;
    const auto place = [&](const Receipt& receipt) {
        return std::ranges::lower_bound(receipts, receipt.ordinal, {}, &Receipt::ordinal);
    };
    const auto goes_on = [&](const Receipt& receipt) {
        const auto known = place(receipt);
        if (known == receipts.end() || known->ordinal != receipt.ordinal) return true;
        return !is_answered(known->state) && known->state < receipt.state;
    };
    if (!std::ranges::all_of(more.receipts, goes_on)) return false;
    for (const Receipt& receipt : more.receipts) {
        const auto known = place(receipt);
        if (known != receipts.end() && known->ordinal == receipt.ordinal) {
            *known = receipt;
        } else {
            receipts.insert(known, receipt);
        }
    }
    return true;
}

}  // namespace marchwire::core
