// Version, texts, settings.
#include "handles.hpp"
#include "wall.hpp"

#include <cstdlib>
#include <cstring>

using namespace marchwire;

marchwire_status c::hand_over(const std::string& text, char** into) noexcept {
    auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy == nullptr) return MARCHWIRE_FAILED;
    std::memcpy(copy, text.c_str(), text.size() + 1);
    *into = copy;
    return MARCHWIRE_OK;
}

const char* marchwire_status_text(marchwire_status status) {
    switch (status) {
        case MARCHWIRE_OK: return "It is done, or on its way.";
        case MARCHWIRE_NULL_ARGUMENT: return "A pointer that must not be null is: nothing was done.";
        case MARCHWIRE_INVALID_ARGUMENT: return "An argument is not what marchwire.h says of it: nothing was done.";
        case MARCHWIRE_NOTHING: return "There is none, or none yet.";
        case MARCHWIRE_FULL: return "Too much waits for the client's thread: try again later.";
        case MARCHWIRE_IN_CALLBACK: return "This is not done from within a callback: nothing was done.";
        case MARCHWIRE_FAILED:
            return "There is no memory, or no thread, or this library has a fault: nothing was done.";
        default: return "This status is of a newer library.";
    }
}

uint32_t marchwire_version(void) {
    return MARCHWIRE_VERSION_MAJOR * 1'000'000U + MARCHWIRE_VERSION_MINOR * 1'000U + MARCHWIRE_VERSION_PATCH;
}

void marchwire_string_free(char* text) { std::free(text); }

// ---- settings -----------------------------------------------------------------------------------

marchwire_settings* marchwire_settings_new(const char* url) {
    if (url == nullptr) return nullptr;
    return c::walled<marchwire_settings*>(nullptr, [&] {
        auto made = std::make_unique<marchwire_settings>();
        made->client.url = url;
        made->client.name = "marchwire-c/0.1";
        return made.release();
    });
}

void marchwire_settings_free(marchwire_settings* settings) { delete settings; }

marchwire_status marchwire_settings_set_ca_file(marchwire_settings* settings, const char* path) {
    return c::set_text(
        settings, path, [](auto& one) -> auto& { return one.client.ca_file; });
}

marchwire_status marchwire_settings_set_token(marchwire_settings* settings, const char* token) {
    return c::set_text(
        settings, token, [](auto& one) -> auto& { return one.client.token; });
}

marchwire_status marchwire_settings_set_asks_tokens(marchwire_settings* settings, int32_t on) {
    if (settings == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    settings->asks_tokens = on != 0;
    return MARCHWIRE_OK;
}

marchwire_status marchwire_settings_set_key(marchwire_settings* settings, const char* pem) {
    if (settings == nullptr || pem == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto key = sdk::DeviceKey::from_pem(pem);
        if (!key) return MARCHWIRE_INVALID_ARGUMENT;
        settings->client.sign = [key = *key](std::string_view text) { return key.sign(text); };
        return MARCHWIRE_OK;
    });
}

marchwire_status marchwire_settings_set_queue_file(marchwire_settings* settings, const char* path) {
    return c::set_text(
        settings, path, [](auto& one) -> auto& { return one.client.queue_file; });
}

marchwire_status marchwire_settings_set_device(marchwire_settings* settings, uint64_t device, uint64_t counter) {
    if (settings == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    if (device == 0) return MARCHWIRE_INVALID_ARGUMENT;
    settings->client.device = device;
    settings->client.counter = counter;
    return MARCHWIRE_OK;
}

marchwire_status marchwire_settings_set_name(marchwire_settings* settings, const char* name) {
    return c::set_text(
        settings, name, [](auto& one) -> auto& { return one.client.name; });
}

marchwire_status marchwire_settings_set_retry(marchwire_settings* settings, int64_t first_ms, int64_t most_ms) {
    if (settings == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    if (first_ms < 1 || most_ms < 1) return MARCHWIRE_INVALID_ARGUMENT;
    settings->client.retry_first = sdk::Millis(first_ms);
    settings->client.retry_most = sdk::Millis(most_ms);
    return MARCHWIRE_OK;
}

marchwire_status marchwire_settings_set_commands_waiting(marchwire_settings* settings, uint32_t count) {
    if (settings == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    if (count == 0) return MARCHWIRE_INVALID_ARGUMENT;
    settings->client.commands_waiting = count;
    return MARCHWIRE_OK;
}
