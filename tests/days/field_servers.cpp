#include "field_servers.hpp"

#include "access/key_ring.hpp"
#include "access/token.hpp"
#include "command_message.hpp"
#include "support/patience.hpp"
#include "wire/close_codes.hpp"
#include "wire/codec.hpp"
#include "wire/proto_values.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <stdexcept>
#include <utility>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;

/// What the app of this role shows.
std::string feed_of(core::Role role, const base::LogId& march) {
    if (role == core::Role::national_desk) return "desk/" + march.campaign_log().text();
    const bool leads = role == core::Role::city_lead || role == core::Role::dispatcher;
    return (leads ? "ops/" : "marshal/") + march.text();
}

Json answer_of(const base::Result<Json>& answer) {
    if (!answer) throw std::runtime_error("a server's host: " + answer.error().field + " " + answer.error().message);
    return *answer;
}

}  // namespace

ServersWorld::ServersWorld(bool drill, std::uint64_t kill_at) : kill_at_(kill_at) {
    state_.id = march_;
    servers_[0] = std::make_unique<Instance>(arguments());
    const core::CreateMarch create = flag_day_march(drill);
    REQUIRE(command(march_.campaign_log(), flag_day_campaign()).has_value());
    REQUIRE(command(march_.campaign_log(), core::ListMarch{march_.march, create.topic_base}).has_value());
    REQUIRE(command(march_, create).has_value());
    // Before there are others: so it is this one that is killed.
    wait_for_keeper();
    for (std::size_t i = 1; i < count; ++i) servers_[i] = std::make_unique<Instance>(arguments());
    auto log = store::RedisLog::open({RedisServer::settings_of(directory_.path()), {}, 0, {}, false});
    REQUIRE(log.has_value());
    log_ = *std::move(log);
    const auto keys = access::KeyRing::open(directory_.path() + "/keys.json");
    REQUIRE(keys.has_value());
    vault_ = vault_of(*log_, march_, keys->chain_key(march_));
}

std::vector<std::string> ServersWorld::arguments() const {
    return {"--store",      redis_.address(),        "--keys", directory_.path() + "/keys.json",
            "--demo-clock", "2018-06-14T14:00:00Z,0"};
}

// ---- the host ----------------------------------------------------------------------------------

ServersWorld::Instance& ServersWorld::some_server() {
    for (const auto& one : servers_) {
        if (one) return *one;
    }
    throw std::logic_error("no server is left");
}

World::Outcome ServersWorld::command(const base::LogId& log, const core::CommandBody& body) {
    core::Command command;
    command.body = body;
    const Json message = Json::parse(wire::json_of(command_message(command, log)));
    const auto answer = some_server().host.ask({{"verb", "command"}, {"log", log.text()}, {"command", message}});
    if (!answer) return answer.error();
    return answer->at("made").get<std::uint64_t>();
}

World::Outcome ServersWorld::host(core::CommandBody body) {
    pass_seconds();
    return command(march_, body);
}

core::PersonId ServersWorld::add(const std::string& callsign, core::Role role) {
    const base::Slug where = role == core::Role::national_desk ? base::Slug{} : march_.march;
    const auto made = command(march_.campaign_log(), core::AddPerson{callsign, where});
    REQUIRE(made.has_value());
    const core::PersonId person{*made};
    holders_[person].role = role;
    issue_token(person);
    return person;
}

