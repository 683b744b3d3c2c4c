// Where a client's position stands, and what it missed.
#include "fanout/replay_window.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace marchwire::fanout {
namespace {

using base::Epoch;
using base::Position;
using base::Seq;
using base::TopicNumber;

constexpr TopicNumber open_topic{1};
constexpr TopicNumber staff{2};
constexpr TopicNumber ops{3};

Position position(std::uint64_t seq, std::uint32_t epoch = 1) { return {Epoch{epoch}, Seq{seq}, seq * 1000}; }

LiveItem live(TopicNumber topic, const Position& position) {
    LiveItem item;
    item.topic = topic;
    item.position = position;
    item.messages[0] = wire::make_message(std::to_string(position.seq.value), wire::Encoding::proto);
    return item;
}

/// Entries `from` to `to`, all on ops; even ones on staff too; every third on public.
ReplayWindow filled(std::uint64_t from, std::uint64_t to) {
    ReplayWindow window(position(from - 1), position((from - 1) / 3));
    for (std::uint64_t seq = from; seq <= to; ++seq) {
        WindowEntry entry{position(seq), position(seq / 3), {live(ops, position(seq))}};
        if (seq % 2 == 0) entry.items.push_back(live(staff, position(seq)));
        if (seq % 3 == 0) entry.items.push_back(live(open_topic, position(seq / 3)));
        window.add(std::move(entry));
    }
    return window;
}

std::vector<std::uint64_t> seqs(const std::vector<LiveItem>& items) {
    std::vector<std::uint64_t> all;
    for (const LiveItem& item : items) all.push_back(item.position.seq.value);
    return all;
}

TEST_CASE("a position of the log is here from the window's start to its tip", "[fanout][replay]") {
    const ReplayWindow window = filled(11, 20);
    CHECK(window.standing(position(10), Count::log) == Standing::here);
    CHECK(window.standing(position(15), Count::log) == Standing::here);
    CHECK(window.standing(position(20), Count::log) == Standing::here);
}

TEST_CASE("a position from before the window was trimmed and one beyond the tip is not of this log",
          "[fanout][replay]") {
    const ReplayWindow window = filled(11, 20);
    CHECK(window.standing(position(9), Count::log) == Standing::trimmed);
    CHECK(window.standing(position(21), Count::log) == Standing::changed);
}

TEST_CASE("another digest or another epoch is not of this log", "[fanout][replay]") {
    const ReplayWindow window = filled(11, 20);
    for (const std::uint64_t seq : {10U, 11U, 15U, 20U}) {
        Position other = position(seq);
        other.digest ^= 1;
        CHECK(window.standing(other, Count::log) == Standing::changed);
        CHECK(window.standing(position(seq, 2), Count::log) == Standing::changed);
    }
    CHECK(window.standing(position(3, 2), Count::log) == Standing::changed);
}

TEST_CASE("an older epoch is still here for the entries that bore it", "[fanout][replay]") {
    ReplayWindow window(position(4), position(0));
    window.add({position(5), position(0), {live(ops, position(5))}});
    window.add({position(6, 2), position(0), {live(ops, position(6, 2))}});
    CHECK(window.standing(position(5), Count::log) == Standing::here);
    CHECK(window.standing(position(6), Count::log) == Standing::changed);
    CHECK(seqs(window.after(position(5), Count::log, std::vector{ops})) == std::vector<std::uint64_t>{6});
}

TEST_CASE("public positions stand in public count", "[fanout][replay]") {
    const ReplayWindow window = filled(10, 20);  // public 3 to 6
    CHECK(window.standing(position(2), Count::public_items) == Standing::trimmed);
    CHECK(window.standing(position(3), Count::public_items) == Standing::here);
    CHECK(window.standing(position(6), Count::public_items) == Standing::here);
    CHECK(window.standing(position(7), Count::public_items) == Standing::changed);
    Position other = position(5);
    other.digest += 1;
    CHECK(window.standing(other, Count::public_items) == Standing::changed);
    Position start = position(3);
    start.digest += 1;
    CHECK(window.standing(start, Count::public_items) == Standing::changed);
}

TEST_CASE("a resume holds each seq once and in order however many topics bore it", "[fanout][replay]") {
    const ReplayWindow window = filled(11, 20);
    CHECK(seqs(window.after(position(16), Count::log, std::vector{staff, ops})) ==
          std::vector<std::uint64_t>{17, 18, 19, 20});
    CHECK(seqs(window.after(position(16), Count::log, std::vector{staff})) == std::vector<std::uint64_t>{18, 20});
    CHECK(seqs(window.after(position(4), Count::public_items, std::vector{open_topic})) ==
          std::vector<std::uint64_t>{5, 6});
    CHECK(window.after(position(20), Count::log, std::vector{ops}).empty());
    CHECK(window.after(position(10), Count::log, std::vector{TopicNumber{99}}).empty());
}

TEST_CASE("the window keeps its limit of entries and trims the oldest", "[fanout][replay]") {
    const std::uint64_t kept = base::limits::replay_window_entries;
    const ReplayWindow window = filled(1, kept + 6);
    CHECK(window.size() == kept);
    CHECK(window.standing(position(5), Count::log) == Standing::trimmed);
    CHECK(window.standing(position(6), Count::log) == Standing::here);
    CHECK(window.standing(position(1), Count::public_items) == Standing::trimmed);
    CHECK(window.standing(position(2), Count::public_items) == Standing::here);
    CHECK(window.after(position(6), Count::log, std::vector{ops}).size() == kept);
}

TEST_CASE("an empty log is followed from nothing", "[fanout][replay]") {
    ReplayWindow window(Position{}, Position{});
    CHECK(window.standing(Position{}, Count::log) == Standing::here);
    CHECK(window.standing(position(1), Count::log) == Standing::changed);
    window.add({position(1), Position{}, {live(ops, position(1))}});
    CHECK(seqs(window.after(Position{}, Count::log, std::vector{ops})) == std::vector<std::uint64_t>{1});
    CHECK(window.standing(Position{}, Count::public_items) == Standing::here);
}

TEST_CASE("a window that was reset knows only its new start", "[fanout][replay]") {
    ReplayWindow window = filled(11, 20);
    window.reset(position(15, 2), position(5, 2));
    CHECK(window.size() == 0);
    CHECK(window.standing(position(15), Count::log) == Standing::changed);
    CHECK(window.standing(position(15, 2), Count::log) == Standing::here);
    CHECK(window.standing(position(5, 2), Count::public_items) == Standing::here);
}

}  // namespace
}  // namespace marchwire::fanout
