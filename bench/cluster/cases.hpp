// The cases of the cluster benchmark. Each measures one round of itself on servers of its own and throws
// std::runtime_error when there is nothing to measure.
#pragma once

#include "cluster/stand.hpp"

namespace marchwire::bench {

// At EventLog, in this process: what the log in Redis carries (log_cases.cpp).
void append_stored(Stand& stand);
void append_replicated(Stand& stand);
void open_60x20000(Stand& stand);
void watch_1of60(Stand& stand);

// On real servers, by the load generator (server_cases.cpp).
/// Both at once: they differ by where the subscribers are.
void same_and_cross_instance(Stand& stand);
void socketio_2x(Stand& stand);
void append_contended(Stand& stand);
void hold_60000(Stand& stand);

}  // namespace marchwire::bench
