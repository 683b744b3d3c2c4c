#include "import/csv.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace marchwire::import {
namespace {

namespace limits = base::limits;

/// Length of the UTF-8 sequence that begins the text; 0 when none does (RFC 3629).
std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return first == 0 ? 0 : 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || beyond ? 0 : length;
}

/// Reads records one character at a time; remembers where it is for the findings.
class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(text) {}

    CsvTable read() {
        while (at_ < text_.size() && table_.findings.empty()) read_record();
        return std::move(table_);
    }

private:
    void complain(std::string message) { table_.findings.push_back({Weight::error, row_, "", std::move(message)}); }

    void read_record() {
        ++row_;
        CsvRecord record{row_, {}};
        bool more = true;
        while (more) {
            auto field = read_field(record.fields.size() + 1);
            if (!field) return;
            record.fields.push_back(std::move(*field));
            if (record.fields.size() > limits::csv_columns) {
                return complain("This row has more than " + std::to_string(limits::csv_columns) +
                                " fields; remove the columns that are not needed.");
            }
            more = take(',');
        }
        take_line_end();
        const bool blank = std::ranges::all_of(record.fields, [](const std::string& text) { return text.empty(); });
        if (blank) return;
        if (table_.records.size() > limits::marches_per_campaign) {
            return complain("A campaign has at most " + std::to_string(limits::marches_per_campaign) +
                            " marches; split the file.");
        }
        table_.records.push_back(std::move(record));
    }

    std::optional<std::string> read_field(std::size_t number) {
        std::optional<std::string> field = take('"') ? read_quoted() : read_plain();
        if (!field) return std::nullopt;
        if (field->size() > limits::csv_field_bytes) {
            complain("A field is longer than " + std::to_string(limits::csv_field_bytes) +
                     " bytes; shorten it, or close the quote that was left open.");
            return std::nullopt;
        }
        if (!is_utf8(*field)) {
            complain("Field " + std::to_string(number) +
                     " is not UTF-8; save the file as 'CSV UTF-8' and import it again.");
            return std::nullopt;
        }
        return field;
    }

    std::optional<std::string> read_plain() {
        const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
        std::string field(text_.substr(at_, end - at_));
        at_ = end;
        return field;
    }

    std::optional<std::string> read_quoted() {
        std::string field;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c != '"') {
                field.push_back(c);
            } else if (!take('"')) {
                if (at_ == text_.size() || text_[at_] == ',' || is_line_end(text_[at_])) return field;
                complain("Text follows a closing quote; write a quote inside a field twice (\"\").");
                return std::nullopt;
            } else {
                field.push_back('"');
            }
        }
        complain("A quote is opened in this row and never closed; close it.");
        return std::nullopt;
    }

    static bool is_line_end(char c) { return c == '\r' || c == '\n'; }

    bool take(char wanted) {
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }

    void take_line_end() {
        take('\r');
        take('\n');
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t row_ = 0;
    CsvTable table_;
};

Findings whole_file(std::string message) { return {{Weight::error, 0, "", std::move(message)}}; }

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

CsvTable read_csv(std::string_view bytes) {
    if (bytes.size() > limits::csv_file_bytes) {
        return {{},
                whole_file("The file is larger than " + std::to_string(limits::csv_file_bytes) + " bytes; split it.")};
    }
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
        return {{}, whole_file("The file is UTF-16; save it as 'CSV UTF-8' and import it again.")};
    }
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (bytes.find('\0') != std::string_view::npos) {
        return {{}, whole_file("The file holds NUL bytes, so it is no text; save it as 'CSV UTF-8'.")};
    }
    if (bytes.empty()) return {{}, whole_file("The file is empty; it must begin with a row of column names.")};
    return CsvReader(bytes).read();
}

}  // namespace marchwire::import
