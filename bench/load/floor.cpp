// bench_floor: the least that any server would do. What the publisher sends goes to every subscriber as it is, by a
// bare loop of send(); with --gathered all that has come by the end of the turn (or of the tick) goes by one sendmsg
// each.
#include "load/frames.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using namespace marchwire::load;

constexpr std::size_t read_bytes = 64UL * 1024;

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

std::int64_t now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1'000LL + now.tv_nsec / 1'000'000;
}

class Floor {
public:
    Floor(bool gathered, std::int64_t tick_ms) : gathered_(gathered), tick_ms_(tick_ms) {
        epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0) give_up("bind");
        if (::listen(listener_, SOMAXCONN) != 0) give_up("listen");
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
        std::printf("listening %d\n", ntohs(at.sin_port));
        std::fflush(stdout);
        watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
    }

    [[noreturn]] void serve() {
        std::array<epoll_event, 512> events{};
        while (true) {
            const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms());
            for (int i = 0; i < count; ++i) take(events[static_cast<std::size_t>(i)]);
            if (!run_.empty() && (tick_ms_ == 0 || now_ms() >= flush_at_ms_)) flush_run();
        }
    }

private:
    void watch(int socket, std::uint32_t what, int how) const {
        epoll_event event{};
        event.events = what;
        event.data.fd = socket;
        ::epoll_ctl(epoll_, how, socket, &event);
    }

    [[nodiscard]] int wait_ms() const {
        if (run_.empty() || tick_ms_ == 0) return -1;
        return static_cast<int>(std::max<std::int64_t>(0, flush_at_ms_ - now_ms()));
    }

    void take(const epoll_event& event) {
        const int socket = event.data.fd;
        if (socket == listener_) return accept_all();
        if ((event.events & EPOLLOUT) != 0) send_rest(socket);
        if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read(socket);
    }

    void accept_all() {
        while (true) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0) return;
            const int on = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            watch(socket, EPOLLIN, EPOLL_CTL_ADD);
        }
    }

    void read(int socket) {
        const ssize_t got = ::recv(socket, buffer_.data(), buffer_.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) return leave(socket);
        const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
        if (socket == publisher_) return take_events(bytes);
        if (bytes.starts_with("GET ")) join(socket, bytes);
    }

    /// The request comes in one piece: it is small, and on loopback.
    void join(int socket, std::string_view request) {
        constexpr std::string_view
            answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
        if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return leave(socket);
        if (request.starts_with("GET /publish ")) {
            publisher_ = socket;
        } else {
            subscribers_.push_back(socket);
        }
    }

    void leave(int socket) {
        std::erase(subscribers_, socket);
        rest_.erase(socket);
        if (socket == publisher_) publisher_ = -1;
        ::close(socket);
    }

    void take_events(std::string_view bytes) {
        in_.append(bytes);
        std::string_view left = in_;
        for (Frame frame; true;) {
            const std::string_view before = left;
            if (!next_frame(left, frame)) break;
            const std::string_view whole = before.substr(0, before.size() - left.size());
            if (gathered_) {
                if (run_.empty()) flush_at_ms_ = std::max(now_ms(), flushed_at_ms_ + tick_ms_);
                run_.append(whole);
            } else {
                for (const int subscriber : subscribers_) send(subscriber, whole);
            }
        }
        in_.erase(0, in_.size() - left.size());
    }

    /// A tick is from one begin to the next, as Marchwire's is: what comes while it sends waits no longer.
    void flush_run() {
        flushed_at_ms_ = now_ms();
        for (const int subscriber : subscribers_) send(subscriber, run_);
        run_.clear();
    }

    void send(int socket, std::string_view bytes) {
        const auto waiting = rest_.find(socket);
        if (waiting != rest_.end()) {
            waiting->second.append(bytes);
            return;
        }
        iovec part{const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT: sendmsg reads it only
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        const ssize_t sent = gathered_ ? ::sendmsg(socket, &message, MSG_NOSIGNAL)
                                       : ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(bytes.size()) || (sent < 0 && errno != EAGAIN)) return;
        rest_[socket] = bytes.substr(sent < 0 ? 0 : static_cast<std::size_t>(sent));
        watch(socket, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
    }

    void send_rest(int socket) {
        const auto waiting = rest_.find(socket);
        if (waiting == rest_.end()) return;
        const ssize_t sent = ::send(socket, waiting->second.data(), waiting->second.size(), MSG_NOSIGNAL);
        if (sent > 0) waiting->second.erase(0, static_cast<std::size_t>(sent));
        if (!waiting->second.empty()) return;
        rest_.erase(waiting);
        watch(socket, EPOLLIN, EPOLL_CTL_MOD);
    }

    bool gathered_;
    std::int64_t tick_ms_;
    int epoll_ = -1;
    int listener_ = -1;
    int publisher_ = -1;
    std::vector<int> subscribers_;
    std::unordered_map<int, std::string> rest_;  ///< of sockets that were full
    std::string in_;
    std::string run_;
    std::int64_t flush_at_ms_ = 0;
    std::int64_t flushed_at_ms_ = 0;
    std::array<char, read_bytes> buffer_{};
};

}  // namespace

int main(int argc, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    std::signal(SIGPIPE, SIG_IGN);
    bool gathered = false;
    std::int64_t tick_ms = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument == "--gathered") gathered = true;
        if (argument == "--tick-ms" && i + 1 < argc) tick_ms = std::atoll(argv[++i]);
    }
    Floor(gathered, tick_ms).serve();
}
