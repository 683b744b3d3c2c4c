// Follows a march until its phase is known, on the SDK's thread: on_own_thread URL FEED
#include <marchwire/own_thread.hpp>

#include <future>
#include <iostream>

namespace sdk = marchwire::sdk;

int main(int argc, char** argv) {
    const auto feed = argc == 3 ? sdk::FeedName::parse(argv[2]) : std::nullopt;
    if (!feed) return 2;
    std::promise<void> whole;
    sdk::ClientSettings settings;
    settings.url = argv[1];
    sdk::Callbacks callbacks;
    callbacks.on_snapshot = [&](const sdk::FeedName&) { whole.set_value(); };
    sdk::OwnThread follower(settings, callbacks);
    follower.post([&](sdk::Client& client) {
        client.subscribe(*feed);
        client.connect();
    });
    whole.get_future().wait();
    const auto march = follower.ask([&](sdk::Client& client) { return client.march(*feed); });
    std::cout << sdk::name_of((*march)->phase) << std::endl;
}
