// One HTTP request that the outbox makes, and what came of it.
#pragma once

#include "base/units.hpp"
#include "outbox/url.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::outbox {

/// A POST.
struct Request {
    Url url;
    std::vector<std::pair<std::string, std::string>> headers;  ///< beside Host, User-Agent and Content-Length
    std::string body;
    bool operator==(const Request&) const = default;
};

struct Answer {
    std::uint32_t status = 0;  ///< 0: there was none
    base::Millis retry_after;  ///< as it asks; 0: it does not
    std::string trouble = {};  ///< without a status: why, for the operator. Names no person
    bool hopeless = false;     ///< without a status: another try would end the same way
    bool operator==(const Answer&) const = default;
};

}  // namespace marchwire::outbox
