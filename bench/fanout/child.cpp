#include "fanout/child.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace marchwire::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_again{10};

/// Runs in the child; never comes back.
[[noreturn]] void become(const ChildSettings& settings, int input, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    const char* const errors = settings.errors.empty() ? "/dev/null" : settings.errors.c_str();
    const int file = ::open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, STDERR_FILENO);
    if (!settings.cores.empty()) {
        cpu_set_t set;
        CPU_ZERO(&set);
        for (const int core : settings.cores) CPU_SET(static_cast<std::size_t>(core), &set);
        ::sched_setaffinity(0, sizeof set, &set);
    }
    for (const auto& [name, value] : settings.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (!settings.directory.empty() && ::chdir(settings.directory.c_str()) != 0) ::_exit(127);
    auto arguments = settings.arguments;
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
}

/// A connected socket, or -1.
int connect_to(std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in at = loopback(port);
    if (::connect(made, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0) return made;
    ::close(made);
    return -1;
}

}  // namespace

Child::Child(const ChildSettings& settings) : errors_(settings.errors) {
    std::array<int, 2> input{};
    std::array<int, 2> output{};
    if (::pipe2(input.data(), O_CLOEXEC) != 0 || ::pipe2(output.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe to another program");
    }
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no other program can be started");
    if (process_ == 0) become(settings, input[0], output[1]);
    ::close(input[0]);
    ::close(output[1]);
    to_ = input[1];
    from_ = output[0];
}

Child::~Child() {
    ::close(to_);
    ::close(from_);
    const auto deadline = steady_clock::now() + std::chrono::seconds(3);
    ::kill(process_, SIGTERM);
    while (runs() && steady_clock::now() < deadline) std::this_thread::sleep_for(look_again);
    if (!runs()) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

bool Child::runs() {
    if (!ended_) ended_ = ::waitpid(process_, nullptr, WNOHANG) == process_;
    return !ended_;
}

std::vector<pid_t> Child::family() const {
    std::vector<pid_t> all{process_};
    const auto own = std::to_string(process_);
    std::ifstream children("/proc/" + own + "/task/" + own + "/children");
    for (pid_t child = 0; children >> child;) all.push_back(child);
    return all;
}

void Child::say(const std::string& line) {
    const std::string whole = line + "\n";
    std::size_t sent = 0;
    while (sent < whole.size()) {
        const ssize_t more = ::write(to_, whole.data() + sent, whole.size() - sent);
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) return;  // it has ended: its next line will not come
        sent += static_cast<std::size_t>(more);
    }
}

std::optional<std::string> Child::line(milliseconds within) {
    const auto deadline = steady_clock::now() + within;
    while (true) {
        if (const auto end = heard_.find('\n'); end != std::string::npos) {
            std::string found = heard_.substr(0, end);
            heard_.erase(0, end + 1);
            return found;
        }
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
        pollfd wait{from_, POLLIN, 0};
        if (left < 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return std::nullopt;
        std::array<char, 4096> bytes{};
        const ssize_t got = ::read(from_, bytes.data(), bytes.size());
        if (got <= 0) return std::nullopt;
        heard_.append(bytes.data(), static_cast<std::size_t>(got));
    }
}

std::string Child::last_words() const {
    constexpr std::size_t most = 300;
    std::ifstream in(errors_);
    std::string said{std::istreambuf_iterator<char>(in), {}};
    if (said.size() > most) said.erase(0, said.size() - most);
    for (char& c : said) c = c == '\n' ? ' ' : c;
    return said;
}

std::uint16_t free_port() {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at = loopback(0);
    socklen_t size = sizeof at;
    ::bind(made, reinterpret_cast<const sockaddr*>(&at), size);
    ::getsockname(made, reinterpret_cast<sockaddr*>(&at), &size);
    ::close(made);
    return ntohs(at.sin_port);
}

bool listens(std::uint16_t port, Child& child, milliseconds within) {
    const auto deadline = steady_clock::now() + within;
    while (child.runs() && steady_clock::now() < deadline) {
        if (const int made = connect_to(port); made >= 0) {
            ::close(made);
            return true;
        }
        std::this_thread::sleep_for(look_again);
    }
    return false;
}

std::string page_of(std::uint16_t port, const std::string& target) {
    const int made = connect_to(port);
    if (made < 0) return {};
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    std::string page;
    if (::send(made, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
        std::array<char, 4096> bytes{};
        for (ssize_t got = 0; (got = ::recv(made, bytes.data(), bytes.size(), 0)) > 0;) {
            page.append(bytes.data(), static_cast<std::size_t>(got));
        }
    }
    ::close(made);
    const auto body = page.find("\r\n\r\n");
    return body == std::string::npos ? std::string() : page.substr(body + 4);
}

}  // namespace marchwire::bench
