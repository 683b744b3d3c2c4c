#include "load/item_reader.hpp"

#include <cstring>

namespace marchwire::load {
namespace {

// Field numbers of session.proto, public.proto and ops.proto.
constexpr std::uint32_t message_items = 1;
constexpr std::uint32_t item_topic = 1;
constexpr std::uint32_t item_position = 2;
constexpr std::uint32_t item_prev = 3;
constexpr std::uint32_t first_of_oneof = 10;
constexpr std::uint32_t position_seq = 2;
constexpr std::uint32_t public_phase = 2;
constexpr std::uint32_t public_notice = 4;
constexpr std::uint32_t phase_version = 2;
constexpr std::uint32_t text_of_notice = 4;
constexpr std::uint32_t event_of_entry = 5;
constexpr std::uint32_t phase_changed_of_event = 4;
constexpr std::uint32_t version_of_phase_changed = 1;

}  // namespace

bool FieldReader::take_varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0, at = 0; at < left_.size() && shift < 64; shift += 7, ++at) {
        const auto byte = static_cast<unsigned char>(left_[at]);
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if (byte < 0x80) {
            left_.remove_prefix(at + 1);
            return true;
        }
    }
    return false;
}

bool FieldReader::take_fixed(std::size_t size, std::uint64_t& value) {
    if (left_.size() < size) return false;
    value = 0;
    std::memcpy(&value, left_.data(), size);  // little-endian, as the machines that this is built for
    left_.remove_prefix(size);
    return true;
}

bool FieldReader::next(Field& field) {
    if (left_.empty() || broken_) return false;
    std::uint64_t tag = 0;
    broken_ = !take_varint(tag);
    if (broken_) return false;
    field = {};
    field.number = static_cast<std::uint32_t>(tag >> 3U);
    switch (tag & 7U) {
        case 0: broken_ = !take_varint(field.value); break;
        case 1: broken_ = !take_fixed(8, field.value); break;
        case 5: broken_ = !take_fixed(4, field.value); break;
        case 2: {
            std::uint64_t size = 0;
            broken_ = !take_varint(size) || size > left_.size();
            if (broken_) break;
            field.bytes = left_.substr(0, size);
            left_.remove_prefix(size);
            break;
        }
        default: broken_ = true;
    }
    return !broken_;
}

bool next_item(FieldReader& message, ReadItem& item) {
    Field field;
    do {
        if (!message.next(field)) return false;
    } while (field.number != message_items);
    item = {};
    item.whole = field.bytes;
    FieldReader fields(field.bytes);
    while (fields.next(field)) {
        if (field.number == item_topic) item.topic = static_cast<std::uint32_t>(field.value);
        if (field.number == item_position) item.seq = value_of(field.bytes, position_seq);
        if (field.number == item_prev) item.prev = field.value;
        if (field.number >= first_of_oneof) {
            item.kind = field.number;
            item.body = field.bytes;
        }
    }
    return !fields.broken();
}

std::uint64_t value_of(std::string_view message, std::uint32_t number) {
    FieldReader fields(message);
    for (Field field; fields.next(field);) {
        if (field.number == number) return field.value;
    }
    return 0;
}

std::string_view bytes_of(std::string_view message, std::uint32_t number) {
    FieldReader fields(message);
    for (Field field; fields.next(field);) {
        if (field.number == number) return field.bytes;
    }
    return {};
}

std::string_view notice_text(std::string_view public_item) {
    return bytes_of(bytes_of(public_item, public_notice), text_of_notice);
}

std::uint64_t public_phase_version(std::string_view public_item) {
    return value_of(bytes_of(public_item, public_phase), phase_version);
}

std::uint64_t entry_phase_version(std::string_view entry) {
    return value_of(bytes_of(bytes_of(entry, event_of_entry), phase_changed_of_event), version_of_phase_changed);
}

}  // namespace marchwire::load
