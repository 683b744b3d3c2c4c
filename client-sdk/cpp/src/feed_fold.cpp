#include "feed_fold.hpp"

#include "to_values.hpp"

#include <type_traits>

namespace marchwire::sdk {
namespace {

template <class T>
concept Keyed = std::is_same_v<T, OverviewFold> || std::is_same_v<T, DeskFold>;

}  // namespace

FeedFold::Fold FeedFold::empty(FeedKind kind) {
    switch (kind) {
        case FeedKind::public_feed: return PublicFold{};
        case FeedKind::ops: return OpsFold{};
        case FeedKind::marshal: return MarshalFold{};
        case FeedKind::overview: return OverviewFold{};
        case FeedKind::desk: return DeskFold{};
    }
    return PublicFold{};
}

FeedFold::FeedFold(FeedKind kind) : kind_(kind), fold_(empty(kind)) {}

bool FeedFold::replace(const std::string& snapshot) {
    Fold fresh = empty(kind_);
    const bool parsed = std::visit(
        [&]<class F>(F& fold) {
            if constexpr (Keyed<F>) {
                return false;
            } else {
                return fold.state.ParseFromString(snapshot);
            }
        },
        fresh);
    if (!parsed) return false;
    fold_ = std::move(fresh);
    is_whole_ = true;
    return true;
}

FoldResult FeedFold::apply(const v1::Item& item) {
    if (auto* overview = std::get_if<OverviewFold>(&fold_)) {
        if (item.has_overview_rows()) {
            overview->apply(item.overview_rows());
            is_whole_ = is_whole_ || item.overview_rows().whole();
        }
        return FoldResult::folded;
    }
    if (auto* desk = std::get_if<DeskFold>(&fold_)) {
        if (item.has_desk_rows()) {
            desk->apply(item.desk_rows());
            is_whole_ = is_whole_ || item.desk_rows().whole();
        }
        return FoldResult::folded;
    }
    if (auto* open = std::get_if<PublicFold>(&fold_)) return open->apply(item);
    if (auto* ops = std::get_if<OpsFold>(&fold_)) return ops->apply(item);
    return std::get<MarshalFold>(fold_).apply(item);
}

void FeedFold::clear() {
    fold_ = empty(kind_);
    is_whole_ = false;
}

std::string FeedFold::json(const Position& position) const {
    if (!is_whole_) return {};
    return std::visit(
        [&]<class F>(const F& fold) {
            if constexpr (Keyed<F>) {
                return json_of(fold.whole());
            } else {
                auto state = fold.state;
                state.mutable_position()->set_epoch(position.epoch);
                state.mutable_position()->set_seq(position.seq);
                state.mutable_position()->set_digest(position.digest);
                return json_of(state);
            }
        },
        fold_);
}

std::optional<March> FeedFold::march() const {
    if (!is_whole_) return std::nullopt;
    return std::visit(
        []<class F>(const F& fold) -> std::optional<March> {
            if constexpr (Keyed<F>) {
                return std::nullopt;
            } else {
                return march_of(fold.state);
            }
        },
        fold_);
}

std::vector<std::uint32_t> FeedFold::queued_orders() const {
    std::vector<std::uint32_t> numbers;
    const auto* marshal = std::get_if<MarshalFold>(&fold_);
    if (marshal == nullptr || !is_whole_) return numbers;
    for (const v1::Order& order : marshal->state.orders()) {
        const bool queued = order.receipts().states_size() == 1 && order.receipts().states(0) == v1::RECEIPT_QUEUED;
        if (queued) numbers.push_back(order.number());
    }
    return numbers;
}

std::vector<Row> FeedFold::rows() const {
    std::vector<Row> rows;
    if (const auto* overview = std::get_if<OverviewFold>(&fold_)) {
        for (const auto& [march, row] : overview->rows) rows.push_back(row_of(row));
    } else if (const auto* desk = std::get_if<DeskFold>(&fold_)) {
        for (const auto& [march, row] : desk->rows) rows.push_back(row_of(row));
    }
    return rows;
}

}  // namespace marchwire::sdk
