#include "two_servers.hpp"

#include "support/patience.hpp"

#include <iterator>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace marchwire::test {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::string> all_kept(std::vector<std::string> of_redis) {
    of_redis.insert(of_redis.end(), {"--appendfsync", "always"});
    return of_redis;
}

/// The newest values are not of the log.
std::string folded(const Somebody& somebody) {
    const std::string state = somebody.client.state_json(feed("ops"));
    if (state.empty()) return state;
    nlohmann::json json = nlohmann::json::parse(state);
    json.erase("column");
    return json.dump();
}

}  // namespace

SharedRedis::SharedRedis(std::vector<std::string> further, std::vector<std::string> of_redis,
                         std::vector<std::string> enter)
    : more(std::move(further)), redis(directory.path(), all_kept(std::move(of_redis)), std::move(enter)) {}

std::vector<std::string> SharedRedis::arguments(const std::string& address) const {
    std::vector<std::string> all = {"--store", address.empty() ? redis.address() : address, "--keys",
                                    directory.path() + "/keys.json"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

KeptMarch::KeptMarch(RealServer& keeper) {
    keeper.make_march();
    wait_until([&] { return keeps_march(keeper); });
}

std::vector<std::string> fast_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {"--demo-clock", "2018-06-30T13:00:00Z,600," +
                                std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count())};
}

void check_in(Somebody& marshal) {
    marshal.must(sdk::CheckIn{sdk::Report::on_post, {sdk::PlaceKind::section, 2}, 80, 0});
}

void march_off(Somebody& lead, Somebody& marshal) {
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, lead.client.march(feed("ops"))->phase_version, {}});
    check_in(marshal);
    lead.until([&] { return lead.client.march(feed("ops"))->phase == sdk::Phase::assembling; });
    lead.must(sdk::AdvancePhase{sdk::Phase::marching, lead.client.march(feed("ops"))->phase_version, {}});
}

std::ptrdiff_t alerts_raised(const Somebody& lead) {
    return std::ranges::count_if(lead.changes, [](const sdk::Change& change) {
        const auto* alert = std::get_if<sdk::AlertChanged>(&change);
        return alert != nullptr && alert->state == sdk::AlertState::raised;
    });
}

bool ladder_ended(const Somebody& lead) {
    const auto march = lead.client.march(feed("ops"));
    return !march->alerts.empty() && march->alerts[0].state == sdk::AlertState::exhausted;
}

void wait_for_token(RealServer& server, const std::string& token) {
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    for (;;) {
        try {
            Somebody asks(server, token);
            asks.until([&] { return asks.times_online > 0; });
            return;
        } catch (const std::runtime_error&) {
            if (Clock::now() > deadline) throw;
        }
    }
}

Clock::duration taken_over(const RealServer& server, Clock::time_point when) {
    wait_until([&] { return keeps_march(server); });
    return Clock::now() - when;
}

bool agree(std::initializer_list<Somebody*> all) {
    const auto deadline = Clock::now() + std::chrono::seconds(20);
    for (;;) {
        std::set<std::string> folds;
        for (Somebody* somebody : all) {
            somebody->poll();
            folds.insert(folded(*somebody));
        }
        if (folds.size() == 1 && !folds.begin()->empty()) return true;
        if (Clock::now() > deadline) return false;
        let_pass(std::chrono::milliseconds(2));
    }
}

std::vector<nlohmann::json> entries_of(const std::string& dump, const std::string& kind) {
    std::vector<nlohmann::json> found;
    std::istringstream lines(dump);
    for (std::string line; std::getline(lines, line);) {
        nlohmann::json entry = nlohmann::json::parse(line);
        if (entry.at("entry").at("event").contains(kind)) found.push_back(std::move(entry));
    }
    return found;
}

}  // namespace marchwire::test
