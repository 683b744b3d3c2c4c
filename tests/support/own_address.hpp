// Addresses of 127.0.0.0/8 for programs whose ports are fixed. (tests)
#pragma once

#include <unistd.h>
#include <string>

namespace marchwire::test {

/// One of this process alone, by its last part, 1 to 254. The port may then be what a configuration says.
inline std::string own_address(unsigned last) {
    constexpr unsigned parts = 250;
    const auto process = static_cast<unsigned>(::getpid());
    return "127." + std::to_string(1 + process / parts % parts) + "." + std::to_string(process % parts) + "." +
           std::to_string(last);
}

}  // namespace marchwire::test
