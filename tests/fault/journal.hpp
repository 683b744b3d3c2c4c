// What the server acknowledged, kept on the client's side and held against the log. (fault runs)
#pragma once

#include <marchwire/commands.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::fault {

/// What a log did not keep of its word.
struct Losses {
    std::size_t lost = 0;   ///< acknowledged, and not in the log
    std::size_t wrong = 0;  ///< at that seq stands another id or digest, or the seqs have a hole
    std::size_t twice = 0;  ///< one id had its effect two times

    [[nodiscard]] bool any() const { return lost + wrong + twice > 0; }
    Losses& operator+=(const Losses& more);
};

/// One thread. Lives as long as the data directory that it tells of.
class Journal {
public:
    /// Without a position only the id is looked for: the server said nothing yet.
    void put(const std::string& log, sdk::CommandId id, std::optional<sdk::Position> position);
    [[nodiscard]] std::size_t size() const { return size_; }

    /// `dump`: what `marchwire log dump` wrote of this whole log.
    [[nodiscard]] Losses compare(const std::string& log, const std::string& dump) const;

private:
    struct Line {
        sdk::CommandId id;
        std::optional<sdk::Position> position;
    };
    std::map<std::string, std::vector<Line>> lines_;
    std::size_t size_ = 0;
};

}  // namespace marchwire::fault
