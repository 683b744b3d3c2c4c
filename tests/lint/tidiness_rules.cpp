#include "lint/tidiness_rules.hpp"

#include <algorithm>
#include <regex>
#include <string>
#include <string_view>

namespace marchwire::lint {
namespace {

enum class Scope { space, type, function, other };

/// Finds function bodies by braces: what stands between the last statement and a brace says what it opens.
class BraceScanner {
public:
    explicit BraceScanner(std::string_view text) : text_(text) {}

    std::vector<Function> run() {
        for (at_ = 0; at_ < text_.size(); ++at_) step(text_[at_]);
        return std::move(functions_);
    }

private:
    struct Open {
        Scope scope;
        std::size_t line;
        std::string head_before;  ///< continues after the brace where that was a member's initialiser
        int parentheses;
    };

    void step(char c) {
        if (c == '\n') ++line_;
        if (c == '(') ++parentheses_;
        if (c == ')') --parentheses_;
        if (c == '{') {
            open();
        } else if (c == '}') {
            close();
        } else if (c == ';' && parentheses_ == 0) {
            head_.clear();
        } else {
            head_ += c;
        }
    }

    void open() {
        const Scope scope = scope_of_head();
        const bool goes_on = scope == Scope::other;
        open_.push_back({scope, line_, goes_on ? head_ : std::string{}, parentheses_});
        head_.clear();
        parentheses_ = 0;
    }

    void close() {
        if (open_.empty()) return;
        Open last = std::move(open_.back());
        open_.pop_back();
        if (last.scope == Scope::function && !inside_function()) functions_.push_back({last.line, line_});
        head_ = last.scope == Scope::other ? last.head_before + "}" : std::string{};
        parentheses_ = last.parentheses;
    }

    [[nodiscard]] bool inside_function() const {
        return std::any_of(open_.begin(), open_.end(), [](const Open& o) { return o.scope == Scope::function; });
    }

    [[nodiscard]] Scope scope_of_head() const {
        static const std::regex space(R"(\b(namespace|extern)\b)");
        static const std::regex type(R"(\b(class|struct|union|enum)\b)");
        const bool outside = open_.empty() || open_.back().scope == Scope::space || open_.back().scope == Scope::type;
        if (!outside || parentheses_ > 0) return Scope::other;
        const auto list = head_.find('(');
        if (list == std::string::npos) {
            if (std::regex_search(head_, space)) return Scope::space;
            return std::regex_search(head_, type) ? Scope::type : Scope::other;
        }
        return opens_member_initialiser(list) ? Scope::other : Scope::function;
    }

    /// `Foo::Foo(int a) : a_{a}, b_{0} {`: the first two braces belong to members, the third is the body.
    [[nodiscard]] bool opens_member_initialiser(std::size_t list) const {
        int depth = 0;
        bool in_initialisers = false;
        for (std::size_t i = list; i < head_.size() && !in_initialisers; ++i) {
            if (head_[i] == '(') ++depth;
            if (head_[i] == ')') --depth;
            const bool scope_colon = head_[i] == ':' && (head_[i - 1] == ':' || head_.substr(i + 1, 1) == ":");
            in_initialisers = depth == 0 && head_[i] == ':' && !scope_colon;
        }
        const auto last = head_.find_last_not_of(" \n");
        return in_initialisers && head_[last] != ')' && head_[last] != '}';
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    int parentheses_ = 0;
    std::string head_;
    std::vector<Open> open_;
    std::vector<Function> functions_;
};

struct BannedWord {
    const char* pattern;
    const char* message;
    bool in_comments;  ///< looked for in comments too
    bool in_tests_only;
};

constexpr BannedWord banned_words[] = {
    {R"(\b(TO)"
     R"(DO|FIX)"
     R"(ME|XX)"
     R"(X|HA)"
     R"(CK)\b)",
     "an unfinished thing belongs in an issue, not in a comment", true, false},
    {R"(\busing\s+namespace\s+std\s*;)", "names of std are written out", false, false},
    {R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)", "a test waits for what it needs, it does not sleep", false,
     true},
    {R"(\b(class|struct|enum\s+class|enum|union)\s+\w*(Manager|Handler|Util|Utils|Helper|Data|Info|Process)\b)",
     "this name says nothing: name the thing by what it is", false, false},
};

void find_banned_words(const SourceFile& file, std::vector<Finding>& findings) {
    const std::string code = code_of(file.text);
    const std::string words = words_of(file.text);
    for (const BannedWord& banned : banned_words) {
        if (banned.in_tests_only && !file.path.starts_with("tests/")) continue;
        const std::string& where = banned.in_comments ? words : code;
        const std::regex pattern(banned.pattern);
        for (std::sregex_iterator match(where.begin(), where.end(), pattern), end; match != end; ++match) {
            findings.push_back({file.path, line_of(where, static_cast<std::size_t>(match->position())),
                                "'" + match->str() + "': " + banned.message});
        }
    }
}

}  // namespace

std::vector<Function> functions_of(std::string_view text) {
    const std::string code = without_directives(code_of(text));
    return BraceScanner(code).run();
}

std::vector<Finding> check_tidiness(const SourceFile& file) {
    std::vector<Finding> findings;
    const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines > file_lines_max) {
        findings.push_back({file.path, lines,
                            std::to_string(lines) + " lines, more than " + std::to_string(file_lines_max) +
                                ": split the file by what its parts are"});
    }
    for (const Function& function : functions_of(file.text)) {
        const std::size_t length = function.last_line - function.first_line + 1;
        if (length <= function_lines_max) continue;
        findings.push_back({file.path, function.first_line,
                            "a function of " + std::to_string(length) + " lines, more than " +
                                std::to_string(function_lines_max) + ": it does not fit on a screen"});
    }
    find_banned_words(file, findings);
    return findings;
}

}  // namespace marchwire::lint
