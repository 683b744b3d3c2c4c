// The client behind marchwire_client, and the events that it tells.
#include "event_texts.hpp"
#include "handles.hpp"
#include "wall.hpp"

#include <stdexcept>
#include <utility>

using namespace marchwire;

namespace {

// ---- what the app is told -----------------------------------------------------------------------

/// What an event names beside its JSON.
struct About {
    marchwire_event_kind kind = 0;
    std::string feed = {};
    std::uint64_t number = 0;
};

/// `make_json` looks at what lives as long as the callback. Throws where the app's code failed: a fault tells so.
void tell(marchwire_client& client, About about, std::function<std::string()> make_json) {
    if (client.on_event == nullptr) return;
    const marchwire_event event{&client, about.kind, std::move(about.feed), about.number, std::move(make_json), {}, {}};
    client.on_event(client.user, &event);
    if (event.failed) throw std::runtime_error(*event.failed);
}

sdk::OnReply reply_teller(marchwire_client& client) {
    return [&client](sdk::CommandId id, const sdk::Outcome& outcome) {
        tell(client, {MARCHWIRE_EVENT_REPLY, {}, id.counter}, [&] { return c::text_of_reply(id, outcome); });
    };
}

sdk::Callbacks callbacks_of(marchwire_client& client) {
    sdk::Callbacks all;
    all.on_state = [&client](const sdk::ConnectionState& state) {
        tell(client, {MARCHWIRE_EVENT_STATE}, [&] { return c::text_of(state); });
    };
    all.on_item = [&client](const sdk::FeedItem& item) {
        tell(client, {MARCHWIRE_EVENT_ITEM, item.feed().text()}, [&] { return c::text_of(item); });
    };
    all.on_snapshot = [&client](const sdk::FeedName& feed) {
        tell(client, {MARCHWIRE_EVENT_SNAPSHOT, feed.text()}, [&] { return c::text_of_snapshot(feed); });
    };
    all.on_gap = [&client](const sdk::Gap& gap) {
        tell(client, {MARCHWIRE_EVENT_GAP, gap.feed.text()}, [&] { return c::text_of(gap); });
    };
    all.on_discontinuity = [&client](const sdk::Discontinuity& told) {
        tell(client, {MARCHWIRE_EVENT_DISCONTINUITY, told.feed.text()}, [&] { return c::text_of(told); });
    };
    all.on_skipped = [&client](const sdk::Skipped& skipped) {
        tell(client, {MARCHWIRE_EVENT_SKIPPED, skipped.feed.text()}, [&] { return c::text_of(skipped); });
    };
    all.on_refused = [&client](const sdk::FeedName& feed, const sdk::Error& error) {
        tell(client, {MARCHWIRE_EVENT_REFUSED, feed.text()}, [&] { return c::text_of_refused(feed, error); });
    };
    all.on_error = [&client](const sdk::Error& error) {
        tell(client, {MARCHWIRE_EVENT_ERROR}, [&] { return c::text_of(error); });
    };
    all.on_command_lost = [&client](sdk::CommandId id, const sdk::Error& error) {
        tell(client, {MARCHWIRE_EVENT_LOST, {}, id.counter}, [&] { return c::text_of_lost(id, error); });
    };
    all.on_reply = reply_teller(client);
    all.on_fault = [&client](const sdk::Fault& fault) {
        tell(client, {MARCHWIRE_EVENT_FAULT}, [&] { return c::text_of(fault); });
    };
    return all;
}

sdk::ClientSettings settings_of(const marchwire_settings& settings, marchwire_client& client) {
    sdk::ClientSettings made = settings.client;
    if (!settings.asks_tokens) return made;
    made.fetch_token = [&client](std::function<void(sdk::Token)> done) {
        client.token_done = std::move(done);
        tell(client, {MARCHWIRE_EVENT_TOKEN_WANTED, {}, ++client.tokens_asked}, c::text_of_token_wanted);
    };
    return made;
}

// ---- what the app asks for ----------------------------------------------------------------------

/// Has it done on the client's thread, and does not wait for it.
template <class Work>
marchwire_status give(marchwire_client* client, Work work) {
    if (client == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        if (client->own.is_here()) return client->own.ask(work) ? MARCHWIRE_OK : MARCHWIRE_FAILED;
        return client->own.post(std::move(work)) ? MARCHWIRE_OK : MARCHWIRE_FULL;
    });
}

