// The stage of city_stage.hpp.
#include "city_stage.hpp"

#include "base/limits.hpp"
#include "support/flag_day.hpp"
#include "support/named.hpp"
#include "support/patience.hpp"
#include "support/stage_log.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

namespace marchwire::test {

base::Hash256 stage_chain_key(const base::LogId& log) { return base::sha256("stage/" + log.text()); }

std::string text_of(const session::SnapshotPieces& snapshot) {
    std::string text;
    if (snapshot) {
        for (const wire::Frame& piece : *snapshot) text += *piece;
    }
    return text;
}

bool without_gap(const base::Position& held, const std::vector<fanout::LiveItem>& items) {
    base::Seq at = held.seq;
    for (const fanout::LiveItem& item : items) {
        if (item.position.seq <= at || item.prev > at) return false;
        at = item.position.seq;
    }
    return true;
}

// ---- seat --------------------------------------------------------------------------------------

Seat::Seat(session::Backend& backend, std::optional<session::Grant> grant)
    : backend_(backend), grant_(std::move(grant)) {
    slot_ = backend_.join(*this);
    // Whoever comes back counts from one again: as another device, whose ids nobody knows.
    static std::uint64_t devices = 1'000;
    device_ = base::DeviceId{++devices};
}

Seat::~Seat() { hang_up(); }

void Seat::hang_up() {
    if (slot_) backend_.leave(*std::exchange(slot_, std::nullopt));
}

void Seat::feed_opened(session::FeedOpened one) {
    opened.push_back(std::move(one));
    take_newest(opened.back());
}

session::AfterDelivery Seat::take(const fanout::LiveItem& item) {
    ++unflushed;
    items.push_back(item);
    return session::AfterDelivery::flush;
}

session::AfterDelivery Seat::deliver(const fanout::Run& run) {
    auto after = session::AfterDelivery::nothing;
    for (const fanout::LiveItem& item : run.items()) after = take(item);
    return after;
}

session::AfterDelivery Seat::deliver(std::span<const fanout::LiveItem> some) {
    auto after = session::AfterDelivery::nothing;
    for (const fanout::LiveItem& item : some) {
        // Others' topics are among them: a session picks its own.
        const bool own = std::ranges::any_of(opened, [&](const session::FeedOpened& feed) {
            return std::ranges::find(feed.topics, item.topic) != feed.topics.end();
        });
        if (own) after = take(item);
    }
    return after;
}

session::AfterDelivery Seat::newest_changed() {
    for (const session::FeedOpened& feed : opened) take_newest(feed);
    return session::AfterDelivery::nothing;
}

void Seat::take_newest(const session::FeedOpened& feed) {
    for (const base::TopicNumber topic : feed.topics) {
        const fanout::NewestTable* table = backend_.newest(topic);
        if (table == nullptr) continue;
        std::uint64_t& version = versions_[topic];
        while (version < table->version()) {
            const auto& part = table->after(version, encoding_, base::limits::batch_bytes);
            if (part.frame) newest += *part.frame;
            version = part.version;
        }
    }
}

session::SubscriptionId Seat::open(const wire::FeedName& feed, std::optional<base::Position> resume,
                                   wire::Encoding encoding) {
    const core::Actor actor = grant_ ? grant_->actor : core::Actor{};
    encoding_ = encoding;
    backend_.open_feed(*slot_, {++subscriptions_, feed, resume, encoding, actor});
    return subscriptions_;
}

void Seat::close(session::SubscriptionId subscription, const wire::FeedName& feed) {
    backend_.close_feed(*slot_, subscription, feed);
}

base::CommandId Seat::run(const base::LogId& log, core::CommandBody body) {
    const base::CommandId id{device_, ++counter_};
    run_as(id, log, std::move(body), counter_);
    return id;
}

void Seat::run_as(base::CommandId id, const base::LogId& log, core::CommandBody body, std::uint64_t content_hash) {
    core::Command command;
    command.id = id;
    command.made_at = clock_now;
    command.body = std::move(body);
    const core::Actor actor = grant_ ? grant_->actor : core::Actor{};
    backend_.run_command(*slot_, {{log, std::move(command), content_hash}, actor});
}

void Seat::history(const wire::FeedName& feed, std::uint64_t from, std::uint32_t limit) {
    const core::Actor actor = grant_ ? grant_->actor : core::Actor{};
    backend_.read_history(*slot_, {{1, feed, base::Seq{from}, limit}, encoding_, actor});
}

void Seat::report(const base::LogId& march, std::vector<core::Fix> fixes) {
    backend_.report_position(*slot_, grant_ ? grant_->actor : core::Actor{}, {march, std::move(fixes)});
}

void Seat::pocket() { backend_.heard_from(*slot_, *grant_, wire::Screen::off); }

std::optional<base::Result<wire::Accepted>> Seat::reply_to(base::CommandId id) const {
    const auto found = std::find_if(replies.begin(), replies.end(),
                                    [&](const wire::Reply& reply) { return reply.id == id; });
    if (found == replies.end()) return std::nullopt;
    return found->outcome;
}

std::vector<fanout::LiveItem> Seat::taken() const {
    std::vector<fanout::LiveItem> taken;
    for (const fanout::LiveItem& item : items) {
        // Without bytes it only tells how far the log is.
        const bool ordered = item.position.seq.value != 0 && (item.messages[0] || item.messages[1]);
        const bool fresh = taken.empty() || item.position.seq > taken.back().position.seq;
        if (ordered && fresh) taken.push_back(item);
    }
    return taken;
}

std::string Seat::everything_seen() const {
    std::string seen;
    const auto add = [&](const fanout::LiveItem& item) {
        for (const wire::Frame& message : item.messages) {
            if (message) seen += *message;
        }
    };
    for (const session::FeedOpened& one : opened) {
        seen += text_of(one.snapshot);
        seen += one.phase.sentence;
        std::for_each(one.items.begin(), one.items.end(), add);
    }
    std::for_each(items.begin(), items.end(), add);
    return seen + newest;
}

// ---- stage -------------------------------------------------------------------------------------

CityStage::CityStage(std::size_t shards, bus::Bus* bus)
    : clock(flag_day_begin),
      memory(store::MemoryLog::Drive::by_caller),
      log(memory),
      campaign{slug("flag-day-2018"), {}},
      march{slug("flag-day-2018"), slug("st-louis-mo")},
      step_off(flag_day_step_off),
      shards_(shards),
      bus_(bus) {
    REQUIRE(come_up().has_value());
}

CityStage::~CityStage() = default;

void CityStage::settle() {
    std::size_t done = 1;
    while (done != 0) {
        done = memory.run_some() + (pins.work() ? 1U : 0U);
        for (std::size_t i = 0; city && i < city->shards(); ++i) done += city->io_context(i).poll();
        for (const auto& other : others) {
            for (std::size_t i = 0; i < other->shards(); ++i) done += other->io_context(i).poll();
        }
    }
}

void CityStage::wait(base::Millis time) {
    settle();
    for (std::int64_t second = 0; second < time.value / 1000; ++second) {
        clock.advance(base::seconds(1));
        if (city) city->beat();
        for (const auto& other : others) other->beat();
        settle();
    }
}

std::unique_ptr<shard::City> CityStage::open(bus::Bus* bus, base::UtcMs last_alive,
                                             std::optional<base::Result<void>>& started) {
    const auto sign = [](const base::LogId&, const base::Tip&) { return std::array<std::uint8_t, 64>{}; };
    const auto code = [](const base::Slug& of, std::uint32_t number) {
        return std::to_string(number) + "-" + of.text();
    };
    shard::CitySettings settings{shards_, clock, log, stage_chain_key, sign, code, last_alive, shard::Drive::by_hand,
                                 bus};
    settings.wake = [this](core::WakeUp call) { woken.push_back(std::move(call)); };
    settings.seal_push = [](const base::LogId&, base::PersonId, const core::SubscribePush& said) {
        return base::Result<std::string>("sealed: " + base::hex(said.endpoint));
    };
    settings.pins = &pins;
    auto opened = std::make_unique<shard::City>(std::move(settings));
    opened->start([&](base::Result<void> outcome) { started = std::move(outcome); });
    return opened;
}

base::Result<void> CityStage::come_up(base::UtcMs last_alive) {
    std::optional<base::Result<void>> started;
    city = open(bus_, last_alive, started);
    settle();
    REQUIRE(started.has_value());
    return *started;
}

shard::City& CityStage::another(bus::Bus& bus) {
    std::optional<base::Result<void>> started;
    others.push_back(open(&bus, {}, started));
    settle();
    REQUIRE((started && started->has_value()));
    return *others.back();
}

void CityStage::go_down() {
    bool stopped = false;
    city->stop(base::seconds(2), [&](const base::Result<void>&) { stopped = true; });
    settle();
    REQUIRE(stopped);
    city.reset();
}

void CityStage::crash() { city.reset(); }

base::Result<wire::Accepted> CityStage::try_host(const base::LogId& where, core::CommandBody body) {
    core::Actor actor;
    actor.host = true;
    core::Command command;
    command.body = std::move(body);
    std::optional<base::Result<wire::Accepted>> answer;
    city->command(where, std::move(command), actor, [&](auto outcome) { answer = std::move(outcome); });
    settle();
    REQUIRE(answer.has_value());
    return *answer;
}

wire::Accepted CityStage::host(const base::LogId& where, core::CommandBody body) {
    const auto answer = try_host(where, std::move(body));
    if (!answer) FAIL("refused: " << answer.error().field << ": " << answer.error().message);
    return *answer;
}

void CityStage::create_campaign(bool drill) { host(campaign, flag_day_campaign(drill)); }

void CityStage::create_march(bool drill) {
    const core::CreateMarch create = flag_day_march(drill);
    host(campaign, core::ListMarch{march.march, create.topic_base});
    host(march, create);
}

session::Grant CityStage::person(const std::string& callsign, core::Role role, bool for_all) {
    const base::Slug where = for_all ? base::Slug{} : march.march;
    return another_phone({host(campaign, core::AddPerson{callsign, where}).made}, role, where);
}

session::Grant CityStage::another_phone(base::PersonId person, core::Role role, const base::Slug& where) {
    const base::Hash256 hash = base::sha256("token " + std::to_string(++tokens_));
    host(campaign, core::IssueToken{hash, person, role, where, {}});
    const auto grant = city->backend(0).find_token(hash);
    REQUIRE(grant.has_value());
    return grant->grant;
}

void CityStage::assign(const session::Grant& grant, const std::string& callsign, std::uint32_t section,
                       base::PersonId buddy) {
    host(march, core::AssignDuty{grant.actor.person, callsign, grant.actor.role, section, buddy, false});
}

std::unique_ptr<Seat> CityStage::seat(std::optional<session::Grant> grant, std::size_t shard) {
    auto seat = std::make_unique<Seat>(city->backend(shard), std::move(grant));
    seat->clock_now = clock.now();
    return seat;
}

base::Result<wire::Accepted> CityStage::answer_to(const Seat& seat, base::CommandId id) {
    wait_until([&] {
        settle();
        return seat.reply_to(id).has_value();
    });
    return *seat.reply_to(id);
}

wire::Accepted CityStage::must(Seat& seat, core::CommandBody body) {
    seat.clock_now = clock.now();
    const auto reply = answer_to(seat, seat.run(march, std::move(body)));
    if (!reply) FAIL("refused: " << reply.error().field << ": " << reply.error().message);
    return *reply;
}

base::Refusal CityStage::refused(Seat& seat, core::CommandBody body) {
    seat.clock_now = clock.now();
    const auto reply = answer_to(seat, seat.run(march, std::move(body)));
    if (reply) FAIL("this was accepted");
    return reply.error();
}

std::string CityStage::state() {
    std::optional<base::Result<std::string>> answer;
    city->state_json(march, [&](auto outcome) { answer = std::move(outcome); });
    settle();
    REQUIRE((answer && answer->has_value()));
    return **answer;
}

session::PageAnswer CityStage::page(const std::string& target) {
    std::optional<session::PageAnswer> answer;
    city->page(target, [&](session::PageAnswer page) { answer = std::move(page); });
    settle();
    REQUIRE(answer.has_value());
    return *answer;
}

wire::FeedName CityStage::feed(wire::FeedKind kind) const {
    const bool of_campaign = kind == wire::FeedKind::overview || kind == wire::FeedKind::desk;
    return {kind, of_campaign ? campaign : march};
}

}  // namespace marchwire::test
