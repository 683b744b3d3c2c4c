// One HTTP connection on Beast.
#include "net/http_connection.hpp"

#include "base/clock.hpp"
#include "net/connection.hpp"
#include "net/farewell.hpp"
#include "net/handshake.hpp"
#include "net/proxy_header.hpp"
#include "net/request_head.hpp"
#include "net/transport_stream.hpp"

#include <boost/asio/buffer.hpp>
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
#include <array>
#include <optional>
#include <utility>

namespace marchwire::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
constexpr std::string_view redeem_path = "/v1/redeem";
/// No page here runs a script or loads anything from elsewhere.
constexpr const char* content_policy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/// A browser that was here once does not come without TLS for a year.
constexpr const char* only_by_tls = "max-age=31536000";

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
public:
    HttpConnection(Transport transport, Visit visit)
        : stream_(std::move(transport)),
          deadline_(stream_.get_executor()),
          seat_(visit.seat),
          settings_(visit.settings),
          stay_(std::move(visit.stay)),
          comes_(visit.comes) {}

    /// `limit`: what a client meets who takes longer.
    void read_next(std::chrono::milliseconds deadline, base::Limit limit) {
        head_ = false;
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(base::limits::http_header_bytes));
        parser_->body_limit(settings_.redeem ? base::limits::redeem_body_bytes : 0);
        end_after(deadline, limit);
        look_for_head(0);
    }

