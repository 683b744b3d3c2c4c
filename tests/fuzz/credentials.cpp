// Codes, links and base64 as strangers give them: read as what they are, or as nothing.
#include "access/invite.hpp"
#include "base/base64.hpp"
#include "base/ids.hpp"
#include "base/p256_key.hpp"

#include "support/must.hpp"

using marchwire::test::must;

namespace {

// access is a call of the system.
namespace ticket = marchwire::access;
namespace base = marchwire::base;

void check(const std::string& text) {
    if (const auto code = ticket::read_code(text)) must(code->number != 0 && code->letters.size() == 8);
    if (const auto link = ticket::read_link(text)) {
        const auto again = ticket::read_link(ticket::fragment_of(*link));
        must(again && again->campaign == link->campaign && again->number == link->number &&
             again->secret == link->secret);
    }
    if (const auto bytes = base::from_base64(text)) {
        must(base::from_base64(base::base64url(*bytes)) == bytes);
    }
    must(base::from_base64(base::base64url(text)) == text);
    if (const auto log = base::LogId::parse(text)) must(log->text() == text);
    // A signature of nothing by nobody.
    must(!base::is_signed_by(text.substr(0, 65), "challenge", text.substr(std::min<std::size_t>(text.size(), 65))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check(marchwire::test::bytes_of(data, size));
    return 0;
}
