// What the server acknowledged, kept on the client's side and held against the log.
#include "fault/journal.hpp"

#include <nlohmann/json.hpp>

#include <sstream>

namespace marchwire::fault {
namespace {

struct Stored {
    sdk::CommandId id;  ///< zero: no command made it
    std::uint32_t epoch = 0;
    std::uint64_t digest = 0;
};

constexpr std::size_t digest_digits = 16;  // clients hold the first eight bytes

Stored stored_of(const nlohmann::json& line) {
    Stored stored;
    stored.epoch = line.at("epoch");
    stored.digest = std::stoull(line.at("digest").get<std::string>().substr(0, digest_digits), nullptr, 16);
    if (const auto id = line.find("id"); id != line.end()) {
        stored.id.device = std::stoull(id->at("device").get<std::string>());
        stored.id.counter = std::stoull(id->at("counter").get<std::string>());
    }
    return stored;
}

/// All entries of a dump: entry `seq` stands at seq - 1.
struct Dump {
    std::vector<Stored> entries;
    std::map<sdk::CommandId, std::uint64_t> ids;  ///< to the last seq of the id's entries
    Losses losses;

    explicit Dump(const std::string& text) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) add(nlohmann::json::parse(line));
    }

private:
    void add(const nlohmann::json& line) {
        entries.push_back(stored_of(line));
        const std::uint64_t seq = line.at("seq");
        if (seq != entries.size()) ++losses.wrong;
        const sdk::CommandId id = entries.back().id;
        if (id.device == 0) return;
        // A command may make several entries, but then they stand together.
        const auto [place, is_new] = ids.try_emplace(id, seq);
        if (!is_new && place->second + 1 != seq) ++losses.twice;
        place->second = seq;
    }
};

}  // namespace

Losses& Losses::operator+=(const Losses& more) {
    lost += more.lost;
    wrong += more.wrong;
    twice += more.twice;
    return *this;
}

void Journal::put(const std::string& log, sdk::CommandId id, std::optional<sdk::Position> position) {
    lines_[log].push_back({id, position});
    ++size_;
}

Losses Journal::compare(const std::string& log, const std::string& dump) const {
    const Dump kept(dump);
    Losses losses = kept.losses;
    const auto lines = lines_.find(log);
    if (lines == lines_.end()) return losses;
    for (const Line& line : lines->second) {
        if (!kept.ids.contains(line.id)) {
            ++losses.lost;
            continue;
        }
        if (!line.position) continue;
        const std::uint64_t seq = line.position->seq;
        const bool there = seq != 0 && seq <= kept.entries.size();
        const Stored stored = there ? kept.entries[seq - 1] : Stored{};
        const bool same = stored.id == line.id && stored.epoch == line.position->epoch &&
                          stored.digest == line.position->digest;
        if (!same) ++losses.wrong;
    }
    return losses;
}

}  // namespace marchwire::fault
