#include "outbox/way_out.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/sealed_box.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace marchwire::outbox {
namespace {

namespace limits = base::limits;

/// From 0 to 1.
double chance() {
    double sum = 0;
    for (const char byte : base::random_bytes(4)) sum = (sum + static_cast<std::uint8_t>(byte)) / 256;
    return sum;
}

}  // namespace

WayOut::WayOut(boost::asio::io_context& io, boost::asio::ssl::context& tls, Parts parts, WayCounts& counts)
    : io_(io), parts_(std::move(parts)), counts_(counts), timer_(io) {
    for (std::size_t i = 0; i < limits::outbox_lines; ++i) {
        lines_.push_back(HttpsLine::make(io, tls, parts_.allowed));
        free_.push_back(i);
    }
}

void WayOut::push(Delivery delivery) {
    if (deliveries_.push(std::move(delivery), base::machine_now())) {
        ++counts_.dropped;
        tell("too many calls wait: the oldest that are not urgent are left out");
    }
    pump();
}

void WayOut::stop() {
    stopped_ = true;
    timer_.cancel();
    for (const auto& line : lines_) line->stop();
}

void WayOut::pump() {
    while (!stopped_ && !free_.empty()) {
        const base::UtcMs now = base::machine_now();
        Deliveries::Next next = deliveries_.next(now);
        if (auto* delivery = std::get_if<Delivery>(&next)) {
            const std::size_t line = free_.back();
            free_.pop_back();
            send(line, std::move(*delivery));
            continue;
        }
        if (const auto* at = std::get_if<base::UtcMs>(&next)) {
            timer_.expires_after(base::duration_of(*at - now));
            timer_.async_wait([this](boost::system::error_code error) {
                if (!error) pump();
            });
        }
        break;
    }
    counts_.waiting = deliveries_.waiting();
}

void WayOut::send(std::size_t line, Delivery delivery) {
    auto request = parts_.request_of(delivery);
    if (!request) {
        ++counts_.refused;
        free_.push_back(line);
        return;
    }
    lines_[line]->send(*std::move(request), [this, line, delivery = std::move(delivery)](const Answer& answer) mutable {
        answered(line, std::move(delivery), answer);
    });
}

void WayOut::answered(std::size_t line, Delivery delivery, const Answer& answer) {
    free_.push_back(line);
    const Verdict verdict = deliveries_.answered(delivery, answer, base::machine_now(), chance());
    conclude(delivery, verdict, answer);
    pump();
}

void WayOut::conclude(const Delivery& delivery, Verdict verdict, const Answer& answer) {
    const std::string what = answer.status != 0 ? "answered " + std::to_string(answer.status) : answer.trouble;
    switch (verdict) {
        case Verdict::done:
            ++counts_.called;
            if (!std::exchange(told_, {}).empty()) base::log_info("outbox_works_again", "way={}", parts_.name);
            return;
        case Verdict::retried: ++counts_.retried; break;
        case Verdict::exhausted: ++counts_.exhausted; break;
        case Verdict::gone:
            if (parts_.gone) {
                ++counts_.forgotten;
                return parts_.gone(delivery);
            }
            ++counts_.refused;
            break;
        case Verdict::refused: ++counts_.refused; break;
    }
    tell(what);
}

/// Once for each kind of trouble, not for each call.
void WayOut::tell(const std::string& trouble) {
    if (told_ == trouble) return;
    told_ = trouble;
    base::log_warn("outbox_in_trouble", "way={} reason=\"{}\"", parts_.name, trouble);
}

}  // namespace marchwire::outbox
