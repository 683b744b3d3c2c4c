#include "load/crowd.hpp"

#include "load/moment.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace marchwire::load {
namespace {

constexpr std::size_t read_bytes = 512UL * 1024;  // for what one socket holds at once, behind a frame that was cut
constexpr std::size_t staff_at_once = 32;         // Marchwire takes 64 of an address that have not said Hello
constexpr std::int64_t open_within_ns = 60'000'000'000;

bool is_staff(Part part) { return part != Part::subscriber; }

}  // namespace

Crowd::Crowd(const Plan& plan, Protocol& protocol, Tally& tally)
    : plan_(plan), protocol_(protocol), tally_(tally), epoll_(::epoll_create1(EPOLL_CLOEXEC)), buffer_(read_bytes) {
    const bool has_lead = plan_.orders_per_second > 0 && !plan_.orders_by_others;
    const auto marshals = static_cast<std::uint32_t>(plan_.marshal_tokens.size());
    links_.reserve(plan_.publishers + marshals + plan_.dashboards + plan_.subscribers + 1UL);
    add(Part::publisher, plan_.publishers);
    add(Part::lead, has_lead ? 1 : 0);
    add(Part::marshal, marshals);
    add(Part::dashboard, plan_.dashboards);
    add(Part::subscriber, plan_.subscribers);
}

Crowd::~Crowd() {
    for (Link& link : links_) socket_io::close(link);
    ::close(epoll_);
}

void Crowd::add(Part part, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
        Link& link = links_.emplace_back();
        link.index = static_cast<std::uint32_t>(links_.size() - 1);
        link.part = part;
        link.device = link.index;
        if (part == Part::marshal) link.device = i;
        if (part != Part::subscriber && part != Part::dashboard) continue;
        const std::uint32_t topics = part == Part::dashboard ? 1 : plan_.topics_each;
        for (std::uint32_t t = 0; t < topics; ++t) {
            link.follows.emplace_back().topic = part == Part::dashboard ? 0 : (i * topics + t) % plan_.topics;
        }
        if (part != Part::subscriber) continue;
        if (i < plan_.stalled_pinging) {
            link.habit = Habit::stalled_pinging;
        } else if (i < plan_.stalled) {
            link.habit = Habit::stalled;
        } else if (i < plan_.stalled + plan_.slow) {
            link.habit = Habit::slow;
        }
    }
}

std::vector<std::uint32_t> Crowd::of(Part part) const {
    std::vector<std::uint32_t> found;
    for (const Link& link : links_) {
        if (link.part == part) found.push_back(link.index);
    }
    return found;
}

// ---- opening -----------------------------------------------------------------------------------

std::string Crowd::open() {
    const auto first = std::find_if(links_.begin(), links_.end(),
                                    [](const Link& link) { return link.part == Part::subscriber; });
    const auto staff = static_cast<std::size_t>(first - links_.begin());
    if (auto why = open_some(0, staff, staff_at_once); !why.empty()) return why;
    const std::int64_t start = now_ns();
    auto why = open_some(staff, links_.size(), plan_.subscriber_token.empty() ? plan_.opening_at_once : staff_at_once);
    opened_ms_ = static_cast<double>(now_ns() - start) / 1e6;
    return why;
}

std::string Crowd::open_some(std::size_t begin_at, std::size_t end_at, std::size_t at_once) {
    constexpr std::int64_t wait_ns = 20'000'000;
    const std::int64_t deadline = now_ns() + open_within_ns;
    std::size_t next = begin_at;
    while (next < end_at || opening_ > 0) {
        for (; next < end_at && opening_ < at_once; ++opening_) {
            if (!begin(links_[next++])) return "cannot connect: " + std::string(std::strerror(errno));
        }
        turn(wait_ns);
        for (const std::uint32_t index : std::exchange(again_, {})) {
            if (!begin(links_[index])) return "cannot connect again: " + std::string(std::strerror(errno));
        }
        if (!failure_.empty()) return failure_;
        if (now_ns() > deadline) {
            return "only " + std::to_string(ready_) + " of " + std::to_string(links_.size()) +
                   " were ready in a minute";
        }
    }
    return {};
}

std::uint16_t Crowd::port_of(const Link& link) const {
    Door door{plan_.port, plan_.staff_port};
    const bool anywhere = link.part != Part::publisher && link.part != Part::lead;
    const std::size_t server = anywhere ? link.index % (plan_.more_servers.size() + 1) : 0;
    if (server > 0) door = plan_.more_servers[server - 1];
    const bool by_staff_door = is_staff(link.part) || !plan_.subscriber_token.empty();
    return by_staff_door && door.staff_port != 0 ? door.staff_port : door.port;
}

bool Crowd::begin(Link& link) {
    if (link.tries++ == 0) link.connected_ns = now_ns();
    link.socket = socket_io::begin_connect(port_of(link), link.is_quick() ? 0 : plan_.slow_buffer_bytes);
    if (link.socket < 0) return false;
    link.stage = Stage::connecting;
    watch(link, true, true);
    return true;
}

void Crowd::watch(Link& link, bool writing, bool fresh) {
    epoll_event event{};
    event.events = EPOLLIN | (writing ? EPOLLOUT : 0U);
    event.data.u32 = link.index;
    link.waits_to_write = writing;
    ::epoll_ctl(epoll_, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, link.socket, &event);
}

