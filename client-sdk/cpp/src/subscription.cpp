#include "subscription.hpp"

#include "to_values.hpp"

#include <utility>

namespace marchwire::sdk {

Subscription::Subscription(FeedName feed, std::optional<Position> resume)
    : feed_(std::move(feed)), fold_(feed_.kind), position_(resume) {}

v1::Subscribe Subscription::ask() {
    v1::Subscribe wish;
    wish.set_feed(feed_.text());
    if (position_ && !feed_.is_keyed()) put(*position_, *wish.mutable_resume());
    stage_ = Stage::asked;
    topics_.clear();
    kept_.clear();
    ask_at.reset();
    return wish;
}

v1::Subscribe Subscription::ask_anew() {
    v1::Subscribe wish = ask();
    wish.clear_resume();
    return wish;
}

void Subscription::on_subscribed(const v1::Subscribed& subscribed) {
    topics_.assign(subscribed.topics().begin(), subscribed.topics().end());
    pieces_.clear();
    next_piece_ = 0;
    kept_.clear();
    const bool snapshot_follows = !subscribed.resumed() && !feed_.is_keyed();
    stage_ = snapshot_follows ? Stage::awaiting_snapshot : Stage::live;
}

void Subscription::on_discontinuity() {
    fold_.clear();
    position_.reset();
    pieces_.clear();
    next_piece_ = 0;
    kept_.clear();
    if (stage_ == Stage::live && !feed_.is_keyed()) stage_ = Stage::awaiting_snapshot;
}

bool Subscription::contradicts(const v1::Position& position) const {
    return position.epoch() == position_->epoch && position.seq() == position_->seq &&
           position.digest() != position_->digest;
}

Took Subscription::on_up_to(const v1::UpTo& up_to) {
    if (stage_ != Stage::live || !position_) return Took::nothing;
    if (contradicts(up_to.position())) return Took::contradicts;
    if (up_to.position().seq() >= position_->seq) position_ = position_of(up_to.position());
    return Took::nothing;
}

Took Subscription::on_piece(const v1::SnapshotPiece& piece) {
    if (stage_ != Stage::awaiting_snapshot) return Took::nothing;
    if (piece.piece() == 0) {
        pieces_.clear();
        next_piece_ = 0;
    }
    const bool in_order = piece.piece() == next_piece_ && piece.piece() < piece.pieces();
    if (!in_order || pieces_.size() + piece.bytes().size() > snapshot_bytes_max) return Took::contradicts;
    pieces_ += piece.bytes();
    if (++next_piece_ < piece.pieces()) return Took::kept;
    const std::string bytes = std::exchange(pieces_, {});
    next_piece_ = 0;
    if (!fold_.replace(bytes)) return Took::contradicts;
    position_ = position_of(piece.position());
    stage_ = Stage::live;
    return Took::whole;
}

std::vector<v1::Item> Subscription::take_kept() { return std::exchange(kept_, {}); }

Took Subscription::on_item(const v1::Item& item) {
    if (stage_ == Stage::asked) return Took::nothing;
    if (stage_ == Stage::awaiting_snapshot) {
        if (kept_.size() >= kept_items_max) return Took::refetch;
        kept_.push_back(item);
        return Took::kept;
    }
    if (!item.has_position()) return apply(item);  // class C and keyed rows: outside the order
    if (!position_) return Took::refetch;
    if (contradicts(item.position())) return Took::contradicts;
    if (item.position().seq() <= position_->seq) return Took::nothing;
    if (item.prev() > position_->seq) return Took::gap;
    position_ = position_of(item.position());
    mendings = 0;
    return apply(item);
}

Took Subscription::apply(const v1::Item& item) {
    // Resumed from a position that the app kept: there is no state to fold into, the items are all.
    if (!fold_.is_whole() && !feed_.is_keyed()) return Took::applied;
    return fold_.apply(item) == FoldResult::folded ? Took::applied : Took::refetch;
}

}  // namespace marchwire::sdk
