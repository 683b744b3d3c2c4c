// Speaks to the running server over DATA/admin.sock: one JSON line each way, blocking.
#pragma once

#include "base/outcome.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace marchwire::cli {

/// One connection, opened at the first question and kept; one thread.
class AdminClient {
public:
    /// `patience`: how long an answer is waited for. An import of 2 000 marches is 2 000 answers, not one.
    explicit AdminClient(const std::string& data_directory, std::chrono::seconds patience = std::chrono::minutes(2));
    ~AdminClient();
    AdminClient(const AdminClient&) = delete;
    AdminClient& operator=(const AdminClient&) = delete;

    /// The answer's object (without `ok`), or the refusal that the server gave. UNAVAILABLE when nobody
    /// listens, when the answer is no JSON line, or when the connection ends: the command may have been
    /// stored, and the same id is safe again.
    [[nodiscard]] base::Result<nlohmann::json> ask(const nlohmann::json& request);

    /// The two halves of `ask`, for who has several servers at work at once: one answer for each request, in order.
    [[nodiscard]] base::Result<void> say(const nlohmann::json& request);
    [[nodiscard]] base::Result<nlohmann::json> answer();

    /// Asks `command` on this log; `command_json` as import::command_json makes it.
    [[nodiscard]] base::Result<nlohmann::json> command(const std::string& log, const std::string& command_json);

    /// The state of a log as JSON text.
    [[nodiscard]] base::Result<std::string> state(const std::string& log);

    /// Is there a socket on which somebody listens?
    [[nodiscard]] bool server_runs();

private:
    [[nodiscard]] base::Result<void> connect();
    [[nodiscard]] base::Result<void> send_line(const std::string& line);
    [[nodiscard]] base::Result<std::string> receive_line();
    void close();

    std::string path_;
    std::chrono::seconds patience_;
    int socket_ = -1;
    std::string received_;
};

}  // namespace marchwire::cli
