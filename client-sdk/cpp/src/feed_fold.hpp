// The state that a feed's items fold to, kept as the snapshot message of its kind. (internal to the SDK)
#pragma once

#include "marchwire/rows.hpp"
#include "marchwire/v1/session.pb.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::sdk {

namespace v1 = marchwire::v1;

/// As many as the server keeps in a snapshot.
inline constexpr int notices_kept = 50;
inline constexpr int orders_ended_kept = 24;
inline constexpr int counts_kept = 100;
inline constexpr int incidents_ended_kept = 24;
inline constexpr int incident_notes_kept = 20;

enum class FoldResult : std::uint8_t {
    folded,
    /// The item names something that this client was never told in full: only a snapshot makes it whole.
    needs_snapshot,
};

/// What everybody may see of a march.
class PublicFold {
public:
    [[nodiscard]] FoldResult apply(const v1::Item& item);
    v1::PublicSnapshot state;
};
/// Everything of a march.
class OpsFold {
public:
    [[nodiscard]] FoldResult apply(const v1::Item& item);
    v1::OpsSnapshot state;
};
/// What one person on duty sees.
class MarshalFold {
public:
    [[nodiscard]] FoldResult apply(const v1::Item& item);
    v1::MarshalSnapshot state;
};
/// Newest row per march.
class OverviewFold {
public:
    void apply(const v1::OverviewRows& rows);
    [[nodiscard]] v1::OverviewRows whole() const;
    std::string campaign, name;
    std::map<std::string, v1::OverviewRow> rows;
};
class DeskFold {
public:
    void apply(const v1::DeskRows& rows);
    [[nodiscard]] v1::DeskRows whole() const;
    std::string campaign;
    std::map<std::string, v1::DeskRow> rows;
};

/// One feed's fold. Empty until a snapshot was put in (keyed feeds: until the first whole rows).
class FeedFold {
public:
    explicit FeedFold(FeedKind kind);

    /// Replaces everything by the bytes of a snapshot message; false when they are none.
    [[nodiscard]] bool replace(const std::string& snapshot);
    [[nodiscard]] FoldResult apply(const v1::Item& item);
    /// What was held is void.
    void clear();

    [[nodiscard]] bool is_whole() const { return is_whole_; }
    /// Protobuf JSON of the snapshot message with `position` in it; empty when not whole.
    [[nodiscard]] std::string json(const Position& position) const;
    [[nodiscard]] std::optional<March> march() const;
    [[nodiscard]] std::vector<Row> rows() const;
    /// Marshal feed: orders for this person that the server does not know to have come.
    [[nodiscard]] std::vector<std::uint32_t> queued_orders() const;

private:
    using Fold = std::variant<PublicFold, OpsFold, MarshalFold, OverviewFold, DeskFold>;
    [[nodiscard]] static Fold empty(FeedKind kind);
    FeedKind kind_;
    Fold fold_;
    bool is_whole_ = false;
};

// ---- what ops and marshal folds share ------------------------------------------------------------
/// True when people with this duty are asked to check in.
[[nodiscard]] bool checks_in(v1::Duty duty);
void fold_assigned(v1::Member& member, const v1::DutyAssigned& event);
void fold_duty(v1::Member& member, const v1::DutyChanged& event, std::int64_t at_ms);
void fold_check_in(v1::Member& member, const v1::CheckedIn& event, std::int64_t at_ms);
void fold_scheduled(v1::Member& member, std::int64_t due_at_ms);
void fold_shift(v1::Member& member, std::int64_t by_ms);

using Alerts = google::protobuf::RepeatedPtrField<v1::Alert>;
using Notices = google::protobuf::RepeatedPtrField<v1::Notice>;
/// Null when no such alert is open.
[[nodiscard]] v1::Alert* find_alert(Alerts& alerts, const v1::AlertKey& key);
/// Puts it in by its key's order, in place of one with the same key.
void put_alert(Alerts& alerts, const v1::Alert& alert);
void erase_alert(Alerts& alerts, const v1::AlertKey& key);
void step_alert(v1::Alert& alert, const v1::AlertStepped& event);
void ack_alert(v1::Alert& alert, const v1::AlertAcked& event);
/// The key of the alert about somebody's cry for help.
[[nodiscard]] v1::AlertKey cry_of(std::uint64_t person);
/// What a lead's feed holds of it, when it was cancelled under duress.
void go_on_under_duress(v1::Alert& alert, const v1::SosCancelled& event);
using Orders = google::protobuf::RepeatedPtrField<v1::Order>;
/// Null when it is not held: never heard of, or ended.
[[nodiscard]] v1::Order* find_order(Orders& orders, std::uint32_t number);
/// The number of the order that an alert is about; 0: it is about none.
[[nodiscard]] std::uint32_t order_about(const v1::AlertKey& key);
/// As the server resolves recipients: on the street, meant, commanded, and not the issuer.
[[nodiscard]] bool is_recipient(const v1::Order& order, const v1::Member& member);
[[nodiscard]] bool holds_receipt(const v1::Order& order, std::uint32_t ordinal);
/// Queued, in its place by ordinal.
void add_receipt(v1::Order& order, std::uint32_t ordinal);
/// Of those that the order holds.
void move_receipts(v1::Order& order, const v1::Receipts& moved);
void drop_receipt(v1::Order& order, std::uint32_t ordinal);
void shift_orders(Orders& orders, std::int64_t by_ms);
/// They stay, as many as the server keeps.
void end_orders(Orders& orders, const v1::OrdersEnded& event);
void erase_orders(Orders& orders, const v1::OrdersEnded& event);
using Incidents = google::protobuf::RepeatedPtrField<v1::Incident>;
/// Null when it is not held.
[[nodiscard]] v1::Incident* find_incident(Incidents& incidents, std::uint32_t number);
[[nodiscard]] bool has_ended(const v1::Incident& incident);
/// As the server shows it to a person on duty: open, and the own one, of the own section, or of the own role.
[[nodiscard]] bool is_shown_to(const v1::Incident& incident, const v1::Member& self);
/// The head in place of the old one, its notes behind the old notes; of those that ended as many stay as the server
/// keeps.
void put_incident(Incidents& incidents, const v1::Incident& changed);
void erase_incident(Incidents& incidents, std::uint32_t number);
void shift_incidents(Incidents& incidents, std::int64_t by_ms);
using Intersections = google::protobuf::RepeatedPtrField<v1::Intersection>;
void put_intersections(Intersections& held, const v1::IntersectionsChanged& event);
/// The words of this order (0: of none) described a child that is found.
void forget_words(Orders& orders, std::uint32_t number);
/// What of incidents and orders the server can open no more.
void forget_secrets(Incidents& incidents, Orders& orders, v1::SealedClass what);
/// True when the alert's subject is this person.
[[nodiscard]] bool is_about(const v1::AlertKey& key, std::uint64_t person);
using Counts = google::protobuf::RepeatedPtrField<v1::Count>;
void put_count(Counts& counts, const v1::Count& count);
/// What is said about the end of the log.
void fold_retention(v1::Retention& said, const v1::Event& event, std::int64_t at_ms);
void put_notice(Notices& notices, const v1::Notice& notice);

}  // namespace marchwire::sdk
