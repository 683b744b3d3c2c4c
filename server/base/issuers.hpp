// Apps whose tokens a server believes: names, marches and public keys, from a TOML file of their own.
#pragma once

#include "base/ids.hpp"
#include "base/outcome.hpp"
#include "base/units.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::base {

/// One key of an app, by the id that its tokens name it with.
struct IssuerKey {
    std::string kid;
    std::array<std::uint8_t, 32> ed25519{};
    UtcMs not_after;  ///< 0: until it is taken out of the file
    bool operator==(const IssuerKey&) const = default;
};

/// One app. The key ids of an issuer differ, and so do the names of issuers.
struct Issuer {
    std::string name;
    std::string audience;        ///< what its tokens call this installation
    std::vector<LogId> marches;  ///< that it may speak for; one without a march stands for its whole campaign
    std::vector<IssuerKey> keys;

    [[nodiscard]] bool speaks_for(const LogId& march) const;
    bool operator==(const Issuer&) const = default;
};

/// The file's text; `path` is for the refusal's field, with the line. Unknown keys, bounds and names given twice are
/// refused: what a person meant otherwise must not be half true.
[[nodiscard]] Result<std::vector<Issuer>> issuers_of(std::string_view text, const std::string& path);
[[nodiscard]] Result<std::vector<Issuer>> read_issuers(const std::string& path);

}  // namespace marchwire::base
