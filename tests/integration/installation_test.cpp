// A real installation: the Debian package in a root of its own, and Caddy in front of a server.
#include "real_server.hpp"
#include "support/patience.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace marchwire::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path source = MARCHWIRE_SOURCE_DIR;

/// A root with nothing in it but what dpkg needs to know, and the package.
struct ScratchRoot {
    ScratchRoot() {
        const fs::path dpkg = root / "var/lib/dpkg";
        for (const char* part : {"info", "updates", "parts", "triggers"}) fs::create_directories(dpkg / part);
        std::ofstream(dpkg / "status");
        fs::create_directories(root / "etc");
        const std::string file = directory.path() + "/marchwire.deb";
        const Ended built = run_program(
            {source / "packaging/build_deb.sh", fs::path(MARCHWIRED_PATH).parent_path(), "0.1.0", file});
        REQUIRE(built.exit_code == 0);
        // Its scripts run here and not in the root, which has no shell; the libraries are this system's.
        const Ended installed = run_program({"sh", "-c", "exec \"$@\" 2>&1", "sh", "dpkg", "--root=" + root.string(),
                                             "--force-not-root", "--force-depends", "--force-script-chrootless",
                                             "--install", file});
        INFO(installed.out);
        REQUIRE(installed.exit_code == 0);
    }
    TemporaryDirectory directory;
    fs::path root = fs::path(directory.path()) / "root";
};

std::string words_of_file(const fs::path& file) {
    std::stringstream all;
    all << std::ifstream(file).rdbuf();
    return all.str();
}

std::uint64_t in_an_hour() {
    const auto at = std::chrono::system_clock::now() + std::chrono::hours(1);
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count());
}

}  // namespace

TEST_CASE("the package installs a server that starts with its settings and keeps its data to itself",
          "[integration][installation]") {
    const ScratchRoot scratch;
    const fs::path data = scratch.root / "var/lib/marchwire";
    const fs::path keys = scratch.root / "var/lib/marchwire-keys/keys.json";
    const fs::path backups = scratch.root / "var/lib/marchwire-backups";
    for (const fs::path& own : {data, keys.parent_path(), backups}) {
        INFO(own);
        CHECK(fs::status(own).permissions() == fs::perms::owner_all);
    }
    CHECK(fs::exists(scratch.root / "lib/systemd/system/marchwire.service"));
    CHECK(fs::exists(scratch.root / "usr/share/doc/marchwire/docs/BACKUP.md"));
    const std::string settings = scratch.root / "etc/marchwire/marchwire.toml";
    Program server(
        {scratch.root / "usr/sbin/marchwired", "--config", settings, "--data", data, "--keys", keys, "--listen",
         own_address(1) + ":0", "--listen-ops", own_address(1) + ":0", "--admin", own_address(1) + ":0"},
        Stream::error);
    const auto is_ready = [](const std::string& said) { return said.find(" ready ") != std::string::npos; };
    const std::string said = server.read_until(is_ready);
    INFO(said);
    REQUIRE(is_ready(said));
    const Ended made = run_program({scratch.root / "usr/bin/marchwire", "--data", data, "campaign", "create",
                                    "flag-day-2018", "--name", "Flag Day"});
    CHECK(made.exit_code == 0);
    CHECK(run_program({scratch.root / "usr/bin/marchwire", "--data", data, "backup", backups / "day.db"}).exit_code ==
          0);
    server.signal(SIGTERM);
    CHECK(server.wait().exit_code == 0);
    // Neither among the data nor beside what is taken of them.
    CHECK(fs::exists(keys));
    CHECK_FALSE(fs::exists(data / "keys.json"));
    CHECK(words_of_file(settings).find("\nkeys = \"/var/lib/marchwire-keys/keys.json\"\n") != std::string::npos);
    CHECK(words_of_file(source / "packaging/marchwire.service")
              .find("\nStateDirectory=marchwire marchwire-keys marchwire-backups\n") != std::string::npos);
}

TEST_CASE("systemd finds nothing wrong with the unit and it is shut in well", "[integration][installation]") {
    const std::string unit = source / "packaging/marchwire.service";
    const Ended weighed = run_program({"systemd-analyze", "security", "--offline=true", "--threshold=20", unit});
    INFO(weighed.out);
    CHECK(weighed.exit_code == 0);
}

TEST_CASE("behind Caddy followers read and marshals come in by one name with its certificate",
          "[integration][installation]") {
    RealServer server({"--proxies", "127.0.0.1"});
    server.make_march();
    const TemporaryDirectory home;
    const std::string name = own_address(9) + ":8443";
    std::stringstream sample;
    sample << std::ifstream(source / "samples/caddy/Caddyfile").rdbuf();
    // An authority of its own in place of one on the internet.
    std::ofstream(home.path() + "/Caddyfile")
        << "{\n local_certs\n skip_install_trust\n admin off\n"
        << " auto_https disable_redirects\n storage file_system " << home.path() << "/kept\n}\n"
        << sample.str();
    Program caddy({"env", "HOME=" + home.path(), "MARCHWIRE_NAME=https://" + name,
                   "MARCHWIRE_OPS=" + server.staff_address(), "MARCHWIRE_LISTEN=" + server.followers_address(), "caddy",
                   "run", "--adapter", "caddyfile", "--config", home.path() + "/Caddyfile"},
                  Stream::error);
    const auto serves = [](const std::string& said) { return said.find("serving initial") != std::string::npos; };
    REQUIRE(serves(caddy.read_until(serves)));
    const std::string authority = home.path() + "/kept/pki/authorities/local/root.crt";
    wait_until([&] { return fs::exists(authority); });
    const Doors doors{"wss://" + name + "/v1/ops", "wss://" + name + "/v1/ws"};
    const Json invite = server.ask({{"verb", "invite_create"},
                                    {"campaign", "flag-day"},
                                    {"march", march_slug},
                                    {"role", "tail"},
                                    {"callsign", "Tail 1"},
                                    {"expires_ms", in_an_hour()}});
    const std::string device = home.path() + "/device";
    const std::vector<std::string> person{MARCHWIRE_PATH, "--ca", authority, "--url", doors.staff_url};
    const auto does = [&](std::vector<std::string> verb) {
        verb.insert(verb.begin(), person.begin(), person.end());
        return run_program(verb).exit_code == 0;
    };
    // The certificate is made when the first one asks.
    wait_until([&] { return does({"redeem", invite.at("code"), "--server", "https://" + name, "--into", device}); });
    CHECK(does({"--device", device, "check-in"}));
    Somebody follower(doors, "", authority);
    follower.follow(feed("public"));
    caddy.signal(SIGTERM);
    (void)caddy.wait();
}

}  // namespace marchwire::test
