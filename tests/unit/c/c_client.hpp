// A client of the C SDK, and all that it has told. (tests)
#pragma once

#include "support/patience.hpp"

#include <marchwire.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchwire::test {

/// A text that came by a `char**`.
class OwnText {
public:
    ~OwnText() { marchwire_string_free(text_); }
    OwnText() = default;
    OwnText(const OwnText&) = delete;
    OwnText& operator=(const OwnText&) = delete;
    [[nodiscard]] char** into() { return &text_; }
    [[nodiscard]] const char* get() const { return text_; }
    [[nodiscard]] std::string_view view() const { return text_ == nullptr ? "" : text_; }

private:
    char* text_ = nullptr;
};

struct FreesSettings {
    void operator()(marchwire_settings* settings) const { marchwire_settings_free(settings); }
};
using Settings = std::unique_ptr<marchwire_settings, FreesSettings>;

/// Nobody listens there: a client connects, waits a moment, and again.
inline Settings settings_for(const std::string& url = "ws://127.0.0.1:1/v1/ops") {
    Settings made(marchwire_settings_new(url.c_str()));
    marchwire_settings_set_retry(made.get(), 1, 1);
    marchwire_settings_set_device(made.get(), 7, 0);
    return made;
}

struct ToldEvent {
    marchwire_event_kind kind = 0;
    std::string feed;
    std::uint64_t number = 0;
    std::string json;
};

class CClient {
public:
    using OnEvent = std::function<void(const marchwire_event*)>;
    explicit CClient(const Settings& settings, OnEvent then = {})
        : then_(std::move(then)), client_(marchwire_client_new(settings.get(), note, this)) {}
    ~CClient() { marchwire_client_free(client_); }
    CClient(const CClient&) = delete;
    CClient& operator=(const CClient&) = delete;

    [[nodiscard]] marchwire_client* get() const { return client_; }
    [[nodiscard]] std::vector<ToldEvent> told(marchwire_event_kind kind) const {
        const std::lock_guard lock(mutex_);
        std::vector<ToldEvent> found;
        std::copy_if(told_.begin(), told_.end(), std::back_inserter(found),
                     [&](const ToldEvent& one) { return one.kind == kind; });
        return found;
    }
    /// The first of its kind that holds these words.
    [[nodiscard]] ToldEvent wait_for(marchwire_event_kind kind, std::string_view words = {}) const {
        ToldEvent found;
        wait_until([&] {
            for (const ToldEvent& one : told(kind)) {
                if (one.json.find(words) == std::string::npos) continue;
                found = one;
                return true;
            }
            return false;
        });
        return found;
    }

private:
    static void note(void* user, const marchwire_event* event) {
        auto& self = *static_cast<CClient*>(user);
        {
            const std::lock_guard lock(self.mutex_);
            self.told_.push_back({marchwire_event_get_kind(event), marchwire_event_get_feed(event),
                                  marchwire_event_get_number(event), marchwire_event_get_json(event)});
        }
        if (self.then_) self.then_(event);
    }

    OnEvent then_;
    mutable std::mutex mutex_;
    std::vector<ToldEvent> told_;
    marchwire_client* client_;
};

}  // namespace marchwire::test
