// The machine of a way out: what is called next, what is tried again and when, what is given up, and the bounds.
#include "outbox/deliveries.hpp"
#include "base/limits.hpp"
#include "outbox/webhook.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace marchwire::outbox {
namespace {

namespace limits = base::limits;
using base::Millis;
using base::seconds;
using base::UtcMs;

constexpr UtcMs start{1'000'000};

Delivery delivery_of(std::uint64_t person, core::OrderKind kind = core::OrderKind::info) {
    core::WakeUp call;
    call.march = *base::LogId::parse("flag-day-2018/st-louis-mo");
    call.order = 7;
    call.kind = kind;
    call.person = core::PersonId{person};
    call.term = core::Term{3};
    call.deadline = UtcMs{1'528'984'800'000};
    return {std::make_shared<const core::WakeUp>(call), 0, start + base::minutes(10)};
}

Delivery taken(Deliveries& deliveries, UtcMs now) {
    auto next = deliveries.next(now);
    REQUIRE(std::holds_alternative<Delivery>(next));
    return std::get<Delivery>(std::move(next));
}

std::uint64_t person_of(const Delivery& delivery) { return delivery.call->person.value; }

TEST_CASE("a HOLD goes before all that is not urgent, and else the oldest first", "[outbox]") {
    Deliveries deliveries;
    CHECK_FALSE(deliveries.push(delivery_of(1), start));
    CHECK_FALSE(deliveries.push(delivery_of(2), start));
    CHECK_FALSE(deliveries.push(delivery_of(3, core::OrderKind::hold), start));
    CHECK(person_of(taken(deliveries, start)) == 3);
    CHECK(person_of(taken(deliveries, start)) == 1);
    CHECK(person_of(taken(deliveries, start)) == 2);
    CHECK(std::holds_alternative<std::monostate>(deliveries.next(start)));
}

TEST_CASE("what fails is tried again after a wait that doubles, anywhere within it", "[outbox]") {
    Deliveries deliveries;
    (void)deliveries.push(delivery_of(1), start);
    UtcMs now = start;
    Millis most = limits::outbox_retry_first;
    for (int tries = 1; tries < 5; ++tries) {
        CHECK(deliveries.answered(taken(deliveries, now), {503, {}, {}, false}, now, 0.5) == Verdict::retried);
        const UtcMs due = now + Millis{most.value / 2};
        const auto next = deliveries.next(due - Millis{1});
        REQUIRE(std::holds_alternative<UtcMs>(next));
        CHECK(std::get<UtcMs>(next) == due);
        now = due;
        most = Millis{most.value * 2};
    }
    CHECK(deliveries.answered(taken(deliveries, now), {200, {}, {}, false}, now, 0.5) == Verdict::done);
    CHECK(deliveries.waiting() == 0);
}

TEST_CASE("a receiver that asks for more time is given it", "[outbox]") {
    Deliveries deliveries;
    (void)deliveries.push(delivery_of(1), start);
    const Answer busy{429, seconds(60), {}, false};
    CHECK(deliveries.answered(taken(deliveries, start), busy, start, 1) == Verdict::retried);
    CHECK(std::get<UtcMs>(deliveries.next(start)) == start + seconds(60));
    // Longer than the order's time: there is no use in waiting.
    const Answer tomorrow{503, base::hours(24), {}, false};
    const UtcMs later = start + seconds(60);
    CHECK(deliveries.answered(taken(deliveries, later), tomorrow, later, 1) == Verdict::exhausted);
    CHECK(deliveries.waiting() == 0);
}

TEST_CASE("tries are bounded in number and in time", "[outbox]") {
    Deliveries deliveries;
    (void)deliveries.push(delivery_of(1), start);
    int tries = 0;
    Verdict verdict = Verdict::retried;
    for (UtcMs now = start; verdict == Verdict::retried; now = now + Millis{1}) {
        verdict = deliveries.answered(taken(deliveries, now), {0, {}, "no connection", false}, now, 0);
        ++tries;
    }
    CHECK(verdict == Verdict::exhausted);
    CHECK(tries == limits::outbox_tries);

    (void)deliveries.push(delivery_of(2), start);
    const UtcMs late = start + base::minutes(10);
    CHECK(deliveries.answered(taken(deliveries, late), {500, {}, {}, false}, late, 1) == Verdict::exhausted);
}

TEST_CASE("what would be refused again is not tried again", "[outbox]") {
    Deliveries deliveries;
    const auto verdict_of = [&](const Answer& answer) {
        (void)deliveries.push(delivery_of(1), start);
        const Verdict verdict = deliveries.answered(taken(deliveries, start), answer, start, 0);
        if (verdict == Verdict::retried) (void)taken(deliveries, start);
        return verdict;
    };
    for (const std::uint32_t status : {400U, 401U, 403U, 413U, 301U}) {
        CHECK(verdict_of({status, {}, {}, false}) == Verdict::refused);
    }
    for (const std::uint32_t status : {408U, 429U, 500U, 502U, 503U}) {
        CHECK(verdict_of({status, {}, {}, false}) == Verdict::retried);
    }
    for (const std::uint32_t status : {404U, 410U}) CHECK(verdict_of({status, {}, {}, false}) == Verdict::gone);
    for (const std::uint32_t status : {200U, 201U, 204U}) CHECK(verdict_of({status, {}, {}, false}) == Verdict::done);
    CHECK(verdict_of({0, {}, "its address may not be called", true}) == Verdict::refused);
    CHECK(verdict_of({0, {}, "no answer", false}) == Verdict::retried);
}

TEST_CASE("without room the oldest that is not urgent has to go", "[outbox]") {
    Deliveries deliveries;
    (void)deliveries.push(delivery_of(1, core::OrderKind::stop), start);
    for (std::uint64_t i = 2; i <= limits::outbox_waiting; ++i) (void)deliveries.push(delivery_of(i), start);
    CHECK(deliveries.waiting() == limits::outbox_waiting);
    const auto dropped = deliveries.push(delivery_of(0, core::OrderKind::stop), start);
    REQUIRE(dropped.has_value());
    CHECK(person_of(*dropped) == 2);
    CHECK(deliveries.waiting() == limits::outbox_waiting);

    Deliveries urgent;
    for (std::uint64_t i = 1; i <= limits::outbox_waiting; ++i) {
        (void)urgent.push(delivery_of(i, core::OrderKind::hold), start);
    }
    const auto itself = urgent.push(delivery_of(0, core::OrderKind::hold), start);
    REQUIRE(itself.has_value());
    CHECK(person_of(*itself) == 0);
}

TEST_CASE("the webhook is told ids and kinds, signed with the time of the try", "[outbox]") {
    const Delivery delivery = delivery_of(12, core::OrderKind::hold);
    const Url url{true, "hooks.example.org", 443, "/wake"};
    const Request request = webhook_request(*delivery.call, url, "a secret of an operator", 1'528'984'800);
    CHECK(nlohmann::json::parse(request.body) == nlohmann::json{{"march", "flag-day-2018/st-louis-mo"},
                                                                {"order", 7},
                                                                {"kind", "hold"},
                                                                {"urgent", true},
                                                                {"person", 12},
                                                                {"step", 1},
                                                                {"term", 3},
                                                                {"key", "flag-day-2018/st-louis-mo/7/12/1"},
                                                                {"deadline_ms", 1'528'984'800'000}});
    const std::vector<std::pair<std::string, std::string>> headers = {
        {"Content-Type", "application/json"},
        {"Idempotency-Key", "flag-day-2018/st-louis-mo/7/12/1"},
        {"Marchwire-Timestamp", "1528984800"},
        {"Marchwire-Signature", webhook_signature("a secret of an operator", 1'528'984'800, request.body)}};
    CHECK(request.headers == headers);
    // printf '5.what do ya want for nothing?' | openssl dgst -sha256 -hmac Jefe
    const std::string by_openssl = "v1=da64fe9169c3da540d53d6c26071fda4fb814ff6cb086bb8462fc941dc745fcd";
    CHECK(webhook_signature("Jefe", 5, "what do ya want for nothing?") == by_openssl);
    CHECK(webhook_signature("Jefe", 6, "what do ya want for nothing?") != by_openssl);
}

}  // namespace
}  // namespace marchwire::outbox
