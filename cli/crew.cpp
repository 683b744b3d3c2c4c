#include "crew.hpp"

#include <string>

namespace marchwire::cli {
namespace {

std::vector<Part> column_parts() {
    std::vector<Part> parts;
    const auto share = [](double metres) { return metres / column_metres; };
    for (int i = 0; i < 3; ++i) parts.push_back({"Head " + std::to_string(i + 1), "head", 1, 0, 4.0 * i, often});
    for (int i = 0; i < 3; ++i) {
        const std::string number = std::to_string(i + 1);
        const auto section = static_cast<std::uint32_t>(2 * i + 1);
        const double behind = share(30 + 85.0 * i);
        parts.push_back({"Section " + number, "section_lead", section, behind, 0, often});
        parts.push_back({"Side " + number, "side", section, behind, 15, seldom});
    }
    parts.push_back({"Medic 1", "medic", 3, share(120), 0, seldom});
    for (int i = 0; i < 3; ++i) parts.push_back({"Tail " + std::to_string(i + 1), "tail", 5, 1, -4.0 * i, often});
    return parts;
}

std::vector<Part> rally_parts() {
    return {{"Side 1", "side", 1, 0, 0, seldom},
            {"Side 2", "side", 2, 0, 0, seldom},
            {"Medic 1", "medic", 1, 0, 0, seldom}};
}

/// The lead is the third.
std::vector<Part> three_parts() {
    Part head{"Head 1", "head", 1, 0, 0, often};
    head.has_gps = false;
    Part tail{"Tail 1", "tail", 1, 1, 0, often};
    tail.has_phone = false;
    return {head, tail};
}

}  // namespace

std::vector<Part> parts_of(Crew crew) {
    switch (crew) {
        case Crew::column: return column_parts();
        case Crew::rally: return rally_parts();
        case Crew::three: return three_parts();
    }
    return {};
}

}  // namespace marchwire::cli
