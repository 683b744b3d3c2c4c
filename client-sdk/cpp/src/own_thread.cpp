// The thread, its io_context, and the wall around what the app's code does on it.
#include "marchwire/own_thread.hpp"

#include "connection.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <pthread.h>
#include <csignal>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <string>
#include <thread>

namespace marchwire::sdk {
namespace {

/// Signals of the host's process are for the host's own threads.
void keep_signals_out() {
    sigset_t all{};
    sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

/// Lives as long as the thread, or the OwnThread where that is longer.
class OwnThread::Room : public std::enable_shared_from_this<Room> {
public:
    Room(const ClientSettings& settings, Callbacks callbacks)
        : on_fault_(callbacks.on_fault), client_(std::make_unique<Client>(io_, settings, std::move(callbacks))) {}

    void start() {
        thread_ = std::thread([self = shared_from_this()] { self->run(); });
    }
    [[nodiscard]] bool is_here() const { return here == this; }

    bool post(std::function<void(Client&)> work) {
        if (posted_.fetch_add(1) >= posted_max) {
            posted_.fetch_sub(1);
            return false;
        }
        boost::asio::post(io_, [this, work = std::move(work)] {
            posted_.fetch_sub(1);
            (void)done(work);
        });
        return true;
    }
    bool wait_for(const std::function<void(Client&)>& work) {
        if (is_here()) return done(work);
        std::promise<bool> outcome;
        std::future<bool> told = outcome.get_future();
        boost::asio::post(io_, [this, &work, outcome = std::move(outcome)]() mutable {
            const bool well = done(work);
            outcome.set_value(well);
        });
        return told.get();
    }
    void end() {
        if (is_here()) {
            client_.reset();
            thread_.detach();
            return;
        }
        boost::asio::post(io_, [this] { client_.reset(); });
        thread_.join();
    }

private:
    void run() {
        here = this;
        keep_signals_out();
        {
            const auto more_comes = boost::asio::make_work_guard(io_);
            while (client_) (void)walled([this] { io_.run_one(); });
        }
        (void)walled([this] { io_.run_for(std::chrono::milliseconds(Connection::goodbye_ms)); });
    }
    bool done(const std::function<void(Client&)>& work) {
        if (!client_) return false;
        return walled([&] { work(*client_); });
    }
    /// Whether it came to its end.
    template <class Work>
    bool walled(const Work& work) {
        try {
            work();
            return true;
        } catch (const std::exception& thrown) {
            tell_fault(thrown.what());
        } catch (...) {
            tell_fault("something");
        }
        return false;
    }
    void tell_fault(const char* what) const {
        if (!client_ || !on_fault_) return;
        try {
            on_fault_({FaultKind::callback, std::string("what ran on the client's thread threw: ") + what});
        } catch (...) {  // NOLINT(bugprone-empty-catch): whom could it be told to?
        }
    }

    static thread_local const Room* here;  ///< the one whose thread this is

    boost::asio::io_context io_{1};
    std::function<void(const Fault&)> on_fault_;
    std::unique_ptr<Client> client_;  ///< touched by its own thread alone once that runs
    std::atomic<std::size_t> posted_{0};
    std::thread thread_;
};

thread_local const OwnThread::Room* OwnThread::Room::here = nullptr;

OwnThread::OwnThread(const ClientSettings& settings, Callbacks callbacks)
    : room_(std::make_shared<Room>(settings, std::move(callbacks))) {
    room_->start();
}
OwnThread::~OwnThread() { room_->end(); }

bool OwnThread::post(std::function<void(Client&)> work) { return room_->post(std::move(work)); }
bool OwnThread::wait_for(const std::function<void(Client&)>& work) { return room_->wait_for(work); }
bool OwnThread::is_here() const { return room_->is_here(); }

}  // namespace marchwire::sdk
