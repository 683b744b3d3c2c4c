// The log in memory.
#include "store/memory_log.hpp"

#include "store/memory_tables.hpp"

namespace marchwire::store {

MemoryLog::MemoryLog(Drive drive, core::Level level) : TableLog(std::make_unique<MemoryTables>(), level, drive) {}

}  // namespace marchwire::store
