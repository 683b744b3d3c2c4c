// What Redis says, as values; hiredis reads the bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace marchwire::bus {

/// One reply of RESP2. An error is a reply like any other: `kind_of` says what it means.
struct Reply {
    enum class Kind : std::uint8_t { nil, integer, text, status, error, array };
    Kind kind = Kind::nil;
    std::int64_t integer = 0;
    std::string text;  ///< of text, status and error
    std::vector<Reply> items;

    [[nodiscard]] bool is_error() const { return kind == Kind::error; }
    bool operator==(const Reply&) const = default;
};

/// Why Redis did not do what it was asked (DESIGN 8).
enum class RedisFault : std::uint8_t {
    not_now,      ///< OOM, BUSY, MISCONF, NOREPLICAS, TRYAGAIN: not done; the same again is safe
    not_here,     ///< LOADING, READONLY, MASTERDOWN: not done; another connection may find the master
    no_script,    ///< NOSCRIPT: the scripts must be loaded again
    no_access,    ///< NOAUTH, WRONGPASS, NOPERM: the operator must act
    foreign_key,  ///< WRONGTYPE: a key of another application stands where ours should
    cluster,      ///< MOVED, ASK, CROSSSLOT, CLUSTERDOWN: a node of Redis Cluster
    other,
};
/// Of an error reply's text.
[[nodiscard]] RedisFault fault_of(std::string_view error);

/// Bytes of a command: arguments may hold any bytes.
void append_command(std::string& out, std::span<const std::string_view> arguments);

/// Bytes in, replies out. One thread.
class ReplyReader {
public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    void feed(std::string_view bytes);
    /// The next whole reply; none while there is none. After a broken one `broken` says why, and nothing more comes.
    [[nodiscard]] std::optional<Reply> next();
    /// Empty while what came is RESP2.
    [[nodiscard]] const std::string& broken() const { return broken_; }
    /// As new: for a new connection.
    void reset();

private:
    struct Free {
        void operator()(redisReader* reader) const;
    };
    std::unique_ptr<redisReader, Free> reader_;
    std::string broken_;
};

}  // namespace marchwire::bus
