// A real marchwired as a child process on a real disk.
#include "support/server_child.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace marchwire::bench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

/// Runs in the child; never comes back.
[[noreturn]] void become_server(std::vector<std::string>& arguments, const fs::path& said) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // a benchmark that gives up leaves no server behind
    const int log = ::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(log, STDERR_FILENO);
    ::dup2(log, STDOUT_FILENO);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

/// The port of " listen_ops=127.0.0.1:4711" in the line that says ready; 0 while there is none.
std::uint16_t port_in(const fs::path& said, const std::string& door) {
    std::ifstream in(said);
    for (std::string line; std::getline(in, line);) {
        const auto at = line.find(" " + door + "=");
        if (line.find("ready") == std::string::npos || at == std::string::npos || in.eof()) continue;
        const auto colon = line.find(':', at);
        return static_cast<std::uint16_t>(std::stoul(line.substr(colon + 1)));
    }
    return 0;
}

}  // namespace

Scratch::Scratch(const fs::path& below) {
    struct statfs found {};
    constexpr decltype(found.f_type) in_memory = 0x01021994;
    if (::statfs(below.c_str(), &found) != 0) give_up("there is no directory " + below.string());
    if (found.f_type == in_memory) give_up(below.string() + " is in memory; name a directory on a disk by --dir");
    auto form = (below / "bench-XXXXXX").string();
    if (::mkdtemp(form.data()) == nullptr) give_up("cannot write to " + below.string());
    path_ = form;
}

Scratch::~Scratch() {
    std::error_code error;
    fs::remove_all(path_, error);
}

ServerChild::ServerChild(const fs::path& program, const fs::path& directory, const std::vector<std::string>& more)
    : directory_(directory) {
    const fs::path said = directory_ / "server.log";
    std::vector<std::string> arguments{program.string(), "--data",      data().string(), "--listen",   "127.0.0.1:0",
                                       "--listen-ops",   "127.0.0.1:0", "--admin",       "127.0.0.1:0"};
    // All come from one address, which is not to count.
    arguments.insert(arguments.end(), {"--proxies", "127.0.0.1"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    process_ = ::fork();
    if (process_ < 0) give_up("cannot start another process");
    if (process_ == 0) become_server(arguments, said);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while ((staff_port_ = port_in(said, "listen_ops")) == 0) {
        int status = 0;
        const bool ended = ::waitpid(process_, &status, WNOHANG) == process_;
        if (ended || std::chrono::steady_clock::now() > deadline) {
            std::cerr << std::ifstream(said).rdbuf();
            give_up(program.string() + " was not ready within 10 s; name the server by --server");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    followers_port_ = port_in(said, "listen");
}

ServerChild::~ServerChild() {
    ::kill(process_, SIGTERM);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace marchwire::bench