void Crowd::on_connected(Link& link) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(link.socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0 && link.tries < plan_.tries) return end_while_opening(link);
    if (error != 0) {
        failure_ = "cannot connect: " + std::string(std::strerror(error));
        return;
    }
    if (plan_.tls && !is_staff(link.part) && !socket_io::secure(link)) {
        failure_ = "no TLS handshake";
        return;
    }
    link.stage = Stage::upgrading;
    link.out = "GET " + protocol_.target(link) +
               " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (const auto name = protocol_.subprotocol(); !name.empty()) {
        link.out += "Sec-WebSocket-Protocol: " + name + "\r\n";
    }
    link.out += "\r\n";
    flush(link);
}

bool Crowd::take_upgrade(Link& link, std::string_view& left) {
    const auto end_of_head = left.find("\r\n\r\n");
    if (end_of_head == std::string_view::npos) return false;
    if (!left.starts_with("HTTP/1.1 101")) {
        failure_ = "no upgrade: " + std::string(left.substr(0, left.find('\r')));
        return false;
    }
    left.remove_prefix(end_of_head + 4);
    link.stage = Stage::opening;
    protocol_.opened(link);
    return true;
}

void Crowd::look_whether_ready(Link& link, std::int64_t now) {
    if (link.stage != Stage::opening || link.awaited != 0) return;
    link.stage = Stage::ready;
    --opening_;
    ++ready_;
    if (link.part == Part::subscriber) opening_time_.add(now - link.connected_ns);
    if (!link.is_quick()) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, link.socket, nullptr);
}

// ---- reading and writing -----------------------------------------------------------------------

void Crowd::turn(std::int64_t wait_ns) {
    std::array<epoll_event, 512> events;  // NOLINT: written before anything reads it
    const std::int64_t wait = std::max<std::int64_t>(0, wait_ns);
    const timespec timeout{wait / 1'000'000'000, wait % 1'000'000'000};
    const int count = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    for (int i = 0; i < count && failure_.empty(); ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        Link& link = links_[event.data.u32];
        if (link.stage == Stage::ended) continue;
        if ((event.events & EPOLLOUT) != 0) {
            if (link.stage == Stage::connecting)
                on_connected(link);
            else
                flush(link);
        }
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && failure_.empty()) read(link, read_bytes);
    }
}

void Crowd::read(Link& link, std::size_t most) {
    long got = 0;
    do {
        const std::size_t kept = link.in.size();
        std::memcpy(buffer_.data(), link.in.data(), kept);
        got = socket_io::read(link, buffer_.data() + kept, std::min(most, buffer_.size() - kept));
        if (got < 0) return end(link);
        if (got == 0) return;
        take_bytes(link, {buffer_.data(), kept + static_cast<std::size_t>(got)}, now_ns());
        // OpenSSL may hold what epoll does not know of.
    } while (link.tls != nullptr && link.stage != Stage::ended && link.is_quick());
}

void Crowd::take_bytes(Link& link, std::string_view bytes, std::int64_t now) {
    std::string_view left = bytes;
    const bool open = link.stage != Stage::upgrading || take_upgrade(link, left);
    if (open) {
        for (Frame frame; link.stage != Stage::ended && next_frame(left, frame);) take_frame(link, frame, now);
    }
    if (link.stage == Stage::ended) return;
    if (left.size() == buffer_.size()) {
        tally_.wrong("a frame larger than the generator reads");
        return end(link);
    }
    link.in.assign(left);
    if (!link.out.empty()) flush(link);
    look_whether_ready(link, now);
}

void Crowd::take_frame(Link& link, const Frame& frame, std::int64_t now) {
    if (frame.opcode == opcode_ping) return put_client_frame(link.out, opcode_pong, frame.payload);
    if (frame.opcode == opcode_pong) return;
    if (frame.opcode != opcode_close) return protocol_.received(link, frame, now);
    const auto reason = frame.payload.substr(std::min<std::size_t>(2, frame.payload.size()));
    if (link.is_quick()) tally_.wrong("closed: " + std::string(reason));
    end(link);
}

void Crowd::flush(Link& link) {
    std::size_t sent = 0;
    while (sent < link.out.size()) {
        const long more = socket_io::write(link, std::string_view(link.out).substr(sent));
        if (more < 0) return end(link);
        if (more == 0) break;
        sent += static_cast<std::size_t>(more);
    }
    link.out.erase(0, sent);
    const bool waits = !link.out.empty();
    const bool watched = link.is_quick() || link.stage != Stage::ready;
    if (waits != link.waits_to_write && watched) watch(link, waits, false);
}

void Crowd::read_slowly(std::size_t bytes) {
    for (Link& link : links_) {
        if (link.habit == Habit::slow && link.stage == Stage::ready) read(link, bytes);
    }
}

void Crowd::end(Link& link) {
    if (link.stage == Stage::ended) return;
    if (link.stage != Stage::ready) return end_while_opening(link);
    link.stage = Stage::ended;
    tally_.cut(link);
    socket_io::close(link);
}

/// A client that was not let in comes again, as many times as the plan says.
void Crowd::end_while_opening(Link& link) {
    socket_io::close(link);
    link.stage = Stage::ended;
    link.in.clear();
    link.out.clear();
    if (link.tries >= plan_.tries) {
        failure_ = "closed before it was ready";
        return;
    }
    ++retries_;
    for (Followed& feed : link.follows) {
        const std::uint32_t topic = feed.topic;
        feed = {};
        feed.topic = topic;
    }
    again_.push_back(link.index);
}

}  // namespace marchwire::load
