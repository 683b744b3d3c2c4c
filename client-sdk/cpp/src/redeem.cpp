// An invite becomes a token: one POST.
#include "connection.hpp"
#include "layer.hpp"
#include "marchwire/access.hpp"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <openssl/evp.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <chrono>
#include <map>
#include <utility>

namespace marchwire::sdk {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using google::protobuf::Struct;
using tcp = asio::ip::tcp;

constexpr std::chrono::seconds patience{30};

Error error_with(ErrorCode code, const char* field, std::string message) {
    return {code, field, std::move(message), 0, {}, {}};
}

Error no_answer(const std::string& why) {
    return error_with(ErrorCode::unavailable, "url", why + ": the invite is not lost, try again with the same device.");
}

std::string base64url(const std::string& bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    while (text.ends_with('=')) text.pop_back();
    for (char& one : text) one = one == '+' ? '-' : one == '/' ? '_' : one;
    return text;
}

/// The server's address, as connections name it.
std::optional<Url> url_of(std::string text) {
    if (const auto hash = text.find('#'); hash != std::string::npos) text.resize(hash);
    for (const auto& [web, socket] : {std::pair("https://", "wss://"), std::pair("http://", "ws://")}) {
        if (text.starts_with(web)) text.replace(0, std::string_view(web).size(), socket);
    }
    auto url = Url::parse(text);
    if (url) url->path = "/v1/redeem";
    return url;
}

std::string body_of(const Invitation& invitation, const DeviceKey& key) {
    Struct said;
    const auto put = [&](const char* name, const std::string& value) {
        if (!value.empty()) (*said.mutable_fields())[name].set_string_value(value);
    };
    put("public_key", base64url(key.public_key()));
    put("link", invitation.link);
    put("code", invitation.code);
    put("campaign", invitation.campaign);
    put("pin", invitation.pin);
    put("duress_pin", invitation.duress_pin);
    std::string json;
    (void)google::protobuf::util::MessageToJsonString(said, &json);
    return json;
}

ErrorCode code_named(const std::string& name) {
    static const std::map<std::string, ErrorCode> codes = {{"INVALID_ARGUMENT", ErrorCode::invalid_argument},
                                                           {"UNAUTHENTICATED", ErrorCode::unauthenticated},
                                                           {"PERMISSION_DENIED", ErrorCode::permission_denied},
                                                           {"NOT_FOUND", ErrorCode::not_found},
                                                           {"INVALID_TRANSITION", ErrorCode::invalid_transition},
                                                           {"CONFLICT", ErrorCode::conflict},
                                                           {"EXPIRED", ErrorCode::expired},
                                                           {"RATE_LIMITED", ErrorCode::rate_limited},
                                                           {"TOO_LARGE", ErrorCode::too_large},
                                                           {"UNAVAILABLE", ErrorCode::unavailable}};
    const auto found = codes.find(name);
    return found == codes.end() ? ErrorCode::unknown : found->second;
}

Redeemed read_answer(const http::response<http::string_body>& answer) {
    Struct said;
    if (!google::protobuf::util::JsonStringToMessage(answer.body(), &said).ok()) {
        return no_answer("The server answered with HTTP " + std::to_string(answer.result_int()));
    }
    const auto& fields = said.fields();
    if (const auto token = fields.find("token"); token != fields.end()) {
        const auto pin = fields.find("pin_set");
        return CameIn{token->second.string_value(), pin != fields.end() && pin->second.bool_value()};
    }
    const auto error = fields.find("error");
    if (error == fields.end()) return no_answer("The server answered something else");
    const auto& told = error->second.struct_value().fields();
    const auto text = [&](const char* name) {
        const auto found = told.find(name);
        return found == told.end() ? std::string() : found->second.string_value();
    };
    return Error{code_named(text("code")), text("field"), text("message"), 0, {}, {}};
}

/// Lives while one of its operations is pending.
class Post : public std::enable_shared_from_this<Post> {
public:
    Post(asio::io_context& io, Url url, std::shared_ptr<asio::ssl::context> trust, std::string body,
         std::function<void(const Redeemed&)> done)
        : url_(std::move(url)),
          done_(std::move(done)),
          resolver_(io),
          layer_(make_byte_stream(io, std::move(trust), url_.host)),
          deadline_(io, patience),
          request_(http::verb::post, url_.path, 11) {
        request_.set(http::field::host, url_.host + ":" + url_.port);
        request_.set(http::field::content_type, "application/json");
        request_.keep_alive(false);
        request_.body() = std::move(body);
        request_.prepare_payload();
    }

    void start() {
        deadline_.async_wait([self = shared_from_this()](error_code error) {
            if (!error) self->end(no_answer("No answer came in time"));
        });
        resolver_.async_resolve(url_.host, url_.port, [self = shared_from_this()](error_code error, const auto& found) {
            if (error) return self->end(no_answer(error.message()));
            self->connect(found);
        });
    }

private:
    void connect(const tcp::resolver::results_type& found) {
        if (ended_) return;
        asio::async_connect(layer_.bytes().socket(), found,
                            [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                                if (error) return self->end(no_answer(error.message()));
                                self->shake_hands();
                            });
    }
    void shake_hands() {
        if (ended_) return;
        layer_.bytes().shake_hands([self = shared_from_this()](const std::string& problem) {
            if (!problem.empty()) return self->end(no_answer(problem));
            self->ask();
        });
    }
    void ask() {
        if (ended_) return;
        http::async_write(layer_, request_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->end(no_answer(error.message()));
            self->read();
        });
    }
    void read() {
        if (ended_) return;
        http::async_read(layer_, buffer_, answer_, [self = shared_from_this()](error_code error, std::size_t) {
            self->end(error ? no_answer(error.message()) : read_answer(self->answer_));
        });
    }
    void end(const Redeemed& redeemed) {
        if (std::exchange(ended_, true)) return;
        deadline_.cancel();
        resolver_.cancel();
        error_code ignored;
        layer_.bytes().socket().close(ignored);
        done_(redeemed);
    }

    Url url_;
    std::function<void(const Redeemed&)> done_;
    tcp::resolver resolver_;
    Layer layer_;
    asio::steady_timer deadline_;
    http::request<http::string_body> request_;
    http::response<http::string_body> answer_;
    beast::flat_buffer buffer_{std::size_t{16} * 1024};
    bool ended_ = false;
};

}  // namespace

void redeem(boost::asio::io_context& io, const Invitation& invitation, const DeviceKey& key,
            std::function<void(const Redeemed&)> done) {
    const auto refuse = [&](Error error) { asio::post(io, [done, error = std::move(error)] { done(error); }); };
    auto url = url_of(invitation.url.empty() ? invitation.link : invitation.url);
    if (!url) {
        return refuse(error_with(ErrorCode::invalid_argument, "url",
                                 "Give the server's address as in https://march.example.org, or the whole link."));
    }
    Trust trust;
    if (url->tls) trust = make_trust(invitation.ca_file);
    if (!trust.problem.empty()) return refuse(no_answer(trust.problem));
    std::make_shared<Post>(io, *std::move(url), std::move(trust.context), body_of(invitation, key), std::move(done))
        ->start();
}

Redeemed redeem(const Invitation& invitation, const DeviceKey& key) {
    boost::asio::io_context io{1};
    Redeemed redeemed;
    redeem(io, invitation, key, [&redeemed](const Redeemed& answer) { redeemed = answer; });
    io.run();
    return redeemed;
}

}  // namespace marchwire::sdk
