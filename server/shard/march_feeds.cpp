// The feeds of one march.
#include "shard/march_feeds.hpp"

#include "core/rights.hpp"
#include "core/topics.hpp"
#include "core/views.hpp"
#include "shard/snapshot_pieces.hpp"
#include "wire/codec.hpp"

#include <utility>

namespace marchwire::shard {
namespace {

using base::RefusalCode;
using core::Permission;
using fanout::Count;
using fanout::Standing;
using wire::DiscontinuityReason;
using wire::FeedKind;
using Topics = base::Result<std::vector<base::TopicNumber>>;

Topics not_found() {
    return base::refuse(RefusalCode::not_found, "feed", "There is no such march: look in the overview.");
}

Topics deleted() {
    return base::refuse(RefusalCode::not_found, "feed",
                        "This march was deleted after its time: look in the overview for others.");
}

Topics denied(const char* message) { return base::refuse(RefusalCode::permission_denied, "feed", message); }

std::uint32_t section_of(const core::MarchState& state, const core::Actor& actor) {
    const core::Member* self = state.member(actor.person);
    return self == nullptr ? 0 : self->section;
}

Topics of_indices(const core::MarchState& state, const std::vector<std::uint32_t>& indices) {
    std::vector<base::TopicNumber> topics;
    topics.reserve(indices.size());
    for (const std::uint32_t index : indices) topics.push_back(core::topic_number(state.topic_base, index));
    return topics;
}

Topics ops_topics(const core::MarchState& state, const core::Actor& actor) {
    const Permission permission = core::permission(actor, core::Action::read_ops, state.id);
    const bool reads = permission == Permission::read || permission == Permission::act ||
                       permission == Permission::by_march;
    if (reads) return std::vector{core::topic_number(state.topic_base, core::topic_index::ops)};
    if (permission == Permission::own_section) {
        const std::uint32_t section = section_of(state, actor);
        if (section == 0) return denied("You lead no section yet: ask the city lead to assign you to one.");
        return of_indices(state, core::section_topics(section));
    }
    return denied(
        "Ops is for section leads, city leads, dispatchers, anchors, auditors and the national desk of this march.");
}

Topics marshal_topics(const core::MarchState& state, const core::Actor& actor, Permission permission) {
    const bool own = permission == Permission::own || permission == Permission::act;
    if (!own) return denied("The marshal feed is for people on duty in this march.");
    auto topics = of_indices(state, core::marshal_topics(state, actor.person));
    if (topics->empty()) return denied("You are not on this march's roster: ask its city lead to assign you.");
    return topics;
}

/// Followers count public items, all others entries.
Count count_of(FeedKind kind) { return kind == FeedKind::public_feed ? Count::public_items : Count::log; }

std::size_t at(wire::Encoding encoding) { return static_cast<std::size_t>(encoding); }

}  // namespace

Topics feed_topics(const core::MarchState& state, const core::Actor& actor, FeedKind kind) {
    const bool follower = core::permission(actor, core::Action::own_field, state.id) == Permission::deny &&
                          core::permission(actor, core::Action::read_ops, state.id) == Permission::deny;
    if (!state.exists() || (state.spec.drill && follower)) return not_found();
    if (state.is_shredded()) return deleted();
    switch (kind) {
        case FeedKind::public_feed:
            if (core::permission(actor, core::Action::read_public, state.id) == Permission::deny) return not_found();
            return std::vector{core::topic_number(state.topic_base, core::topic_index::public_feed)};
        case FeedKind::ops: return ops_topics(state, actor);
        case FeedKind::marshal:
            return marshal_topics(state, actor, core::permission(actor, core::Action::read_marshal, state.id));
        case FeedKind::overview:
        case FeedKind::desk: break;
    }
    return base::invalid("feed", "Overview and desk name a campaign and no march.");
}

void MarchFeeds::open(const SubscriberKey& key, const session::OpenFeed& wish) {
    auto topics = feed_topics(view_.state, wish.actor, wish.feed.kind);
    if (!topics) return refuse(key, wish.feed, topics.error());
    const OpenedFeed feed{wish.feed, wish.encoding, wish.actor};
    if (!register_.add(key, feed)) {
        return refuse(
            key, wish.feed,
            base::refuse(RefusalCode::unavailable, "feed", "Too many follow this march here: try again later."));
    }
    send_opened(key, feed, std::move(*topics), wish.resume, std::nullopt);
}

void MarchFeeds::send_opened(const SubscriberKey& key, const OpenedFeed& feed, std::vector<base::TopicNumber> topics,
                             const std::optional<base::Position>& resume,
                             std::optional<DiscontinuityReason> discontinuity) {
    const core::MarchState& state = view_.state;
    const FeedKind kind = feed.feed.kind;
    session::FeedOpened opened;
    opened.subscription = key.subscription;
    opened.feed = feed.feed;
    opened.position = kind == FeedKind::public_feed ? view_.items.public_position() : view_.items.position();
    opened.phase = {state.phase, state.phase_version, state.phase_since, state.public_sentence};
    opened.route_version = state.active_route;
    opened.as_of = home_.clock().now();
    opened.discontinuity = discontinuity;
    if (resume && !discontinuity) {
        const Standing standing = view_.items.standing(*resume, count_of(kind));
        const bool moved = (kind == FeedKind::marshal || is_of_section(feed)) && standing == Standing::here &&
                           view_.items.reassigned_after(feed.actor.person, *resume);
        opened.resumed = standing == Standing::here && !moved;
        if (standing == Standing::trimmed) opened.discontinuity = DiscontinuityReason::history_trimmed;
        if (standing == Standing::changed) opened.discontinuity = DiscontinuityReason::history_changed;
    }
    if (opened.resumed) {
        opened.items = view_.items.after(*resume, count_of(kind), topics, feed.encoding);
    } else {
        opened.snapshot = snapshot(feed);
    }
    // Positions are newest values: none go out while this server is cut off from the others (DESIGN 10).
    if (home_.log().hears()) opened.newest = view_.telemetry.newest(topics, feed.encoding);
    opened.topics = std::move(topics);
    home_.send(key.session.shard, Opened{key.session, std::move(opened)});
}

void MarchFeeds::refuse(const SubscriberKey& key, const wire::FeedName& feed, base::Refusal refusal) {
    home_.send(key.session.shard, Refused{key.session, {key.subscription, feed, std::move(refusal)}});
}

session::SnapshotPieces MarchFeeds::snapshot(const OpenedFeed& feed) {
    if (feed.feed.kind == FeedKind::public_feed) return public_snapshot(feed.encoding).pieces;
    if (is_of_section(feed)) {
        const auto own = core::section_snapshot(view_.state, section_of(view_.state, feed.actor));
        return keep(feed.feed.kind, view_.items.position(), wire::encode_snapshot(own, feed.encoding), feed.encoding)
            .pieces;
    }
    if (feed.feed.kind == FeedKind::ops) return ops_snapshot(feed.encoding).pieces;
    const auto own = core::marshal_snapshot(view_.state, feed.actor.person);
    MARCHWIRE_INVARIANT(own.has_value());  // its topics were not empty
    return keep(feed.feed.kind, view_.items.position(), wire::encode_snapshot(*own, feed.encoding), feed.encoding)
        .pieces;
}

MarchFeeds::Kept MarchFeeds::keep(FeedKind kind, const base::Position& position, std::string bytes,
                                  wire::Encoding encoding) const {
    Kept kept;
    kept.position = position;
    kept.pieces = cut_snapshot({kind, view_.state.id}, position, bytes, encoding);
    kept.bytes = std::make_shared<const std::string>(std::move(bytes));
    return kept;
}

const MarchFeeds::Kept& MarchFeeds::public_snapshot(wire::Encoding encoding) {
    Kept& kept = public_kept_.at(at(encoding));
    const core::PublicColumn& column = view_.telemetry.public_column();
    const base::Position& position = view_.items.public_position();
    if (kept.bytes && kept.position == position && kept.column_at == column.as_of) return kept;
    core::PublicSnapshot snapshot = core::public_snapshot(view_.state);
    snapshot.position = position;
    kept = keep(FeedKind::public_feed, position, wire::encode_snapshot(snapshot, column, encoding), encoding);
    kept.column_at = column.as_of;
    return kept;
}

const MarchFeeds::Kept& MarchFeeds::ops_snapshot(wire::Encoding encoding) {
    Kept& kept = ops_kept_.at(at(encoding));
    const base::Position& position = view_.items.position();
    if (!kept.bytes || kept.position != position) {
        kept = keep(FeedKind::ops, position, wire::encode_snapshot(view_.state, encoding), encoding);
    }
    return kept;
}

void MarchFeeds::rights_changed(const std::unordered_set<base::PersonId>& persons) {
    std::vector<std::pair<SubscriberKey, base::Refusal>> lost;
    for (const auto& [key, feed] : register_.all()) {
        auto topics = feed_topics(view_.state, feed.actor, feed.feed.kind);
        if (!topics) {
            lost.emplace_back(key, topics.error());
        } else if ((feed.feed.kind == FeedKind::marshal || is_of_section(feed)) &&
                   persons.contains(feed.actor.person)) {
            send_opened(key, feed, std::move(*topics), std::nullopt, std::nullopt);
        }
    }
    for (const auto& [key, refusal] : lost) {
        const auto feed = register_.remove(key);
        refuse(key, feed->feed, refusal);
    }
}

void MarchFeeds::end_all() {
    const auto open = register_.all();
    for (const auto& [key, feed] : open) {
        const auto ended = register_.remove(key);
        refuse(key, ended->feed, deleted().error());
    }
}

void MarchFeeds::history_changed() {
    for (const auto& [key, feed] : register_.all()) {
        auto topics = feed_topics(view_.state, feed.actor, feed.feed.kind);
        if (!topics) continue;  // as rights stood before: told by the next change of rights
        send_opened(key, feed, std::move(*topics), std::nullopt, DiscontinuityReason::history_changed);
    }
}

}  // namespace marchwire::shard
