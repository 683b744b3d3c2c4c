// One client's conversation, by hand: what it says goes in as JSON, what it would read comes out as JSON.
#pragma once

#include "session/session.hpp"
#include "wire/codec.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchwire::session::test {

using Json = nlohmann::json;

inline constexpr const char* lead_token = "the-leads-token";
inline constexpr base::UtcMs wall{1'530'363'600'000};  ///< 2018-06-30T13:00:00Z, what the shard's clock says
inline constexpr base::TopicNumber staff_topic{0x10002};
inline constexpr base::TopicNumber ops_topic{0x10003};
inline constexpr base::TopicNumber section_topic{0x10011};

inline wire::FeedName feed(const char* name) { return wire::FeedName::parse(name).value(); }

inline base::Position at(std::uint64_t seq) { return {base::Epoch{1}, base::Seq{seq}, seq * 7}; }

/// Knows one token. All else of a shard is played by the test.
class OneToken final : public Backend {
public:
    OneToken() = default;
    explicit OneToken(std::shared_ptr<Admission> admission) : gate(std::move(admission)) {}
    [[nodiscard]] fanout::Slot join(SessionPort&) override { return 0; }
    void leave(fanout::Slot) override {}
    [[nodiscard]] std::optional<Credential> find_token(const base::Hash256& hash) const override {
        if (hash != base::sha256(lead_token)) return std::nullopt;
        Grant grant;
        grant.campaign = base::Slug::parse("c").value();
        grant.number = 4;
        grant.actor.person = base::PersonId{12};
        grant.actor.role = core::Role::city_lead;
        grant.actor.march = base::Slug::parse("m").value();
        grant.expires_at = expires_at;
        return Credential{grant, public_key};
    }
    /// "app.Tail 1.signed" is of Tail 1, for a minute.
    [[nodiscard]] base::Result<AppPass> read_app_token(std::string_view token) const override {
        if (!token.starts_with("app.")) return app_refusal;
        const auto end = token.find('.', 4);
        return AppPass{{base::LogId::parse("c/m").value(), std::string(token.substr(4, end - 4))}, base::minutes(1)};
    }
    void find_member(fanout::Slot, FindMember) override {}
    void open_feed(fanout::Slot, OpenFeed) override {}
    void close_feed(fanout::Slot, SubscriptionId, const wire::FeedName&) override {}
    void run_command(fanout::Slot, RunCommand) override {}
    void report_position(fanout::Slot, const core::Actor&, wire::ReportPosition) override {}
    void read_history(fanout::Slot, ReadHistory) override {}
    void read_access(fanout::Slot, ReadAccess) override {}
    void heard_from(fanout::Slot, const Grant&, wire::Screen) override {}
    void wake(fanout::Slot, base::UtcMs) override {}
    void put_off(std::function<void()>) override {}
    [[nodiscard]] const fanout::NewestTable* newest(base::TopicNumber topic) const override {
        const auto found = tables.find(topic);
        return found == tables.end() ? nullptr : &found->second;
    }
    [[nodiscard]] std::shared_ptr<fanout::QueueBudget> budget(Door) const override { return waiting; }
    [[nodiscard]] std::shared_ptr<Admission> admission() const override { return gate; }
    [[nodiscard]] base::UtcMs now() const override { return time; }

    base::UtcMs time = wall;
    base::UtcMs expires_at;
    base::Refusal app_refusal = base::refuse(base::RefusalCode::unauthenticated, "hello.token", "Not signed right.");
    std::string public_key;  ///< of the device that the token is bound to; empty: none
    std::map<base::TopicNumber, fanout::NewestTable> tables;
    std::shared_ptr<fanout::QueueBudget> waiting = std::make_shared<fanout::QueueBudget>(100'000'000);
    std::shared_ptr<base::LimitCounts> met = std::make_shared<base::LimitCounts>();
    std::shared_ptr<Admission> gate = std::make_shared<Admission>(Admission::Bounds{}, met);
};

/// The payload of an unmasked frame.
inline std::string_view payload_of(const wire::Frame& frame) {
    const auto length = static_cast<unsigned char>((*frame)[1]);
    const std::size_t header = length < 126 ? 2 : length == 126 ? 4 : 10;
    return std::string_view(*frame).substr(header);
}

inline SessionSettings json_at(Door door) {
    SessionSettings settings;
    settings.door = door;
    settings.encoding = wire::Encoding::json;
    settings.name = "s-1";
    return settings;
}

/// A client that comes in by one door.
class Talk {
public:
    explicit Talk(Door door) : Talk(json_at(door)) {}
    /// At the staff door with a seed: a Challenge is sent first.
    explicit Talk(const SessionSettings& settings, std::string login_seed = {})
        : session(settings, backend, now, std::move(login_seed)), door_(settings.door) {}
    /// On a shard that others have come to.
    Talk(const SessionSettings& settings, std::shared_ptr<Admission> admission)
        : backend(std::move(admission)), session(settings, backend, now), door_(settings.door) {}

