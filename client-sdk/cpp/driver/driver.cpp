// The C++ SDK for client-sdk/vectors/play.py: lines of JSON in by standard input, what the app is told out by standard
// output. vectors/README.md says which lines there are.
#include "marchwire/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <istream>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace sdk = marchwire::sdk;
using Json = nlohmann::json;

// ---- between JSON and the SDK's values ----------------------------------------------------------

/// 64-bit numbers are strings.
std::uint64_t number_of(const Json& value) {
    return value.is_string() ? std::stoull(value.get<std::string>()) : value.get<std::uint64_t>();
}
std::uint64_t number_in(const Json& object, const char* key) {
    return object.contains(key) ? number_of(object.at(key)) : 0;
}
std::string in_capitals(std::string_view word) {
    std::string out(word);
    for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}
sdk::FeedName feed_of(const std::string& text) {
    const auto feed = sdk::FeedName::parse(text);
    if (!feed) throw std::invalid_argument("'" + text + "' is no feed");
    return *feed;
}
sdk::Position position_of(const Json& value) {
    return {static_cast<std::uint32_t>(number_in(value, "epoch")), number_in(value, "seq"), number_in(value, "digest")};
}
sdk::Fix fix_of(const Json& value) {
    sdk::Fix fix;
    constexpr double per_degree = 1e7;
    fix.at.lat = value.at("at").value("latE7", 0.0) / per_degree;
    fix.at.lon = value.at("at").value("lonE7", 0.0) / per_degree;
    fix.accuracy_metres = value.value("accuracyMetres", 0U);
    fix.fix_at = static_cast<sdk::UtcMs>(number_in(value, "fixAtMs"));
    return fix;
}
Json json_of(const sdk::Error& error) {
    return {{"code", in_capitals(sdk::name_of(error.code))}, {"field", error.field}, {"message", error.message}};
}
Json json_of(const sdk::CommandId& id) {
    return {{"device", std::to_string(id.device)}, {"counter", std::to_string(id.counter)}};
}

// ---- the driver ---------------------------------------------------------------------------------

class Driver {
public:
    Driver(asio::io_context& io, std::string url) : io_(io), input_(io, ::dup(STDIN_FILENO)), url_(std::move(url)) {}

    void read() {
        asio::async_read_until(input_, buffer_, '\n', [this](const boost::system::error_code& error, std::size_t) {
            if (error) return end();
            std::istream stream(&buffer_);
            std::string line;
            std::getline(stream, line);
            hear(Json::parse(line));
            read();
        });
    }

private:
    /// The judge is gone: without a client nothing is left to do, and the loop ends.
    void end() { client_.reset(); }

    void hear(const Json& line) {
        if (client_ == nullptr) {
            client_ = std::make_unique<sdk::Client>(io_, settings_of(line), callbacks());
            return;
        }
        const std::string verb = line.begin().key();
        const Json& value = line.begin().value();
        if (verb == "connect") client_->connect();
        if (verb == "close") client_->close();
        if (verb == "drop") client_->drop_connection();
        if (verb == "subscribe") subscribe(value);
        if (verb == "unsubscribe") client_->unsubscribe(feed_of(value));
        if (verb == "command") command(value);
        if (verb == "report_position") report_position(value);
        if (verb == "screen") client_->screen(value.at("off"));
        if (verb == "state") tell_state_of(value);
        if (verb == "throw") throwing_.insert(value);
        if (verb == "reenter") reentering_.insert(value);
    }
    void subscribe(const Json& value) {
        if (value.is_string()) {
            client_->subscribe(feed_of(value));
        } else {
            client_->subscribe(feed_of(value.at("feed")), position_of(value.at("resume")));
        }
    }
    void command(const Json& value) {
        Json body = value;
        body.erase("log");
        const sdk::Kept kept = client_->command_json(
            value.at("log"), body.dump(),
            [this](sdk::CommandId id, const sdk::Outcome& outcome) { tell_reply(id, outcome); });
        tell({{"event", "kept"}, {"id", json_of(kept.id)}, {"durable", kept.durable}});
    }
    void report_position(const Json& value) {
        std::vector<sdk::Fix> fixes;
        for (const Json& fix : value.at("fixes")) fixes.push_back(fix_of(fix));
        client_->report_position(value.at("march"), fixes);
    }

    sdk::ClientSettings settings_of(const Json& line) {
        sdk::ClientSettings settings;
        settings.url = url_;
        settings.token = line.value("token", "");
        settings.device = number_in(line, "device");
        settings.counter = number_in(line, "counter");
        settings.queue_file = line.value("queue", "");
        settings.retry_first = sdk::Millis(line.value("retry_first_ms", settings.retry_first.count()));
        settings.retry_most = sdk::Millis(line.value("retry_most_ms", settings.retry_most.count()));
        settings.commands_waiting = line.value("commands_waiting", settings.commands_waiting);
        if (line.value("signs", false)) {
            settings.sign = [key = sdk::DeviceKey::generate()](std::string_view text) { return key.sign(text); };
        }
        if (line.contains("tokens")) {
            tokens_ = line.at("tokens").get<std::vector<Json>>();
            settings.fetch_token = [this](const auto& done) { done(next_token()); };
        }
        return settings;
    }
    /// The last again and again.
    sdk::Token next_token() {
        const Json& next = tokens_.at(std::min(tokens_given_++, tokens_.size() - 1));
        if (next.is_string()) return {next, 0};
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
        return {next.at("token"), now_ms + next.at("lives_ms").get<std::int64_t>()};
    }

