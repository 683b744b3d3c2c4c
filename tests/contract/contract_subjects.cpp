// The stores that are held to the contract.
#include "event_log_contract.hpp"
#include "store/memory_log.hpp"
#include "store/sqlite_log.hpp"

namespace marchwire::contract {

std::vector<Subject> subjects() {
    return {
        {"memory", false, [](const auto&) { return std::make_unique<store::MemoryLog>(); }},
        {"sqlite", true, [](const auto& directory) { return store::SqliteLog::open(directory).value(); }},
    };
}

}  // namespace marchwire::contract
