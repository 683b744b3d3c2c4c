// Commands as a client sends them. (tests)
#pragma once

#include "core/command.hpp"

#include "marchwire/v1/session.pb.h"

namespace marchwire::test {

/// Throws std::logic_error for what no day of the field says.
[[nodiscard]] v1::Command command_message(const core::Command& command, const base::LogId& log);

}  // namespace marchwire::test
