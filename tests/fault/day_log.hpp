// A march's log read from Redis without any server: its chain, and what it folds to. (day runs)
#pragma once

#include "access/key_ring.hpp"
#include "store/redis_log.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace marchwire::fault {

/// What everybody who follows the march should hold.
struct LogFold {
    nlohmann::json ops;         ///< OpsSnapshot, its position with the digest
    nlohmann::json public_one;  ///< PublicSnapshot without position and column
    std::uint64_t public_seq = 0;
    std::size_t entries = 0;
    std::uint64_t lost = 0;  ///< that repairs have found missing
    std::size_t repairs = 0;
};

/// Without notices: what is folded is not what was stored, and whoever compares must see that (a control).
enum class Entries : std::uint8_t { all, without_notices };

/// One thread; blocking.
class DayLog {
public:
    /// Throws std::runtime_error, as all here do, when Redis or the keys cannot be opened.
    DayLog(const bus::RedisSettings& redis, const std::string& keys_mark, const std::string& keys_file,
           Entries folded = Entries::all);

    /// Every entry verified and applied from the first on; where a repair has found some of them lost, from the newest
    /// checkpoint that stands behind it. `log`: "campaign/march".
    [[nodiscard]] LogFold fold(const std::string& log);

private:
    [[nodiscard]] store::OpenedLog open(const base::LogId& log);
    [[nodiscard]] store::Entries read(const base::LogId& log, base::Seq from);

    Entries folded_;
    access::KeyRing keys_;
    std::unique_ptr<store::RedisLog> log_;
};

}  // namespace marchwire::fault
