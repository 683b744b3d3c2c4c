// Protobuf messages with every field set, made by walking their descriptors: what a codec forgets shows.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

namespace marchwire::test {

namespace proto = google::protobuf;

/// A text that fits the field: slugs and feeds where names are asked for, else its own name.
inline std::string text_for(const proto::FieldDescriptor& field) {
    const std::string& name = field.name();
    const std::string& owner = field.containing_type()->name();
    if (name == "feed") return "public/flag-day-2018/st-louis-mo";
    if (name == "log") return "flag-day-2018/st-louis-mo";
    if (name == "campaign") return "flag-day-2018";
    if (name == "march") return owner == "ReportPosition" ? "flag-day-2018/st-louis-mo" : "st-louis-mo";
    return "the " + name;
}

inline std::string bytes_for(const proto::FieldDescriptor& field) {
    const std::size_t size = field.name() == "signature" ? 64 : field.name() == "nonce" ? 12 : 32;
    return std::string(size, static_cast<char>('a' + field.number()));
}

/// The first word of the list that is not "unspecified".
inline int word_for(const proto::FieldDescriptor& field) { return field.enum_type()->value(1)->number(); }

/// A positive number, another one for each field of a message; made-up times look like times.
inline std::uint32_t number_for(const proto::FieldDescriptor& field) {
    // Places in a roster and in a list of routes count from here, without holes.
    if (field.name() == "ordinal" || field.name() == "ordinals") return 0;
    return static_cast<std::uint32_t>(field.number());
}

inline void fill(proto::Message& message);

inline void fill_one(proto::Message& message, const proto::FieldDescriptor& field) {
    using Field = proto::FieldDescriptor;
    const proto::Reflection& set = *message.GetReflection();
    const bool many = field.is_repeated();
    const std::uint32_t number = number_for(field);
    switch (field.cpp_type()) {
        case Field::CPPTYPE_INT32: {
            const auto value = static_cast<std::int32_t>(number * 1'000'000);
            many ? set.AddInt32(&message, &field, value) : set.SetInt32(&message, &field, value);
            break;
        }
        case Field::CPPTYPE_INT64: set.SetInt64(&message, &field, 1'528'984'800'000 + number); break;
        case Field::CPPTYPE_UINT32:
            many ? set.AddUInt32(&message, &field, number) : set.SetUInt32(&message, &field, number);
            break;
        case Field::CPPTYPE_UINT64:
            many ? set.AddUInt64(&message, &field, number) : set.SetUInt64(&message, &field, number);
            break;
        case Field::CPPTYPE_DOUBLE: set.SetDouble(&message, &field, number + 0.5); break;
        case Field::CPPTYPE_FLOAT: set.SetFloat(&message, &field, 0.5F); break;
        case Field::CPPTYPE_BOOL: set.SetBool(&message, &field, true); break;
        case Field::CPPTYPE_ENUM:
            many ? set.AddEnumValue(&message, &field, word_for(field))
                 : set.SetEnumValue(&message, &field, word_for(field));
            break;
        case Field::CPPTYPE_STRING: {
            const std::string text = field.type() == Field::TYPE_BYTES ? bytes_for(field) : text_for(field);
            many ? set.AddString(&message, &field, text) : set.SetString(&message, &field, text);
            break;
        }
        case Field::CPPTYPE_MESSAGE:
            fill(many ? *set.AddMessage(&message, &field) : *set.MutableMessage(&message, &field));
            break;
    }
}

/// Nothing but a choice.
inline bool is_oneof(const proto::Descriptor* type) {
    return type != nullptr && type->oneof_decl_count() == 1 &&
           type->oneof_decl(0)->field_count() == type->field_count();
}

/// Sets every field; a repeated one has one element (a line two, since it is made of pairs). Of a oneof
/// only what was already chosen is filled; a message that is one is left out when nothing was.
inline void fill(proto::Message& message) {
    const proto::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
        const proto::FieldDescriptor& field = *type.field(i);
        const bool is_choice = field.real_containing_oneof() != nullptr || is_oneof(field.message_type());
        if (is_choice && !field.is_repeated() && !message.GetReflection()->HasField(message, &field)) continue;
        fill_one(message, field);
        if (field.name() == "delta_e7") fill_one(message, field);
    }
}

/// Chooses one arm of a oneof, empty.
inline void choose(proto::Message& message, const proto::FieldDescriptor& arm) {
    message.GetReflection()->MutableMessage(&message, &arm);
}

}  // namespace marchwire::test
