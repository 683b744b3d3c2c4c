// A running server is backed up, loses its data, and comes back as it stood then.
#include "real_server.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace marchwire::test {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int bad_input = 3, conflict = 7, not_there = 5;

/// A server with its key file outside of its data, and a shelf for backups.
struct Depot {
    TemporaryDirectory keys;
    TemporaryDirectory shelf;
    RealServer server{{"--keys", keys.path() + "/keys.json"}};

    [[nodiscard]] std::string file(const std::string& name) const { return shelf.path() + "/" + name; }
    [[nodiscard]] Ended run(std::vector<std::string> verb) const {
        verb.insert(verb.begin(), {MARCHWIRE_PATH, "--json", "--data", server.data()});
        return run_program(verb);
    }
    /// What the verb said.
    Json back_up(const std::string& name, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"backup", file(name)});
        const Ended ended = run(std::move(more));
        INFO(ended.out);
        REQUIRE(ended.exit_code == 0);
        return Json::parse(ended.out);
    }
    /// As docs/BACKUP.md says; the server is stopped.
    void put_back(const std::string& name) const {
        for (const char* of : {"", "-wal", "-shm"}) fs::remove(server.data() + "/marchwire.db" + of);
        fs::copy_file(file(name), server.data() + "/marchwire.db");
    }
};

/// One marshal who checks in again and again, on a thread of their own.
class Trickle {
public:
    Trickle(RealServer& server, const std::string& token) : marshal_(server, token) {
        thread_ = std::thread([this] { run(); });
    }
    Trickle(const Trickle&) = delete;
    Trickle& operator=(const Trickle&) = delete;
    ~Trickle() { end(); }

    void end() {
        ended_ = true;
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] int accepted() const { return accepted_; }
    /// Position in the log of the newest that was acknowledged.
    [[nodiscard]] std::uint64_t seq() const { return seq_; }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] Clock::duration longest_wait() const { return longest_; }

private:
    void run() {
        try {
            while (!ended_) {
                const auto asked = Clock::now();
                seq_ = marshal_.must(sdk::CheckIn{}).position.seq;
                longest_ = std::max(longest_, Clock::now() - asked);
                ++accepted_;
                let_pass(std::chrono::milliseconds(55));  // 20 commands a second
            }
        } catch (const std::runtime_error&) {
            failed_ = true;
        }
    }

    Somebody marshal_;
    std::atomic<bool> ended_{false};
    std::atomic<bool> failed_{false};
    std::atomic<int> accepted_{0};
    std::atomic<std::uint64_t> seq_{0};
    Clock::duration longest_{};  ///< read when it has ended
    std::thread thread_;
};

void put_on_the_street(RealServer& server) {
    server.make_march();
    Somebody lead(server, server.token("city_lead", "Lead 1"));
    lead.follow(feed("ops"));
    lead.must(sdk::AdvancePhase{sdk::Phase::assembling, lead.client.march(feed("ops"))->phase_version, {}});
}

std::size_t lines_of(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

}  // namespace

TEST_CASE("a server that is backed up under check-ins goes on and the backup has what was acknowledged",
          "[integration][backup]") {
    Depot depot;
    put_on_the_street(depot.server);
    Trickle trickle(depot.server, depot.server.token("side", "Side 1", 2));
    wait_until([&] { return trickle.accepted() >= 3; });

    std::uint64_t acknowledged = 0;
    for (int i = 0; i < 3; ++i) {
        acknowledged = trickle.seq();
        const Json said = depot.back_up("day.db", {"--force"});
        CHECK(said.at("file") == depot.file("day.db"));
        CHECK(said.at("keys") == depot.keys.path() + "/keys.json");
        CHECK(said.at("longest_step_us").get<double>() < 1e6);
        const int before = trickle.accepted();
        wait_until([&] { return trickle.accepted() > before; });
    }
    trickle.end();
    CHECK_FALSE(trickle.failed());
    CHECK(trickle.longest_wait() < std::chrono::seconds(5));
    struct stat status {};
    REQUIRE(::stat(depot.file("day.db").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(std::distance(fs::directory_iterator(depot.shelf.path()), fs::directory_iterator()) == 1);
    const std::string whole = depot.server.dump();

    REQUIRE(depot.server.stop() == 0);
    depot.put_back("day.db");
    const std::string kept = depot.server.dump();
    CHECK(whole.starts_with(kept));
    CHECK(lines_of(kept) >= acknowledged);
    CHECK(lines_of(whole) > lines_of(kept));
    const Ended verified = depot.run({"log", "verify", "--keys", depot.keys.path() + "/keys.json"});
    INFO(verified.out);
    CHECK(verified.exit_code == 0);

    // Without its keys it starts no more, or it would go on under others.
    fs::rename(depot.keys.path() + "/keys.json", depot.shelf.path() + "/keys.json");
    CHECK_THROWS(depot.server.start());
    CHECK_FALSE(fs::exists(depot.keys.path() + "/keys.json"));
    fs::rename(depot.shelf.path() + "/keys.json", depot.keys.path() + "/keys.json");
    depot.server.start();
    CHECK(depot.server.state().at("phase") == "ASSEMBLING");
    Somebody marshal(depot.server, depot.server.token("side", "Side 1", 2));
    CHECK(marshal.must(sdk::CheckIn{}).position.seq > acknowledged);
    CHECK(depot.server.dump().starts_with(kept));
}

TEST_CASE("a backup that cannot be made says why and leaves nothing behind", "[integration][backup]") {
    Depot depot;
    depot.server.make_march();
    (void)depot.back_up("day.db");
    CHECK(depot.run({"backup", depot.file("day.db")}).exit_code == conflict);
    CHECK(depot.run({"backup", depot.shelf.path() + "/none/day.db"}).exit_code == not_there);
    CHECK(depot.run({"backup", depot.server.data() + "/marchwire.db", "--force"}).exit_code == bad_input);
    CHECK(depot.run({"backup", depot.keys.path() + "/keys.json", "--force"}).exit_code == bad_input);
    CHECK(std::distance(fs::directory_iterator(depot.shelf.path()), fs::directory_iterator()) == 1);
    CHECK(depot.server.state().at("phase") == "PLANNED");
}

TEST_CASE("a rehearsal says that it keeps nothing that could be backed up", "[integration][backup]") {
    RealServer server({"--store", "memory"});
    TemporaryDirectory shelf;
    const Ended ended = run_program(
        {MARCHWIRE_PATH, "--json", "--data", server.data(), "backup", shelf.path() + "/day.db"});
    CHECK(ended.exit_code == bad_input);
    CHECK(Json::parse(ended.out).at("error").at("field") == "store");
    CHECK(fs::is_empty(shelf.path()));
}

}  // namespace marchwire::test
