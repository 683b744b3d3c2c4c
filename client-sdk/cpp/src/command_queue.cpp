#include "command_queue.hpp"

#include "to_values.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::sdk {
namespace {

/// The server did not store it, and says that the same id is safe.
bool may_be_tried_again(const v1::Error& error) {
    return error.code() == v1::UNAVAILABLE || error.code() == v1::RATE_LIMITED;
}

constexpr Millis least_wait{200};
constexpr Millis most_wait{2'000};  ///< a server that was cut off is back within seconds

}  // namespace

// CancelSos is none: it bears the PIN, which whoever takes the phone must not find.
bool is_durable(const v1::Command& command) {
    switch (command.body_case()) {
        case v1::Command::kCheckIn:
        case v1::Command::kCheckInSection:
        case v1::Command::kRaiseSos:
        case v1::Command::kReportCount:
        case v1::Command::kMarkPassed:
        case v1::Command::kReportIncident:
        case v1::Command::kUpdateIncident:
        case v1::Command::kMarkDelivered:
        case v1::Command::kMarkSeen:
        case v1::Command::kAcknowledge:
        case v1::Command::kDecline:
        case v1::Command::kAnswerRollCall: return true;
        default: return false;
    }
}

CommandQueue::CommandQueue(std::uint64_t device, std::uint64_t counter, std::size_t waiting_max)
    : device_(device), counter_(counter), waiting_max_(waiting_max) {}

void CommandQueue::restore(v1::Command message, Millis made) {
    Waiting& waiting = waiting_[message.id().counter()];
    counter_ = std::max(counter_, message.id().counter());
    waiting.made = made;
    waiting.message = std::move(message);
}

std::optional<v1::Command> CommandQueue::add(const std::string& log, v1::Command command, Millis now, UtcMs made_at) {
    if (device_ == 0 || waiting_.size() >= waiting_max_) return std::nullopt;
    Waiting& waiting = waiting_[++counter_];
    waiting.made = now;
    command.mutable_id()->set_device(device_);
    command.mutable_id()->set_counter(counter_);
    command.set_log(log);
    command.set_made_at_ms(made_at);
    waiting.message = std::move(command);
    return waiting.message;
}

void CommandQueue::lost() {
    in_flight_ = 0;
    for (auto& [counter, waiting] : waiting_) waiting.in_flight = false;
}

void CommandQueue::history_changed(const std::string& log, Millis now) {
    forget_answered(now);
    const auto is_of_log = [&log](const Answered& one) { return one.message.log() == log; };
    for (Answered& one : answered_) {
        if (!is_of_log(one)) continue;
        Waiting& again = waiting_[one.message.id().counter()];
        again.message = one.message;
        again.told = true;
    }
    std::erase_if(answered_, is_of_log);
}

void CommandQueue::forget_answered(Millis now) {
    while (!answered_.empty() && (answered_.size() > answered_max || now - answered_.front().at >= answered_kept)) {
        const v1::Command& message = answered_.front().message;
        if (is_durable(message)) forgotten_.push_back(message.id().counter());
        answered_.pop_front();
    }
}

std::optional<CommandQueue::Answer> CommandQueue::on_reply(const v1::Reply& reply, Millis now) {
    const auto found = waiting_.find(reply.id().counter());
    if (reply.id().device() != device_ || found == waiting_.end()) return std::nullopt;
    Waiting& waiting = found->second;
    if (waiting.in_flight) --in_flight_;
    waiting.in_flight = false;
    if (reply.has_error() && may_be_tried_again(reply.error()) && ++waiting.tries < tries_max) {
        const Millis doubled = std::min(most_wait, least_wait * (1 << std::min(waiting.tries - 1, 5U)));
        waiting.not_before = now + std::max(doubled, Millis(reply.error().retry_after_ms()));
        return std::nullopt;
    }
    const bool told = waiting.told;
    const bool durable = is_durable(waiting.message);
    if (!reply.has_error()) {
        answered_.push_back({std::move(waiting.message), now});
        forget_answered(now);
    }
    waiting_.erase(found);
    if (reply.has_error()) return Answer{error_of(reply.error()), told, durable};
    if (told) return std::nullopt;
    const auto& accepted = reply.accepted();
    Accepted value{static_cast<Level>(static_cast<std::uint8_t>(accepted.level())), position_of(accepted.position()),
                   accepted.made(), accepted.proposed()};
    if (accepted.has_restricted()) value.restricted = restricted_of(accepted.restricted());
    if (accepted.has_details()) value.details = PersonDetails{accepted.details().name(), accepted.details().phone()};
    value.invite_code = accepted.invite_code();
    return Answer{std::move(value), false, durable};
}

std::vector<std::uint64_t> CommandQueue::take_forgotten(Millis now) {
    forget_answered(now);
    return std::exchange(forgotten_, {});
}

std::optional<Millis> CommandQueue::next_forgotten_at() const {
    if (!forgotten_.empty()) return Millis{0};
    if (answered_.empty()) return std::nullopt;
    return answered_.front().at + answered_kept;
}

std::optional<Millis> CommandQueue::next_at() const {
    std::optional<Millis> next;
    for (const auto& [counter, waiting] : waiting_) {
        if (waiting.in_flight || waiting.not_before == Millis{0}) continue;
        if (!next || waiting.not_before < *next) next = waiting.not_before;
    }
    return next;
}

}  // namespace marchwire::sdk
