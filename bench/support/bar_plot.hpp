// Horizontal bars as an SVG file that a README shows.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace marchwire::bench {

struct Bar {
    std::string name;
    double value = 0;
    double min = 0, max = 0;  ///< of the rounds: a thin line
    bool own = false;         ///< Marchwire's: in the strong colour
};

struct BarPanel {
    std::string title;
    std::vector<Bar> bars;  ///< top to bottom
};

/// Panels below one another, each with a scale of its own. Text that is not XML is made so.
[[nodiscard]] std::string bar_plot(std::span<const BarPanel> panels);

}  // namespace marchwire::bench