/// The same for what needs a feed.
template <class Work>
marchwire_status give_feed(marchwire_client* client, const char* feed, Work work) {
    if (client == nullptr || feed == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto name = sdk::FeedName::parse(feed);
        if (!name) return MARCHWIRE_INVALID_ARGUMENT;
        return give(client, [name = *name, work = std::move(work)](sdk::Client& one) { work(one, name); });
    });
}

/// A number that the client's thread knows; 0 without a client.
template <class Number, class Ask>
Number number_of(marchwire_client* client, Ask ask) {
    if (client == nullptr) return 0;
    return c::walled(Number{0}, [&]() -> Number { return static_cast<Number>(client->own.ask(ask).value_or(0)); });
}

/// A text about a feed; `ask` answers an empty one where there is none.
template <class Ask>
marchwire_status text_about(marchwire_client* client, const char* feed, char** json, const Ask& ask) {
    if (json != nullptr) *json = nullptr;
    if (client == nullptr || feed == nullptr || json == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto name = sdk::FeedName::parse(feed);
        if (!name) return MARCHWIRE_INVALID_ARGUMENT;
        const auto text = client->own.ask([&](const sdk::Client& one) { return ask(one, *name); });
        if (!text) return MARCHWIRE_FAILED;
        return text->empty() ? marchwire_status{MARCHWIRE_NOTHING} : c::hand_over(*text, json);
    });
}

/// Asks the server for something that an event with a number of its own answers.
template <class Ask>
marchwire_status request(marchwire_client* client, uint64_t* number, Ask ask) {
    const auto asked = client->own.ask([client, &ask](sdk::Client& one) {
        const std::uint64_t request_number = ++client->requests;
        ask(one, request_number);
        return request_number;
    });
    if (!asked) return MARCHWIRE_FAILED;
    if (number != nullptr) *number = *asked;
    return MARCHWIRE_OK;
}

}  // namespace

marchwire_client::marchwire_client(const marchwire_settings& settings, marchwire_on_event told, void* with)
    : on_event(told), user(with), own(settings_of(settings, *this), callbacks_of(*this)) {}

// ---- events -------------------------------------------------------------------------------------

marchwire_event_kind marchwire_event_get_kind(const marchwire_event* event) {
    return event == nullptr ? 0 : event->kind;
}

marchwire_client* marchwire_event_get_client(const marchwire_event* event) {
    return event == nullptr ? nullptr : event->client;
}

const char* marchwire_event_get_feed(const marchwire_event* event) {
    return event == nullptr ? "" : event->feed.c_str();
}

uint64_t marchwire_event_get_number(const marchwire_event* event) { return event == nullptr ? 0 : event->number; }

const char* marchwire_event_get_json(const marchwire_event* event) {
    if (event == nullptr) return "";
    return c::walled("", [&] {
        if (!event->json) event->json = event->make_json();
        return event->json->c_str();
    });
}

marchwire_status marchwire_event_fail(const marchwire_event* event, const char* why) {
    if (event == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        event->failed = why == nullptr ? "the app's code failed" : why;
        return MARCHWIRE_OK;
    });
}

// ---- the client ---------------------------------------------------------------------------------

marchwire_client* marchwire_client_new(const marchwire_settings* settings, marchwire_on_event on_event, void* user) {
    if (settings == nullptr) return nullptr;
    return c::walled<marchwire_client*>(
        nullptr, [&] { return std::make_unique<marchwire_client>(*settings, on_event, user).release(); });
}

marchwire_status marchwire_client_free(marchwire_client* client) {
    if (client == nullptr) return MARCHWIRE_OK;
    if (client->own.is_here()) return MARCHWIRE_IN_CALLBACK;
    return c::walled([&]() -> marchwire_status {
        delete client;
        return MARCHWIRE_OK;
    });
}

marchwire_status marchwire_client_connect(marchwire_client* client) {
    return give(client, [](sdk::Client& one) { one.connect(); });
}

marchwire_status marchwire_client_close(marchwire_client* client) {
    return give(client, [](sdk::Client& one) { one.close(); });
}

marchwire_status marchwire_client_drop(marchwire_client* client) {
    return give(client, [](sdk::Client& one) { one.drop_connection(); });
}

marchwire_status marchwire_client_subscribe(marchwire_client* client, const char* feed) {
    return give_feed(client, feed, [](sdk::Client& one, const sdk::FeedName& name) { one.subscribe(name); });
}

