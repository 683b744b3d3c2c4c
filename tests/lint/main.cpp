// house_rules includes|tidiness ROOT: checks every C and C++ file of the project, prints what it objects to.
#include "lint/include_rules.hpp"
#include "lint/tidiness_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string_view>

namespace {

namespace fs = std::filesystem;
using marchwire::lint::Finding;
using marchwire::lint::SourceFile;

constexpr std::string_view folders[] = {"server", "client-sdk", "cli", "tests", "bench", "cmake"};
constexpr std::string_view endings[] = {".cpp", ".hpp", ".c", ".h"};

std::vector<SourceFile> sources_below(const fs::path& root) {
    std::vector<SourceFile> files;
    for (const auto folder : folders) {
        if (!fs::is_directory(root / folder)) continue;
        for (auto entry = fs::recursive_directory_iterator(root / folder); entry != fs::recursive_directory_iterator();
             ++entry) {
            if (entry->is_directory() && entry->path().filename() == "node_modules") entry.disable_recursion_pending();
            const std::string ending = entry->path().extension().string();
            if (!entry->is_regular_file() ||
                std::find(std::begin(endings), std::end(endings), ending) == std::end(endings))
                continue;
            std::ifstream file(entry->path(), std::ios::binary);
            files.push_back({fs::relative(entry->path(), root).generic_string(),
                             std::string(std::istreambuf_iterator<char>(file), {})});
        }
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view rules = argc == 3 ? argv[1] : "";
    if (rules != "includes" && rules != "tidiness") {
        std::cerr << "house_rules includes|tidiness ROOT\n";
        return 2;
    }
    const auto files = sources_below(argv[2]);
    if (files.empty()) {
        std::cerr << "house_rules: no C++ file below " << argv[2] << "; give the root of the project\n";
        return 2;
    }
    std::size_t count = 0;
    for (const SourceFile& file : files) {
        const auto findings = rules == "includes" ? marchwire::lint::check_includes(file)
                                                  : marchwire::lint::check_tidiness(file);
        for (const Finding& finding : findings) {
            std::cout << finding.path << ':' << finding.line << ": " << finding.message << '\n';
        }
        count += findings.size();
    }
    if (count > 0) std::cout << count << " findings\n";
    return count == 0 ? 0 : 1;
}
