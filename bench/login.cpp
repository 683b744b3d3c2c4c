// A device comes in: connection, upgrade, challenge, signed Hello, Welcome. How many of these does a core let in each
// second, plain and under TLS? On the real server. The floor is the check of the signature alone.
#include "admin_client.hpp"
#include "base/p256_key.hpp"
#include "fanout/self_signed.hpp"
#include "marchwire/v1/session.pb.h"
#include "support/accounting.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"

#include <marchwire/access.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
namespace v1 = marchwire::v1;
using namespace marchwire;
using asio::ip::tcp;
using Json = nlohmann::json;

constexpr std::uint32_t clients = 4;  ///< at once: the server is busy while the others sign

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "login: %s\n", why.c_str());
    std::exit(1);
}

/// Loopback has many addresses, and each is let in only so often.
tcp::endpoint address_of(std::uint32_t number) {
    constexpr std::uint32_t first = 0x7F010000U;
    return {asio::ip::address_v4(first + number % 0xF0'0000U), 0};
}

/// What a browser would do over this stream, blocking.
template <class Stream>
class LogIn {
public:
    explicit LogIn(Stream& stream) : stream_(stream) {}

    void run(const std::string& token, const sdk::DeviceKey& key) {
        asio::write(stream_, asio::buffer(std::string(
                                 "GET /v1/ops HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                 "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                 "Sec-WebSocket-Protocol: marchwire.v1.proto\r\n\r\n")));
        const auto head = asio::read_until(stream_, asio::dynamic_buffer(in_), "\r\n\r\n");
        if (!in_.starts_with("HTTP/1.1 101")) give_up("no upgrade: " + in_.substr(0, head));
        in_.erase(0, head);
        const std::string nonce = next_item().challenge().nonce();
        v1::ClientMessage said;
        v1::Hello& hello = *said.mutable_hello();
        hello.set_protocol(1);
        hello.set_token(token);
        hello.set_device(1);
        hello.set_signature(key.sign("marchwire.v1 login\n" + nonce + sdk::hash_of_secret(token)));
        asio::write(stream_, asio::buffer(frame_of(said)));
        if (!next_item().has_welcome()) give_up("no Welcome");
    }

private:
    /// Under a mask of zeros.
    static std::string frame_of(const v1::ClientMessage& message) {
        const std::string payload = message.SerializeAsString();
        std::string frame(1, static_cast<char>(0x82));
        if (payload.size() < 126) {
            frame += static_cast<char>(0x80U | payload.size());
        } else {
            frame += static_cast<char>(0xFE);
            frame += static_cast<char>(payload.size() >> 8U);
            frame += static_cast<char>(payload.size() & 0xFFU);
        }
        return frame.append(4, '\0') + payload;
    }
    void need(std::size_t bytes) {
        if (in_.size() < bytes) {
            asio::read(stream_, asio::dynamic_buffer(in_), asio::transfer_exactly(bytes - in_.size()));
        }
    }
    v1::Item next_item() {
        need(4);
        const auto at = [this](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(in_[i])); };
        const bool is_long = at(1) == 126;
        const std::size_t header = is_long ? 4 : 2;
        const std::size_t size = is_long ? at(2) * 256 + at(3) : at(1);
        need(header + size);
        v1::ServerMessage message;
        if (!message.ParseFromString(in_.substr(header, size)) || message.items().empty()) give_up("no item");
        in_.erase(0, header + size);
        return message.items(0);
    }

    Stream& stream_;
    std::string in_;
};

/// A server with one device that may come in as often as it likes.
struct Stand {
    Stand(const fs::path& directory, const std::vector<std::string>& more, const std::string& scheme,
          const std::string& ca_file)
        : server(MARCHWIRED_PATH, directory, more) {
        cli::AdminClient admin(server.data().string());
        const Json spec{{"name", "Flag Day"}, {"organiser", "We"}, {"wave", 1}};
        (void)admin.ask({{"verb", "command"}, {"log", "c"}, {"command", {{"createCampaign", {{"spec", spec}}}}}});
        const auto invite = admin.ask({{"verb", "invite_create"},
                                       {"campaign", "c"},
                                       {"march", ""},
                                       {"role", "national_desk"},
                                       {"callsign", "desk"}});
        if (!invite) give_up(invite.error().message);
        asio::io_context io;
        sdk::Invitation invitation;
        invitation.url = scheme + "://127.0.0.1:" + std::to_string(server.staff_port());
        invitation.ca_file = ca_file;
        invitation.link = invite->at("link");
        sdk::redeem(io, invitation, key, [this](const sdk::Redeemed& answer) {
            if (const auto* error = std::get_if<sdk::Error>(&answer)) give_up(error->message);
            token = std::get<sdk::CameIn>(answer).token;
        });
        io.run();
    }
    [[nodiscard]] tcp::socket connection(asio::io_context& io, std::uint32_t number) const {
        tcp::socket socket(io, tcp::v4());
        socket.bind(address_of(number));
        socket.connect({asio::ip::address_v4::loopback(), server.staff_port()});
        socket.set_option(tcp::no_delay(true));
        return socket;
    }

    bench::ServerChild server;
    sdk::DeviceKey key = sdk::DeviceKey::generate();
    std::string token;
};

/// All clients at once, so many log-ins each; how many the server did in a second of its processor time.
template <class Once>
double per_core_second(const Stand& stand, std::uint32_t each, std::uint32_t& number, const Once& once) {
    const std::array<pid_t, 1> process{stand.server.process()};
    const bench::CpuMeter meter(process, 0);
    std::vector<std::thread> threads;
    for (std::uint32_t client = 0; client < clients; ++client) {
        threads.emplace_back([&, first = number + client * each] {
            for (std::uint32_t i = 0; i < each; ++i) once(first + i);
        });
    }
    for (std::thread& thread : threads) thread.join();
    number += clients * each;
    return clients * each / (static_cast<double>(meter.processes_ns()) / 1e9);
}

double checks_per_second(const sdk::DeviceKey& key) {
    const std::string text = "marchwire.v1 login\n" + std::string(64, 'n');
    const std::string signature = key.sign(text);
    const auto begun = std::chrono::steady_clock::now();
    constexpr int times = 2'000;
    for (int i = 0; i < times; ++i) {
        if (!base::is_signed_by(key.public_key(), text, signature)) give_up("a right signature was refused");
    }
    return times / std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const std::uint32_t each = options.quick ? 200 : 2'000;
    const bench::Scratch plain_home(".");
    const bench::Scratch tls_home(".");
    const auto [certificate, key] = bench::self_signed(tls_home.path());
    const Stand plain(plain_home.path(), {}, "http", "");
    const Stand tls(tls_home.path(), {"--tls-cert", certificate, "--tls-key", key}, "https", certificate);
    std::vector<double> in_plain, in_tls, checks;
    std::uint32_t number = 0;
    for (int round = 0; round < options.rounds(5, 1); ++round) {
        in_plain.push_back(per_core_second(plain, each, number, [&](std::uint32_t one) {
            asio::io_context io;
            tcp::socket socket = plain.connection(io, one);
            LogIn(socket).run(plain.token, plain.key);
        }));
        in_tls.push_back(per_core_second(tls, each, number, [&](std::uint32_t one) {
            asio::io_context io;
            asio::ssl::context context(asio::ssl::context::tls_client);
            asio::ssl::stream<tcp::socket> stream(tls.connection(io, one), context);
            stream.handshake(asio::ssl::stream_base::client);
            LogIn(stream).run(tls.token, tls.key);
        }));
        checks.push_back(checks_per_second(plain.key));
    }
    bench::Report report;
    const std::string what = "log-ins of a device: connection, upgrade, challenge, signature, Welcome";
    report.add(what, "marchwire", "plain, per second of a core", "1/s", in_plain);
    report.add(what, "marchwire", "under TLS, per second of a core", "1/s", in_tls);
    report.add(what, "floor", "the signature's check alone", "1/s", checks);
    return report.write(options) ? 0 : 1;
}
