// bench_hostile: peers that do what no client should, beside the good ones that bench_load counts. Reads from standard
// input where to go, goes on until the next line, then says how each kind was ended. On loopback, so many at a time.
#include "load/frames.hpp"
#include "load/link.hpp"
#include "load/moment.hpp"

#include "marchwire/v1/session.pb.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <deque>
#include <exception>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace marchwire;
using namespace marchwire::load;
using Json = nlohmann::json;

enum class Trick : std::uint8_t {
    endless_pings,        ///< as many as go out
    one_byte_frames,      ///< one message, a byte at a time
    subscribe_and_leave,  ///< 10 000 a second
    every_feed,           ///< each march of the campaign, and reads what comes
    never_reads,          ///< asks within its rate and takes no answer
    half_closes,          ///< ends its sending side and waits
    holds_after_close,    ///< says Close and keeps the socket
};
constexpr std::array<std::pair<Trick, const char*>, 7> tricks{{{Trick::endless_pings, "endless_pings"},
                                                               {Trick::one_byte_frames, "one_byte_frames"},
                                                               {Trick::subscribe_and_leave, "subscribe_and_leave"},
                                                               {Trick::every_feed, "every_feed"},
                                                               {Trick::never_reads, "never_reads"},
                                                               {Trick::half_closes, "half_closes"},
                                                               {Trick::holds_after_close, "holds_after_close"}}};

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t again_after_ns = 250 * ms;
constexpr std::int64_t ask_every_ns = 15 * ms;  // 67 a second: within what one client may send
constexpr int at_once = 64;                     // frames laid out when the socket takes them
constexpr int changes_per_ms = 10;
constexpr std::uint32_t small_buffer = 4096;

struct Target {
    std::uint16_t port = 0;
    std::string campaign;
    std::uint32_t marches = 1;
    std::uint32_t each = 0;  ///< peers of a kind
};

/// How the peers of one kind fared.
struct Fate {
    std::map<std::string, std::uint64_t> ends;  ///< by close code; "none": the connection just ended
    double longest_s = 0;
};

class Peer {
public:
    Peer(const Target& target, Trick trick, Fate& fate) : target_(target), trick_(trick), fate_(fate) {}
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { socket_io::close(link_); }

    [[nodiscard]] pollfd waits_for() const {
        const bool reads = !is_up() || trick_ != Trick::never_reads;
        const bool writes = link_.stage == Stage::connecting || !link_.out.empty();
        return {link_.socket, static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0};
    }
    void step(short events, std::int64_t now) {
        if (link_.socket < 0) {
            if (now >= next_ns_) connect(now);
            return;
        }
        if (link_.stage == Stage::connecting && (events & POLLOUT) != 0) upgrade();
        if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !read(now)) return;
        if (is_up()) act(now);
        if (!link_.out.empty() && link_.stage != Stage::connecting) write(now);
    }
    /// What lived until the end counts with how long it did.
    void stop(std::int64_t now) {
        if (link_.socket >= 0) fate_.longest_s = std::max(fate_.longest_s, age_s(now));
    }

