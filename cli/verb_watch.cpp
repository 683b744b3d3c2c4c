// `marchwire watch FEED`: what a feed tells, live, one line each, until Ctrl-C.
#include "item_text.hpp"
#include "person_link.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <memory>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct WatchFlags {
    std::string feed;
    std::uint64_t items = 0;
    std::uint32_t seconds = 0;
    bool positions = false;
};

/// Telemetry of single persons: many lines, asked for by a flag.
bool is_telemetry(const sdk::Change& change) {
    return std::holds_alternative<sdk::MarshalMoved>(change) || std::holds_alternative<sdk::MarshalHeard>(change);
}

class Watch {
public:
    Watch(Context& context, const WatchFlags& flags, sdk::FeedName feed, const sdk::ClientSettings& settings)
        : context_(context), flags_(flags), feed_(std::move(feed)), client_(io_, settings, callbacks()) {}

    void run() {
        boost::asio::signal_set signals(io_, SIGINT, SIGTERM);
        signals.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) io_.stop();
        });
        boost::asio::steady_timer timer(io_);
        if (flags_.seconds != 0) {
            timer.expires_after(std::chrono::seconds(flags_.seconds));
            timer.async_wait([this](const boost::system::error_code& error) {
                if (!error) io_.stop();
            });
        }
        client_.subscribe(feed_);
        client_.connect();
        io_.run();
    }

private:
    [[nodiscard]] sdk::Callbacks callbacks() {
        sdk::Callbacks all;
        all.on_state = [this](const sdk::ConnectionState& state) { on_state(state); };
        all.on_item = [this](const sdk::FeedItem& item) { on_item(item); };
        all.on_snapshot = [this](const sdk::FeedName&) { on_snapshot(); };
        all.on_gap = [this](const sdk::Gap& gap) {
            say({{"gap", {{"held", gap.held}, {"missing", gap.missing}}}},
                "! gap after " + std::to_string(gap.held) + ", asking again");
        };
        all.on_discontinuity = [this](const sdk::Discontinuity& told) {
            const std::string reason(sdk::name_of(told.reason));
            say({{"discontinuity", {{"reason", reason}, {"message", told.message}}}},
                "! discontinuity (" + reason + "): " + told.message);
        };
        all.on_skipped = [this](const sdk::Skipped& skipped) {
            say({{"skipped", {{"keys", skipped.keys}}}}, "! " + std::to_string(skipped.keys) + " old values left out");
        };
        all.on_refused = [this](const sdk::FeedName&, const sdk::Error& error) { end(refusal_of(error)); };
        return all;
    }

    void end(const base::Refusal& refusal) {
        report(context_, refusal);
        io_.stop();
    }
    void say(const Json& json, const std::string& text) {
        if (context_.json) {
            context_.out << json.dump() << std::endl;
        } else if (!text.empty()) {
            context_.out << text << std::endl;  // live: not kept back until a buffer is full
        }
    }

    void on_state(const sdk::ConnectionState& state) {
        if (const auto* online = std::get_if<sdk::Online>(&state)) {
            const sdk::Welcome& welcome = online->welcome;
            say({{"online", {{"server_time_ms", welcome.server_time}, {"demo_clock", welcome.demo_clock}}}},
                "* online, server time " + clock_text(welcome.server_time) + " UTC" +
                    (welcome.demo_clock.empty() ? "" : "; " + welcome.demo_clock));
        } else if (const auto* waiting = std::get_if<sdk::Waiting>(&state)) {
            say({{"waiting", {{"retry_in_ms", waiting->retry_in.count()}, {"reason", waiting->reason}}}},
                "! no connection (" + waiting->reason + "), trying again in " +
                    std::to_string(waiting->retry_in.count()) + " ms");
        } else if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) {
            end(stopped->error ? refusal_of(*stopped->error)
                               : base::refuse(base::RefusalCode::unavailable, "--url", stopped->reason));
        }
    }
    void on_snapshot() {
        const auto march = client_.march(feed_);
        if (!march) return;
        if (context_.json) {
            say({{"snapshot", Json::parse(client_.state_json(feed_))}}, "");
        } else {
            say({}, "= " + snapshot_text(*march));
        }
    }
    void on_item(const sdk::FeedItem& item) {
        if (context_.json) {
            context_.out << item.json() << std::endl;
        } else {
            const sdk::Change change = item.change();
            if (is_telemetry(change) && !flags_.positions) return;
            const auto march = client_.march(feed_);
            const std::string text = item_text(change, march ? &*march : nullptr);
            const auto position = item.position();
            const std::string place = position ? " #" + std::to_string(position->seq) : "";
            if (!text.empty())
                say({}, clock_text(item.at() != 0 ? item.at() : client_.server_time()) + place + " " + text);
        }
        if (flags_.items != 0 && ++items_ >= flags_.items) io_.stop();
    }

    Context& context_;
    const WatchFlags& flags_;
    sdk::FeedName feed_;
    std::uint64_t items_ = 0;
    boost::asio::io_context io_{1};
    sdk::Client client_;
};

void watch(Context& context, const WatchFlags& flags) {
    const auto feed = sdk::FeedName::parse(flags.feed);
    if (!feed) {
        return report(context, base::invalid("feed",
                                             "Name a feed: overview/CAMPAIGN, desk/CAMPAIGN, or public, ops or "
                                             "marshal with /CAMPAIGN/MARCH behind it."));
    }
    const auto settings = settings_of(context);
    if (!settings) return report(context, settings.error());
    Watch(context, flags, *feed, *settings).run();
}

}  // namespace

void add_watch(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("watch", "show what a feed tells, live, until Ctrl-C");
    const auto flags = std::make_shared<WatchFlags>();
    verb->add_option("feed", flags->feed, "public/C/M, ops/C/M, marshal/C/M, overview/C, desk/C")->required();
    verb->add_option("--items", flags->items, "end after so many items");
    verb->add_option("--seconds", flags->seconds, "end after so long");
    verb->add_flag("--positions", flags->positions, "also where each marshal is (ops)");
    verb->footer("Followers' feeds (public, overview) need no token: --url ws://127.0.0.1:8080/v1/ws");
    verb->callback([&context, flags] { watch(context, *flags); });
}

}  // namespace marchwire::cli
