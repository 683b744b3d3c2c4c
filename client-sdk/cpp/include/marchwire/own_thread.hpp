// A client on a thread of its own, for apps that have no io_context.
#pragma once

#include "marchwire/api.hpp"
#include "marchwire/client.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace marchwire::sdk {

/// A Client with the io_context and the thread that it runs on. Callbacks, ClientSettings::sign and
/// ClientSettings::fetch_token are called on that thread, one at a time; the first may come before the constructor has
/// returned. A token that comes later is handed in from any thread by `post([=](Client&) { done(token); })`.
///
/// `post` and `ask` may be called from any thread, a callback's too. What the app's code throws on this thread, in a
/// callback or in what it posted or asked, comes as Fault `callback`; no exception leaves the thread.
class OwnThread {
public:
    /// Works that wait for their turn; more are refused.
    static constexpr std::size_t posted_max = 10'000;

    /// Throws std::system_error where the system gives no thread.
    MARCHWIRE_SDK_API OwnThread(const ClientSettings& settings, Callbacks callbacks);
    /// Ends the client and waits for the thread: no callback comes after it. A goodbye that `close` began is said to
    /// its end, for two seconds at most; a name that is being looked up is waited for as long as the system takes.
    /// Nobody may call this object meanwhile, and no callback may destroy it (one that does ends the client all the
    /// same, and the thread behind itself).
    MARCHWIRE_SDK_API ~OwnThread();
    OwnThread(const OwnThread&) = delete;
    OwnThread& operator=(const OwnThread&) = delete;

    /// Has it done behind what was posted before, and does not wait. False: `posted_max` wait already, it is not done.
    MARCHWIRE_SDK_API bool post(std::function<void(Client&)> work);
    /// Waits until `asked(client)` is done: its result, empty where it threw; true or false where it returns nothing.
    /// On this thread it is done at once, so that callbacks may ask. Hold no lock here that a callback waits for.
    template <class Asked>
    auto ask(Asked asked);
    /// Whether the caller is a callback, or what was posted or asked.
    [[nodiscard]] MARCHWIRE_SDK_API bool is_here() const;

private:
    class Room;
    [[nodiscard]] MARCHWIRE_SDK_API bool wait_for(const std::function<void(Client&)>& work);
    std::shared_ptr<Room> room_;  // the thread's too, so that a callback that destroys this breaks nothing
};

template <class Asked>
auto OwnThread::ask(Asked asked) {
    using Result = std::remove_cvref_t<std::invoke_result_t<Asked&, Client&>>;
    if constexpr (std::is_void_v<Result>) {
        return wait_for([&asked](Client& client) { asked(client); });
    } else {
        std::optional<Result> result;
        (void)wait_for([&asked, &result](Client& client) { result.emplace(asked(client)); });
        return result;
    }
}

}  // namespace marchwire::sdk
