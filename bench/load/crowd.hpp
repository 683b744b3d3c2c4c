// All sockets of one load generator on one thread: opened, read into one buffer that they share, written.
#pragma once

#include "load/protocol.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marchwire::load {

class Crowd {
public:
    Crowd(const Plan& plan, Protocol& protocol, Tally& tally);
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd();

    /// Opens everybody, staff first, `opening_at_once` at a time (staff 32), and waits until all are ready. Empty: they
    /// are; else why not, within a minute.
    [[nodiscard]] std::string open();

    /// Waits at most so long, reads what is there and writes what waits.
    void turn(std::int64_t wait_ns);
    /// Sends what lies in `link.out`, as far as it goes.
    void flush(Link& link);
    /// One portion for everybody who reads slowly.
    void read_slowly(std::size_t bytes);

    [[nodiscard]] std::vector<std::uint32_t> of(Part part) const;
    [[nodiscard]] Link& link(std::uint32_t index) { return links_[index]; }
    [[nodiscard]] std::size_t ready() const { return ready_; }
    /// From the first connect to the last subscriber that was ready.
    [[nodiscard]] double opened_ms() const { return opened_ms_; }
    /// So many were closed before they were ready, and connected again.
    [[nodiscard]] std::uint64_t retries() const { return retries_; }
    /// From the own first connect to ready.
    [[nodiscard]] const Histogram& opening_time() const { return opening_time_; }

private:
    void add(Part part, std::uint32_t count);
    [[nodiscard]] std::string open_some(std::size_t begin, std::size_t end, std::size_t at_once);
    [[nodiscard]] std::uint16_t port_of(const Link& link) const;
    [[nodiscard]] bool begin(Link& link);
    void watch(Link& link, bool writing, bool fresh);
    void on_connected(Link& link);
    void read(Link& link, std::size_t most);
    void take_bytes(Link& link, std::string_view bytes, std::int64_t now);
    [[nodiscard]] bool take_upgrade(Link& link, std::string_view& left);
    void take_frame(Link& link, const Frame& frame, std::int64_t now);
    void look_whether_ready(Link& link, std::int64_t now);
    void end(Link& link);
    void end_while_opening(Link& link);

    const Plan& plan_;
    Protocol& protocol_;
    Tally& tally_;
    int epoll_;
    std::vector<Link> links_;
    std::vector<char> buffer_;
    std::size_t opening_ = 0;
    std::size_t ready_ = 0;
    double opened_ms_ = 0;
    std::uint64_t retries_ = 0;
    Histogram opening_time_;
    std::vector<std::uint32_t> again_;  ///< to be connected once more
    std::string failure_;
};

}  // namespace marchwire::load
