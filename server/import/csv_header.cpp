#include "import/csv_header.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::import {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return "";
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

Columns read_header(const CsvRecord& header, const std::function<bool(std::string_view)>& is_known,
                    std::span<const std::string_view> required, Findings& findings) {
    Columns columns;
    const auto say = [&](Weight weight, std::string_view column, std::string message) {
        findings.push_back({weight, header.row, std::string(column), std::move(message)});
    };
    if (header.fields.size() == 1 && header.fields.front().find(';') != std::string::npos) {
        say(Weight::error, "", "The columns are separated by ';'; save the file with commas.");
        return columns;
    }
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        std::string name(trimmed(header.fields[i]));
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (!is_known(name)) {
            say(Weight::warning, name, "This column is not known and was left out.");
            name += "#" + std::to_string(i);  // a field of each row belongs to it all the same
        }
        if (!columns.emplace(name, i).second) {
            say(Weight::error, name, "This column stands in the header twice; remove one.");
            columns.emplace(name + "#" + std::to_string(i), i);
        }
    }
    for (const std::string_view name : required) {
        if (!columns.contains(name)) {
            say(Weight::error, name, "The header has no column of this name; add it, or name the columns in row 1.");
        }
    }
    return columns;
}

}  // namespace marchwire::import
