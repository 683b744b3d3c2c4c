// A program as a child process: on chosen cores, spoken to by lines.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::bench {

struct ChildSettings {
    std::vector<std::string> arguments;  ///< the program first; looked for along PATH
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<int> cores;           ///< where it may run; empty: anywhere
    std::filesystem::path directory;  ///< where it runs; empty: here
    std::filesystem::path errors;     ///< what it says on standard error
};

/// The destructor ends it: SIGTERM, after three seconds SIGKILL. It ends with this process in any case.
class Child {
public:
    explicit Child(const ChildSettings& settings);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child();

    [[nodiscard]] pid_t process() const { return process_; }
    /// Its own children too: nginx's workers.
    [[nodiscard]] std::vector<pid_t> family() const;
    [[nodiscard]] bool runs();
    void say(const std::string& line);
    /// The next line of its standard output; none after that time or when it has ended.
    [[nodiscard]] std::optional<std::string> line(std::chrono::milliseconds within);
    /// What it said on standard error, the last 300 characters.
    [[nodiscard]] std::string last_words() const;

private:
    std::filesystem::path errors_;
    pid_t process_ = -1;
    bool ended_ = false;
    int to_ = -1;
    int from_ = -1;
    std::string heard_;
};

/// A port of 127.0.0.1 that is free now.
[[nodiscard]] std::uint16_t free_port();
/// Does anybody take connections there, within that time, while the child runs?
[[nodiscard]] bool listens(std::uint16_t port, Child& child, std::chrono::milliseconds within);
/// The body of a page of 127.0.0.1; empty when there is none.
[[nodiscard]] std::string page_of(std::uint16_t port, const std::string& target);

}  // namespace marchwire::bench
