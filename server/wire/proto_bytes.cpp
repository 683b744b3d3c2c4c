// Protobuf messages as bytes and as JSON text.
#include "wire/proto_values.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <cstdint>

namespace marchwire::wire {
namespace {

/// Protobuf writes a line to stderr for each broken text that it reads: a stranger must not fill our logs.
struct QuietProtobuf {
    QuietProtobuf() { google::protobuf::SetLogHandler(nullptr); }
};
const QuietProtobuf quiet_protobuf;

}  // namespace

std::string json_of(const google::protobuf::Message& message) {
    std::string text;
    const auto status = google::protobuf::util::MessageToJsonString(message, &text);
    MARCHWIRE_INVARIANT(status.ok());
    return text;
}

base::Result<void> parse_json(std::string_view text, google::protobuf::Message& message) {
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto status = google::protobuf::util::JsonStringToMessage({text.data(), text.size()}, &message, options);
    if (status.ok()) return {};
    const std::string why(status.message().data(), status.message().size());
    return base::invalid("", "This is not the JSON of a message of proto/README.md: " + why);
}

std::string bytes_of(const google::protobuf::Message& message) {
    std::string bytes;
    bytes.reserve(message.ByteSizeLong());
    {
        google::protobuf::io::StringOutputStream stream(&bytes);
        google::protobuf::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        message.SerializeToCodedStream(&coded);
    }
    return bytes;
}

std::string item_of(const pb::Item& item, Encoding encoding) {
    if (encoding == Encoding::json) return json_of(item);
    constexpr char items_tag = 0x0A;  // field 1, length-delimited
    const std::size_t size = item.ByteSizeLong();
    std::string bytes;
    bytes.reserve(size + 6);
    bytes.push_back(items_tag);
    for (std::size_t rest = size;;) {
        const auto low = static_cast<char>(rest & 0x7FU);
        rest >>= 7U;
        bytes.push_back(rest == 0 ? low : static_cast<char>(low | static_cast<char>(0x80)));
        if (rest == 0) break;
    }
    const std::size_t header = bytes.size();
    bytes.resize(header + size);
    item.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data() + header));
    return bytes;
}

}  // namespace marchwire::wire