private:
    [[nodiscard]] bool is_up() const { return link_.stage == Stage::ready; }
    [[nodiscard]] double age_s(std::int64_t now) const { return static_cast<double>(now - link_.connected_ns) / 1e9; }

    void connect(std::int64_t now) {
        link_ = {};
        in_.clear();
        close_code_ = "none";
        begun_ = false;
        link_.socket = socket_io::begin_connect(target_.port, trick_ == Trick::never_reads ? small_buffer : 0);
        if (link_.socket < 0) return end(now);
        link_.stage = Stage::connecting;
        link_.connected_ns = now;
    }
    void upgrade() {
        link_.stage = Stage::upgrading;
        link_.out =
            "GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: marchwire.v1.proto\r\n\r\n";
    }
    [[nodiscard]] bool read(std::int64_t now) {
        std::array<char, 16 * 1024> bytes;  // NOLINT: written before it is read
        const long got = socket_io::read(link_, bytes.data(), bytes.size());
        if (got < 0) {
            end(now);
            return false;
        }
        in_.append(bytes.data(), static_cast<std::size_t>(got));
        std::string_view left = in_;
        if (link_.stage == Stage::upgrading) {
            const auto end_of_head = left.find("\r\n\r\n");
            if (end_of_head == std::string_view::npos) return true;
            left.remove_prefix(end_of_head + 4);
            link_.stage = Stage::ready;
        }
        for (Frame frame; is_up() && next_frame(left, frame);) {
            if (frame.opcode != opcode_close || frame.payload.size() < 2) continue;
            const auto high = static_cast<unsigned char>(frame.payload[0]);
            close_code_ = std::to_string(high * 256U + static_cast<unsigned char>(frame.payload[1]));
        }
        in_.assign(left);
        return true;
    }
    void write(std::int64_t now) {
        const long sent = socket_io::write(link_, link_.out);
        if (sent < 0) return end(now);
        link_.out.erase(0, static_cast<std::size_t>(sent));
    }
    void end(std::int64_t now) {
        if (is_up()) {
            ++fate_.ends[close_code_];
            fate_.longest_s = std::max(fate_.longest_s, age_s(now));
        }
        socket_io::close(link_);
        next_ns_ = now + again_after_ns;
    }

    void say(const v1::ClientMessage& message) {
        put_client_frame(link_.out, opcode_binary, message.SerializeAsString());
    }
    void subscribe(std::uint32_t march) {
        v1::ClientMessage message;
        message.mutable_subscribe()->set_feed("public/" + target_.campaign + "/m" + std::to_string(march));
        say(message);
    }
    void leave(std::uint32_t march) {
        v1::ClientMessage message;
        message.mutable_unsubscribe()->set_feed("public/" + target_.campaign + "/m" + std::to_string(march));
        say(message);
    }
    void begin(std::int64_t now) {
        begun_ = true;
        next_ns_ = now;
        v1::ClientMessage hello;
        hello.mutable_hello()->set_protocol(1);
        hello.mutable_hello()->set_client("hostile");
        say(hello);
        if (trick_ == Trick::never_reads) subscribe(0);
        if (trick_ == Trick::every_feed) {
            for (std::uint32_t march = 0; march < target_.marches; ++march) subscribe(march);
        }
        if (trick_ == Trick::holds_after_close) put_client_frame(link_.out, opcode_close, {"\x03\xE8", 2});
    }
    void act(std::int64_t now) {
        if (!begun_) return begin(now);
        switch (trick_) {
            case Trick::endless_pings:
                for (int i = 0; link_.out.size() < 4096 && i < at_once; ++i)
                    put_client_frame(link_.out, opcode_ping, "");
                return;
            case Trick::one_byte_frames: return put_fragments();
            case Trick::subscribe_and_leave:
                for (; next_ns_ <= now; next_ns_ += ms) {
                    for (int i = 0; link_.out.size() < 4096 && i < changes_per_ms / 2; ++i) {
                        subscribe(0);
                        leave(0);
                    }
                }
                return;
            case Trick::never_reads:
                for (; next_ns_ <= now; next_ns_ += ask_every_ns) {
                    v1::ClientMessage message;
                    message.mutable_ping()->set_nonce(1);
                    say(message);
                }
                return;
            case Trick::half_closes:
                if (link_.out.empty()) ::shutdown(link_.socket, SHUT_WR);
                return;
            case Trick::every_feed:
            case Trick::holds_after_close: return;
        }
    }
    /// FIN is never set: the message has no end.
    void put_fragments() {
        for (int i = 0; link_.out.size() < 4096 && i < at_once; ++i) {
            const auto at = link_.out.size();
            put_client_frame(link_.out, link_.counter++ == 0 ? opcode_binary : 0, "x");
            link_.out[at] = static_cast<char>(link_.out[at] & 0x7F);
        }
    }

    const Target& target_;
    Trick trick_;
    Fate& fate_;
    Link link_;
    std::string in_;
    std::string close_code_;
    bool begun_ = false;
    std::int64_t next_ns_ = 0;
};

int run() {
    std::string line;
    if (!std::getline(std::cin, line)) return 2;
    const Json plan = Json::parse(line);
    const Target target{plan.at("port"), plan.at("campaign"), plan.at("marches"), plan.at("hostile_each")};
    std::map<Trick, Fate> fates;
    std::deque<Peer> peers;
    for (const auto& [trick, name] : tricks) {
        for (std::uint32_t i = 0; i < target.each; ++i) peers.emplace_back(target, trick, fates[trick]);
    }
    std::vector<pollfd> waits(peers.size() + 1);
    waits.back() = {STDIN_FILENO, POLLIN, 0};
    while (waits.back().revents == 0) {
        std::ranges::transform(peers, waits.begin(), &Peer::waits_for);
        ::poll(waits.data(), waits.size(), 1);
        const std::int64_t now = now_ns();
        for (std::size_t i = 0; i < peers.size(); ++i) peers[i].step(waits[i].revents, now);
    }
    for (Peer& peer : peers) peer.stop(now_ns());
    Json said;
    for (const auto& [trick, name] : tricks) {
        said[name] = {{"ends", fates[trick].ends}, {"longest_s", fates[trick].longest_s}};
    }
    std::cout << said.dump() << std::endl;
    return 0;
}

}  // namespace

int main() {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return run();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
