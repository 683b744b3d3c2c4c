// One way out of the server: its calls, and the connections that they go over. (internal to outbox)
#pragma once

#include "outbox/deliveries.hpp"
#include "outbox/https_line.hpp"
#include "outbox/outbox.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::outbox {

/// One thread (the io_context's).
class WayOut {
public:
    struct Parts {
        const char* name;  ///< in logs: "webhook", "push"
        /// What is sent; nothing when there is nobody to send it to.
        std::function<std::optional<Request>(const Delivery&)> request_of;
        /// 404 or 410 came.
        std::function<void(const Delivery&)> gone;
        Networks allowed = Networks::any;
    };
    WayOut(boost::asio::io_context& io, boost::asio::ssl::context& tls, Parts parts, WayCounts& counts);

    void push(Delivery delivery);
    void stop();

private:
    void pump();
    void send(std::size_t line, Delivery delivery);
    void answered(std::size_t line, Delivery delivery, const Answer& answer);
    void conclude(const Delivery& delivery, Verdict verdict, const Answer& answer);
    void tell(const std::string& trouble);

    boost::asio::io_context& io_;
    Parts parts_;
    WayCounts& counts_;
    Deliveries deliveries_;
    std::vector<std::shared_ptr<HttpsLine>> lines_;
    std::vector<std::size_t> free_;  ///< the last one was used last: its connection is open still
    boost::asio::steady_timer timer_;
    std::string told_;  ///< the trouble that the log knows of
    bool stopped_ = false;
};

}  // namespace marchwire::outbox
