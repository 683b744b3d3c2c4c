// A marshal's phone is revoked on one of three servers on one Redis: how long after the revoker's OK is its session
// gone, whichever server it speaks to?
#include "admin_client.hpp"
#include "fanout/march_stage.hpp"
#include "support/redis_server.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"
#include "support/staff_client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace marchwire;
using bench::MarchStage;
using test::StaffClient;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr std::size_t servers = 3;
constexpr std::uint32_t phones = 99;  ///< of each round, shared out over the servers

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "revocation: %s\n", why.c_str());
    std::exit(1);
}

Json must(base::Result<Json> answer) {
    if (!answer) give_up(answer.error().message);
    return *std::move(answer);
}

struct Stand {
    explicit Stand(const std::filesystem::path& directory)
        : redis(directory.string(), {"--appendonly", "yes", "--appendfsync", "everysec"}) {
        for (std::size_t i = 0; i < servers; ++i) {
            const auto own = directory / std::to_string(i);
            std::filesystem::create_directory(own);
            const std::vector<std::string> more{"--store", redis.address(), "--keys",
                                                (directory / "keys.json").string()};
            children.push_back(std::make_unique<bench::ServerChild>(MARCHWIRED_PATH, own, more));
        }
        stage = std::make_unique<MarchStage>(children.front()->data().string(), 1);
        host = std::make_unique<cli::AdminClient>(children.front()->data().string());
    }

    /// Milliseconds from each OK to the end of the session.
    std::vector<double> round() {
        const std::vector<std::string> tokens = stage->marshal_tokens(phones);
        const auto campaign = host->state(MarchStage::campaign);
        if (!campaign) give_up(campaign.error().message);
        const std::size_t last = Json::parse(*campaign).at("tokens").size();
        std::vector<StaffClient> clients;
        for (std::size_t i = 0; i < tokens.size(); ++i) clients.push_back(arrive(i, tokens[i]));
        std::vector<double> took;
        for (std::size_t i = 0; i < clients.size(); ++i) {
            const std::size_t number = last - tokens.size() + i + 1;
            must(host->ask({{"verb", "token_revoke"},
                            {"campaign", MarchStage::campaign},
                            {"number", number},
                            {"reason", "lost"}}));
            took.push_back(until_gone(clients[i]));
        }
        return took;
    }

    /// A token that another server has made is known here a moment later.
    StaffClient arrive(std::size_t number, const std::string& token) {
        const auto deadline = Clock::now() + std::chrono::seconds(10);
        for (;;) {
            try {
                return {children[number % servers]->staff_port(), token, ++devices, "marshal/" + MarchStage::march_log};
            } catch (const test::ClientEnded&) {
                if (Clock::now() > deadline) throw;
            }
        }
    }

    static double until_gone(StaffClient& client) {
        const auto since = Clock::now();
        try {
            client.receive_until([](const v1::Item&) { return false; });
        } catch (const test::ClientEnded&) {
            return std::chrono::duration<double, std::milli>(Clock::now() - since).count();
        }
        return 0;
    }

    test::RedisServer redis;
    std::vector<std::unique_ptr<bench::ServerChild>> children;
    std::unique_ptr<MarchStage> stage;
    std::unique_ptr<cli::AdminClient> host;
    std::uint64_t devices = 1'000;
};

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const bench::Scratch scratch(".");
    // Redis goes into its directory before it opens its socket.
    Stand stand(std::filesystem::absolute(scratch.path()));
    std::vector<double> half, nearly_all, longest;
    for (int round = 0; round < options.rounds(5, 1); ++round) {
        const std::vector<double> took = stand.round();
        half.push_back(bench::percentile_of(took, 0.5));
        nearly_all.push_back(bench::percentile_of(took, 0.99));
        longest.push_back(bench::percentile_of(took, 1));
    }
    bench::Report report;
    const std::string what = "a phone revoked, three servers on one Redis";
    report.add(what, "marchwire", "OK to the end of its session, p50", "ms", half);
    report.add(what, "marchwire", "OK to the end of its session, p99", "ms", nearly_all);
    report.add(what, "marchwire", "OK to the end of its session, longest", "ms", longest);
    return report.write(options) ? 0 : 1;
}
