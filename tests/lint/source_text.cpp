#include "lint/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace marchwire::lint {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Walks once over the text and blanks what the two views above leave out.
class Blanker {
public:
    Blanker(std::string_view text, bool keep_comments) : text_(text), out_(text), keep_comments_(keep_comments) {}

    std::string run() {
        while (at_ < text_.size()) step();
        return std::move(out_);
    }

private:
    void step() {
        if (starts("//")) {
            skip_to(std::min(text_.find('\n', at_), text_.size()), keep_comments_);
        } else if (starts("/*")) {
            const auto end = text_.find("*/", at_ + 2);
            skip_to(end == std::string_view::npos ? text_.size() : end + 2, keep_comments_);
        } else if (starts("R\"") && (at_ == 0 || !is_word(text_[at_ - 1]) || encoding_prefix_before())) {
            raw_string();
        } else if (text_[at_] == '"') {
            literal('"');
        } else if (text_[at_] == '\'' && !digit_separator()) {
            literal('\'');
        } else {
            ++at_;
        }
    }

    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

    [[nodiscard]] bool encoding_prefix_before() const {
        const char before = text_[at_ - 1];
        return before == 'u' || before == 'U' || before == 'L' || before == '8';
    }

    /// 1'000: a quote between two digits of one number, not after a prefix such as u'x'.
    [[nodiscard]] bool digit_separator() const {
        if (at_ == 0 || !is_word(text_[at_ - 1])) return false;
        std::size_t start = at_;
        while (start > 0 && (is_word(text_[start - 1]) || text_[start - 1] == '\'')) --start;
        return std::isdigit(static_cast<unsigned char>(text_[start])) != 0;
    }

    void literal(char quote) {
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2U : 1U;
        ++at_;  // the quotes themselves stay
        skip_to(std::min(end, text_.size()), false);
        if (at_ < text_.size() && text_[at_] == quote) ++at_;
    }

    void raw_string() {
        const auto open = text_.find('(', at_);
        if (open == std::string_view::npos) {
            skip_to(text_.size(), false);
            return;
        }
        const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
        const auto end = text_.find(close, open);
        at_ += 2;
        skip_to(end == std::string_view::npos ? text_.size() : end + close.size() - 1, false);
        if (at_ < text_.size()) ++at_;
    }

    void skip_to(std::size_t end, bool keep) {
        for (; at_ < end; ++at_) {
            if (!keep && out_[at_] != '\n') out_[at_] = ' ';
        }
    }

    std::string_view text_;
    std::string out_;
    std::size_t at_ = 0;
    bool keep_comments_;
};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string code_of(std::string_view text) { return Blanker(text, false).run(); }

std::string words_of(std::string_view text) { return Blanker(text, true).run(); }

std::string without_directives(std::string code) {
    bool directive = false;
    std::size_t start = 0;
    while (start < code.size()) {
        const std::size_t end = std::min(code.find('\n', start), code.size());
        const std::string_view line = std::string_view(code).substr(start, end - start);
        directive = directive || trimmed(line).starts_with('#');
        const bool continues = trimmed(line).ends_with('\\');
        if (directive) {
            std::fill(code.begin() + static_cast<std::ptrdiff_t>(start),
                      code.begin() + static_cast<std::ptrdiff_t>(end), ' ');
        }
        directive = directive && continues;
        start = end + 1;
    }
    return code;
}

std::vector<Include> includes_of(std::string_view text) {
    std::vector<Include> includes;
    // The path is inside a literal, which code_of blanks: the code says where a directive is, the text what it says.
    std::istringstream code(code_of(text));
    std::istringstream source{std::string(text)};
    std::string blanked;
    std::string line;
    for (std::size_t number = 1; std::getline(code, blanked) && std::getline(source, line); ++number) {
        std::string_view directive = trimmed(blanked);
        if (!directive.starts_with('#')) continue;
        directive.remove_prefix(1);
        if (!trimmed(directive).starts_with("include")) continue;
        const auto open = line.find_first_of("<\"");
        if (open == std::string::npos) continue;
        const bool angled = line[open] == '<';
        const auto close = line.find(angled ? '>' : '"', open + 1);
        if (close == std::string::npos) continue;
        includes.push_back({line.substr(open + 1, close - open - 1), angled, number});
    }
    return includes;
}

std::size_t line_of(std::string_view text, std::size_t position) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
    return 1 + static_cast<std::size_t>(std::count(text.begin(), end, '\n'));
}

}  // namespace marchwire::lint
