// The items of a ServerMessage read by hand: no allocation, and only the fields that a delivery is checked by.
#pragma once

#include <cstdint>
#include <string_view>

namespace marchwire::load {

/// Numbers of the `oneof item` of session.proto that are read here.
inline constexpr std::uint32_t item_public = 30;
inline constexpr std::uint32_t item_entry = 31;
inline constexpr std::uint32_t item_marshal_position = 36;

/// One field of an encoded message.
struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;  ///< varint, fixed32, fixed64
    std::string_view bytes;   ///< length-delimited
};

/// Goes through the fields of one encoded message.
class FieldReader {
public:
    explicit FieldReader(std::string_view message) : left_(message) {}

    /// False at the end, or where the bytes are no field: then `broken()`.
    [[nodiscard]] bool next(Field& field);
    [[nodiscard]] bool broken() const { return broken_; }

private:
    [[nodiscard]] bool take_varint(std::uint64_t& value);
    [[nodiscard]] bool take_fixed(std::size_t size, std::uint64_t& value);

    std::string_view left_;
    bool broken_ = false;
};

struct ReadItem {
    std::uint32_t topic = 0;
    std::uint64_t seq = 0;  ///< 0: no position
    std::uint64_t prev = 0;
    std::uint32_t kind = 0;  ///< number in the oneof; 0: none
    std::string_view body;
    std::string_view whole;  ///< the encoded Item
};

/// The next item of a ServerMessage whose fields `message` goes through; fields of other numbers are passed over. False
/// at the end.
[[nodiscard]] bool next_item(FieldReader& message, ReadItem& item);

/// The first field of this number; 0 or empty when there is none.
[[nodiscard]] std::uint64_t value_of(std::string_view message, std::uint32_t number);
[[nodiscard]] std::string_view bytes_of(std::string_view message, std::uint32_t number);

/// Of a public item's body: the text of a notice, or empty.
[[nodiscard]] std::string_view notice_text(std::string_view public_item);
/// The version of the phase that a public item or an entry changes to; 0: it is about something else.
[[nodiscard]] std::uint64_t public_phase_version(std::string_view public_item);
[[nodiscard]] std::uint64_t entry_phase_version(std::string_view entry);

}  // namespace marchwire::load
