#include "support/accounting.hpp"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

namespace marchwire::bench {
namespace {

/// The number behind `word` at the begin of a line, in that file.
std::int64_t number_behind(const std::string& file, const std::string& word) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with(word)) return std::stoll(line.substr(word.size()));
    }
    return 0;
}

}  // namespace

std::int64_t process_cpu_ns(pid_t process) {
    clockid_t clock = 0;
    timespec time{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

std::int64_t core_busy_ns(int core) {
    std::ifstream in("/proc/stat");
    const std::string wanted = "cpu" + std::to_string(core) + " ";
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(wanted)) continue;
        std::istringstream fields(line.substr(wanted.size()));
        std::int64_t user = 0, nice = 0, system = 0, idle = 0, io_wait = 0, interrupts = 0, soft_interrupts = 0;
        fields >> user >> nice >> system >> idle >> io_wait >> interrupts >> soft_interrupts;
        const std::int64_t busy = user + nice + system + interrupts + soft_interrupts;
        return busy * (1'000'000'000 / ::sysconf(_SC_CLK_TCK));
    }
    return 0;
}

std::int64_t process_memory_bytes(pid_t process) {
    return number_behind("/proc/" + std::to_string(process) + "/smaps_rollup", "Pss:") * 1024;
}

std::int64_t kernel_memory_bytes() {
    const std::int64_t slab = number_behind("/proc/meminfo", "Slab:") * 1024;
    std::ifstream in("/proc/net/sockstat");
    for (std::string line; std::getline(in, line);) {
        const auto at = line.find(" mem ");
        if (line.starts_with("TCP:") && at != std::string::npos) {
            return slab + std::stoll(line.substr(at + 5)) * ::sysconf(_SC_PAGESIZE);
        }
    }
    return slab;
}

CpuMeter::CpuMeter(std::span<const pid_t> processes, int core)
    : processes_(processes), core_(core), processes_at_(sum()), core_at_(core_busy_ns(core)) {}

std::int64_t CpuMeter::sum() const {
    std::int64_t all = 0;
    for (const pid_t process : processes_) all += process_cpu_ns(process);
    return all;
}

std::int64_t CpuMeter::processes_ns() const { return sum() - processes_at_; }

std::int64_t CpuMeter::core_ns() const { return core_busy_ns(core_) - core_at_; }

}  // namespace marchwire::bench
