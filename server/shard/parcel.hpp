// What desks send to the shards where the sessions are: values that own their data.
#pragma once

#include "core/model.hpp"
#include "core/views.hpp"
#include "fanout/flush_pace.hpp"
#include "fanout/item.hpp"
#include "session/ports.hpp"
#include "wire/bus_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

namespace marchwire::shard {

using wire::MarchRow;

/// One session of the process. `serial` tells apart the sessions that had the same slot one after another.
struct SessionKey {
    std::size_t shard = 0;
    fanout::Slot slot = 0;
    std::uint64_t serial = 0;
    auto operator<=>(const SessionKey&) const = default;
};

/// One subscription of a session.
struct SubscriberKey {
    SessionKey session;
    session::SubscriptionId subscription = 0;
    auto operator<=>(const SubscriberKey&) const = default;
};

/// Items for everybody who follows their topics. Shared by all shards.
struct Published {
    std::shared_ptr<const std::vector<fanout::LiveItem>> items;
    fanout::FlushPace::Behind behind = fanout::FlushPace::Behind::nothing;  ///< more of this log is being stored
};
struct Opened {
    SessionKey to;
    session::FeedOpened feed;
};
struct Refused {
    SessionKey to;
    session::FeedRefused feed;
};
struct Replied {
    SessionKey to;
    wire::Reply reply;
};
struct HistoryRead {
    SessionKey to;
    wire::History history;
};
struct AccessRead {
    SessionKey to;
    wire::Access access;
};
struct MemberLookedFor {
    SessionKey to;
    session::MemberFound found;
};
/// A token was issued or revoked: every shard hears it.
struct TokenChanged {
    base::Slug campaign;
    core::Token token;
};
/// Somebody was detained: every shard hears it.
struct PersonDetained {
    base::Slug campaign;
    base::PersonId person;
};
/// A campaign is, or is no longer, a drill: every shard hears it.
struct DrillChanged {
    base::Slug campaign;
    bool drill = false;
};

using Parcel = std::variant<Published, Opened, Refused, Replied, HistoryRead, AccessRead, MemberLookedFor, TokenChanged,
                            PersonDetained, DrillChanged>;

}  // namespace marchwire::shard

template <>
struct std::hash<marchwire::shard::SubscriberKey> {
    std::size_t operator()(const marchwire::shard::SubscriberKey& key) const noexcept {
        const std::uint64_t session = key.session.serial * 0x9E3779B97F4A7C15ULL + key.session.shard;
        return static_cast<std::size_t>((session ^ key.subscription) * 0xD6E8FEB86659FD93ULL);
    }
};
