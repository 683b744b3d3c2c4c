// A line between a client and a server that a test may cut: silence, as of a pulled cable, and no end. (tests)
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace marchwire::test {

/// Takes connections on a port of 127.0.0.1 and leads each on to a server. While it is cut nothing passes, nobody new
/// gets through, and neither side is told: no connection is closed or refused. What waited goes on its way when it is
/// healed, even from one who has given up meanwhile, as what a network has delayed does. A thread of its own.
class Line {
public:
    /// `to`: "127.0.0.1:PORT" or the path of a local socket.
    explicit Line(const std::string& to);
    ~Line();
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;

    /// "127.0.0.1:PORT"
    [[nodiscard]] std::string address() const;

    // Each holds when it returns.
    void cut();
    /// What the client says arrives, what the server answers does not.
    void cut_answers();
    void heal();
    /// Bytes that were read from either side so far.
    [[nodiscard]] std::uint64_t bytes() const;
    /// Whoever comes from now on is led there.
    void lead_to(const std::string& to);

private:
    class Machine;
    std::unique_ptr<Machine> machine_;
};

}  // namespace marchwire::test
