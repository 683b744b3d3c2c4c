// Who watches and writes on the demo day, by the SDK.
#include "fault/day_people.hpp"

#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <stdexcept>
#include <utility>
#include <variant>

namespace marchwire::fault {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds beat{10};
constexpr seconds people_patience{30};
constexpr milliseconds write_every{60};  // under the 20 commands a second that a session may send
constexpr std::size_t unanswered_most = 40;

std::uint64_t new_device() {
    static std::uint64_t last = static_cast<std::uint64_t>(::getpid()) << 24U;
    return ++last;
}

std::string slug_of(const std::string& march) { return march.substr(march.find('/') + 1); }

nlohmann::json parsed(const std::string& state) {
    return state.empty() ? nlohmann::json::object() : nlohmann::json::parse(state);
}

}  // namespace

struct DayPeople::Person {
    Person(boost::asio::io_context& io, const sdk::ClientSettings& settings) : client(io, settings, callbacks(*this)) {}

    static sdk::Callbacks callbacks(Person& self) {
        sdk::Callbacks all;
        all.on_state = [&self](const sdk::ConnectionState& state) {
            if (std::holds_alternative<sdk::Online>(state)) ++self.times_online;
            if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) self.stopped = stopped->reason;
        };
        all.on_gap = [&self](const sdk::Gap&) { ++self.gaps; };
        all.on_discontinuity = [&self](const sdk::Discontinuity& told) { self.told.push_back(told.reason); };
        return all;
    }

    std::size_t times_online = 0;
    std::size_t gaps = 0;
    std::vector<sdk::DiscontinuityReason> told;
    std::string stopped;
    sdk::Client client;
};

DayPeople::DayPeople(DayStage& stage, std::vector<std::string> watched) : stage_(stage), watched_(std::move(watched)) {
    const test::Doors doors = stage.doors();
    for (const std::string& march : watched_) {
        watch(invite(doors.staff_url, stage.token(march, "city_lead", "Watch 1")), sdk::FeedKind::ops, march);
        watch(invite(doors.followers_url, ""), sdk::FeedKind::public_feed, march);
    }
    desk_ = &invite(doors.staff_url, stage.token("", "national_desk", "Desk 1"));
    overview_ = &invite(doors.followers_url, "");
    const std::string& first = watched_.front();
    for (std::size_t server = 0; server < DayStage::servers; ++server) {
        const std::string number = std::to_string(server + 1);
        const std::string url = stage.doors(server).staff_url;
        writers_.push_back({&invite(url, stage.token(first, "city_lead", "Writer " + number)), server, false});
        writers_.push_back({&invite(url, stage.token(first, "side", "Marshal " + number, 2)), server, true});
    }
    sleeper_token_ = stage.token(first, "city_lead", "Sleeper 1");
}

DayPeople::~DayPeople() = default;

