#include "access/flat_json.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <utility>

namespace marchwire::access {

using Json = nlohmann::json;

/// Told of each token of the text in order; false ends the parse. nlohmann's own values keep the last of two members of
/// one name, and so cannot tell.
class FlatReader final : public nlohmann::json_sax<Json> {
public:
    explicit FlatReader(FlatJson& into) : into_(into) {}

    bool start_object(std::size_t) override { return !std::exchange(begun_, true); }
    bool end_object() override { return true; }
    bool key(string_t& name) override {
        name_ = std::move(name);
        return !into_.members_.contains(name_);
    }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) return false;
        return put(static_cast<std::int64_t>(value));
    }
    bool null() override { return false; }
    bool boolean(bool) override { return false; }
    bool number_float(number_float_t, const string_t&) override { return false; }
    bool binary(binary_t&) override { return false; }
    bool start_array(std::size_t) override { return false; }
    bool end_array() override { return false; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    /// A value alone is JSON as well.
    template <class Value>
    bool put(Value value) {
        if (!begun_) return false;
        into_.members_.emplace(name_, std::move(value));
        return true;
    }

    FlatJson& into_;
    std::string name_;
    bool begun_ = false;
};

std::optional<FlatJson> FlatJson::parse(std::string_view text) {
    FlatJson json;
    FlatReader reader(json);
    if (!Json::sax_parse(text, &reader)) return std::nullopt;
    return json;
}

std::vector<std::string> FlatJson::names() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : members_) names.push_back(name);
    return names;
}

std::optional<std::string> FlatJson::text(std::string_view name) const {
    const auto found = members_.find(name);
    const auto* value = found == members_.end() ? nullptr : std::get_if<std::string>(&found->second);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::int64_t> FlatJson::number(std::string_view name) const {
    const auto found = members_.find(name);
    const auto* value = found == members_.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

}  // namespace marchwire::access
