// Where the entries of logs are read from: the running server, or while none runs its data directory or Redis.
#pragma once

#include "store/event_log.hpp"
#include "store/redis_place.hpp"
#include "verb.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::cli {

/// Blocking; one thread.
class LogSource {
public:
    virtual ~LogSource() = default;
    [[nodiscard]] virtual base::Result<std::vector<base::LogId>> list() = 0;
    /// Entries from `from` on, oldest first, as many as the source gives at once; empty behind the tip.
    [[nodiscard]] virtual base::Result<store::Entries> read(const base::LogId& log, base::Seq from) = 0;
};

/// The admin socket when a server listens on it. Else the Redis that has an address, beside whatever servers use it;
/// else the directory itself under its exclusive lock (held as long as the source lives).
[[nodiscard]] base::Result<std::unique_ptr<LogSource>> open_log_source(const std::string& data_directory,
                                                                       const store::RedisPlace& redis);

/// Calls for each entry until it is false or the log ends. NOT_FOUND for a log without entries.
[[nodiscard]] base::Result<void> each_entry(LogSource& source, const base::LogId& log, base::Seq from,
                                            const std::function<bool(const store::StoredEntry&)>& visit);
/// The one of this name, or all for an empty one.
[[nodiscard]] base::Result<std::vector<base::LogId>> wanted_logs(LogSource& source, const std::string& name);

/// The flags that say where Redis is, as marchwired has them.
void add_redis_place(CLI::App& verb, store::RedisPlace& redis);

}  // namespace marchwire::cli
