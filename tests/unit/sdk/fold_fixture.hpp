// Items and snapshots written down in Protobuf's text form. (tests)
#pragma once

#include "src/feed_fold.hpp"

#include <google/protobuf/text_format.h>

#include <catch2/catch.hpp>

#include <string>

namespace marchwire::sdk::test {

template <class Message>
Message proto(const std::string& text) {
    Message message;
    INFO(text);
    REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &message));
    return message;
}

/// A whole state, as two that are equal show the same.
template <class Message>
std::string shown(const Message& message) {
    return message.ShortDebugString();
}
template <class Message>
std::string expected(const std::string& text) {
    return shown(proto<Message>(text));
}

/// The state of a fold after one item, from this one.
template <class Fold>
std::string after_one(const std::string& before, const v1::Item& item, FoldResult result) {
    Fold fold;
    fold.state = proto<decltype(fold.state)>(before);
    CHECK(fold.apply(item) == result);
    return shown(fold.state);
}

inline constexpr std::int64_t entry_at = 5'000;

/// An entry stored at `entry_at` that holds this event.
inline v1::Item entry(const std::string& event) {
    return proto<v1::Item>("entry { at_ms: " + std::to_string(entry_at) + " event { " + event + " } }");
}

/// An item of a kind that only a newer server knows.
inline v1::Item of_the_future() {
    constexpr int unknown_kind = 999;
    v1::Item item;
    item.GetReflection()->MutableUnknownFields(&item)->AddLengthDelimited(unknown_kind, "?");
    return item;
}

}  // namespace marchwire::sdk::test
