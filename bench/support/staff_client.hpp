// The lightest client of the staff's door: bare socket, ready-made frames, many of them on one thread.
#pragma once

#include "marchwire/v1/session.pb.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace marchwire::bench {

/// Connects, says Hello and waits for Welcome; from then on only a full socket makes it wait. Ends the program when the
/// server refuses it or closes: then there is nothing to measure.
class StaffClient {
public:
    /// `feed`: subscribed in Hello; empty: none, so that only replies come.
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
    /// Sends another command and waits for its answer; what it made. Ends the program when it is refused.
    std::uint64_t ask(const std::string& log, v1::Command command);
    /// Sends it; waits only while the socket is full.
    void flush();
    /// Reads what is there, hands out every item of it and answers pings.
    void receive(const std::function<void(const v1::Item&)>& take);

private:
    void put(const v1::ClientMessage& message);
    void upgrade(std::uint16_t port);
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

}  // namespace marchwire::bench
