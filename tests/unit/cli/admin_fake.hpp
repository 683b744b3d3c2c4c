// A server's admin socket that answers as the test says, and remembers what it was asked.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace marchwire::cli {

/// A directory of its own that goes with the object.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::string name = (std::filesystem::temp_directory_path() / "marchwire-cli-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
        path_ = name;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// Serves one connection after the other on a thread of its own. Read `asked` only after `stop()`.
class AdminFake {
public:
    using Json = nlohmann::json;
    using Answer = std::function<Json(const Json& request)>;

    AdminFake(const std::string& directory, Answer answer) : answer_(std::move(answer)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = directory + "/admin.sock";
        std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
            ::listen(listener_, 4) != 0) {
            throw std::runtime_error("no socket");
        }
        thread_ = std::thread([this] { serve(); });
    }
    AdminFake(const AdminFake&) = delete;
    AdminFake& operator=(const AdminFake&) = delete;
    ~AdminFake() { stop(); }

    const std::vector<Json>& stop() {
        if (thread_.joinable()) {
            ::shutdown(listener_, SHUT_RDWR);  // wakes accept
            thread_.join();
            ::close(listener_);
        }
        return asked_;
    }

private:
    void serve() {
        while (true) {
            const int peer = ::accept(listener_, nullptr, nullptr);
            if (peer < 0) return;
            converse(peer);
            ::close(peer);
        }
    }
    void converse(int peer) {
        std::string received;
        char piece[4'096];
        while (true) {
            const ssize_t size = ::recv(peer, piece, sizeof(piece), 0);
            if (size <= 0) return;
            received.append(piece, static_cast<std::size_t>(size));
            for (auto end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
                asked_.push_back(Json::parse(received.substr(0, end)));
                received.erase(0, end + 1);
                const Json answer = answer_(asked_.back());
                if (answer.is_null()) return;  // hangs up
                const std::string line = answer.dump() + "\n";
                if (::send(peer, line.data(), line.size(), MSG_NOSIGNAL) < 0) return;
            }
        }
    }

    Answer answer_;
    std::vector<Json> asked_;
    int listener_ = -1;
    std::thread thread_;
};

}  // namespace marchwire::cli
