// One connection of the outbox: a request at a time, kept open for the next one to the same place.
#pragma once

#include "outbox/request.hpp"
#include "outbox/subscription.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>

namespace marchwire::outbox {

/// Make it by make(). One thread (the io_context's).
class HttpsLine {
public:
    using Done = std::function<void(Answer)>;
    virtual ~HttpsLine() = default;

    /// `tls` outlives it, and says whom to believe. With Networks::public_only nothing but the internet is called,
    /// whatever a name leads to.
    [[nodiscard]] static std::shared_ptr<HttpsLine> make(boost::asio::io_context& io, boost::asio::ssl::context& tls,
                                                         Networks allowed);
    /// `done` comes once, later, within limits::outbox_call_deadline; not after stop(). Not while one is under way.
    virtual void send(Request request, Done done) = 0;
    virtual void stop() = 0;
};

/// Retry-After (RFC 9110): seconds, or a date against `unix_seconds`; 0 when it is neither.
[[nodiscard]] base::Millis retry_after_of(std::string_view text, std::int64_t unix_seconds);

}  // namespace marchwire::outbox
