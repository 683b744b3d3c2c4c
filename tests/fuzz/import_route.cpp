// A route from anybody's export (GeoJSON, GPX, KML): a line that a march can walk, or what to do about it.
#include "import/route_file.hpp"

#include "base/limits.hpp"
#include "support/must.hpp"

using marchwire::test::must;

namespace import = marchwire::import;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    (void)import::route_form_of(bytes);
    for (const char* line : {"", "1"}) {
        const auto draft = import::read_route(bytes, {line, {}});
        if (!draft) {
            must(!draft.error().message.empty());
            continue;
        }
        must(draft->line != nullptr && draft->line->points.size() >= 2);
    }
    return 0;
}
