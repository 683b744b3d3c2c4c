#include "phone.hpp"

#include "support/patience.hpp"
#include "support/staff_client.hpp"
#include "wire/proto_values.hpp"

#include <optional>
#include <utility>

namespace marchwire::test {
namespace {

/// A day of hours goes by in seconds, and servers count what a client says by the machine's clock
/// (limits::client_frames_burst): a phone comes anew before it has said too much.
constexpr std::uint32_t words_of_a_connection = 250;
constexpr int tries = 3;

void nothing(const v1::Item&) {}

bool is_hopeless(const ClientEnded& ended) {
    using wire::CloseCode;
    return ended.code == static_cast<unsigned>(CloseCode::unauthenticated) ||
           ended.code == static_cast<unsigned>(CloseCode::revoked);
}

void put(StaffClient& client, const v1::Command& command) {
    v1::ClientMessage message;
    *message.mutable_command() = command;
    client.put(message);
    client.flush();
}

base::Result<std::uint64_t> outcome_of(const v1::Reply& reply) {
    if (reply.has_accepted()) return reply.accepted().made();
    const v1::Error& error = reply.error();
    return base::refuse(static_cast<base::RefusalCode>(error.code()), error.field(), error.message());
}

}  // namespace

void Phone::turn_to(const std::string& address) {
    address_ = address;
    client_.reset();
}

void Phone::connect() {
    if (said_ >= words_of_a_connection) client_.reset();
    if (client_) return;
    said_ = 0;
    client_ = std::make_unique<StaffClient>(address_, token_, device_, feed_);
}

/// Once more over a new connection where the old one has ended.
void Phone::speak(const Said& said) {
    for (int attempt = 1;; ++attempt) {
        try {
            if (client_) client_->receive(nothing);  // throws where it was closed
            connect();
            ++said_;
            v1::ClientMessage screen;
            screen.mutable_screen()->set_off(screen_ == wire::Screen::off);
            client_->put(screen);
            return said(*client_);
        } catch (const ClientEnded& ended) {
            client_.reset();
            if (attempt == tries || is_hopeless(ended)) throw;
        }
    }
}

void Phone::speak_and_wait(const Said& said) {
    const std::uint64_t nonce = ++pings_;
    speak([&](StaffClient& client) {
        said(client);
        v1::ClientMessage ping;
        ping.mutable_ping()->set_nonce(nonce);
        client.put(ping);
        client.flush();
        client.receive_until([nonce](const v1::Item& item) { return item.has_pong() && item.pong().nonce() == nonce; });
    });
}

void Phone::send(const v1::Command& command) {
    speak([&](StaffClient& client) { put(client, command); });
}

base::Result<std::uint64_t> Phone::tell(const v1::Command& command) {
    std::optional<base::Result<std::uint64_t>> outcome;
    const auto is_answer = [&](const v1::Item& item) {
        const bool is_it = item.has_reply() && item.reply().id().counter() == command.id().counter();
        if (is_it) outcome = outcome_of(item.reply());
        return is_it;
    };
    wait_until([&] {
        speak([&](StaffClient& client) {
            put(client, command);
            client.receive_until(is_answer);
        });
        return *outcome || outcome->error().code != base::RefusalCode::unavailable;
    });
    return *outcome;
}

void Phone::lives(wire::Screen screen) {
    if (screen != wire::Screen::untold) screen_ = screen;
    speak_and_wait([](StaffClient&) {});
}

void Phone::report(const std::string& march, const core::Fix& fix) {
    speak_and_wait([&](StaffClient& client) {
        v1::Fix told;
        wire::put(*told.mutable_at(), fix.at);
        told.set_accuracy_metres(fix.accuracy_metres);
        told.set_fix_at_ms(fix.fix_at.value);
        client.report_position(march, told);
    });
}

bool Phone::is_ended_as(wire::CloseCode code) {
    try {
        if (client_) client_->receive_until([](const v1::Item&) { return false; });
    } catch (const ClientEnded& ended) {
        client_.reset();
        return ended.code == static_cast<unsigned>(code);
    }
    return false;
}

}  // namespace marchwire::test
