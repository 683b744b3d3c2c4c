#include "simulation.hpp"

#include "crew.hpp"
#include "import/host_command.hpp"
#include "person_link.hpp"
#include "programme.hpp"
#include "scene_host.hpp"

#include <nlohmann/json.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
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
constexpr double pace_metres_per_second = 1.1;  ///< a march is slower than a walk
constexpr std::uint64_t one_staffed_in = 6;     ///< of the marches without a route

std::uint64_t mixed(std::uint64_t seed, const std::string& text) {
    for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return seed == 0 ? 1 : seed;
}

Part lead_part(std::string callsign) {
    Part part;
    part.callsign = std::move(callsign);
    part.role = "city_lead";
    return part;
}

sdk::UtcMs first_time_of(const std::vector<core::PlannedPhase>& plan) {
    sdk::March march;
    for (const core::PlannedPhase& step : plan) march.plan.push_back({sdk::Phase::planned, step.at.value});
    return first_known_time(march);
}

}  // namespace

Simulation::Simulation(Context& context, SimulationSettings settings)
    : context_(context),
      settings_(std::move(settings)),
      admin_(context.data),
      scenes_(context, admin_, [this](StagedMarch& march, std::string_view callsign) { hire_again(march, callsign); }) {
}
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
    for (const DayScenes& day : all_days()) {
        if (!settings_.campaign.empty() && settings_.campaign != day.campaign) continue;
        if (const auto announced = announce_times(admin_, day); !announced) return announced.error();
    }
    const auto listed = admin_.ask({{"verb", "list"}});
    if (!listed) return listed.error();
    for (const Json& name : listed->value("logs", Json::array())) {
        const auto log = base::LogId::parse(name.get<std::string>());
        if (!log || log->is_campaign()) continue;
        if (!settings_.campaign.empty() && log->campaign.text() != settings_.campaign) continue;
        if (const auto found = find_march(*log); !found) return found.error();
    }
    if (!marches_.empty()) return {};
    return base::refuse(base::RefusalCode::not_found, "--campaign",
                        "There is no march with a known time here: import a campaign first.");
}

base::Result<void> Simulation::find_march(const base::LogId& log) {
    const auto text = admin_.state(log.text());
    if (!text) return text.error();
    const auto existing = import::read_march_state(*text);
    if (!existing) return existing.error();
    auto staged = std::make_unique<StagedMarch>();
    staged->name = log.text();
    staged->first_time = first_time_of(existing->spec.plan);
    if (staged->first_time == 0) return {};
    staged->has_route = !Json::parse(*text, nullptr, false).value("routes", Json::array()).empty();
    staged->pace = pace_metres_per_second * (0.9 + static_cast<double>(seed_of(staged->name, "pace") % 300) / 1000);
    const DayScenes* day = day_of(log.campaign.text());
    const auto cast = day == nullptr ? std::nullopt : day->cast_of(log.march.text());
    if (cast) {
        staged->cast = *cast;
        std::ranges::copy_if(day->plays, std::back_inserter(staged->plays),
                             [&](const Playing& playing) { return playing.march == log.march.text(); });
    } else if (!staged->has_route) {
        staged->cast.crew = Crew::rally;
    }
    staged->is_staffed = staged->has_route || cast.has_value() ||
                         seed_of(staged->name, "staffed") % one_staffed_in == 0;
    marches_.push_back(std::move(staged));
    return {};
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

/// The marches with a route come first, those that step off soonest before others; then those who rally, and leads
/// alone.
void Simulation::plan_hires() {
    std::ranges::sort(marches_, {}, [](const auto& march) {
        return std::tuple(!march->has_route, march->plays.empty(), march->first_time, march->name);
    });
    const auto staff = [this](std::size_t at) {
        for (Part& part : parts_of(marches_[at]->cast.crew)) hires_.push_back({at, std::move(part), false});
    };
    for (std::size_t at = 0; at < marches_.size(); ++at) {
        hires_.push_back({at, lead_part("Lead 1"), true});
        if (marches_[at]->cast.has_deputy) hires_.push_back({at, lead_part("Lead 2"), true});
        if (marches_[at]->has_route || !marches_[at]->plays.empty()) staff(at);
    }
    for (std::size_t at = 0; at < marches_.size(); ++at) {
        if (!marches_[at]->has_route && marches_[at]->plays.empty() && marches_[at]->is_staffed) staff(at);
    }
    for (std::size_t i = settings_.clients_max; i < hires_.size(); ++i) hires_[i].plays = false;
}

base::Result<Json> Simulation::ask_for(const Hire& hire, std::optional<std::uint32_t> earlier) {
    const auto log = *base::LogId::parse(marches_[hire.march]->name);
    if (earlier) {
        return admin_.ask({{"verb", "token_revoke"},
                           {"campaign", log.campaign.text()},
                           {"number", *earlier},
                           {"reason", "an earlier simulation has ended"}});
    }
    if (!hire.plays) return base::Result<Json>(boost::system::in_place_value, Json::object());
    return admin_.ask({{"verb", "token_create"},
                       {"campaign", log.campaign.text()},
                       {"march", log.march.text()},
                       {"role", hire.part.role},
                       {"callsign", hire.part.callsign},
                       {"section", hire.part.section},
                       {"expires_ms", 0U}});
}

void Simulation::hire_next() {
    if (hires_.empty()) return;
    const Hire& hire = hires_.front();
    StagedMarch& march = *marches_[hire.march];
    const auto earlier = earlier_.of(march.name, hire.part.callsign);
    auto wait = std::chrono::milliseconds(0);
    const auto answer = ask_for(hire, earlier);
    if (!answer && answer.error().code == base::RefusalCode::unavailable) {
        wait = hire_again_after;  // the server is away: it comes back
    } else {
        if (!answer) report(context_, answer.error());
        if (earlier) {
            earlier_.forget(march.name, hire.part.callsign);
        } else {
            if (answer && hire.plays) {
                march.tokens[hire.part.callsign] = answer->value("number", 0U);
                place(hire, answer->value("token", ""));
            }
            hires_.pop_front();
        }
    }
    hire_timer_.expires_after(wait);
    hire_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) hire_next();
    });
}

