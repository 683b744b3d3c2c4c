// The log in memory, for tests, simulation and rehearsals: the contract of event_log.hpp but for the disk.
#pragma once

#include "store/table_log.hpp"

namespace marchwire::store {

class MemoryLog final : public TableLog {
public:
    /// `level` is what every append answers: by default the honest one, though nothing outlives the object.
    /// With Drive::by_caller everything happens in `run_some()`, on the caller's thread.
    explicit MemoryLog(Drive drive = Drive::own_thread, core::Level level = core::Level::stored);
};

}  // namespace marchwire::store
