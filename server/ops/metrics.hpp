// Figures for Prometheus, in its text form. None of them can identify a person: labels are closed words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marchwire::ops {

enum class Kind : std::uint8_t { counter, gauge };

/// One figure as it is now. Rows of one name stand together, with equal kind and help.
struct Figure {
    std::string name;  ///< marchwire_..., base unit last (_bytes, _seconds, _total)
    std::string help;
    Kind kind = Kind::gauge;
    double value = 0;
    std::vector<std::pair<std::string, std::string>> labels;
};

/// The page that GET /metrics answers. Pure.
[[nodiscard]] std::string metrics_page(std::span<const Figure> figures);
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace marchwire::ops
