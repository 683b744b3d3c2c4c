// What a request's head may not have, whoever parses it afterwards: what proxies and servers read differently.
#pragma once

#include "base/limit_table.hpp"

#include <optional>
#include <string_view>

namespace marchwire::net {

struct HeadObjection {
    unsigned status = 400;
    std::string_view sentence;  ///< what to send instead
    bool too_many_fields = false;
};

/// `head` from the request line to the empty line, that included (RFC 9112: 2.2, 3.2, 5.1, 5.2, 6.1 to 6.3). None: it
/// may be parsed.
[[nodiscard]] std::optional<HeadObjection> objection_to_head(std::string_view head);

}  // namespace marchwire::net
