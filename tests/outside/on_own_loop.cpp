// Follows a march until its phase is known, on an io_context of its own: on_own_loop URL FEED
#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

namespace sdk = marchwire::sdk;

int main(int argc, char** argv) {
    const auto feed = argc == 3 ? sdk::FeedName::parse(argv[2]) : std::nullopt;
    if (!feed) return 2;
    boost::asio::io_context io;
    sdk::ClientSettings settings;
    settings.url = argv[1];
    sdk::Client* follower = nullptr;
    sdk::Callbacks callbacks;
    callbacks.on_snapshot = [&](const sdk::FeedName&) {
        std::cout << sdk::name_of(follower->march(*feed)->phase) << std::endl;
        follower->close();
    };
    sdk::Client client(io, settings, callbacks);
    follower = &client;
    client.subscribe(*feed);
    client.connect();
    io.run();
}
