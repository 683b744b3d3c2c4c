// The bus over Redis: pub/sub for newest values, leases for who keeps which march.
#pragma once

#include "bus/bus.hpp"
#include "bus/redis_client.hpp"

#include <memory>

namespace marchwire::bus {

/// How the bus is, for metrics and health. Any thread.
struct BusHealth {
    bool up = false;         ///< our own heartbeat was heard within limits::bus_nonces_missed beats
    base::Millis lag;        ///< of the last heartbeat: published to heard
    std::uint64_t renewals;  ///< links opened anew because nothing was heard
};

/// On a thread and links of its own: a flood of positions holds up no append.
class RedisBus final : public Bus {
public:
    /// Does not wait for the link: the log's was there before.
    explicit RedisBus(const RedisSettings& settings);
    ~RedisBus() override;
    RedisBus(const RedisBus&) = delete;
    RedisBus& operator=(const RedisBus&) = delete;

    [[nodiscard]] std::string name() const override;
    void tell(const base::LogId& log, std::string bytes) override;
    [[nodiscard]] std::unique_ptr<Listening> listen(const base::LogId& log, Heard heard) override;
    void put(const base::LogId& log, const std::string& name, std::string bytes) override;
    void rows(const base::LogId& log, std::function<void(std::vector<Row>)> told) override;
    void keep(std::function<base::UtcMs()> now, std::function<void(Duties)> told) override;
    void catch_up(std::function<void()> done) override;
    void stop() override;
    [[nodiscard]] BusHealth health() const;

private:
    class Machine;
    std::unique_ptr<Machine> machine_;
};

}  // namespace marchwire::bus
