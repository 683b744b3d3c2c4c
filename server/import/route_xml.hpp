// What GPX and KML share: reading XML within bounds. (internal to import)
#pragma once

#include "base/outcome.hpp"

#include <pugixml.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace marchwire::import {

/// pugixml knows no entities of a DTD and fetches nothing: hostile XML is at most as large as the file.
[[nodiscard]] inline base::Result<void> parse_xml(pugi::xml_document& document, std::string_view bytes) {
    const auto parsed = document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default, pugi::encoding_utf8);
    if (parsed) return {};
    return base::invalid("file", std::string("The XML is damaged near byte ") + std::to_string(parsed.offset) + " (" +
                                     parsed.description() + "); export the route again.");
}

/// A number that fills the text; a NaN otherwise, which the checks of the line refuse with its place.
[[nodiscard]] inline double number_of(std::string_view text) {
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = code == std::errc() && end == text.data() + text.size();
    return whole ? number : std::numeric_limits<double>::quiet_NaN();
}

/// Element names without their prefix: some programs write kml:Placemark.
[[nodiscard]] inline std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace marchwire::import
