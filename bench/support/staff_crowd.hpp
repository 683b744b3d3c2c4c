// Many clients of the staff's door on one thread, each by its number.
#pragma once

#include "support/staff_client.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace marchwire::bench {

class StaffCrowd {
public:
    using Clock = std::chrono::steady_clock;

    StaffCrowd();
    StaffCrowd(const StaffCrowd&) = delete;
    StaffCrowd& operator=(const StaffCrowd&) = delete;
    ~StaffCrowd();

    /// Numbers go up from 0.
    std::size_t add(test::StaffClient client);
    /// Its socket is closed; the number stays.
    void leave(std::size_t number) { clients_[number].reset(); }
    void come_back(std::size_t number, test::StaffClient client);
    [[nodiscard]] test::StaffClient& operator[](std::size_t number) { return *clients_[number]; }

    /// Waits at most until `until` and hands out what has come: (who, item).
    void receive(Clock::time_point until, const std::function<void(std::size_t, const v1::Item&)>& take);

private:
    void wait_for(std::size_t number) const;

    int epoll_;
    std::vector<std::optional<test::StaffClient>> clients_;
};

}  // namespace marchwire::bench
