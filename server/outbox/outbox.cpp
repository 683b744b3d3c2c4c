#include "outbox/outbox.hpp"

#include "base/base64.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "outbox/way_out.hpp"
#include "outbox/web_push.hpp"
#include "outbox/webhook.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>
#include <utility>

namespace marchwire::outbox {
namespace {

namespace asio = boost::asio;
namespace limits = base::limits;

constexpr std::int64_t token_seconds = 12 * 3'600;  ///< RFC 8292: a day at most
constexpr std::size_t secret_least = 16;

std::int64_t unix_now() { return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()); }

base::Result<std::string> read_secret(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return base::invalid("webhook_secret_file", "It cannot be read: name a file that the server's user may read.");
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return base::invalid("webhook_secret_file", "Others may read the secret: run chmod 600 on " + path + ".");
    }
    std::ifstream file(path, std::ios::binary);
    std::string secret((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
    if (!file || secret.size() < secret_least || secret.size() > limits::outbox_secret_bytes) {
        return base::invalid("webhook_secret_file", "Put 16 to 4096 bytes in it, as from `openssl rand -hex 32`.");
    }
    return secret;
}

base::Result<void> believe(asio::ssl::context& tls, const std::string& ca) {
    boost::system::error_code error;
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    tls.set_default_verify_paths(error);
    if (error) return base::invalid("outbox_ca", "What the system trusts cannot be read: " + error.message() + ".");
    if (ca.empty()) return {};
    tls.load_verify_file(ca, error);
    if (error) return base::invalid("outbox_ca", "No certificates can be read from " + ca + ": name a PEM file.");
    return {};
}

}  // namespace

/// All that runs on the outbox' thread. Kept by it until it ends.
class OutboxThread {
public:
    struct Hook {
        Url url;
        std::string secret;
    };
    OutboxThread(const OutboxSettings& settings, std::optional<Hook> hook)
        : hook_(std::move(hook)),
          contact_(settings.push_contact),
          networks_(settings.push_networks),
          seal_key_(settings.seal_key),
          vapid_(base::P256Key::from_seed(settings.push_seed)),
          push_key(settings.push_contact.empty() ? std::string() : vapid_.public_point()) {}

    void start(const base::Clock& clock, Outbox::Forget forget) {
        clock_ = &clock;
        forget_ = std::move(forget);
        if (hook_) {
            webhook_way_.emplace(io, tls,
                                 WayOut::Parts{"webhook",
                                               [this](const Delivery& delivery) -> std::optional<Request> {
                                                   return webhook_request(*delivery.call, hook_->url, hook_->secret,
                                                                          unix_now());
                                               },
                                               nullptr, Networks::any},
                                 webhook);
        }
        if (!push_key.empty()) {
            push_way_.emplace(io, tls,
                              WayOut::Parts{"push", [this](const Delivery& delivery) { return push_of(delivery); },
                                            [this](const Delivery& delivery) {
                                                const auto& gone = delivery.call->pushes[delivery.push];
                                                forget_(delivery.call->march, {gone.person, gone.sealed});
                                            },
                                            networks_},
                              push);
        }
        thread_ = std::thread([this] { io.run(); });
    }

    void stop() {
        if (!thread_.joinable()) return;
        asio::post(io, [this] {
            if (webhook_way_) webhook_way_->stop();
            if (push_way_) push_way_->stop();
            stay_.reset();
            io.stop();
        });
        thread_.join();
    }

    void wake(const std::shared_ptr<const core::WakeUp>& call) {
        const auto left = static_cast<double>((call->deadline - clock_->now()).value) / clock_->rate();
        const base::Millis real{std::max<std::int64_t>(static_cast<std::int64_t>(left), 0)};
        const base::UtcMs until = base::machine_now() + real + limits::outbox_past_deadline;
        if (webhook_way_) webhook_way_->push({call, 0, until});
        if (!push_way_) return;
        for (std::size_t i = 0; i < call->pushes.size(); ++i) push_way_->push({call, i, until});
    }

    [[nodiscard]] base::Result<std::string> seal(const base::LogId& march, base::PersonId person,
                                                 const core::SubscribePush& said) const {
        if (push_key.empty()) {
            return base::refuse(base::RefusalCode::not_found, "endpoint",
                                "This server sends no pushes: its operator sets push_contact.");
        }
        const auto subscription = read_subscription(said, networks_);
        if (!subscription) return subscription.error();
        return seal_subscription(seal_key_, march, person, *subscription);
    }

    asio::io_context io{1};
    asio::ssl::context tls{asio::ssl::context::tls_client};
    WayCounts webhook;
    WayCounts push;

private:
    [[nodiscard]] std::optional<Request> push_of(const Delivery& delivery) const {
        const core::WakeUp& call = *delivery.call;
        const core::PushSubscription& at = call.pushes[delivery.push];
        const auto to = open_subscription(seal_key_, call.march, at.person, at.sealed);
        if (!to) return std::nullopt;
        const auto url = parse_url(to->endpoint, "endpoint");
        if (!url) return std::nullopt;
        const base::Millis left = delivery.until - base::machine_now();
        const auto ttl = static_cast<std::uint32_t>(std::max<std::int64_t>(left.value / 1'000, 0));
        return push_request(call, *to, ttl,
                            vapid_authorization(vapid_, url->origin(), contact_, unix_now() + token_seconds));
    }

    const base::Clock* clock_ = nullptr;
    std::optional<Hook> hook_;
    std::string contact_;
    Networks networks_;
    base::Hash256 seal_key_;
    base::P256Key vapid_;

public:
    const std::string push_key;

private:
    Outbox::Forget forget_;
    std::optional<WayOut> webhook_way_;
    std::optional<WayOut> push_way_;
    asio::executor_work_guard<asio::io_context::executor_type> stay_ = asio::make_work_guard(io);
    std::thread thread_;
};

base::Result<std::unique_ptr<Outbox>> Outbox::open(const OutboxSettings& settings) {
    std::optional<OutboxThread::Hook> hook;
    if (!settings.webhook.empty()) {
        auto url = parse_url(settings.webhook, "webhook");
        if (!url) return url.error();
        auto secret = read_secret(settings.webhook_secret_file);
        if (!secret) return secret.error();
        hook = OutboxThread::Hook{*std::move(url), *std::move(secret)};
    }
    auto thread = std::make_shared<OutboxThread>(settings, std::move(hook));
    if (const auto believed = believe(thread->tls, settings.ca); !believed) return believed.error();
    return std::unique_ptr<Outbox>(new Outbox(std::move(thread)));
}

Outbox::Outbox(std::shared_ptr<OutboxThread> thread) : thread_(std::move(thread)) {}

Outbox::~Outbox() { stop(); }

void Outbox::start(const base::Clock& clock, Forget forget) { thread_->start(clock, std::move(forget)); }

void Outbox::wake(core::WakeUp call) {
    asio::post(thread_->io, [&thread = *thread_, call = std::make_shared<const core::WakeUp>(std::move(call))] {
        thread.wake(call);
    });
}

base::Result<std::string> Outbox::seal(const base::LogId& march, base::PersonId person,
                                       const core::SubscribePush& said) const {
    return thread_->seal(march, person, said);
}

const std::string& Outbox::push_key() const { return thread_->push_key; }

void Outbox::stop() { thread_->stop(); }

const WayCounts& Outbox::webhook_counts() const { return thread_->webhook; }

const WayCounts& Outbox::push_counts() const { return thread_->push; }

}  // namespace marchwire::outbox
