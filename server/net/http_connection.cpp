// One HTTP connection on Beast.
#include "net/http_connection.hpp"

#include "net/connection.hpp"
#include "net/handshake.hpp"
#include "net/transport_stream.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace marchwire::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
/// No page here runs a script or loads anything from elsewhere.
constexpr std::string_view redeem_path = "/v1/redeem";
constexpr const char* content_policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(Transport transport, Seat seat, const NetSettings& settings, std::shared_ptr<Stay> stay)
        : stream_(std::move(transport)),
          deadline_(stream_.get_executor()),
          seat_(seat),
          settings_(settings),
          stay_(std::move(stay)) {}

    void read_next(std::chrono::milliseconds deadline) {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(base::limits::http_header_bytes));
        parser_->body_limit(settings_.redeem ? base::limits::redeem_body_bytes : 0);
        end_after(deadline);
        http::async_read_header(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_header(error); });
    }

private:
    using Request = http::request<http::empty_body>;
    using BodyParser = http::request_parser<http::string_body>;

    void on_header(beast::error_code error) {
        deadline_.cancel();
        if (error == http::error::body_limit) {
            return refuse(http::status::payload_too_large,
                          "Send requests without a body, or an invite of at most 2 KB.");
        }
        if (error == http::error::header_limit || error == http::error::buffer_overflow) {
            return refuse(http::status::request_header_fields_too_large, "Send a header of at most 8 KB.");
        }
        if (error) {
            // What is no HTTP gets a last word; whoever went away gets none.
            if (error.category() != http::make_error_code(http::error::bad_method).category() ||
                error == http::error::end_of_stream || error == http::error::partial_message) {
                return close();
            }
            return refuse(http::status::bad_request, "This is not an HTTP request.");
        }
        const Request& request = parser_->get();
        if (settings_.redeem && request.method() == http::verb::post && view(request.target()) == redeem_path) {
            return read_invite(request);
        }
        const bool has_body = request.find(http::field::transfer_encoding) != request.end() ||
                              (parser_->content_length() && *parser_->content_length() != 0);
        if (has_body) return refuse(http::status::payload_too_large, "Send requests without a body.");
        keep_alive_ = request.keep_alive();
        head_ = request.method() == http::verb::head;
        if (!settings_.websocket_path.empty() && path_of(view(request.target())) == settings_.websocket_path) {
            return upgrade(request);
        }
        if (request.method() == http::verb::options) return preflight();
        if (request.method() != http::verb::get && !head_) {
            return refuse(http::status::method_not_allowed, "Only GET, HEAD and OPTIONS are served here.");
        }
        ask_for_page(request);
    }

    static std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

    // ---- invites -------------------------------------------------------------------------------
    void read_invite(const Request& request) {
        const auto length = parser_->content_length();
        if (request.find(http::field::transfer_encoding) != request.end() || !length || *length == 0) {
            return refuse(http::status::length_required, "Send the invite as a body with its length.");
        }
        if (!is_own_page(view(request[http::field::origin]), view(request[http::field::host]))) {
            return refuse(http::status::forbidden, "Invites are not taken from pages of this origin.");
        }
        keep_alive_ = request.keep_alive();
        end_after(settings_.deadlines.request);
        body_parser_.emplace(*std::move(parser_));
        http::async_read(stream_, buffer_, *body_parser_,
                         [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_body(error); });
    }

    /// A page of this server, of an origin that may send credentials, or no page at all.
    [[nodiscard]] bool is_own_page(std::string_view origin, std::string_view host) const {
        if (origin.empty() || std::ranges::find(settings_.origins, origin) != settings_.origins.end()) return true;
        const auto scheme = origin.find("://");
        return scheme != std::string_view::npos && !host.empty() && origin.substr(scheme + 3) == host;
    }

    void on_body(beast::error_code error) {
        deadline_.cancel();
        if (error) return close();
        settings_.redeem(body_parser_->release().body(), [self = shared_from_this()](session::PageAnswer answer) {
            asio::post(self->stream_.get_executor(),
                       [self, answer = std::move(answer)]() mutable { self->answer(std::move(answer)); });
        });
    }

    // ---- pages ---------------------------------------------------------------------------------
    void ask_for_page(const Request& request) {
        if (!settings_.pages) return answer({});
        if_none_match_ = std::string(view(request[http::field::if_none_match]));
        settings_.pages(
            std::string(path_of(view(request.target()))), [self = shared_from_this()](session::PageAnswer answer) {
                asio::post(self->stream_.get_executor(),
                           [self, answer = std::move(answer)]() mutable { self->answer(std::move(answer)); });
            });
    }

    /// RFC 9110, 13.1.2: any of a list, compared weakly (an ETag bears its quotes), or whatever there is.
    [[nodiscard]] bool is_held(const std::string& etag) const {
        return if_none_match_ == "*" || if_none_match_.find(etag) != std::string::npos;
    }

    void answer(session::PageAnswer page) {
        const bool unchanged = page.status == 200 && !page.etag.empty() && is_held(page.etag);
        auto response = begin(static_cast<http::status>(unchanged ? 304 : page.status));
        if (!page.etag.empty()) response.set(http::field::etag, page.etag);
        if (!page.cache_control.empty()) response.set(http::field::cache_control, page.cache_control);
        if (!unchanged) {
            response.set(http::field::content_type, page.content_type);
            response.body() = std::move(page.body);
        }
        send(std::move(response));
    }

    void preflight() {
        auto response = begin(http::status::no_content);
        response.set(http::field::access_control_allow_methods, "GET, HEAD, OPTIONS");
        response.set(http::field::access_control_allow_headers, "If-None-Match");
        response.set(http::field::access_control_max_age, "86400");
        send(std::move(response));
    }

    void refuse(http::status status, const std::string& sentence) {
        keep_alive_ = false;
        auto response = begin(status);
        response.set(http::field::content_type, "text/plain; charset=utf-8");
        response.body() = sentence + "\n";
        if (status == http::status::upgrade_required) {
            response.set(http::field::upgrade, "websocket");
            response.set(http::field::sec_websocket_version, "13");
        }
        if (status == http::status::method_not_allowed) response.set(http::field::allow, "GET, HEAD, OPTIONS");
        send(std::move(response));
    }

    [[nodiscard]] http::response<http::string_body> begin(http::status status) const {
        http::response<http::string_body> response(status, 11);
        response.keep_alive(keep_alive_);
        // Public snapshots are for everybody's pages; there are no cookies to steal (DESIGN 10).
        response.set(http::field::access_control_allow_origin, "*");
        response.set("X-Content-Type-Options", "nosniff");
        response.set("Referrer-Policy", "no-referrer");
        response.set("Content-Security-Policy", content_policy);
        return response;
    }

    void send(http::response<http::string_body> response) {
        response_ = std::move(response);
        response_.prepare_payload();
        end_after(settings_.deadlines.request);
        const auto on_sent = [self = shared_from_this()](beast::error_code error, std::size_t) {
            self->on_sent(error);
        };
        if (head_) {
            head_serializer_.emplace(response_);
            http::async_write_header(stream_, *head_serializer_, on_sent);
        } else {
            http::async_write(stream_, response_, on_sent);
        }
    }

    void on_sent(beast::error_code error) {
        head_serializer_.reset();
        if (error || !keep_alive_) return close();
        read_next(settings_.deadlines.keep_alive);
    }

    // ---- upgrade -------------------------------------------------------------------------------
    void upgrade(const Request& request) {
        const HandshakeRequest asked{view(request[http::field::upgrade]),
                                     view(request[http::field::connection]),
                                     view(request[http::field::sec_websocket_version]),
                                     view(request[http::field::sec_websocket_key]),
                                     view(request[http::field::sec_websocket_protocol]),
                                     view(request[http::field::origin])};
        const bool is_get = request.method() == http::verb::get && request.version() == 11;
        auto shaken = shake_hands(asked, settings_);
        if (!is_get || !shaken) {
            const bool other_protocol = is_get && (shaken.error().field == "Upgrade" ||
                                                   shaken.error().field == "Sec-WebSocket-Version");
            return refuse(
                other_protocol ? http::status::upgrade_required : http::status::bad_request,
                is_get ? shaken.error().field + ": " + shaken.error().message : "Upgrade with GET of HTTP/1.1.");
        }
        handshake_ = *std::move(shaken);
        end_after(settings_.deadlines.request);
        asio::async_write(
            stream_, asio::buffer(handshake_.response),
            [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_upgraded(error); });
    }

    void on_upgraded(beast::error_code error) {
        if (error) return close();
        deadline_.cancel();
        Upgrade upgrade;
        upgrade.encoding = handshake_.encoding;
        upgrade.origin_trusted = handshake_.origin_trusted;
        const std::string early_bytes(static_cast<const char*>(buffer_.data().data()), buffer_.size());
        upgrade.stay = std::move(stay_);
        std::make_shared<Connection>(stream_.release(), *seat_.backend, settings_, std::move(upgrade))
            ->start(early_bytes);
    }

    /// One deadline at a time: setting it takes the last one back.
    void end_after(std::chrono::milliseconds deadline) {
        deadline_.expires_after(deadline);
        deadline_.async_wait([weak = weak_from_this()](beast::error_code error) {
            const auto self = weak.lock();
            if (!error && self && self->deadline_.expiry() <= std::chrono::steady_clock::now()) self->close();
        });
    }

    void close() {
        deadline_.cancel();
        stream_.transport().close();
    }

    TransportStream stream_;
    asio::steady_timer deadline_;
    Seat seat_;
    const NetSettings& settings_;
    std::shared_ptr<Stay> stay_;
    beast::flat_buffer buffer_{base::limits::http_header_bytes + base::limits::message_bytes};
    std::optional<http::request_parser<http::empty_body>> parser_;
    std::optional<BodyParser> body_parser_;  ///< of an invite
    http::response<http::string_body> response_;
    std::optional<http::response_serializer<http::string_body>> head_serializer_;
    HandshakeAnswer handshake_;
    std::string if_none_match_;
    bool keep_alive_ = false;
    bool head_ = false;
};

}  // namespace

void serve_http(Transport transport, Seat seat, const NetSettings& settings, std::shared_ptr<Stay> stay) {
    const auto connection = std::make_shared<HttpConnection>(std::move(transport), seat, settings, std::move(stay));
    connection->read_next(settings.deadlines.request);
}

}  // namespace marchwire::net