void Simulation::hire_again(StagedMarch& march, std::string_view callsign) {
    const auto at = std::ranges::find(marches_, &march, [](const auto& one) { return one.get(); });
    hires_.push_back({static_cast<std::size_t>(at - marches_.begin()), lead_part(std::string(callsign)), true});
    // Else somebody is being hired, and this one comes after them.
    if (hires_.size() == 1) boost::asio::post(io_, [this] { hire_next(); });
}

void Simulation::place(const Hire& hire, const std::string& token) {
    StagedMarch& march = *marches_[hire.march];
    if (!hire.part.has_phone) return;
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
    if (!hire.is_lead) {
        march.persons.push_back(std::make_unique<SimulatedPerson>(
            io_, settings, hire.part, SimulatedPerson::Place{march.name, noise_, seed, march.cast.is_calm}));
        return;
    }
    std::erase_if(march.leads, [&](const auto& lead) { return lead->callsign() == hire.part.callsign; });
    march.leads.push_back(std::make_unique<SimulatedLead>(
        io_, settings, SimulatedLead::Place{march.name, hire.part.callsign, seed, march.cast.is_calm},
        [this](const std::string& name, sdk::Phase phase, sdk::UtcMs at) { told_phase(name, phase, at); }));
}

void Simulation::told_phase(const std::string& march, sdk::Phase phase, sdk::UtcMs at) {
    const std::string word(sdk::name_of(phase));
    print(context_, {{"march", march}, {"phase", word}, {"at_ms", at}}, march + ": " + word + "\n");
    context_.out.flush();
}

void Simulation::tick() {
    const auto real_now = std::chrono::duration_cast<sdk::Millis>(std::chrono::steady_clock::now().time_since_epoch());
    for (const auto& march : marches_) {
        SimulatedLead* lead = march->acting();
        if (lead == nullptr) continue;
        const sdk::March& state = *lead->march();
        if (lead->take_route_changed()) {
            const sdk::Route* route = state.active();
            march->route = route == nullptr ? RouteWalk() : RouteWalk(route->points);
        }
        const sdk::UtcMs now = lead->server_time();
        march->walk(state, now);
        lead->play(march->way());
        const Column column{march->route, std::max(0.0, march->head_metres), march->column_length(), state.phase};
        for (const auto& person : march->persons) person->play(column, real_now);
        if (!march->plays.empty()) scenes_.play(*march, state, now);
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
