// Slugs and logs by their names, which are well formed. (tests)
#pragma once

#include "base/ids.hpp"

#include <string_view>

namespace marchwire::test {

inline base::Slug slug(std::string_view text) { return base::Slug::parse(text).value(); }
/// "campaign/march".
inline base::LogId log_named(std::string_view text) { return base::LogId::parse(text).value(); }

}  // namespace marchwire::test
