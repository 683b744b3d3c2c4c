// One JSON object of texts and whole numbers, each named once: all that a token needs, and nothing that two readers
// could take differently.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::access {

class FlatJson {
public:
    /// Nothing for any other JSON: objects and lists inside, fractions, true, null, a name twice, text behind it, bytes
    /// that are not UTF-8.
    [[nodiscard]] static std::optional<FlatJson> parse(std::string_view text);

    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] bool has(std::string_view name) const { return members_.contains(name); }
    /// Nothing when it is not there, or no text.
    [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;

private:
    friend class FlatReader;
    std::map<std::string, std::variant<std::string, std::int64_t>, std::less<>> members_;
};

}  // namespace marchwire::access
