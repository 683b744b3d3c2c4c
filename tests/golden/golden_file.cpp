#include "golden/golden_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace marchwire::test {
namespace {

bool rewrites() {
    const char* wish = std::getenv("MARCHWIRE_GOLDEN_REWRITE");
    return wish != nullptr && std::string_view(wish) == "1";
}

}  // namespace

std::string source_file(const std::string& path) {
    std::ifstream file(std::string(MARCHWIRE_SOURCE_DIR) + "/" + path, std::ios::binary);
    INFO(path << " cannot be read");
    REQUIRE(file.good());
    return {std::istreambuf_iterator<char>(file), {}};
}

void check_golden(const std::string& name, std::string_view bytes) {
    const std::string path = "tests/golden/data/" + name;
    if (rewrites()) {
        const std::filesystem::path whole = std::filesystem::path(MARCHWIRE_SOURCE_DIR) / path;
        std::filesystem::create_directories(whole.parent_path());
        std::ofstream(whole, std::ios::binary) << bytes;
    }
    INFO(name << " has changed: clients in the field read the old bytes. Add, never change.");
    CHECK(source_file(path) == bytes);
}

}  // namespace marchwire::test
