// The lightest client of the staff's door.
#include "support/staff_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace marchwire::test {
namespace {

[[noreturn]] void end_client(const std::string& why) { throw ClientEnded(why); }

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
    return value;
}

}  // namespace

StaffClient::StaffClient(std::uint16_t port, const std::string& token, std::uint64_t device, const std::string& feed)
    : StaffClient("127.0.0.1:" + std::to_string(port), token, device, feed) {}

StaffClient::StaffClient(const std::string& address, const std::string& token, std::uint64_t device,
                         const std::string& feed)
    : device_(device) {
    upgrade(address);
    v1::ClientMessage message;
    auto& hello = *message.mutable_hello();
    hello.set_protocol(1);
    hello.set_token(token);
    hello.set_client("bench");
    hello.set_device(device);
    if (!feed.empty()) hello.add_subscribe()->set_feed(feed);
    put(message);
    flush();
    receive_until([](const v1::Item& item) { return item.has_welcome(); });
}

void StaffClient::subscribe(const std::string& feed) {
    v1::ClientMessage message;
    message.mutable_subscribe()->set_feed(feed);
    put(message);
    flush();
}

StaffClient::StaffClient(StaffClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      device_(other.device_),
      counter_(other.counter_),
      out_(std::move(other.out_)),
      in_(std::move(other.in_)) {}

StaffClient::~StaffClient() {
    if (socket_ >= 0) ::close(socket_);
}

void StaffClient::upgrade(const std::string& address) {
    const auto colon = address.rfind(':');
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
    if (::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr) != 1) end_client("no address " + address);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) end_client("cannot connect");
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    out_ = "GET /v1/ops HTTP/1.1\r\nHost: " + address +
           "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           "Sec-WebSocket-Protocol: marchwire.v1.proto\r\n\r\n";
    flush();
    std::size_t end = std::string::npos;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
        if (!read_some(0)) end_client("the server closed during the upgrade");
    }
    if (!in_.starts_with("HTTP/1.1 101")) end_client("no upgrade: " + in_);
    in_.erase(0, end + 4);
}

void StaffClient::put(const v1::ClientMessage& message) {
    const std::size_t size = message.ByteSizeLong();
    out_.push_back(static_cast<char>(0x82));
    if (size < 126) {
        out_.push_back(static_cast<char>(0x80U | size));
    } else {
        out_.push_back(static_cast<char>(0x80U | 126U));
        out_.push_back(static_cast<char>(size >> 8U));
        out_.push_back(static_cast<char>(size & 0xFFU));
    }
    out_.append(4, '\0');  // a mask of zeros is a mask, and leaves the bytes as they are
    message.AppendToString(&out_);
}

std::uint64_t StaffClient::check_in(const std::string& log, std::int64_t made_at_ms) {
    auto& command = *command_.mutable_command();
    command.mutable_id()->set_device(device_);
    command.mutable_id()->set_counter(++counter_);
    command.set_log(log);
    command.set_made_at_ms(made_at_ms);
    auto& body = *command.mutable_check_in();
    body.set_report(v1::ON_POST);
    body.set_battery_percent(80);
    put(command_);
    return counter_;
}

std::uint64_t StaffClient::put(const std::string& log, v1::Command command) {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    command.mutable_id()->set_device(device_);
    command.mutable_id()->set_counter(++counter_);
    command.set_log(log);
    command.set_made_at_ms(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
    v1::ClientMessage message;
    *message.mutable_command() = std::move(command);
    put(message);
    return counter_;
}

void StaffClient::report_position(const std::string& march, const v1::Fix& fix) {
    v1::ClientMessage message;
    message.mutable_report_position()->set_march(march);
    *message.mutable_report_position()->add_fixes() = fix;
    put(message);
}

std::uint64_t StaffClient::ask(const std::string& log, v1::Command command) {
    put(log, std::move(command));
    flush();
    std::uint64_t made = 0;
    receive_until([&](const v1::Item& item) {
        if (!item.has_reply() || item.reply().id().counter() != counter_) return false;
        if (item.reply().has_error()) end_client("refused: " + item.reply().error().message());
        made = item.reply().accepted().made();
        return true;
    });
    return made;
}

void StaffClient::flush() {
    while (!out_.empty()) {
        const ssize_t sent = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) end_client("the server closed");
        out_.erase(0, static_cast<std::size_t>(sent));
    }
}

bool StaffClient::read_some(int flags) {
    std::array<char, 64 * 1024> buffer;  // NOLINT: written before anything reads it
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), flags);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    in_.append(buffer.data(), static_cast<std::size_t>(got));
    return got > 0;
}

void StaffClient::receive(const std::function<void(const v1::Item&)>& take) {
    if (!read_some(MSG_DONTWAIT)) end_client("the server closed");
    take_frames(take);
}

void StaffClient::receive_until(const std::function<bool(const v1::Item&)>& is_it) {
    bool came = false;
    while (!came) {
        if (!read_some(0)) end_client("the server closed");
        take_frames([&](const v1::Item& item) { came = is_it(item) || came; });
    }
}

void StaffClient::take_frames(const std::function<void(const v1::Item&)>& take) {
    std::string_view left = in_;
    while (left.size() >= 2) {
        const unsigned opcode = static_cast<unsigned char>(left[0]) & 0x0FU;
        std::uint64_t size = static_cast<unsigned char>(left[1]) & 0x7FU;
        const std::size_t form = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (left.size() < 2 + form) break;
        if (form != 0) size = big_endian(left.substr(2, form));
        if (left.size() < 2 + form + size) break;
        const std::string_view payload = left.substr(2 + form, size);
        left.remove_prefix(2 + form + size);
        take_frame(opcode, payload, take);
    }
    in_.erase(0, in_.size() - left.size());
}

void StaffClient::take_frame(unsigned opcode, std::string_view payload,
                             const std::function<void(const v1::Item&)>& take) {
    if (opcode == 8) {
        const std::string_view code = payload.substr(0, 2);
        throw ClientEnded("the server said Close: " + std::string(payload.substr(code.size())),
                          static_cast<unsigned>(big_endian(code)));
    }
    if (opcode == 9) {
        out_.push_back(static_cast<char>(0x8A));
        out_.push_back(static_cast<char>(0x80U | payload.size()));
        out_.append(4, '\0').append(payload);
        flush();
    }
    if (opcode != 2) return;
    if (!message_.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) end_client("unreadable message");
    for (const v1::Item& item : message_.items()) {
        if (item.has_error()) end_client("refused: " + item.error().message());
        take(item);
    }
}

}  // namespace marchwire::test
