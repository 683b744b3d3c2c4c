// A real marchwired in a directory of its own, and people who talk to it. (tests)
#pragma once

#include "admin_client.hpp"
#include "support/own_address.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace marchwire::test {

inline const std::string march_slug = "st-louis-mo";
inline const std::string march_name = "flag-day/" + march_slug;

enum class Speaks { plain, tls };

/// Where clients come in.
struct Doors {
    std::string staff_url;
    std::string followers_url;
};

/// "ADDRESS:PORT" of each door; port 0 is a free one. On an address of this process alone: a server that starts again
/// finds its ports, whatever connections others make meanwhile.
struct Addresses {
    std::string followers = own_address(1) + ":0";
    std::string staff = own_address(1) + ":0";
    std::string admin = own_address(1) + ":0";
};

/// Starts on free ports, and again on the same ones. Under TLS with a certificate of its own.
class RealServer {
public:
    /// `more`: further arguments of the server.
    explicit RealServer(std::vector<std::string> more = {});
    explicit RealServer(Speaks speaks);
    /// At addresses that somebody else must know before.
    RealServer(Addresses at, std::vector<std::string> more);
    ~RealServer();
    RealServer(const RealServer&) = delete;
    RealServer& operator=(const RealServer&) = delete;

    void start();
    /// kill -9: nothing is flushed, nobody is told.
    void kill();
    /// SIGTERM, and waits for the end.
    [[nodiscard]] int stop();
    /// What it logged until stop(), since it was ready.
    [[nodiscard]] const std::string& said() const { return said_; }
    void signal(int number) const { program_->signal(number); }

    [[nodiscard]] std::string staff_url() const { return scheme() + at_.staff + "/v1/ops"; }
    [[nodiscard]] std::string followers_url() const { return scheme() + at_.followers + "/v1/ws"; }
    [[nodiscard]] Doors doors() const { return {staff_url(), followers_url()}; }
    /// "ADDRESS:PORT"
    [[nodiscard]] const std::string& staff_address() const { return at_.staff; }
    [[nodiscard]] const std::string& followers_address() const { return at_.followers; }
    /// What a client must believe in; empty when plain.
    [[nodiscard]] std::string ca_file() const { return speaks_ == Speaks::tls ? directory_.path() + "/cert.pem" : ""; }
    [[nodiscard]] std::string data() const { return directory_.path(); }

    /// Through the admin socket. Like all here it throws std::runtime_error when it fails.
    nlohmann::json ask(const nlohmann::json& request);
    /// A campaign flag-day with the march flag-day/st-louis-mo.
    void make_march();
    void make_campaign();
    /// A march flag-day/`slug`; the campaign is there.
    void make_march(const std::string& slug);
    /// A national desk is of no march.
    [[nodiscard]] std::string token(const std::string& role, const std::string& callsign, unsigned section = 0,
                                    const std::string& slug = march_slug);
    /// OpsSnapshot of a march, without its position.
    [[nodiscard]] nlohmann::json state(const std::string& slug = march_slug);
    /// What it answers at one of its addresses, head and body.
    [[nodiscard]] std::string page(const std::string& address, const std::string& target) const;
    [[nodiscard]] std::string metrics() const { return page(at_.admin, "/metrics"); }
    /// A figure of /metrics by its name, with its labels as they stand there.
    [[nodiscard]] double figure(const std::string& name) const;
    /// What `marchwire log dump` says of a march. The server may run or not (an embedded log).
    [[nodiscard]] std::string dump(const std::string& slug = march_slug) const;
    [[nodiscard]] bool runs() const { return program_ != nullptr; }

private:
    [[nodiscard]] std::string scheme() const { return speaks_ == Speaks::tls ? "wss://" : "ws://"; }
    [[nodiscard]] std::string key_file() const { return directory_.path() + "/key.pem"; }
    TemporaryDirectory directory_;
    Speaks speaks_ = Speaks::plain;
    std::vector<std::string> more_;
    Addresses at_;  ///< once started, where it is
    std::string said_;
    std::unique_ptr<Program> program_;
};

[[nodiscard]] sdk::FeedName feed(const std::string& kind);

/// Somebody with the SDK, on an io_context of their own.
class Somebody {
public:
    /// `token` empty: a follower.
    Somebody(const RealServer& server, const std::string& token);
    Somebody(const Doors& doors, const std::string& token, const std::string& ca_file = "");

    /// Runs until it holds; throws after 20 s.
    void until(const std::function<bool()>& holds);
    /// Takes what has come, and waits for nothing.
    void poll();
    /// Subscribed and whole.
    void follow(const sdk::FeedName& name);
    sdk::Accepted must(const sdk::Command& command);
    sdk::Outcome ask(const sdk::Command& command);
    /// The fold as JSON, without its position.
    [[nodiscard]] nlohmann::json state(const sdk::FeedName& name) const;

    boost::asio::io_context io{1};
    std::vector<sdk::Change> changes;
    std::vector<std::uint64_t> seqs;  ///< of ordered items, as they came
    int snapshots = 0;
    int gaps = 0;
    int discontinuities = 0;
    int times_online = 0;
    std::optional<sdk::Stopped> stopped;
    sdk::Welcome welcome;  ///< the last
    sdk::Client client;
};

/// The command line as one person.
struct Hand {
    const RealServer& server;
    std::string token;

    [[nodiscard]] Ended run(std::vector<std::string> verb) const;
    /// It must be accepted; what it says as JSON.
    nlohmann::json must(std::vector<std::string> verb) const;
};

/// Whether a change of this kind came to somebody.
template <class T>
bool saw(const Somebody& somebody) {
    return std::ranges::any_of(somebody.changes, [](const sdk::Change& c) { return std::holds_alternative<T>(c); });
}

}  // namespace marchwire::test