    sdk::Callbacks callbacks() {
        sdk::Callbacks all;
        all.on_state = [this](const sdk::ConnectionState& state) { tell_state(state); };
        all.on_item = [this](const sdk::FeedItem& item) {
            Json event{{"event", "item"}, {"feed", item.feed().text()}, {"item", Json::parse(item.json())}};
            if (const auto position = item.position()) event["seq"] = std::to_string(position->seq);
            tell(event);
        };
        all.on_snapshot = [this](const sdk::FeedName& feed) { tell({{"event", "snapshot"}, {"feed", feed.text()}}); };
        all.on_gap = [this](const sdk::Gap& gap) {
            tell({{"event", "gap"},
                  {"feed", gap.feed.text()},
                  {"held", std::to_string(gap.held)},
                  {"missing", std::to_string(gap.missing)}});
        };
        all.on_discontinuity = [this](const sdk::Discontinuity& told) {
            tell({{"event", "discontinuity"},
                  {"feed", told.feed.text()},
                  {"reason", in_capitals(sdk::name_of(told.reason))}});
        };
        all.on_skipped = [this](const sdk::Skipped& skipped) {
            tell({{"event", "skipped"}, {"feed", skipped.feed.text()}, {"keys", skipped.keys}});
        };
        all.on_refused = [this](const sdk::FeedName& feed, const sdk::Error& error) {
            tell({{"event", "refused"}, {"feed", feed.text()}, {"error", json_of(error)}});
        };
        all.on_error = [this](const sdk::Error& error) { tell({{"event", "error"}, {"error", json_of(error)}}); };
        all.on_command_lost = [this](sdk::CommandId id, const sdk::Error& error) {
            tell({{"event", "lost"}, {"id", json_of(id)}, {"error", json_of(error)}});
        };
        all.on_reply = [this](sdk::CommandId id, const sdk::Outcome& outcome) { tell_reply(id, outcome); };
        all.on_fault = [this](const sdk::Fault& fault) {
            tell({{"event", "fault"}, {"kind", in_capitals(sdk::name_of(fault.kind))}, {"message", fault.message}});
        };
        return all;
    }
    void tell_state(const sdk::ConnectionState& state) {
        Json event{{"event", "state"}};
        if (std::holds_alternative<sdk::Connecting>(state)) event["state"] = "connecting";
        if (std::holds_alternative<sdk::Online>(state)) event["state"] = "online";
        if (const auto* waiting = std::get_if<sdk::Waiting>(&state)) {
            event["state"] = "waiting";
            event["retry_in_ms"] = waiting->retry_in.count();
            event["reason"] = waiting->reason;
        }
        if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) {
            event["state"] = "stopped";
            event["reason"] = stopped->reason;
            if (stopped->error) event["error"] = json_of(*stopped->error);
        }
        tell(event);
    }
    void tell_reply(sdk::CommandId id, const sdk::Outcome& outcome) {
        Json event{{"event", "reply"}, {"id", json_of(id)}};
        if (const auto* accepted = std::get_if<sdk::Accepted>(&outcome)) {
            event["accepted"] = {{"level", in_capitals(sdk::name_of(accepted->level))},
                                 {"made", std::to_string(accepted->made)}};
        } else {
            event["error"] = json_of(std::get<sdk::Error>(outcome));
        }
        tell(event);
    }
    void tell_state_of(const std::string& name) {
        const sdk::FeedName feed = feed_of(name);
        const auto position = client_->position(feed);
        const std::string folded = client_->state_json(feed);
        std::cout << Json{{"event", "state_of"},
                          {"feed", name},
                          {"position", position ? Json(std::to_string(position->seq)) : Json()},
                          {"json", folded.empty() ? Json() : Json::parse(folded)}}
                  << std::endl;
    }

    /// And then does what the scenario wants of the callback for this kind of event.
    void tell(const Json& event) {
        std::cout << event << std::endl;
        const std::string kind = event.at("event");
        if (reentering_.contains(kind)) {
            client_->subscribe(feed_of("overview/c"));
            tell_state_of(event.value("feed", "overview/c"));
        }
        if (throwing_.contains(kind)) throw std::runtime_error("a callback of the app throws");
    }

    asio::io_context& io_;
    asio::posix::stream_descriptor input_;
    asio::streambuf buffer_;
    std::string url_;
    std::vector<Json> tokens_;
    std::size_t tokens_given_ = 0;
    std::set<std::string> throwing_, reentering_;  ///< kinds of events
    std::unique_ptr<sdk::Client> client_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "sdk_driver ws://HOST:PORT/v1/ops\n";
        return 2;
    }
    asio::io_context io;
    Driver driver(io, argv[1]);
    driver.read();
    io.run();
    return 0;
}
