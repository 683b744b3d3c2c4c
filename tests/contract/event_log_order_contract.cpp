// What every store promises about order, follows, many callers at once and stopping.
#include "event_log_contract.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

using namespace marchwire;
using namespace marchwire::contract;
using base::RefusalCode;

namespace {

using Texts = std::vector<std::string>;

/// Collects what callbacks on the store's thread say; waits at most ten seconds. What it shares with that thread
/// outlives it: the last callback may still be unlocking when the test goes on.
template <class T>
class Heard {
public:
    void add(T one) {
        const auto shared = shared_;
        const std::lock_guard lock(shared->mutex);
        shared->all.push_back(std::move(one));
        shared->changed.notify_all();
    }
    [[nodiscard]] std::vector<T> wait_for(std::size_t count) {
        std::unique_lock lock(shared_->mutex);
        shared_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return shared_->all.size() >= count; });
        return shared_->all;
    }
    [[nodiscard]] std::vector<T> now() {
        const std::lock_guard lock(shared_->mutex);
        return shared_->all;
    }

private:
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<T> all;
    };
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

/// A store whose thread waits in a callback until this ends: what is called meanwhile lies in the queue together.
class Gate {
public:
    explicit Gate(store::EventLog& log) {
        log.list([shared = shared_](const auto&) {
            std::unique_lock lock(shared->mutex);
            shared->held = true;
            shared->changed.notify_all();
            shared->changed.wait(lock, [&shared] { return shared->open; });
        });
        std::unique_lock lock(shared_->mutex);
        shared_->changed.wait(lock, [this] { return shared_->held; });
    }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() {
        const std::lock_guard lock(shared_->mutex);
        shared_->open = true;
        shared_->changed.notify_all();
    }

private:
    struct Shared {
        std::mutex mutex;
        std::condition_variable changed;
        bool held = false;
        bool open = false;
    };
    std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

std::vector<std::uint64_t> counted(std::uint64_t from, std::uint64_t to) {
    std::vector<std::uint64_t> numbers;
    for (auto i = from; i <= to; ++i) numbers.push_back(i);
    return numbers;
}

#define FOR_EACH_STORE()                                      \
    const Subject subject = GENERATE(from_range(subjects())); \
    INFO("store: " << subject.name);                          \
    Store store(subject)

}  // namespace

TEST_CASE("answers of a log come in the order of the calls and never inside a call", "[contract][store]") {
    FOR_EACH_STORE();
    auto tip = store.create(march, {"a"});
    Heard<std::string> heard;
    std::atomic<bool> inside{false};
    const auto this_thread = std::this_thread::get_id();
    const auto note = [&](const char* what) {
        return [&, what](const auto&) {
            if (std::this_thread::get_id() == this_thread) inside = true;
            heard.add(what);
        };
    };
    {
        Gate gate(store.log());
        auto first = group(march, tip, {"b"});
        store.log().open(march, note("open"));
        store.log().append(first, note("append 1"));
        store.log().read(march, base::Seq{1}, 10, note("read"));
        store.log().append(group(march, tip, {"x"}), note("refused"));
        store.log().put_checkpoint(march, {tip, "state"}, note("checkpoint"));
        store.log().append(group(march, last_of(first), {"c"}), note("append 2"));
        CHECK(heard.now().empty());
    }
    CHECK(heard.wait_for(6) == Texts{"open", "append 1", "read", "refused", "checkpoint", "append 2"});
    CHECK_FALSE(inside);
}

TEST_CASE("a refused group does not fail the others that wait with it", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a"});
    const auto other = log_named("summer/boise-id");
    const auto other_tip = store.create(other, {"a"});
    Heard<std::string> heard;
    const auto note = [&](const store::AppendOutcome& outcome) {
        heard.add(!outcome ? "no" : is_stored(outcome) ? "stored" : "refused");
    };
    {
        Gate gate(store.log());
        store.log().append(group(march, tip, {"b"}), note);
        store.log().append(group(march, tip, {"lost"}), note);
        store.log().append(group(log_named("summer/nowhere"), {}, {"x"}), note);
        store.log().append(group(other, other_tip, {"b"}), note);
    }
    CHECK(heard.wait_for(4) == Texts{"stored", "refused", "no", "stored"});
    CHECK(texts_of(store.read(march, 1, 10).value()) == Texts{"a", "b"});
    CHECK(texts_of(store.read(other, 1, 10).value()) == Texts{"a", "b"});
}

TEST_CASE("many logs are appended to at once and each keeps its own chain", "[contract][store]") {
    FOR_EACH_STORE();
    constexpr int logs = 40;
    constexpr std::uint64_t groups = 10;
    Heard<bool> stored;
    {
        Gate gate(store.log());
        for (int i = 0; i < logs; ++i) {
            const auto log = log_named("summer/city-" + std::to_string(i));
            base::Tip tip;
            for (std::uint64_t g = 0; g < groups; ++g) {
                auto request = group(log, tip, {"one of " + std::to_string(i), "two"});
                request.new_log = g == 0;
                request.ids = {{command(9, g + 1), g, last_of(request)}};
                tip = last_of(request);
                store.log().append(std::move(request), [&](const auto& outcome) { stored.add(is_stored(outcome)); });
            }
        }
    }
    CHECK(stored.wait_for(logs * groups) == std::vector<bool>(logs * groups, true));
    for (int i = 0; i < logs; ++i) {
        const auto entries = store.read(log_named("summer/city-" + std::to_string(i)), 1, 100).value();
        REQUIRE(entries.size() == 2 * groups);
        CHECK(entries[0].bytes == "one of " + std::to_string(i));
        CHECK(entries.back().tip.seq == base::Seq{2 * groups});
    }
}

