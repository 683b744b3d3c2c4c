// The people of many marches with the SDK: marshals who check in, the desk that follows ops, a follower.
#include "fault/crowd.hpp"

#include <unistd.h>
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace marchwire::fault {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds beat{10};
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::seconds comparing{20};
constexpr std::size_t notice_every = 50;

/// Counters of an id begin at 1 for each device, so no two people of this program may have the same.
std::uint64_t new_device() {
    static std::uint64_t last = static_cast<std::uint64_t>(::getpid()) << 24U;
    return ++last;
}

nlohmann::json parsed(const std::string& state) {
    return state.empty() ? nlohmann::json() : nlohmann::json::parse(state);
}

/// What the order of the log decides. Marshals are told only now and then how far the log went without them.
nlohmann::json ordered(nlohmann::json state, bool with_position) {
    if (!state.is_object()) return state;
    state.erase("column");
    if (!with_position) state.erase("position");
    return state;
}

}  // namespace

struct Crowd::Person {
    Person(Crowd& crowd, sdk::ClientSettings settings)
        : device(settings.device), client(crowd.io_, std::move(settings), callbacks(crowd, *this)) {}

    static sdk::Callbacks callbacks(Crowd& crowd, Person& self) {
        sdk::Callbacks all;
        all.on_state = [&self](const sdk::ConnectionState& state) {
            if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) self.stopped = stopped->reason;
        };
        all.on_snapshot = [&crowd](const sdk::FeedName&) { ++crowd.broken_resumes_; };
        all.on_gap = [&crowd](const sdk::Gap&) { ++crowd.broken_resumes_; };
        all.on_discontinuity = [&crowd](const sdk::Discontinuity&) { ++crowd.broken_resumes_; };
        return all;
    }

    std::uint64_t device;
    std::uint64_t counter = 0;  ///< as the SDK counts
    std::string stopped;
    sdk::Client client;
};

Crowd::Crowd(const test::Doors& doors, const Guests& guests, Journal& journal, JournalAt journal_at)
    : guests_(guests), journal_(journal), journal_at_(journal_at) {
    for (std::size_t march = 0; march < guests.slugs.size(); ++march) {
        logs_.push_back("flag-day/" + guests.slugs[march]);
        follow(invite(doors.staff_url, guests.marshals[march]), sdk::FeedKind::marshal, march);
    }
    Person& desk = invite(doors.staff_url, guests.desk);
    Person& follower = invite(doors.followers_url, "");
    for (std::size_t march = 0; march < guests.slugs.size(); ++march) {
        follow(desk, sdk::FeedKind::ops, march);
        follow(follower, sdk::FeedKind::public_feed, march);
    }
}

Crowd::~Crowd() = default;

Crowd::Person& Crowd::invite(const std::string& url, const std::string& token) {
    sdk::ClientSettings settings;
    settings.url = url;
    settings.token = token;
    settings.device = new_device();
    settings.retry_first = milliseconds(50);
    settings.retry_most = milliseconds(500);
    people_.push_back(std::make_unique<Person>(*this, std::move(settings)));
    return *people_.back();
}

void Crowd::follow(Person& person, sdk::FeedKind kind, std::size_t march) {
    followed_.push_back({&person, sdk::FeedName{kind, "flag-day", guests_.slugs[march]}, march});
}

void Crowd::run_for(milliseconds time) {
    if (frozen_) return;
    io_.restart();
    io_.run_for(time);
}

void Crowd::until(const char* what, const std::function<bool()>& holds) {
    const auto deadline = Steady::now() + patience;
    while (!holds()) {
        run_for(beat);
        for (const auto& person : people_) {
            if (!person->stopped.empty()) throw std::runtime_error("a client stopped: " + person->stopped);
        }
        if (Steady::now() >= deadline) throw std::runtime_error(std::string("within 30 s there was no ") + what);
    }
}

void Crowd::gather() {
    for (const auto& person : people_) person->client.connect();
    for (const Followed& followed : followed_) followed.who->client.subscribe(followed.feed);
    until("snapshot of every feed", [this] {
        for (const Followed& followed : followed_) {
            if (!followed.who->client.position(followed.feed)) return false;
        }
        return true;
    });
}