    /// Sends a whole message, in one frame.
    Actions say(const std::string& json) {
        Actions actions = keep(session.on_frames(1, now));
        for (Action& action : keep(session.on_message(json, now))) actions.push_back(std::move(action));
        return actions;
    }
    Actions hello() {
        return say(door_ == Door::staff ? R"({"hello":{"protocol":1,"device":"7","token":"the-leads-token"}})"
                                        : R"({"hello":{"protocol":1}})");
    }
    /// Says Hello and reads the answer.
    Talk& greet() {
        (void)hello();
        (void)read();
        return *this;
    }
    Actions tick(base::Millis later) {
        now = now + later;
        return keep(session.on_tick(now));
    }
    /// The items of the next message; none when nothing waits.
    std::vector<Json> read_message() {
        wire::Frame frame = session.next_ordered();
        if (!frame) frame = session.next_yielding();
        if (!frame) return {};
        const Json message = Json::parse(payload_of(frame));
        return message["items"].get<std::vector<Json>>();
    }
    /// Everything that waits, item by item.
    std::vector<Json> read() {
        std::vector<Json> all;
        while (session.queue().ordered_waits() || session.yielding_waits()) {
            for (Json& item : read_message()) all.push_back(std::move(item));
        }
        return all;
    }
    /// Names of the items' kinds, in order.
    std::vector<std::string> read_kinds() {
        std::vector<std::string> kinds;
        for (const Json& item : read()) {
            for (const auto& [key, value] : item.items()) kinds.push_back(key);
        }
        return kinds;
    }
    /// Subscribes and gives the wish that goes to the shard.
    OpenFeed subscribe(const std::string& name, const std::optional<base::Position>& resume = std::nullopt) {
        Json wish{{"feed", name}};
        if (resume) {
            wish["resume"] = {{"epoch", resume->epoch.value},
                              {"seq", std::to_string(resume->seq.value)},
                              {"digest", std::to_string(resume->digest)}};
        }
        const Actions actions = say(Json{{"subscribe", wish}}.dump());
        return std::get<OpenFeed>(actions.back());
    }
    /// Subscribes; the shard opens the feed at this position with this snapshot; the client reads it all.
    OpenFeed follow(const std::string& name, std::vector<base::TopicNumber> topics, const base::Position& position) {
        OpenFeed wish = subscribe(name);
        (void)session.on_feed_opened(opened(wish, std::move(topics), position), now);
        (void)read();
        return wish;
    }
    /// A snapshot of so many pieces.
    static SnapshotPieces pieces(const wire::FeedName& name, const base::Position& position, std::uint32_t count) {
        std::vector<wire::Frame> messages;
        for (std::uint32_t piece = 0; piece < count; ++piece) {
            const std::string item = wire::encode(wire::SnapshotPiece{name, position, piece, count, "bytes"},
                                                  wire::Encoding::json);
            messages.push_back(wire::make_message(item, wire::Encoding::json));
        }
        return std::make_shared<const std::vector<wire::Frame>>(std::move(messages));
    }
    static FeedOpened opened(const OpenFeed& wish, std::vector<base::TopicNumber> topics,
                             const base::Position& position, std::uint32_t snapshot_pieces = 1) {
        FeedOpened made;
        made.subscription = wish.subscription;
        made.feed = wish.feed;
        made.topics = std::move(topics);
        made.position = position;
        made.as_of = wall;
        made.snapshot = pieces(wish.feed, position, snapshot_pieces);
        return made;
    }
    static FeedOpened resumed(const OpenFeed& wish, std::vector<base::TopicNumber> topics,
                              const base::Position& position, std::vector<fanout::LiveItem> items) {
        FeedOpened made = opened(wish, std::move(topics), position);
        made.snapshot = nullptr;
        made.resumed = true;
        made.items = std::move(items);
        return made;
    }
    static fanout::LiveItem item(base::TopicNumber topic, std::uint64_t seq, std::size_t bytes = 0) {
        fanout::LiveItem made;
        made.topic = topic;
        made.position = at(seq);
        Json json{{"topic", topic.value}, {"seq", seq}};
        if (bytes != 0) json["pad"] = std::string(bytes, 'x');
        made.messages[1] = wire::make_message(json.dump(), wire::Encoding::json);
        return made;
    }
    /// One item comes to the session.
    Actions give(const fanout::LiveItem& item) { return keep(session.on_items({&item, 1})); }
    /// A newest value (class C) is shown to all.
    void show(base::TopicNumber topic, std::uint64_t subject, std::uint64_t seq, std::size_t bytes = 0) {
        fanout::LiveItem value = item(topic, seq, bytes);
        value.position = {};
        value.delivery = fanout::DeliveryClass::c;
        value.key = {topic.value, 1, subject};
        backend.tables[topic].put(value);
        (void)backend.tables[topic].publish();
        session.on_newest();
    }
    /// The seqs of ordered items that wait, in order.
    std::vector<std::uint64_t> read_seqs() {
        std::vector<std::uint64_t> seqs;
        for (const Json& one : read()) {
            if (one.contains("seq")) seqs.push_back(one["seq"].get<std::uint64_t>());
        }
        return seqs;
    }
    Actions keep(Actions actions) {
        for (const Action& action : actions) {
            if (const auto* close = std::get_if<Close>(&action)) closed = close->code;
        }
        return actions;
    }

    OneToken backend;
    base::UtcMs now{50'000};
    Session session;
    std::optional<wire::CloseCode> closed;  ///< how the session was closed by what the client said or by time

private:
    Door door_;
};

template <class Kind>
[[nodiscard]] std::vector<Kind> all_of(const Actions& actions) {
    std::vector<Kind> found;
    for (const Action& action : actions) {
        if (const auto* one = std::get_if<Kind>(&action)) found.push_back(*one);
    }
    return found;
}

}  // namespace marchwire::session::test
