#include "simulation.hpp"

#include "base/ids.hpp"
#include "person_link.hpp"
#include "programme.hpp"

#include <nlohmann/json.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <tuple>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t track_bytes_max = std::size_t{32} * 1024 * 1024;
constexpr std::chrono::milliseconds tick_every{250};
constexpr std::chrono::milliseconds hire_again_after{1'000};
constexpr double column_metres = 250;
constexpr double pace_metres_per_second = 1.1;  ///< a march is slower than a walk
constexpr std::uint64_t one_staffed_in = 6;     ///< of the marches without a route
constexpr sdk::Millis often{5'000};
constexpr sdk::Millis seldom{15'000};

std::vector<Part> column_parts() {
    std::vector<Part> parts;
    for (int i = 0; i < 3; ++i) parts.push_back({"Head " + std::to_string(i + 1), "head", 1, 4.0 * i, often});
    for (int i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i + 1);
        const auto section = static_cast<std::uint32_t>(2 * i + 1);
        const double behind = 30 + 85.0 * i;
        parts.push_back({"Section " + number, "section_lead", section, behind, often});
        parts.push_back({"Side " + number, "side", section, behind + 15, seldom});
    }
    parts.push_back({"Medic 1", "medic", 3, 120, seldom});
    for (int i = 0; i < 3; ++i) {
        parts.push_back({"Tail " + std::to_string(i + 1), "tail", 5, column_metres - 4.0 * i, often});
    }
    return parts;
}

std::vector<Part> rally_parts() {
    return {{"Side 1", "side", 1, 0, seldom}, {"Side 2", "side", 2, 0, seldom}, {"Medic 1", "medic", 1, 0, seldom}};
}

std::int64_t whole_number(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end()) return 0;
    // Protobuf's JSON mapping writes 64-bit numbers as text.
    return found->is_string() ? std::strtoll(found->get_ref<const std::string&>().c_str(), nullptr, 10)
                              : found->get<std::int64_t>();
}

std::uint64_t mixed(std::uint64_t seed, const std::string& text) {
    for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return seed == 0 ? 1 : seed;
}

}  // namespace

/// One march on the stage.
struct Simulation::Staged {
    std::string name;
    sdk::UtcMs first_time = 0;
    bool has_route = false;
    double pace = pace_metres_per_second;
    RouteWalk route;
    double head_metres = -1;  ///< not walking yet
    sdk::UtcMs moved_at = 0;
    std::unique_ptr<SimulatedLead> lead;
    std::vector<std::unique_ptr<SimulatedPerson>> persons;

    void walk(const sdk::March& march, sdk::UtcMs now) {
        const bool walks = march.phase == sdk::Phase::marching;
        if (walks && head_metres < 0) {
            // After a restart of the simulation the column is where the time since step-off has brought it.
            head_metres = pace * static_cast<double>(std::max<sdk::UtcMs>(0, now - march.phase_since)) / 1000;
        } else if (walks) {
            head_metres += pace * static_cast<double>(std::max<sdk::UtcMs>(0, now - moved_at)) / 1000;
        }
        moved_at = now;
    }
    [[nodiscard]] bool has_come_in() const { return head_metres >= route.length_metres() + column_metres; }
    [[nodiscard]] double head_share() const {
        return route.length_metres() > 0 ? std::max(0.0, head_metres) / route.length_metres() : 0;
    }
};

Simulation::Simulation(Context& context, SimulationSettings settings)
    : context_(context), settings_(std::move(settings)), admin_(context.data) {}
Simulation::~Simulation() = default;

std::uint64_t Simulation::seed_of(const std::string& march, const std::string& callsign) const {
    return mixed(mixed(settings_.seed * 0x9E3779B97F4A7C15ULL + 1, march), callsign);
}

