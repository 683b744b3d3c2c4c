// What a server costs: processor time of processes and of a core, memory of processes and of the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

namespace marchwire::bench {

/// All from Linux's /proc. What cannot be read is 0.
[[nodiscard]] std::int64_t process_cpu_ns(pid_t process);        ///< user and system, all threads
[[nodiscard]] std::int64_t core_busy_ns(int core);               ///< in steps of a tick (10 ms), whoever it was
[[nodiscard]] std::int64_t process_memory_bytes(pid_t process);  ///< PSS: shared pages in shares
/// Slab and the pages of socket buffers, of the whole machine: compare before and after.
[[nodiscard]] std::int64_t kernel_memory_bytes();

/// Processor time since it was made.
class CpuMeter {
public:
    CpuMeter(std::span<const pid_t> processes, int core);
    [[nodiscard]] std::int64_t processes_ns() const;
    [[nodiscard]] std::int64_t core_ns() const;

private:
    [[nodiscard]] std::int64_t sum() const;

    std::span<const pid_t> processes_;
    int core_;
    std::int64_t processes_at_ = 0;
    std::int64_t core_at_ = 0;
};

}  // namespace marchwire::bench
