// docs/RETENTION.md has the server's own table.
#include "core/retention.hpp"
#include "golden/golden_file.hpp"

#include <catch2/catch.hpp>

#include <string>

TEST_CASE("the page about retention has the table that the server goes by", "[golden][docs]") {
    const std::string page = marchwire::test::source_file("docs/RETENTION.md");
    INFO(marchwire::core::retention_markdown());
    CHECK(page.find(marchwire::core::retention_markdown()) != std::string::npos);
}