marchwire_status marchwire_client_subscribe_from(marchwire_client* client, const char* feed, const char* position) {
    if (position == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto from = c::position_in(position);
        if (!from) return MARCHWIRE_INVALID_ARGUMENT;
        return give_feed(client, feed,
                         [from = *from](sdk::Client& one, const sdk::FeedName& name) { one.subscribe(name, from); });
    });
}

marchwire_status marchwire_client_unsubscribe(marchwire_client* client, const char* feed) {
    return give_feed(client, feed, [](sdk::Client& one, const sdk::FeedName& name) { one.unsubscribe(name); });
}

marchwire_status marchwire_client_command(marchwire_client* client, const char* log, const char* json,
                                          uint64_t* counter, int32_t* durable) {
    if (client == nullptr || log == nullptr || json == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto kept = client->own.ask(
            [&](sdk::Client& one) { return one.command_json(log, json, reply_teller(*client)); });
        if (!kept) return MARCHWIRE_FAILED;
        if (counter != nullptr) *counter = kept->id.counter;
        if (durable != nullptr) *durable = kept->durable ? 1 : 0;
        return MARCHWIRE_OK;
    });
}

marchwire_status marchwire_client_report_position(marchwire_client* client, const char* march, const char* fixes) {
    if (client == nullptr || march == nullptr || fixes == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        auto read = c::fixes_in(fixes);
        if (!read) return MARCHWIRE_INVALID_ARGUMENT;
        return give(client, [march = std::string(march), read = std::move(*read)](sdk::Client& one) {
            one.report_position(march, read);
        });
    });
}

marchwire_status marchwire_client_screen(marchwire_client* client, int32_t off) {
    return give(client, [off](sdk::Client& one) { one.screen(off != 0); });
}

marchwire_status marchwire_client_history(marchwire_client* client, const char* feed, uint64_t from, uint32_t limit,
                                          uint64_t* number) {
    if (client == nullptr || feed == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto name = sdk::FeedName::parse(feed);
        if (!name) return MARCHWIRE_INVALID_ARGUMENT;
        return request(client, number, [&](sdk::Client& one, std::uint64_t asked) {
            one.get_history(*name, from, limit, [client, asked, feed = name->text()](const sdk::History& history) {
                tell(*client, {MARCHWIRE_EVENT_HISTORY, feed, asked},
                     [&] { return c::text_of_history(feed, history); });
            });
        });
    });
}

marchwire_status marchwire_client_access(marchwire_client* client, const char* log, uint64_t from, uint64_t* number) {
    if (client == nullptr || log == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        return request(client, number, [&](sdk::Client& one, std::uint64_t asked) {
            one.read_access(log, from, [client, asked](const sdk::Access& access) {
                tell(*client, {MARCHWIRE_EVENT_ACCESS, {}, asked}, [&] { return c::text_of(access); });
            });
        });
    });
}

marchwire_status marchwire_client_give_token(marchwire_client* client, uint64_t number, const char* token,
                                             int64_t expires_at_ms) {
    return c::walled([&]() -> marchwire_status {
        const sdk::Token given(token == nullptr ? "" : token, expires_at_ms);
        return give(client, [client, number, given](sdk::Client&) {
            if (number != client->tokens_asked) return;
            const auto done = std::exchange(client->token_done, nullptr);
            if (done) done(given);
        });
    });
}

int32_t marchwire_client_is_online(marchwire_client* client) {
    return number_of<int32_t>(client, [](const sdk::Client& one) { return one.is_online() ? 1 : 0; });
}

int64_t marchwire_client_server_time(marchwire_client* client) {
    return number_of<int64_t>(client, [](const sdk::Client& one) { return one.server_time(); });
}

uint64_t marchwire_client_unanswered(marchwire_client* client) {
    return number_of<uint64_t>(client, [](const sdk::Client& one) { return one.unanswered_commands(); });
}

uint64_t marchwire_client_counter(marchwire_client* client) {
    return number_of<uint64_t>(client, [](const sdk::Client& one) { return one.counter(); });
}

marchwire_status marchwire_client_position(marchwire_client* client, const char* feed, char** json) {
    return text_about(client, feed, json, [](const sdk::Client& one, const sdk::FeedName& name) {
        const auto position = one.position(name);
        return position ? c::text_of(*position) : std::string();
    });
}

marchwire_status marchwire_client_state(marchwire_client* client, const char* feed, char** json) {
    return text_about(client, feed, json,
                      [](const sdk::Client& one, const sdk::FeedName& name) { return one.state_json(name); });
}
