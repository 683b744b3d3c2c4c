#include "base/capacity.hpp"

#include "base/door_limits.hpp"
#include "base/limits.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace marchwire::base {
namespace {

std::size_t installed_bytes() {
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long bytes = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(bytes) : 0;
}

/// Of the control group, version 2 or 1; 0 when it sets none ("max" is no number).
std::size_t granted_bytes() {
    for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
        std::size_t bytes = 0;
        if (std::ifstream(file) >> bytes) return bytes;
    }
    return 0;
}

}  // namespace

Machine look_at_machine() {
    Machine machine;
    const std::size_t installed = installed_bytes();
    const std::size_t granted = granted_bytes();
    machine.memory_bytes = granted != 0 && granted < installed ? granted : installed;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return machine;
    rlimit raised = files;
    raised.rlim_cur = raised.rlim_max;
    machine.descriptors = ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : files.rlim_cur;
    return machine;
}

std::size_t connections_for(const Machine& machine, std::size_t wished) {
    const std::size_t room = machine.memory_bytes / limits::memory_part / limits::connection_bytes;
    const std::size_t asked = wished != 0 ? wished
                                          : std::clamp(room, limits::connections_least, limits::connections_most);
    const std::size_t kept = std::min(limits::descriptors_kept, machine.descriptors / 2);
    return std::max<std::size_t>(1, std::min(asked, machine.descriptors - kept));
}

std::size_t public_part(std::size_t all) { return all - all * limits::staff_percent / 100; }

bool forbid_core_dumps() {
    const rlimit none{0, 0};
    const bool limited = ::setrlimit(RLIMIT_CORE, &none) == 0;
    return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && limited;
}

bool runs_as_root() { return ::geteuid() == 0; }

}  // namespace marchwire::base