private:
    using Request = http::request<http::empty_body>;
    using BodyParser = http::request_parser<http::string_body>;

    [[nodiscard]] std::string_view received() const {
        return {static_cast<const char*>(buffer_.data().data()), buffer_.size()};
    }

    /// The bytes before `searched` have been looked through already.
    void look_for_head(std::size_t searched) {
        constexpr std::string_view end_of_head = "\r\n\r\n";
        const std::size_t overlap = std::min(searched, end_of_head.size() - 1);
        const auto end = received().find(end_of_head, searched - overlap);
        if (end != std::string_view::npos) return on_head(received().substr(0, end + end_of_head.size()));
        const std::size_t room = base::limits::http_header_bytes - buffer_.size();
        if (room == 0) {
            return refuse_by(base::Limit::http_header, http::status::request_header_fields_too_large,
                             "Send a header of at most 8 KB.");
        }
        stream_.async_read_some(buffer_.prepare(std::min(room, base::limits::socket_read_bytes)),
                                [self = shared_from_this()](beast::error_code error, std::size_t bytes) {
                                    if (error) return self->close();  // whoever went away gets no last word
                                    const std::size_t before = self->buffer_.size();
                                    self->buffer_.commit(bytes);
                                    self->look_for_head(before);
                                });
    }

    void on_head(std::string_view head) {
        take_deadline_back();
        if (const auto objection = objection_to_head(head)) {
            if (objection->too_many_fields) settings_.limits_met->count(base::Limit::http_fields);
            return refuse(static_cast<http::status>(objection->status), std::string(objection->sentence));
        }
        beast::error_code error;
        buffer_.consume(parser_->put(asio::buffer(head.data(), head.size()), error));
        on_header(error);
    }

    void on_header(beast::error_code error) {
        if (error == http::error::body_limit) {
            return refuse_by(base::Limit::http_body, http::status::payload_too_large,
                             "Send requests without a body, or an invite of at most 2 KB.");
        }
        if (error) return refuse(http::status::bad_request, "This is not an HTTP request.");
        const Request& request = parser_->get();
        if (settings_.redeem && request.method() == http::verb::post && view(request.target()) == redeem_path) {
            return read_invite(request);
        }
        if (parser_->content_length() && *parser_->content_length() != 0) {
            return refuse_by(base::Limit::http_body, http::status::payload_too_large, "Send requests without a body.");
        }
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
        invited_from_ = sender_of(request);
        end_after(settings_.deadlines.request, base::Limit::http_request);
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
        take_deadline_back();
        if (error) return close();
        const auto self = shared_from_this();
        RedeemRequest asked{
            body_parser_->release().body(), [self](RedeemRequest::Counted counted) {
                asio::post(self->stream_.get_executor(), [self, counted = std::move(counted)] {
                    counted(self->seat_.backend->admission()->wrong_invite(self->invited_from_, base::machine_now()));
                });
            }};
        settings_.redeem(std::move(asked), [self](session::PageAnswer answer) {
            asio::post(self->stream_.get_executor(),
                       [self, answer = std::move(answer)]() mutable { self->answer(std::move(answer)); });
        });
    }

    /// 0: its balancer does not say so.
    [[nodiscard]] session::AddressKey sender_of(const Request& request) const {
        if (comes_ == Comes::directly) return stay_->address();
        const auto client = client_of_forwarded(forwarded_in(request), settings_.proxies);
        return client ? stay_->name_of(*client, base::machine_now()) : session::AddressKey{};
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
        // A cache must not keep from people what is there a moment later.
        if (page.status >= 400) page.cache_control = "no-store";
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

    void refuse_by(base::Limit limit, http::status status, const std::string& sentence) {
        settings_.limits_met->count(limit);
        refuse(status, sentence);
    }

    void refuse(http::status status, const std::string& sentence, const std::string& retry_after = "") {
        keep_alive_ = false;
        auto response = begin(status);
        response.set(http::field::cache_control, "no-store");
        if (!retry_after.empty()) response.set(http::field::retry_after, retry_after);
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
        if (settings_.tls) response.set("Strict-Transport-Security", only_by_tls);
        return response;
    }

    void send(http::response<http::string_body> response) {
        response_ = std::move(response);
        response_.prepare_payload();
        end_after(settings_.deadlines.request, base::Limit::http_request);
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
        if (!error && !keep_alive_) skip_rest();
        if (error || !keep_alive_) return close();
        stay_->prove();  // from here on it is one that has been served, with little time for what it asks next
        read_next(settings_.deadlines.keep_alive, base::Limit::http_idle);
    }

    /// What lies unread when a socket is closed takes back the answer that was sent.
    void skip_rest() {
        constexpr int reads = 4;
        std::array<char, base::limits::socket_read_bytes> skipped;  // NOLINT: not looked at
        beast::error_code error;
        for (int i = 0; i < reads && !error; ++i) (void)stream_.transport().read_some(skipped, error);
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
        if (comes_ == Comes::by_balancer) {
            const auto client = client_of_forwarded(forwarded_in(request), settings_.proxies);
            if (client && stay_->is_shut(*client, base::machine_now())) {
                return refuse_client(base::Limit::address_blamed);
            }
            const auto limit = client ? stay_->recognise(*client, base::machine_now()) : std::nullopt;
            if (limit) return refuse_client(*limit);
        }
        handshake_ = *std::move(shaken);
        end_after(settings_.deadlines.request, base::Limit::http_request);
        asio::async_write(
            stream_, asio::buffer(handshake_.response),
            [self = shared_from_this()](beast::error_code error, std::size_t) { self->on_upgraded(error); });
    }

    /// A balancer may add a line of its own behind one that its client has made up.
    static std::string forwarded_in(const Request& request) {
        std::string all;
        const auto [first, last] = request.equal_range("X-Forwarded-For");
        for (auto field = first; field != last; ++field) {
            if (!all.empty()) all += ',';
            all += view(field->value());
        }
        return all;
    }

    void refuse_client(base::Limit limit) {
        settings_.limits_met->count(limit);
        const Told told = told_of(limit);
        refuse(static_cast<http::status>(told.status), std::string(told.sentence), retry_after_of(told));
    }

    void on_upgraded(beast::error_code error) {
        if (error) return close();
        take_deadline_back();
        Upgrade upgrade;
        upgrade.encoding = handshake_.encoding;
        upgrade.origin_trusted = handshake_.origin_trusted;
        const std::string early_bytes(static_cast<const char*>(buffer_.data().data()), buffer_.size());
        upgrade.stay = std::move(stay_);
        std::make_shared<Connection>(stream_.release(), *seat_.backend, settings_, std::move(upgrade))
            ->start(early_bytes);
    }

    /// One deadline at a time: setting it takes the last one back.
    void end_after(std::chrono::milliseconds deadline, base::Limit limit) {
        deadline_.expires_after(deadline);
        deadline_.async_wait([weak = weak_from_this(), limit](beast::error_code error) {
            const auto self = weak.lock();
            if (error || !self) return;
            // A thousand that opened together end together.
            session::Backend* lane = lane_of(self->seat_, self->settings_);
            if (lane == nullptr) return self->end_when_due(limit);
            lane->put_off([weak, limit] {
                if (const auto late = weak.lock()) late->end_when_due(limit);
            });
        });
    }
    void take_deadline_back() { deadline_.expires_at(std::chrono::steady_clock::time_point::max()); }
    void end_when_due(base::Limit limit) {
        if (deadline_.expiry() > std::chrono::steady_clock::now()) return;
        settings_.limits_met->count(limit);
        close();
    }

    void close() {
        take_deadline_back();
        stream_.transport().close();
    }

    TransportStream stream_;
    asio::steady_timer deadline_;
    Seat seat_;
    const NetSettings& settings_;
    std::shared_ptr<Stay> stay_;
    Comes comes_;
    beast::flat_buffer buffer_{base::limits::http_header_bytes};  ///< what is behind a whole head waits in the socket
    std::optional<http::request_parser<http::empty_body>> parser_;
    std::optional<BodyParser> body_parser_;  ///< of an invite
    session::AddressKey invited_from_;       ///< the same
    http::response<http::string_body> response_;
    std::optional<http::response_serializer<http::string_body>> head_serializer_;
    HandshakeAnswer handshake_;
    std::string if_none_match_;
    bool keep_alive_ = false;
    bool head_ = false;
};

}  // namespace

void serve_http(Transport transport, Visit visit) {
    const auto deadline = visit.settings.deadlines.request;
    const auto connection = std::make_shared<HttpConnection>(std::move(transport), std::move(visit));
    connection->read_next(deadline, base::Limit::http_request);
}

}  // namespace marchwire::net
