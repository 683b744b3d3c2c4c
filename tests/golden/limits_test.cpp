// docs/LIMITS.md is the server's own table.
#include "base/limit_table.hpp"
#include "golden/golden_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

TEST_CASE("the page of limits is the one that the server prints", "[golden][docs][limits]") {
    const std::string page = marchwire::base::limits_page();
    if (std::getenv("MARCHWIRE_GOLDEN_REWRITE") != nullptr) {
        std::ofstream(MARCHWIRE_SOURCE_DIR "/docs/LIMITS.md") << page;
    }
    CHECK(marchwire::test::source_file("docs/LIMITS.md") == page);
}
