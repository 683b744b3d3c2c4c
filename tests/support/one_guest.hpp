// A WebSocket server for one client at a time. (tests)
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace marchwire::test {

/// On a thread of its own: upgrades each connection, says one message, and notes what comes, one connection after the
/// other.
class OneGuest {
public:
    /// `says`: a message of the server, less than 126 bytes; empty: none.
    explicit OneGuest(std::string says = {}) : says_(std::move(says)) {
        door_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        auto* address = static_cast<sockaddr*>(static_cast<void*>(&here));
        if (::bind(door_, address, size) != 0 || ::listen(door_, 4) != 0 || ::getsockname(door_, address, &size) != 0) {
            throw std::runtime_error("no door for a guest");
        }
        port_ = ntohs(here.sin_port);
        thread_ = std::thread([this] {
            while (!over_) serve();
        });
    }
    ~OneGuest() {
        over_ = true;
        ::shutdown(door_, SHUT_RDWR);
        if (const int guest = guest_; guest >= 0) ::shutdown(guest, SHUT_RDWR);
        thread_.join();
        ::close(door_);
    }
    OneGuest(const OneGuest&) = delete;
    OneGuest& operator=(const OneGuest&) = delete;

    [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/v1/ops"; }
    /// A close frame came.
    [[nodiscard]] bool heard_goodbye() const { return goodbyes_ > 0; }
    /// Whether one of its messages holds these bytes.
    [[nodiscard]] bool heard(std::string_view words) const {
        const std::lock_guard lock(mutex_);
        return std::any_of(messages_.begin(), messages_.end(),
                           [&](const std::string& message) { return message.find(words) != std::string::npos; });
    }

private:
    static constexpr unsigned close_opcode = 8;

    void serve() {
        const int guest = ::accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
        if (guest < 0) return;
        guest_ = guest;
        std::string bytes;
        while (bytes.find("\r\n\r\n") == std::string::npos && read_some(guest, bytes)) {
        }
        send(guest, upgrade(bytes));
        if (!says_.empty()) send(guest, std::string{'\x82', static_cast<char>(says_.size())} + says_);
        bytes.erase(0, bytes.find("\r\n\r\n") + 4);
        do {
            while (take_frame(guest, bytes)) {
            }
        } while (read_some(guest, bytes));
        guest_ = -1;
        ::close(guest);
    }
    static void send(int guest, const std::string& bytes) {
        (void)::send(guest, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    [[nodiscard]] static bool read_some(int guest, std::string& into) {
        std::array<char, 4096> buffer{};
        const ssize_t got = ::recv(guest, buffer.data(), buffer.size(), 0);
        if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
        return got > 0;
    }
    [[nodiscard]] static std::string upgrade(const std::string& request) {
        constexpr std::string_view name = "Sec-WebSocket-Key: ";
        const auto begin = request.find(name) + name.size();
        const std::string key = request.substr(begin, request.find('\r', begin) - begin) +
                                "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        std::array<unsigned char, SHA_DIGEST_LENGTH> hash{};
        SHA1(static_cast<const unsigned char*>(static_cast<const void*>(key.data())), key.size(), hash.data());
        std::array<unsigned char, 32> text{};
        const int size = EVP_EncodeBlock(text.data(), hash.data(), static_cast<int>(hash.size()));
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Protocol: marchwire.v1.proto\r\nSec-WebSocket-Accept: " +
               std::string(text.begin(), text.begin() + size) + "\r\n\r\n";
    }
    /// The first frame of `bytes`, when it is whole; masked, of less than 64 KB.
    [[nodiscard]] bool take_frame(int guest, std::string& bytes) {
        const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
        if (bytes.size() < 8) return false;
        const bool is_long = (octet(1) & 0x7FU) == 126;
        const std::size_t size = is_long ? octet(2) * 256U + octet(3) : octet(1) & 0x7FU;
        const std::size_t key = is_long ? 4 : 2;
        if (bytes.size() < key + 4 + size) return false;
        std::string payload;
        for (std::size_t i = 0; i < size; ++i)
            payload.push_back(static_cast<char>(octet(key + 4 + i) ^ octet(key + i % 4)));
        if ((octet(0) & 0xFU) == close_opcode) {
            ++goodbyes_;
            send(guest, std::string{'\x88', '\0'});
            ::shutdown(guest, SHUT_WR);
        } else {
            const std::lock_guard lock(mutex_);
            messages_.push_back(std::move(payload));
        }
        bytes.erase(0, key + 4 + size);
        return true;
    }

    std::string says_;
    int door_ = -1;
    unsigned port_ = 0;
    std::atomic<int> guest_{-1};
    std::atomic<int> goodbyes_{0};
    std::atomic<bool> over_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> messages_;
    std::thread thread_;
};

}  // namespace marchwire::test