DayPeople::Person& DayPeople::invite(const std::string& url, const std::string& token) {
    sdk::ClientSettings settings;
    settings.url = url;
    settings.token = token;
    settings.device = new_device();
    settings.retry_first = milliseconds(100);
    settings.retry_most = milliseconds(1'000);
    people_.push_back(std::make_unique<Person>(io_, settings));
    return *people_.back();
}

void DayPeople::watch(Person& person, sdk::FeedKind kind, const std::string& march) {
    watching_.push_back({&person, {kind, day_campaign, slug_of(march)}, march});
}

void DayPeople::gather() {
    for (const auto& person : people_) person->client.connect();
    for (const Watching& one : watching_) one.who->client.subscribe(one.feed);
    desk_->client.subscribe({sdk::FeedKind::desk, day_campaign, ""});
    overview_->client.subscribe({sdk::FeedKind::overview, day_campaign, ""});
    const bool whole = until(
        [this] {
            return std::ranges::all_of(
                       watching_, [](const Watching& one) { return one.who->client.position(one.feed).has_value(); }) &&
                   std::ranges::all_of(people_, [](const auto& person) { return person->client.is_online(); });
        },
        people_patience);
    if (!whole) throw std::runtime_error("within 30 s not every feed was whole");
}

void DayPeople::run_for(milliseconds time) {
    const auto end = Steady::now() + time;
    for (auto now = Steady::now(); now < end; now = Steady::now()) {
        if (writing_ && now >= write_at_) {
            write_at_ = now + write_every;
            for (Writing& one : writers_) write(one);
        }
        io_.restart();
        io_.run_until(std::min(end, now + beat));
    }
    for (const auto& person : people_) {
        if (!person->stopped.empty()) throw std::runtime_error("a client stopped: " + person->stopped);
    }
}

bool DayPeople::until(const std::function<bool()>& holds, milliseconds within) {
    const auto deadline = Steady::now() + within;
    while (!holds()) {
        if (Steady::now() >= deadline) return false;
        run_for(beat);
    }
    return true;
}

/// Whoever's server is away waits for it with a few commands, and sends them when it is back.
void DayPeople::write(Writing& one) {
    sdk::Client& client = one.who->client;
    if (client.unanswered_commands() >= unanswered_most) return;
    sdk::Command command;
    ++written_;
    if (one.checks_in) {
        const auto battery = static_cast<std::uint32_t>(1 + written_ % 100);
        command = sdk::CheckIn{sdk::Report::on_post, {sdk::PlaceKind::section, 2}, battery, 0};
    } else {
        command = sdk::PostNotice{sdk::Severity::info, "", "Notice " + std::to_string(written_), 0};
    }
    client.command(watched_.front(), command, [&one](sdk::CommandId, const sdk::Outcome& outcome) {
        if (std::holds_alternative<sdk::Accepted>(outcome)) ++one.accepted;
    });
}

void DayPeople::end_writing() {
    writing_ = false;
    const bool answered = until(
        [this] {
            return std::ranges::all_of(writers_,
                                       [](const Writing& one) { return one.who->client.unanswered_commands() == 0; });
        },
        people_patience);
    if (!answered) throw std::runtime_error("a writer's commands were not answered within 30 s");
}

std::vector<std::size_t> DayPeople::accepted() const {
    std::vector<std::size_t> all(DayStage::servers);
    for (const Writing& one : writers_) all[one.server] += one.accepted;
    return all;
}

void DayPeople::fall_asleep() {
    Person& sleeper = invite(stage_.doors().staff_url, sleeper_token_);
    const sdk::FeedName feed{sdk::FeedKind::ops, day_campaign, slug_of(watched_.front())};
    sleeper.client.connect();
    sleeper.client.subscribe(feed);
    if (!until([&] { return sleeper.client.position(feed).has_value(); }, people_patience)) {
        throw std::runtime_error("the sleeper's feed was not whole within 30 s");
    }
    sleeping_at_ = sleeper.client.position(feed);
    people_.pop_back();
}

std::uint64_t DayPeople::slept_through() const {
    const Watching& first = watching_.front();
    return first.who->client.position(first.feed)->seq - sleeping_at_->seq;
}

void DayPeople::wake_up() {
    watch(invite(stage_.doors().staff_url, sleeper_token_), sdk::FeedKind::ops, watched_.front());
    const Watching& sleeper = watching_.back();
    sleeper.who->client.subscribe(sleeper.feed, *sleeping_at_);
    sleeper.who->client.connect();
    if (!until([&] { return !sleeper.who->client.state_json(sleeper.feed).empty(); }, people_patience)) {
        throw std::runtime_error("who slept was not shown the march within 30 s");
    }
}

Told DayPeople::told() const {
    Told all;
    for (const Watching& one : watching_) {
        all.moves += one.who->times_online - 1;
        if (one.who->times_online > 1) ++all.watchers_moved;
        all.gaps += one.who->gaps;
        for (const sdk::DiscontinuityReason reason : one.who->told) {
            if (reason == sdk::DiscontinuityReason::history_changed) ++all.history_changed;
            if (reason == sdk::DiscontinuityReason::history_trimmed) ++all.history_trimmed;
            if (reason == sdk::DiscontinuityReason::fell_behind) ++all.fell_behind;
        }
    }
    return all;
}

Folds DayPeople::compare(DayLog& log) {
    Folds folds;
    for (const std::string& march : watched_) {
        if (!until([&] { return compare_march(log, march, folds); }, people_patience)) {
            ++folds.compared;
            std::fprintf(stderr, "%s: within 30 s not everybody held what its log ends with\n", march.c_str());
        }
    }
    return folds;
}

/// False: the log goes on, and not everybody holds its newest entry yet. Where all do, every fold must be equal at
/// once.
bool DayPeople::compare_march(DayLog& log, const std::string& march, Folds& folds) {
    const LogFold fold = log.fold(march);
    if (!hold_newest(fold, march)) return false;
    const auto compare = [&](const std::string& who, const nlohmann::json& held, const nlohmann::json& expected) {
        ++folds.compared;
        if (held.dump() == expected.dump()) {
            ++folds.equal;
        } else {
            std::fprintf(stderr, "%s: the fold of %s is not that of the log\nheld %s\nlog  %s\n", march.c_str(),
                         who.c_str(), held.dump().c_str(), expected.dump().c_str());
        }
    };
    for (const Watching& one : watching_) {
        if (one.march != march) continue;
        nlohmann::json held = parsed(one.who->client.state_json(one.feed));
        const bool is_public = one.feed.kind == sdk::FeedKind::public_feed;
        if (is_public) {
            held.erase("position");  // of its own count, which was looked at
            held.erase("column");    // telemetry: in no log
        }
        compare(one.feed.text(), held, is_public ? fold.public_one : fold.ops);
    }
    for (std::size_t server = 0; server < DayStage::servers; ++server) {
        compare("server " + std::to_string(server + 1), stage_.state(server, march), fold.ops);
    }
    compare_boards(march, fold, folds);
    folds.lost += fold.lost;
    return true;
}

bool DayPeople::hold_newest(const LogFold& fold, const std::string& march) {
    for (const Watching& one : watching_) {
        if (one.march != march) continue;
        if (one.feed.kind == sdk::FeedKind::public_feed) {
            if (one.who->client.position(one.feed)->seq != fold.public_seq) return false;
        } else if (parsed(one.who->client.state_json(one.feed)).at("position") != fold.ops.at("position")) {
            return false;
        }
    }
    for (std::size_t server = 0; server < DayStage::servers; ++server) {
        if (stage_.state(server, march).at("position") != fold.ops.at("position")) return false;
    }
    return true;
}

/// A row is made by the march's keeper every few seconds: waited for, and then it must say the phase of the log.
void DayPeople::compare_boards(const std::string& march, const LogFold& fold, Folds& folds) {
    const std::string phase = fold.ops.value("phase", "");
    for (const auto& [name, person] : {std::pair("desk", desk_), std::pair("overview", overview_)}) {
        const sdk::FeedName feed = *sdk::FeedName::parse(std::string(name) + "/" + day_campaign);
        // The drill is on the desk alone.
        const std::size_t of_all = person == desk_ ? stage_.listed() : stage_.marches().size();
        const bool shown = until(
            [&, person = person] {
                const auto rows = person->client.rows(feed);
                return rows.size() == of_all && std::ranges::any_of(rows, [&](const sdk::Row& row) {
                           std::string word(sdk::name_of(row.phase));
                           for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
                           return row.march == slug_of(march) && phase.ends_with(word);
                       });
            },
            people_patience);
        ++folds.compared;
        if (shown) ++folds.equal;
        if (!shown) std::fprintf(stderr, "%s: %s does not show it as %s\n", march.c_str(), name, phase.c_str());
    }
}

}  // namespace marchwire::fault