void ServersWorld::issue_token(core::PersonId person) {
    Holder& holder = holders_.at(person);
    const base::Slug where = holder.role == core::Role::national_desk ? base::Slug{} : march_.march;
    const std::string token = access::new_token();
    const auto issued = command(march_.campaign_log(),
                                core::IssueToken{access::hash_token(token), person, holder.role, where, {}});
    REQUIRE(issued.has_value());
    holder.token = *issued;
    // The device as FieldDay's commands have it.
    holder.phone = std::make_unique<Phone>(token, person.value + 5'000, feed_of(holder.role, march_));
    holder.server = count;
    tokens_are_new_ = true;
}

void ServersWorld::revoke(core::PersonId person) {
    pass_seconds();
    Phone& phone = phone_of(person);
    phone.lives(wire::Screen::untold);
    (void)answer_of(some_server().host.ask({{"verb", "token_revoke"},
                                            {"campaign", march_.campaign_log().text()},
                                            {"number", holders_.at(person).token},
                                            {"reason", "lost"}}));
    // Whichever server it speaks to hears of it by the campaign's log.
    CHECK(phone.is_ended_as(wire::CloseCode::revoked));
}

void ServersWorld::grant_anew(core::PersonId person) {
    pass_seconds();
    issue_token(person);
}

// ---- time --------------------------------------------------------------------------------------

std::vector<std::size_t> ServersWorld::move_clocks(std::int64_t seconds, const std::set<std::size_t>& of) {
    for (const std::size_t server : of) {
        const Json request{{"verb", "move_clock"}, {"seconds", static_cast<std::uint64_t>(seconds)}};
        REQUIRE(servers_.at(server)->host.say(request).has_value());
    }
    std::vector<std::size_t> keepers;
    for (const std::size_t server : of) {
        const Json answer = answer_of(servers_.at(server)->host.answer());
        if (answer.at("kept") == 1) keepers.push_back(server);
    }
    return keepers;
}

std::vector<std::size_t> ServersWorld::move_clocks(std::int64_t seconds) {
    // What was said to one is with the others before any of them goes on.
    if (!spoken_to_.empty()) (void)move_clocks(0, std::exchange(spoken_to_, {}));
    std::set<std::size_t> all;
    for (std::size_t i = 0; i < count; ++i) {
        if (servers_.at(i)) all.insert(i);
    }
    told_ = told_ + base::seconds(seconds);
    return move_clocks(seconds, all);
}

void ServersWorld::settle() { (void)move_clocks(0); }

void ServersWorld::pass_seconds() {
    if (const std::int64_t seconds = std::exchange(seconds_untold_, 0); seconds != 0) (void)move_clocks(seconds);
}

void ServersWorld::wait_for_keeper() {
    wait_until([&] {
        const auto keepers = move_clocks(0);
        if (!keepers.empty()) keeper_ = keepers.front();
        return !keepers.empty();
    });
    settle();
}

// ---- phones ------------------------------------------------------------------------------------

Phone& ServersWorld::phone_of(core::PersonId person) {
    if (std::exchange(tokens_are_new_, false)) settle();
    Holder& holder = holders_.at(person);
    if (holder.server == count || !servers_.at(holder.server)) {
        holder.server = person.value % count;
        while (!servers_.at(holder.server)) holder.server = (holder.server + person.value % 2 + 1) % count;
        holder.phone->turn_to(servers_.at(holder.server)->server.staff_address());
    }
    spoken_to_.insert(holder.server);
    return *holder.phone;
}

World::Outcome ServersWorld::tell(core::PersonId person, const core::Command& command) {
    pass_seconds();
    const v1::Command message = command_message(command, march_);
    if (commands_++ == kill_at_) kill(person, message);
    try {
        return phone_of(person).tell(message);
    } catch (const ClientEnded& ended) {
        if (ended.code == static_cast<unsigned>(wire::CloseCode::unauthenticated)) return of_nobody();
        throw;
    }
}

void ServersWorld::report(core::PersonId person, const core::Fix& fix) {
    pass_seconds();
    phone_of(person).report(march_.text(), fix);
}

void ServersWorld::heard(core::PersonId person, wire::Screen screen) {
    pass_seconds();
    phone_of(person).lives(screen);
}

/// Its phones find another server; the keeping goes to another once its lease has ended, which is by the machine's
/// clock. The march's stands meanwhile: else whoever spoke before the kill would have spoken earlier than on the core.
void ServersWorld::kill(core::PersonId person, const v1::Command& command) {
    // Where a server stood still for too long another keeps it by now.
    wait_for_keeper();
    if (kill_at_ % 2 == 1) {
        Phone& phone = phone_of(person);
        phone.turn_to(servers_.at(keeper_)->server.staff_address());
        const std::size_t stored = entries().size();
        phone.send(command);
        // Not for ever: what is refused is not stored.
        const int looks = kill_at_ % 4 == 3 ? 200 : 0;
        for (int look = 0; look < looks && entries().size() == stored; ++look) let_pass(std::chrono::milliseconds(2));
        holders_.at(person).server = count;
    }
    servers_.at(keeper_)->server.kill();
    servers_.at(keeper_).reset();
    spoken_to_.erase(keeper_);
    was_killed_ = true;
    wait_for_keeper();
}

// ---- what is stored ----------------------------------------------------------------------------

void ServersWorld::read_on() {
    pass_seconds();
    for (bool more = true; more;) {
        std::promise<base::Result<store::Entries>> answered;
        log_->read(march_, base::Seq{entries_.size() + 1}, 1'000,
                   [&](base::Result<store::Entries> read) { answered.set_value(std::move(read)); });
        const auto read = answered.get_future().get();
        REQUIRE(read.has_value());
        more = !read->empty();
        for (const store::StoredEntry& stored : *read) {
            core::Entry entry = vault_->decode(stored.bytes).value();
            core::apply(state_, entry, stored.tip.digest);
            entries_.push_back(std::move(entry));
        }
    }
}

const core::MarchState& ServersWorld::state() {
    read_on();
    return state_;
}

const std::vector<core::Entry>& ServersWorld::entries() {
    read_on();
    return entries_;
}

}  // namespace marchwire::test
