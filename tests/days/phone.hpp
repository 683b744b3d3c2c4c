// A marshal's phone: a real WebSocket to one server, and to another when that one has gone. (tests)
#pragma once

#include "base/outcome.hpp"
#include "core/column.hpp"
#include "support/staff_client.hpp"
#include "wire/close_codes.hpp"
#include "wire/messages.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace marchwire::test {

/// It connects when it has something to say, and anew where the server has closed it meanwhile. Whatever is said, it
/// says with it whether its screen is on: so its person counts as heard then. One thread.
class Phone {
public:
    /// `feed`: what its app shows.
    Phone(std::string token, std::uint64_t device, std::string feed)
        : token_(std::move(token)), device_(device), feed_(std::move(feed)) {}

    /// This server is the one that it speaks to from now on.
    void turn_to(const std::string& address);
    /// Sends it, and the same again as long as the server cannot take it now. Throws ClientEnded when the server does
    /// not know the token or has gone.
    [[nodiscard]] base::Result<std::uint64_t> tell(const v1::Command& command);
    /// Sends it and waits for nothing.
    void send(const v1::Command& command);
    // These return when the server has taken what was said.
    void lives(wire::Screen screen);
    void report(const std::string& march, const core::Fix& fix);
    /// Whether the server ends it, soon, for this reason.
    [[nodiscard]] bool is_ended_as(wire::CloseCode code);

private:
    using Said = std::function<void(StaffClient&)>;
    void speak(const Said& said);
    void speak_and_wait(const Said& said);
    void connect();

    std::string token_;
    std::uint64_t device_;
    std::string feed_;
    std::string address_;
    std::unique_ptr<StaffClient> client_;  ///< none: not connected
    wire::Screen screen_ = wire::Screen::on;
    std::uint64_t pings_ = 0;
    std::uint32_t said_ = 0;  ///< over this connection
};

}  // namespace marchwire::test
