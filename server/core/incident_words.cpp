#include "core/incident_words.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace marchwire::core {
namespace {

namespace limits = base::limits;

/// Bytes beyond ASCII are parts of letters.
bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0; }

std::vector<std::string> words_in(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
        if (is_letter(c)) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            words.push_back(std::exchange(word, {}));
        }
    }
    return words;
}

/// Shorter parts of a name ("de", "Al") are words of their own.
constexpr std::size_t telling_name_bytes = 3;

bool tells_name(const std::string& text, const std::string& name) {
    const auto said = words_in(text);
    return std::ranges::any_of(words_in(name), [&](const std::string& part) {
        return part.size() >= telling_name_bytes && std::ranges::find(said, part) != said.end();
    });
}

}  // namespace

Complaint check_lines(const std::vector<Line>& lines, const std::string& name) {
    for (const Line& line : lines) {
        if (auto wrong = check_text(line.text, line.field, line.most, Presence::optional)) return wrong;
        if (!name.empty() && tells_name(line.text, name)) {
            return base::invalid(line.field, "Leave the name out here: it belongs into the restricted block alone.");
        }
    }
    return std::nullopt;
}

Complaint check_methane(const Methane& methane, const std::string& name) {
    if (methane.casualties > limits::headcount_max) {
        return base::invalid("methane.casualties", "Give the number of casualties.");
    }
    return check_lines({{methane.exact_place, "methane.exact_place", limits::methane_characters},
                        {methane.type, "methane.type", limits::methane_characters},
                        {methane.hazards, "methane.hazards", limits::methane_characters},
                        {methane.access, "methane.access", limits::methane_characters},
                        {methane.services, "methane.services", limits::methane_characters}},
                       name);
}

Complaint check_restricted(const MarchState& state, const std::optional<RestrictedBlock>& block) {
    if (!block) return std::nullopt;
    if (forgotten_at(state, SealedClass::restricted)) {
        return base::invalid("restricted",
                             "Keep this on paper: this march is over, and what was restricted of it is deleted.");
    }
    if (*block == RestrictedBlock{}) return base::invalid("restricted", "Fill in some of this, or leave it out.");
    return check_lines({{block->name, "restricted.name", limits::name_characters},
                        {block->medical, "restricted.medical", limits::incident_characters},
                        {block->contact, "restricted.contact", limits::incident_note_characters}},
                       {});
}

std::string known_name(const MarchState& state, std::uint32_t incident) {
    const auto known = state.restricted.find(incident);
    return known == state.restricted.end() ? std::string() : known->second.name;
}

}  // namespace marchwire::core