base::Result<void> Simulation::read_tracks() {
    std::error_code error;
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(settings_.samples + "/tracks", error)) {
        if (entry.path().extension() == ".gpx") paths.push_back(entry.path().string());
    }
    std::ranges::sort(paths);  // the same order on every machine: the seed alone decides
    for (const std::string& path : paths) {
        const auto bytes = read_file(path, track_bytes_max);
        if (!bytes) return bytes.error();
        noise_.add_gpx(*bytes);
    }
    if (noise_.size() > 0) return {};
    return base::refuse(base::RefusalCode::not_found, "--samples",
                        "There are no GPS tracks in " + settings_.samples + "/tracks; name the samples' directory.");
}

base::Result<void> Simulation::find_marches() {
    const auto listed = admin_.ask({{"verb", "list"}});
    if (!listed) return listed.error();
    for (const Json& name : listed->value("logs", Json::array())) {
        const auto log = base::LogId::parse(name.get<std::string>());
        if (!log || log->is_campaign()) continue;
        if (!settings_.campaign.empty() && log->campaign.text() != settings_.campaign) continue;
        const auto text = admin_.state(log->text());
        if (!text) return text.error();
        const Json state = Json::parse(*text, nullptr, false);
        auto staged = std::make_unique<Staged>();
        staged->name = log->text();
        staged->has_route = !state.value("routes", Json::array()).empty();
        staged->pace *= 0.9 + static_cast<double>(seed_of(staged->name, "pace") % 300) / 1000;
        sdk::March plan;
        for (const Json& step : state.value("spec", Json::object()).value("plan", Json::array())) {
            plan.plan.push_back({sdk::Phase::planned, whole_number(step, "atMs")});
        }
        staged->first_time = first_known_time(plan);
        if (staged->first_time != 0) marches_.push_back(std::move(staged));
    }
    if (!marches_.empty()) return {};
    return base::refuse(base::RefusalCode::not_found, "--campaign",
                        "There is no march with a known time here: import a campaign first.");
}

base::Result<void> Simulation::find_earlier_tokens() {
    std::set<std::string> campaigns;
    for (const auto& march : marches_) campaigns.insert(base::LogId::parse(march->name)->campaign.text());
    for (const std::string& campaign : campaigns) {
        const auto listed = admin_.ask({{"verb", "token_list"}, {"campaign", campaign}});
        if (!listed) return listed.error();
        earlier_.add(campaign, listed->value("tokens", Json::array()));
    }
    return {};
}

/// The marches with a route come first, those that step off soonest before others; then leads alone.
void Simulation::plan_hires() {
    std::ranges::sort(marches_, {},
                      [](const auto& march) { return std::tuple(!march->has_route, march->first_time, march->name); });
    for (std::size_t at = 0; at < marches_.size(); ++at) {
        hires_.push_back({at, {"Lead 1", "city_lead", 0, 0, seldom}, true});
        if (!marches_[at]->has_route) continue;
        for (Part& part : column_parts()) hires_.push_back({at, std::move(part), false});
    }
    for (std::size_t at = 0; at < marches_.size(); ++at) {
        if (marches_[at]->has_route || seed_of(marches_[at]->name, "staffed") % one_staffed_in != 0) continue;
        for (Part& part : rally_parts()) hires_.push_back({at, std::move(part), false});
    }
    for (std::size_t i = settings_.clients_max; i < hires_.size(); ++i) hires_[i].plays = false;
}

