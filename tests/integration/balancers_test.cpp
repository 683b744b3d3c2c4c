// The sample configurations of the load balancers, with real servers behind them.
#include "support/own_address.hpp"
#include "support/patience.hpp"
#include "two_servers.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <memory>
#include <sstream>

namespace marchwire::test {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

const fs::path samples = fs::path(MARCHWIRE_SOURCE_DIR) / "samples/load-balancer";
constexpr unsigned balancer = 10;  ///< last part of its address; the servers' follow
constexpr std::size_t servers_behind = 3;
constexpr std::chrono::seconds drain{3};

std::string address_of(std::size_t server) { return own_address(balancer + 1 + static_cast<unsigned>(server)); }

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
    return text;
}

/// Takes its addresses from the environment.
std::vector<std::string> haproxy() {
    return {"env",
            "ONE=" + address_of(0),
            "TWO=" + address_of(1),
            "THREE=" + address_of(2),
            "BIND=" + own_address(balancer),
            "SOURCE=" + own_address(balancer),
            "haproxy",
            "-db",
            "-f",
            samples / "haproxy.cfg"};
}

/// Takes nothing from the environment: a copy has our addresses, and its files here.
std::vector<std::string> nginx(const std::string& directory) {
    std::stringstream text;
    text << std::ifstream(samples / "nginx.conf").rdbuf();
    std::string config = text.str();
    for (std::size_t i = 0; i < servers_behind; ++i) {
        config = replaced(config, "10.0.0.1" + std::to_string(i + 1) + ":", address_of(i) + ":");
    }
    config = replaced(config, "listen ", "listen " + own_address(balancer) + ":");
    std::string here = "http {\n    access_log off;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
        here += std::string("    ") + kind + "_temp_path " + directory + "/" + kind + ";\n";
    }
    std::ofstream(directory + "/nginx.conf") << replaced(config, "http {\n", here);
    return {"nginx",
            "-p",
            directory,
            "-c",
            directory + "/nginx.conf",
            "-e",
            "stderr",
            "-g",
            "daemon off; pid " + directory + "/nginx.pid;"};
}

/// HAProxy goes to the servers from an address of its own and tells its clients' by PROXY headers.
std::vector<std::string> server_settings(const std::string& which) {
    const std::string drains = std::to_string(drain.count());
    if (which == "haproxy") return {"--proxies", own_address(balancer), "--proxy-protocol", "--drain", drains};
    return {"--proxies", "127.0.0.1", "--drain", drains};
}

/// Three servers behind one balancer.
struct Balanced : SharedRedis {
    explicit Balanced(const std::string& which) : SharedRedis(server_settings(which)) {
        for (std::size_t i = 0; i < servers_behind; ++i) {
            const std::string host = address_of(i);
            all.at(i) = std::make_unique<RealServer>(Addresses{host + ":8080", host + ":8081", host + ":9090"},
                                                     arguments());
        }
        program = std::make_unique<Program>(which == "haproxy" ? haproxy() : nginx(directory.path()), Stream::out);
    }
    ~Balanced() {
        program->signal(SIGTERM);  // its workers go with it
        (void)program->wait();
    }
    Balanced(const Balanced&) = delete;
    Balanced& operator=(const Balanced&) = delete;
    [[nodiscard]] Doors doors() const {
        const std::string url = "ws://" + own_address(balancer);
        return {url + ":8081/v1/ops", url + ":8080/v1/ws"};
    }
    [[nodiscard]] double sessions(std::size_t server) const { return all.at(server)->figure("marchwire_sessions"); }

    std::array<std::unique_ptr<RealServer>, servers_behind> all;
    std::unique_ptr<Program> program;
};

/// Clients who come in by the balancer, and when each has come back.
struct Clients {
    Clients(const Doors& doors, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            everybody.push_back(std::make_unique<Somebody>(doors, ""));
            everybody.back()->follow(feed("public"));
        }
    }
    void poll() {
        for (std::size_t i = 0; i < everybody.size(); ++i) {
            const int before = everybody[i]->times_online;
            everybody[i]->poll();
            if (everybody[i]->times_online > before) came_back.push_back(Steady::now());
        }
    }
    void until(const std::function<bool()>& holds) {
        wait_until([&] {
            poll();
            return holds();
        });
    }
    /// All have the notice that somebody posts now.
    void hear(Somebody& lead) {
        (void)lead.must(sdk::PostNotice{sdk::Severity::info, "", "Bring water.", 0});
        ++notices;
        until([this] {
            return std::ranges::all_of(everybody, [this](const auto& one) {
                return std::ranges::count_if(one->changes, [](const sdk::Change& change) {
                           return std::holds_alternative<sdk::NoticePosted>(change);
                       }) == notices;
            });
        });
    }

    std::vector<std::unique_ptr<Somebody>> everybody;
    std::vector<Steady::time_point> came_back;
    std::ptrdiff_t notices = 0;
};

TEST_CASE("the clients of a server that drains go to the others without a storm, and miss nothing",
          "[integration][servers][balancer]") {
    const auto* which = GENERATE("haproxy", "nginx");
    CAPTURE(which);
    Balanced balanced(which);
    balanced.all[0]->make_march();
    constexpr std::size_t crowd = 60;
    Clients clients(balanced.doors(), crowd);
    for (std::size_t i = 0; i < servers_behind; ++i)
        CHECK(balanced.sessions(i) == Approx(crowd / servers_behind).margin(3));
    const auto moving = static_cast<std::size_t>(balanced.sessions(1));
    Somebody lead(*balanced.all[0], balanced.all[0]->token("city_lead", "Lead 1"));
    clients.hear(lead);

    clients.came_back.clear();
    balanced.all[1]->signal(SIGTERM);
    clients.until([&] { return clients.came_back.size() >= moving; });
    const auto [first, last] = std::ranges::minmax(clients.came_back);
    CHECK(last - first > drain / 2);
    for (const Steady::time_point& begin : clients.came_back) {
        const auto together = std::ranges::count_if(
            clients.came_back, [&](const auto& at) { return at >= begin && at < begin + drain / 6; });
        CHECK(static_cast<std::size_t>(together) <= moving / 2);
    }
    // They went on from where they stood: no snapshot anew, no gap, and what comes next comes to all.
    clients.hear(lead);
    CHECK(clients.came_back.size() == moving);
    for (const auto& one : clients.everybody) {
        CHECK(one->snapshots == 1);
        CHECK(one->gaps == 0);
        CHECK(one->discontinuities == 0);
    }

    // Once it is back it gets clients again.
    CHECK(balanced.all[1]->stop() == 0);
    balanced.all[1]->start();
    std::vector<std::unique_ptr<Somebody>> newcomers;
    wait_until([&] {
        newcomers.push_back(std::make_unique<Somebody>(balanced.doors(), ""));
        newcomers.back()->follow(feed("public"));
        return balanced.sessions(1) > 0;
    });
}

}  // namespace
}  // namespace marchwire::test
