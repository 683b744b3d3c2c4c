// What an import has to say about one cell of a file: where it stands, what is wrong, what to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace marchwire::import {

/// A warning is told and the row goes in; an error keeps the whole file out.
enum class Weight : std::uint8_t { warning = 1, error = 2 };

/// `row` as a spreadsheet numbers it (the header is row 1; 0: the whole file), `column` as the header
/// names it ("" when the whole row is meant), `message` one sentence or two that say what to do.
struct Finding {
    Weight weight = Weight::error;
    std::size_t row = 0;
    std::string column;
    std::string message;
    bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

[[nodiscard]] std::size_t count_of(const Findings& findings, Weight weight);

/// `row 5, tz: ...`: one line for a person.
[[nodiscard]] std::string text_of(const Finding& finding);

}  // namespace marchwire::import
