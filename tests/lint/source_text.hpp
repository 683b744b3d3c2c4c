// C++ source as the house rules look at it: without comments, strings or directives, lines kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::lint {

/// One file; `path` is relative to the root of the project, with '/'.
struct SourceFile {
    std::string path;
    std::string text;
};

/// What a rule objects to; `line` counts from 1.
struct Finding {
    std::string path;
    std::size_t line = 0;
    std::string message;
};

/// One #include; `angled` for <...>, else "...".
struct Include {
    std::string path;
    bool angled = false;
    std::size_t line = 0;
};

/// The text with comments and the insides of string and character literals blanked. Line breaks stay, so that
/// positions and line numbers hold.
[[nodiscard]] std::string code_of(std::string_view text);

/// The text with only the insides of literals blanked: code and comments.
[[nodiscard]] std::string words_of(std::string_view text);

/// `code` with preprocessor directives blanked, their continuation lines included.
[[nodiscard]] std::string without_directives(std::string code);

[[nodiscard]] std::vector<Include> includes_of(std::string_view text);

/// The line (from 1) of a position in the text.
[[nodiscard]] std::size_t line_of(std::string_view text, std::size_t position);

}  // namespace marchwire::lint
