#include "admin_client.hpp"

#include "base/limits.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

base::Refusal unavailable(std::string message) {
    return base::refuse(base::RefusalCode::unavailable, "admin.sock", std::move(message));
}

base::RefusalCode code_named(const std::string& name) {
    using base::RefusalCode;
    for (const auto code :
         {RefusalCode::invalid_argument, RefusalCode::unauthenticated, RefusalCode::permission_denied,
          RefusalCode::not_found, RefusalCode::invalid_transition, RefusalCode::conflict, RefusalCode::expired,
          RefusalCode::rate_limited, RefusalCode::too_large, RefusalCode::unavailable}) {
        if (base::name_of(code) == name) return code;
    }
    return RefusalCode::unavailable;
}

base::Refusal refusal_in(const Json& answer) {
    const auto found = answer.find("error");
    if (found == answer.end() || !found->is_object()) {
        return unavailable("The server's answer is not understood; use a command line of the server's version.");
    }
    const auto text = [&](const char* key) {
        const auto value = found->find(key);
        return value != found->end() && value->is_string() ? value->get<std::string>() : std::string();
    };
    return base::refuse(code_named(text("code")), text("field"), text("message"));
}

}  // namespace

AdminClient::AdminClient(const std::string& data_directory, std::chrono::seconds patience)
    : path_(data_directory + "/admin.sock"), patience_(patience) {}

AdminClient::~AdminClient() { close(); }

void AdminClient::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    received_.clear();
}

base::Result<void> AdminClient::connect() {
    if (socket_ >= 0) return {};
    sockaddr_un address{};
    if (path_.size() >= sizeof(address.sun_path)) {
        return unavailable("The path " + path_ + " is too long for a socket; use a shorter --data.");
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return unavailable(std::string("No socket can be made: ") + std::strerror(errno) + ".");
    const timeval patience{patience_.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    // sockaddr_un is passed as sockaddr: that is how the socket interface is made.
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return {};
    const int error = errno;
    close();
    if (error == EACCES) {
        return unavailable("The server's socket " + path_ + " belongs to another user; run this as that user.");
    }
    return unavailable("No server listens on " + path_ + "; start marchwired, or name its directory with --data.");
}

bool AdminClient::server_runs() { return connect().has_value(); }

base::Result<void> AdminClient::send_line(const std::string& line) {
    std::size_t sent = 0;
    while (sent < line.size()) {
        const ssize_t size = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return unavailable("The server closed the connection; look at its log and try again.");
        sent += static_cast<std::size_t>(size);
    }
    return {};
}

base::Result<std::string> AdminClient::receive_line() {
    std::array<char, 65'536> piece{};
    while (true) {
        if (const auto end = received_.find('\n'); end != std::string::npos) {
            std::string line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return line;
        }
        if (received_.size() > base::limits::admin_answer_bytes) return unavailable("The server's answer has no end.");
        const ssize_t size = ::recv(socket_, piece.data(), piece.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return unavailable("The server gave no answer; the same call again is safe.");
        received_.append(piece.data(), static_cast<std::size_t>(size));
    }
}

base::Result<Json> AdminClient::ask(const Json& request) {
    if (auto said = say(request); !said) return said.error();
    return answer();
}

base::Result<void> AdminClient::say(const Json& request) {
    if (auto connected = connect(); !connected) return connected.error();
    auto sent = send_line(request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
    if (!sent) close();
    return sent;
}

base::Result<Json> AdminClient::answer() {
    auto line = receive_line();
    if (!line) {
        close();
        return line.error();
    }
    Json said = Json::parse(*line, nullptr, false);
    const auto ok = said.is_object() ? said.find("ok") : said.end();
    if (ok == said.end() || *ok != Json(true)) return refusal_in(said.is_object() ? said : Json::object());
    said.erase("ok");
    return base::Result<Json>(boost::system::in_place_value, std::move(said));
}

base::Result<Json> AdminClient::command(const std::string& log, const std::string& command_json) {
    return ask({{"verb", "command"}, {"log", log}, {"command", Json::parse(command_json)}});
}

base::Result<std::string> AdminClient::state(const std::string& log) {
    const auto answer = ask({{"verb", "state"}, {"log", log}});
    if (!answer) return answer.error();
    return answer->value("state", Json::object()).dump();
}

}  // namespace marchwire::cli
