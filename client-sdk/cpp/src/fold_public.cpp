#include "feed_fold.hpp"

namespace marchwire::sdk {

FoldResult PublicFold::apply(const v1::Item& item) {
    if (item.has_public_column()) *state.mutable_column() = item.public_column();
    if (!item.has_public_item()) return FoldResult::folded;
    const v1::PublicItem& change = item.public_item();
    switch (change.item_case()) {
        case v1::PublicItem::kAbout: *state.mutable_about() = change.about(); break;
        case v1::PublicItem::kPhase: *state.mutable_phase() = change.phase(); break;
        case v1::PublicItem::kRoute:
            *state.mutable_route() = change.route();
            if (state.closures().route_version() != change.route().version()) state.clear_closures();
            break;
        case v1::PublicItem::kClosures: *state.mutable_closures() = change.closures(); break;
        case v1::PublicItem::kNotice: put_notice(*state.mutable_notices(), change.notice()); break;
        case v1::PublicItem::kCallsToAction: *state.mutable_calls_to_action() = change.calls_to_action().calls(); break;
        case v1::PublicItem::ITEM_NOT_SET: break;  // a newer server's: counts as applied
    }
    return FoldResult::folded;
}

void OverviewFold::apply(const v1::OverviewRows& change) {
    if (change.whole()) rows.clear();
    campaign = change.campaign();
    if (!change.name().empty()) name = change.name();
    for (const v1::OverviewRow& row : change.rows()) rows[row.march()] = row;
    for (const std::string& march : change.gone()) rows.erase(march);
}

v1::OverviewRows OverviewFold::whole() const {
    v1::OverviewRows all;
    all.set_campaign(campaign);
    all.set_name(name);
    all.set_whole(true);
    for (const auto& [march, row] : rows) *all.add_rows() = row;
    return all;
}

void DeskFold::apply(const v1::DeskRows& change) {
    if (change.whole()) rows.clear();
    campaign = change.campaign();
    for (const v1::DeskRow& row : change.rows()) rows[row.march()] = row;
    for (const std::string& march : change.gone()) rows.erase(march);
}

v1::DeskRows DeskFold::whole() const {
    v1::DeskRows all;
    all.set_campaign(campaign);
    all.set_whole(true);
    for (const auto& [march, row] : rows) *all.add_rows() = row;
    return all;
}

}  // namespace marchwire::sdk
