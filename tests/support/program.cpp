#include "program.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace marchwire::test {
namespace {

constexpr int pipe_bytes = 1 << 20;

/// Appends what comes next; false at the end.
bool read_some(int from, std::string& into) {
    std::array<char, 4096> buffer{};
    ssize_t got = -1;
    do {
        got = ::read(from, buffer.data(), buffer.size());
    } while (got < 0 && errno == EINTR);
    if (got <= 0) return false;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, Stream stream) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    // What a server says is read when it has ended: under load that must not stop it.
    (void)::fcntl(pipe[0], F_SETPIPE_SZ, pipe_bytes);
    std::vector<std::string> copies = arguments;
    std::vector<char*> argv;
    argv.reserve(copies.size() + 1);
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
        ::dup2(pipe[1], stream == Stream::out ? STDOUT_FILENO : STDERR_FILENO);
        // A socket of ours that lived on in there would not end when we close it.
        ::close_range(STDERR_FILENO + 1, ~0U, 0);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(pipe[1]);
    said_ = pipe[0];
    if (process_ < 0) {
        ::close(said_);
        throw std::runtime_error("no process");
    }
}

Program::~Program() {
    if (process_ == 0) return;
    signal(SIGKILL);
    (void)wait();
}

std::string Program::read_until(const std::function<bool(const std::string&)>& enough) {
    std::string text;
    while (read_some(said_, text)) {
        if (enough(text)) return text;
    }
    return {};
}

void Program::signal(int number) const { ::kill(process_, number); }

Ended Program::wait() {
    Ended ended;
    while (read_some(said_, ended.out)) {
    }
    ::close(said_);
    const pid_t process = std::exchange(process_, 0);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ended;
}

Ended run_program(const std::vector<std::string>& arguments) { return Program(arguments, Stream::out).wait(); }

}  // namespace marchwire::test
