#include "import/finding.hpp"

#include <algorithm>

namespace marchwire::import {

std::size_t count_of(const Findings& findings, Weight weight) {
    return static_cast<std::size_t>(
        std::ranges::count_if(findings, [weight](const Finding& finding) { return finding.weight == weight; }));
}

std::string text_of(const Finding& finding) {
    std::string text = finding.row == 0 ? "file" : "row " + std::to_string(finding.row);
    if (!finding.column.empty()) text += ", " + finding.column;
    return text + ": " + finding.message;
}

}  // namespace marchwire::import
