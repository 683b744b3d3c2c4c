#include "cluster/servers.hpp"

#include "admin_client.hpp"
#include "fanout/load_child.hpp"
#include "fanout/march_stage.hpp"
#include "load/moment.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

namespace marchwire::bench {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds settled_within{15'000};
constexpr milliseconds look_again{20};
constexpr milliseconds ready_within{150'000};  // 12 000 connections each, on two cores with their servers
constexpr milliseconds result_within{60'000};
constexpr std::int64_t begin_in_ns = 200'000'000;

/// The campaign as a server folds it; null before it knows it.
Json campaign_at(const Server& server) {
    cli::AdminClient admin(server.data.string());
    const auto answer = admin.ask({{"verb", "state"}, {"log", MarchStage::campaign}});
    return answer ? answer->value("state", Json()) : Json();
}

double metric_at(const Server& server, const std::string& name) {
    const std::string page = page_of(server.admin_port, "/metrics");
    const auto at = page.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::strtod(page.c_str() + at + name.size() + 2, nullptr);
}

}  // namespace

Servers::Servers(Stand& stand, const std::string& subject, Setting setting, const std::vector<std::vector<int>>& cores)
    : redis_(stand.fresh_directory()) {
    setting.redis_socket = redis_.settings().address.path;
    setting.keys = stand.fresh_directory() / "keys.json";
    for (const auto& where : cores) {
        setting.cores = where;
        setting.is_one_more = !servers_.empty();
        auto started = start(subject, setting, stand.places);
        if (const auto* why = std::get_if<std::string>(&started)) throw std::runtime_error(*why);
        servers_.push_back(std::move(std::get<Server>(started)));
    }
    if (!subject.starts_with("marchwire")) return;
    const auto deadline = steady_clock::now() + settled_within;
    while (!is_settled(setting.topics)) {
        if (steady_clock::now() > deadline) throw std::runtime_error("the servers did not agree within 15 s");
        std::this_thread::sleep_for(look_again);
    }
}

bool Servers::is_settled(std::uint32_t marches) const {
    if (metric("marchwire_marches_kept") != marches) return false;
    const Json first = campaign_at(servers_.front());
    return !first.is_null() && std::all_of(servers_.begin(), servers_.end(),
                                           [&](const Server& server) { return campaign_at(server) == first; });
}

Json Servers::plan_of(std::size_t number) const {
    Json plan = servers_.front().plan;  // who has which token
    plan.update(servers_.at(number).plan);
    plan["beside"] = {static_cast<pid_t>(figure_of(redis_, "server", "process_id"))};
    return plan;
}

Json Servers::plan_of_all() const {
    Json plan = plan_of(0);
    plan["more_servers"] = Json::array();
    for (std::size_t i = 1; i < servers_.size(); ++i) {
        const Json& further = servers_[i].plan;
        plan["more_servers"].push_back({{"port", further["port"]}, {"staff_port", further.value("staff_port", 0U)}});
        for (const Json& process : further["server"]) plan["server"].push_back(process);
    }
    return plan;
}

double Servers::metric(const std::string& name) const {
    double sum = 0;
    for (const Server& server : servers_) sum += metric_at(server, name);
    return sum;
}

std::vector<Json> run_loads(Stand& stand, const std::string& measured_case, const std::vector<LoadWish>& wishes) {
    std::vector<std::unique_ptr<Child>> loads;
    for (const LoadWish& wish : wishes) loads.push_back(begin_load(stand.places.load, wish.plan, wish.cores));
    const auto hear_all = [&](milliseconds within) {
        std::vector<Json> said;
        for (const auto& load : loads) {
            std::vector<std::string> wrong;
            said.push_back(said_by_load(load->line(within), wrong));
            for (const std::string& one : wrong) stand.went_wrong(measured_case, one);
            if (said.back().is_null()) throw std::runtime_error("a load generator failed");
        }
        return said;
    };
    (void)hear_all(ready_within);
    const std::string begin = "go " + std::to_string(load::now_ns() + begin_in_ns);
    for (const auto& load : loads) load->say(begin);
    return hear_all(result_within);
}

}  // namespace marchwire::bench
