// The lightest client of the staff's door: bare socket, ready-made frames, many of them on one thread. (tests,
// benchmarks)
#pragma once

#include "marchwire/v1/session.pb.h"

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace marchwire::test {

/// The server has closed or refused a client, or is not there.
struct ClientEnded : std::runtime_error {
    explicit ClientEnded(const std::string& why, unsigned close_code = 0)
        : std::runtime_error("client: " + why), code(close_code) {}
    unsigned code;  ///< of the server's Close; 0: it said none
};

/// Connects, says Hello and waits for Welcome; from then on only a full socket makes it wait. Throws ClientEnded, and
/// then is of no use any more: a benchmark ends with it, for there is nothing to measure.
class StaffClient {
public:
    /// `address`: "127.0.0.1:8081". `feed`: subscribed in Hello; empty: none, so that only replies come.
    StaffClient(const std::string& address, const std::string& token, std::uint64_t device, const std::string& feed);
    /// On 127.0.0.1.
    StaffClient(std::uint16_t port, const std::string& token, std::uint64_t device, const std::string& feed);
    StaffClient(StaffClient&& other) noexcept;
    StaffClient(const StaffClient&) = delete;
    StaffClient& operator=(const StaffClient&) = delete;
    ~StaffClient();

    /// Sends it. What comes of it comes by `receive`: of a feed subscribed in Hello the first may come with Welcome,
    /// and is lost.
    void subscribe(const std::string& feed);
    [[nodiscard]] int descriptor() const { return socket_; }
    /// Lays a check-in to what `flush` sends; its counter.
    std::uint64_t check_in(const std::string& log, std::int64_t made_at_ms);
    /// The same with another command.
    std::uint64_t put(const std::string& log, v1::Command command);
    /// Lays a position to what `flush` sends.
    void report_position(const std::string& march, const v1::Fix& fix);
    /// Lays whatever message to what `flush` sends.
    void put(const v1::ClientMessage& message);
    /// Sends another command and waits for its answer; what it made. Throws when it is refused.
    std::uint64_t ask(const std::string& log, v1::Command command);
    /// Sends it; waits only while the socket is full.
    void flush();
    /// Reads what is there, hands out every item of it and answers pings.
    void receive(const std::function<void(const v1::Item&)>& take);
    /// The same, and waits until an item is the one: what comes in the same batch is handed out too.
    void receive_until(const std::function<bool(const v1::Item&)>& is_it);

private:
    void upgrade(const std::string& address);
    [[nodiscard]] bool read_some(int flags);
    void take_frames(const std::function<void(const v1::Item&)>& take);
    void take_frame(unsigned opcode, std::string_view payload, const std::function<void(const v1::Item&)>& take);

    int socket_ = -1;
    std::uint64_t device_;
    std::uint64_t counter_ = 0;
    std::string out_;
    std::string in_;
    v1::ClientMessage command_;
    v1::ServerMessage message_;
};

}  // namespace marchwire::test
