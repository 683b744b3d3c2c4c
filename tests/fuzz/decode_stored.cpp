// Stored bytes are refused, or read into an entry that is written and read again without change.
#include "wire/codec.hpp"

#include "support/must.hpp"

#include <cstdint>
#include <string>

using marchwire::test::must;

namespace {

namespace wire = marchwire::wire;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    const auto entry = wire::decode_stored(bytes);
    if (!entry) {
        must(!entry.error().message.empty());
        return 0;
    }
    const std::string once = wire::encode_stored(*entry);
    const auto again = wire::decode_stored(once);
    must(again.has_value());
    must(wire::encode_stored(*again) == once);
    must(!wire::entry_json(*entry).empty());
    return 0;
}
