// What a program loads that knows nothing of the SDK: a march's phase, by the shared library. (tests)
#include <marchwire/own_thread.hpp>

#include <cstddef>
#include <future>
#include <string>
#include <string_view>

namespace sdk = marchwire::sdk;

/// Writes the phase of the feed as soon as it is known. False: that is no feed's name, or its state is no JSON.
extern "C" bool phase_of(const char* url, const char* feed_name, char* into, std::size_t size);

bool phase_of(const char* url, const char* feed_name, char* into, std::size_t size) {
    const auto feed = sdk::FeedName::parse(feed_name);
    if (!feed) return false;
    std::promise<void> whole;
    sdk::ClientSettings settings;
    settings.url = url;
    sdk::Callbacks callbacks;
    callbacks.on_snapshot = [&](const sdk::FeedName&) { whole.set_value(); };
    sdk::OwnThread follower(settings, callbacks);
    follower.post([&](sdk::Client& client) {
        client.subscribe(*feed);
        client.connect();
    });
    whole.get_future().wait();
    // Protobuf's JSON, by the SDK's own one.
    const auto json = follower.ask([&](sdk::Client& client) { return client.state_json(*feed); });
    if (json->find("\"phase\":") == std::string::npos) return false;
    const auto march = follower.ask([&](sdk::Client& client) { return client.march(*feed); });
    const std::string_view phase = sdk::name_of((*march)->phase);
    into[phase.copy(into, size - 1)] = '\0';
    return true;
}
