// docs/EMBEDDING.md does what it says: its commands are run, its settings are a server's, its code is this.
#include "real_server.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace marchwire::test {
namespace {

std::string whole(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// The page's pieces of code in one language, in order.
std::vector<std::string> pieces(const std::string& language) {
    std::istringstream page(whole(MARCHWIRE_SOURCE_DIR "/docs/EMBEDDING.md"));
    std::vector<std::string> found;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line == "```" + language) {
            found.emplace_back();
            inside = true;
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            found.back() += line + "\n";
        }
    }
    return found;
}

/// Somebody who follows the page in a directory of their own.
struct Reader {
    TemporaryDirectory here;
    std::unique_ptr<RealServer> server;

    [[nodiscard]] Ended types(const std::string& commands) const {
        const std::string path = std::string(MARCHWIRE_PATH).substr(0, std::string(MARCHWIRE_PATH).rfind('/'));
        const std::string url = server ? server->staff_url() : "";
        return run_program({"bash", "-c",
                            "set -eu; cd '" + here.path() + "'; export PATH='" + path + "':$PATH MARCHWIRE_URL='" +
                                url + "'; " + commands});
    }
    void must(const std::string& commands) const {
        const Ended ended = types(commands);
        INFO(commands << "\n" << ended.out);
        REQUIRE(ended.exit_code == 0);
    }
    /// The page's file of issuers with the key that was made.
    void write_issuers() const {
        std::string text = pieces("toml").at(0);
        const auto begin = text.find("-----BEGIN");
        const auto end = text.find("\"\"\"\n", begin);
        REQUIRE(end != std::string::npos);
        text.replace(begin, end - begin, whole(here.path() + "/app.pub.pem"));
        std::ofstream(here.path() + "/issuers.toml") << text;
    }
    void start() {
        server = std::make_unique<RealServer>(std::vector<std::string>{"--issuers", here.path() + "/issuers.toml"});
        server->make_march();
        (void)server->token("tail", "Tail 1");
    }
    [[nodiscard]] std::string duty() const { return server->state().at("roster")[0].value("duty", ""); }
};

/// As an app would, of the page's own backend.
struct Backend {
    const Reader& reader;
    void ask(const std::string& callsign, const std::function<void(std::string)>& done) const {
        std::ofstream(reader.here.path() + "/sign.mjs") << pieces("js").at(0);
        const Ended ended = reader.types("node -e \"import('./sign.mjs').then(m => console.log(m.tokenFor('" +
                                         callsign + "')))\"");
        REQUIRE(ended.exit_code == 0);
        done(ended.out.substr(0, ended.out.find('\n')));
    }
};

TEST_CASE("who follows the page on embedding has their app's user checked in", "[integration][app][docs]") {
    const auto commands = pieces("sh");
    REQUIRE(commands.size() == 2);
    Reader reader;
    reader.must(commands[0]);
    reader.write_issuers();
    reader.start();
    CHECK(reader.duty() == "INVITED");
    reader.must(commands[1]);
    CHECK(reader.duty() == "ON_DUTY");
}

TEST_CASE("the page's backend signs what the page's client comes in by", "[integration][app][docs]") {
    Reader reader;
    reader.must(pieces("sh").at(0));
    reader.write_issuers();
    reader.start();
    const Backend backend{reader};
    const auto ask_backend = [&](const std::string& callsign, const std::function<void(std::string)>& done) {
        backend.ask(callsign, done);
    };
    const std::string staff_url = reader.server->staff_url();
    constexpr std::uint64_t device_id = 4712;
    boost::asio::io_context io{1};
    bool is_whole = false;
    sdk::Callbacks callbacks;
    callbacks.on_snapshot = [&](const sdk::FeedName&) { is_whole = true; };

    sdk::ClientSettings settings;
    settings.url = staff_url;
    settings.device = device_id;  // random, kept by the app
    settings.fetch_token = [&](std::function<void(std::string)> done) { ask_backend("Tail 1", std::move(done)); };
    sdk::Client client(io, settings, callbacks);
    client.subscribe(*sdk::FeedName::parse("marshal/flag-day/st-louis-mo"));
    client.connect();

    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_whole && std::chrono::steady_clock::now() < until) io.run_one_until(until);
    CHECK(is_whole);
    // What the page shows is what has just run.
    const std::string source = whole(__FILE__);
    std::istringstream shown(pieces("cpp").at(0));
    int lines = 0;
    for (std::string line; std::getline(shown, line); ++lines) {
        CAPTURE(line);
        CHECK(source.find("\n    " + line + "\n") != std::string::npos);
    }
    CHECK(lines == 7);
}

}  // namespace
}  // namespace marchwire::test