TEST_CASE("of several writers on one tip exactly one is stored", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a"});
    Heard<bool> stored;
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i) {
        writers.emplace_back([&, i] {
            store.log().append(group(march, tip, {"writer " + std::to_string(i)}),
                               [&](const auto& outcome) { stored.add(is_stored(outcome)); });
        });
    }
    for (auto& writer : writers) writer.join();
    const auto all = stored.wait_for(4);
    CHECK(std::count(all.begin(), all.end(), true) == 1);
    CHECK(store.open(march).value().tip.seq == base::Seq{2});
}

TEST_CASE("a follow begins where it was told and hears each entry once", "[contract][store]") {
    FOR_EACH_STORE();
    auto tip = store.create(march, {"a", "b", "c"});
    Heard<std::uint64_t> heard;
    const auto from = GENERATE(std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{3});
    const auto token = store.log().follow(march, base::Seq{from},
                                          [&](const auto& entry) { heard.add(entry.tip.seq.value); });
    tip = store.extend(march, tip, {"d"});
    store.extend(march, tip, {"e", "f"});
    CHECK(heard.wait_for(6 - from) == counted(from + 1, 6));
}

TEST_CASE("a follow over a long log has no gap and no double while others append", "[contract][store]") {
    FOR_EACH_STORE();
    auto tip = store.create(march, Texts(base::limits::replay_window_entries * 2 + 100, "old"));
    Heard<std::uint64_t> heard;
    const auto token = store.log().follow(march, base::Seq{0},
                                          [&](const auto& entry) { heard.add(entry.tip.seq.value); });
    for (int i = 0; i < 50; ++i) tip = store.extend(march, tip, {"new", "new"});
    CHECK(heard.wait_for(tip.seq.value) == counted(1, tip.seq.value));
}

TEST_CASE("a follow may begin before its log is created", "[contract][store]") {
    FOR_EACH_STORE();
    Heard<std::uint64_t> heard;
    const auto token = store.log().follow(march, base::Seq{0},
                                          [&](const auto& entry) { heard.add(entry.tip.seq.value); });
    store.create(march, {"a", "b"});
    CHECK(heard.wait_for(2) == counted(1, 2));
}

TEST_CASE("an ended follow hears nothing more and other follows go on", "[contract][store]") {
    FOR_EACH_STORE();
    auto tip = store.create(march, {"a"});
    Heard<std::uint64_t> ended;
    Heard<std::uint64_t> going;
    auto token = store.log().follow(march, base::Seq{0}, [&](const auto& entry) { ended.add(entry.tip.seq.value); });
    const auto other = store.log().follow(march, base::Seq{0},
                                          [&](const auto& entry) { going.add(entry.tip.seq.value); });
    CHECK(ended.wait_for(1) == counted(1, 1));
    token.reset();
    tip = store.extend(march, tip, {"b"});
    store.extend(march, tip, {"c"});
    CHECK(going.wait_for(3) == counted(1, 3));
    CHECK(ended.now() == counted(1, 1));
}

TEST_CASE("a follow may end itself inside its callback", "[contract][store]") {
    FOR_EACH_STORE();
    auto tip = store.create(march, {"a"});
    Heard<std::uint64_t> heard;
    std::unique_ptr<store::FollowToken> token;
    token = store.log().follow(march, base::Seq{1}, [&](const auto& entry) {
        heard.add(entry.tip.seq.value);
        token.reset();
    });
    Heard<std::uint64_t> going;
    const auto other = store.log().follow(march, base::Seq{1},
                                          [&](const auto& entry) { going.add(entry.tip.seq.value); });
    tip = store.extend(march, tip, {"b"});
    store.extend(march, tip, {"c"});
    CHECK(going.wait_for(2) == counted(2, 3));
    CHECK(heard.wait_for(1) == counted(2, 2));
}

TEST_CASE("stop answers everything that waits, once, and what it refuses is not stored", "[contract][store]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a"});
    Heard<bool> done;
    std::atomic<bool> unavailable_only{true};
    const auto note = [&](const auto& outcome) {
        if (!outcome && outcome.error().code != RefusalCode::unavailable) unavailable_only = false;
        done.add(outcome.has_value());
    };
    std::thread stopping;
    {
        Gate gate(store.log());
        store.log().append(group(march, tip, {"b"}), note);
        store.log().open(march, note);
        store.log().read(march, base::Seq{1}, 1, note);
        store.log().put_checkpoint(march, {tip, "x"}, note);
        store.log().list(note);
        stopping = std::thread([&] { store.log().stop(); });
    }
    stopping.join();
    store.log().stop();
    // Whether the store took the five before it heard of the stop is a race; that they are answered is not.
    const auto all = done.now();
    REQUIRE(all.size() == 5);
    CHECK(unavailable_only);
    if (!subject.keeps_over_reopening) return;
    store.reopen();
    CHECK(store.open(march).value().tip.seq == base::Seq{all.front() ? 2U : 1U});
}
