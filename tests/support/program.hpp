// Programs as processes of their own. (tests)
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace marchwire::test {

/// What a program said and how it ended.
struct Ended {
    int exit_code = -1;
    std::string out;
};
/// Runs a program to its end. `out` is what it wrote on standard output.
[[nodiscard]] Ended run_program(const std::vector<std::string>& arguments);

enum class Stream : std::uint8_t { out, error };

/// A program that runs until it is told to end, one of its streams with us; killed with this object. Throws
/// std::runtime_error when it cannot be started.
class Program {
public:
    Program(const std::vector<std::string>& arguments, Stream stream);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// What it has said so far, once that is `enough`; empty when it ended before.
    [[nodiscard]] std::string read_until(const std::function<bool(const std::string&)>& enough);
    void signal(int number) const;
    /// Reads what it still says and waits for its end. Its exit code, or 128 and the signal that ended it.
    [[nodiscard]] Ended wait();

private:
    pid_t process_ = 0;
    int said_ = -1;
};

}  // namespace marchwire::test