void Crowd::send(Person& person, std::size_t march, const sdk::Command& command) {
    const std::string& log = logs_[march];
    ++sent_;
    ++person.counter;
    if (journal_at_ == JournalAt::sent) journal_.put(log, {person.device, person.counter}, std::nullopt);
    person.client.command(log, command, [this, &log](sdk::CommandId id, const sdk::Outcome& outcome) {
        const auto* accepted = std::get_if<sdk::Accepted>(&outcome);
        if (accepted == nullptr) {
            ++refused_;
            return;
        }
        ++acknowledged_;
        if (journal_at_ == JournalAt::acknowledged) journal_.put(log, id, accepted->position);
    });
}

void Crowd::send_check_in(std::size_t march, std::mt19937_64& random) {
    sdk::CheckIn check_in;
    check_in.report = random() % 2 == 0 ? sdk::Report::on_post : sdk::Report::moving;
    check_in.place = {sdk::PlaceKind::section, static_cast<std::uint32_t>(1 + random() % 5)};
    check_in.battery_percent = static_cast<std::uint32_t>(1 + random() % 100);
    send(*people_[march], march, check_in);
}

void Crowd::send_next(std::mt19937_64& random) {
    const std::size_t marches = guests_.slugs.size();
    send_check_in(sent_ % marches, random);
    if (sent_ % notice_every != 0) return;
    sdk::PostNotice notice;
    notice.severity = sdk::Severity::info;
    notice.text = "Notice " + std::to_string(sent_);
    send(*people_[marches], random() % marches, notice);
}

void Crowd::check_in(unsigned per_second, Steady::time_point moment, std::mt19937_64& random) {
    const auto begin = Steady::now();
    std::size_t made = 0;
    for (auto now = begin; now < moment; now = Steady::now()) {
        const auto gone = std::chrono::duration<double>(now - begin).count();
        while (static_cast<double>(made) < gone * per_second) {
            send_next(random);
            ++made;
        }
        io_.restart();
        io_.run_until(std::min(moment, now + beat));
    }
    for (std::size_t march = 0; march < guests_.slugs.size(); ++march) send_check_in(march, random);
}

void Crowd::take_rest() { run_for(milliseconds(100)); }

void Crowd::begin_resuming() { broken_resumes_ = 0; }

void Crowd::resume() {
    const auto waits_for = [this] {
        std::string all;
        for (const auto& person : people_) {
            const std::size_t unanswered = person->client.unanswered_commands();
            if (!person->client.is_online()) all += " one is not online;";
            if (unanswered != 0) all += " one has " + std::to_string(unanswered) + " commands unanswered;";
        }
        return all;
    };
    try {
        until("return of everybody", [&] { return waits_for().empty(); });
    } catch (const std::runtime_error& late) {
        throw std::runtime_error(late.what() + std::string(":") + waits_for());
    }
}

std::size_t Crowd::differences(Crowd& fresh, test::RealServer& server) {
    const auto deadline = Steady::now() + comparing;
    std::size_t different = 0;
    for (std::size_t i = 0; i < followed_.size(); ++i) {
        const Followed& mine = followed_[i];
        const bool with_position = mine.feed.kind != sdk::FeedKind::marshal;
        const auto same = [&] {
            const auto state = parsed(mine.who->client.state_json(mine.feed));
            const auto other = parsed(fresh.followed_[i].who->client.state_json(mine.feed));
            if (ordered(state, with_position) != ordered(other, with_position)) return false;
            return mine.feed.kind != sdk::FeedKind::ops ||
                   ordered(state, false) == ordered(server.state(guests_.slugs[mine.march]), false);
        };
        bool equal = same();
        while (!equal && Steady::now() < deadline) {
            run_for(beat);
            fresh.run_for(beat);
            equal = same();
        }
        if (equal) continue;
        ++different;
        std::fprintf(stderr, "%s: the fold of who resumed is not that of the log\n", mine.feed.text().c_str());
    }
    return different;
}

}  // namespace marchwire::fault