void Simulation::hire_next() {
    if (hires_.empty()) return;
    const Hire& hire = hires_.front();
    const std::string& march = marches_[hire.march]->name;
    const auto log = *base::LogId::parse(march);
    const auto earlier = earlier_.of(march, hire.part.callsign);
    auto wait = std::chrono::milliseconds(0);
    base::Result<Json> answer(boost::system::in_place_value, Json::object());
    if (earlier) {
        answer = admin_.ask({{"verb", "token_revoke"},
                             {"campaign", log.campaign.text()},
                             {"number", *earlier},
                             {"reason", "an earlier simulation has ended"}});
    } else if (hire.plays) {
        answer = admin_.ask({{"verb", "token_create"},
                             {"campaign", log.campaign.text()},
                             {"march", log.march.text()},
                             {"role", hire.part.role},
                             {"callsign", hire.part.callsign},
                             {"section", hire.part.section},
                             {"expires_ms", 0U}});
    }
    if (!answer && answer.error().code == base::RefusalCode::unavailable) {
        wait = hire_again_after;  // the server is away: it comes back
    } else {
        if (!answer) report(context_, answer.error());
        if (earlier) {
            earlier_.forget(march, hire.part.callsign);
        } else {
            if (answer && hire.plays) place(hire, answer->value("token", ""));
            hires_.pop_front();
        }
    }
    hire_timer_.expires_after(wait);
    hire_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) hire_next();
    });
}

void Simulation::place(const Hire& hire, const std::string& token) {
    Staged& march = *marches_[hire.march];
    const std::uint64_t seed = seed_of(march.name, hire.part.callsign);
    sdk::ClientSettings settings;
    settings.url = context_.url;
    settings.ca_file = context_.ca;
    settings.token = token;
    // Not from the seed: a device's counter never begins anew, and this process keeps none.
    settings.device = random_device_id();
    settings.jitter_seed = seed;
    settings.name = "marchwire-simulate/0.1";
    settings.retry_most = sdk::Millis(5'000);
    ++hired_;
    if (hire.is_lead) {
        march.lead = std::make_unique<SimulatedLead>(
            io_, settings, march.name, seed,
            [this](const std::string& name, sdk::Phase phase, sdk::UtcMs at) { told_phase(name, phase, at); });
    } else {
        march.persons.push_back(std::make_unique<SimulatedPerson>(io_, settings, hire.part,
                                                                  SimulatedPerson::Place{march.name, noise_, seed}));
    }
}

void Simulation::told_phase(const std::string& march, sdk::Phase phase, sdk::UtcMs at) {
    const std::string word(sdk::name_of(phase));
    print(context_, {{"march", march}, {"phase", word}, {"at_ms", at}}, march + ": " + word + "\n");
    context_.out.flush();
}

void Simulation::tick() {
    const auto real_now = std::chrono::duration_cast<sdk::Millis>(std::chrono::steady_clock::now().time_since_epoch());
    for (const auto& march : marches_) {
        if (!march->lead || !march->lead->march()) continue;
        const sdk::March& state = *march->lead->march();
        if (march->lead->take_route_changed()) {
            const sdk::Route* route = state.active();
            march->route = route == nullptr ? RouteWalk() : RouteWalk(route->points);
        }
        march->walk(state, march->lead->server_time());
        march->lead->play(march->has_come_in(), march->head_share());
        const Column column{march->route, std::max(0.0, march->head_metres), state.phase};
        for (const auto& person : march->persons) person->play(column, real_now);
    }
    tick_timer_.expires_after(tick_every);
    tick_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) tick();
    });
}

bool Simulation::run() {
    base::Result<void> ready = read_tracks();
    if (ready) ready = find_marches();
    if (ready) ready = find_earlier_tokens();
    if (!ready) {
        report(context_, ready.error());
        return false;
    }
    plan_hires();
    const std::size_t people = std::min(hires_.size(), settings_.clients_max);
    print(context_, {{"marches", marches_.size()}, {"people", people}},
          std::to_string(people) + " people on " + std::to_string(marches_.size()) + " marches; Ctrl-C ends it\n");
    context_.out.flush();
    boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
    signals.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) io_.stop();
    });
    boost::asio::steady_timer end(io_);
    if (settings_.seconds != 0) {
        end.expires_after(std::chrono::seconds(settings_.seconds));
        end.async_wait([this](const boost::system::error_code& error) {
            if (!error) io_.stop();
        });
    }
    hire_next();
    tick();
    io_.run();
    return true;
}

}  // namespace marchwire::cli
