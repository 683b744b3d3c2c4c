// Follows a march on the console, as anybody may: follow ws://HOST:8080/v1/ws public/CAMPAIGN/MARCH
#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>

#include <iostream>

namespace sdk = marchwire::sdk;

int main(int argc, char** argv) {
    const auto feed = argc == 3 ? sdk::FeedName::parse(argv[2]) : std::nullopt;
    if (!feed) {
        std::cerr << "follow ws://HOST:8080/v1/ws public/CAMPAIGN/MARCH\n";
        return 2;
    }
    boost::asio::io_context io;
    sdk::ClientSettings settings;
    settings.url = argv[1];
    sdk::Client* shown = nullptr;
    const auto show = [&] {
        const auto march = shown->march(*feed);
        if (march)
            std::cout << march->city << ": " << sdk::name_of(march->phase) << ' ' << march->sentence << std::endl;
    };
    sdk::Callbacks callbacks;
    callbacks.on_snapshot = [&](const sdk::FeedName&) { show(); };
    callbacks.on_item = [&](const sdk::FeedItem&) { show(); };
    callbacks.on_state = [](const sdk::ConnectionState& state) {
        if (const auto* stopped = std::get_if<sdk::Stopped>(&state)) std::cerr << stopped->reason << '\n';
    };
    sdk::Client client(io, settings, callbacks);
    shown = &client;
    client.subscribe(*feed);
    client.connect();
    io.run();
    return 0;
}
