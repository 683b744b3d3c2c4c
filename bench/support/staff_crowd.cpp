#include "support/staff_crowd.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace marchwire::bench {

StaffCrowd::StaffCrowd() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

StaffCrowd::~StaffCrowd() { ::close(epoll_); }

std::size_t StaffCrowd::add(test::StaffClient client) {
    clients_.emplace_back(std::move(client));
    wait_for(clients_.size() - 1);
    return clients_.size() - 1;
}

void StaffCrowd::come_back(std::size_t number, test::StaffClient client) {
    clients_[number].emplace(std::move(client));
    wait_for(number);
}

void StaffCrowd::wait_for(std::size_t number) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_[number]->descriptor(), &event) == 0) return;
    std::fputs("cannot wait for a socket\n", stderr);
    std::exit(1);
}

void StaffCrowd::receive(Clock::time_point until, const std::function<void(std::size_t, const v1::Item&)>& take) {
    const auto left = std::max(Clock::duration::zero(), until - Clock::now());
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec timeout{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    std::array<epoll_event, 64> events{};
    const int ready = ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    for (int i = 0; i < ready; ++i) {
        const std::size_t who = events[static_cast<std::size_t>(i)].data.u64;
        clients_[who]->receive([&](const v1::Item& item) { take(who, item); });
    }
}

}  // namespace marchwire::bench
