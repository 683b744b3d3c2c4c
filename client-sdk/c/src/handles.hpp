// What stands behind the handles of marchwire.h. (internal to the C SDK)
#pragma once

#include "marchwire.h"
#include "marchwire/own_thread.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

struct marchwire_settings {
    marchwire::sdk::ClientSettings client;
    bool asks_tokens = false;
};

struct marchwire_invitation {
    marchwire::sdk::Invitation said;
};

/// Of the callback that it is told to, on the client's thread.
struct marchwire_event {
    marchwire_client* client = nullptr;
    marchwire_event_kind kind = 0;
    std::string feed;
    std::uint64_t number = 0;
    std::function<std::string()> make_json;

    mutable std::optional<std::string> json;    ///< once it was asked for
    mutable std::optional<std::string> failed;  ///< why the app's code did
};

/// All but `own` is touched on the client's thread alone, once that runs.
struct marchwire_client {
    marchwire_client(const marchwire_settings& settings, marchwire_on_event told, void* with);

    marchwire_on_event on_event;
    void* user;
    std::function<void(marchwire::sdk::Token)> token_done;  ///< of the newest question
    std::uint64_t tokens_asked = 0;
    std::uint64_t requests = 0;
    marchwire::sdk::OwnThread own;  ///< the last: its callbacks find all others
};
