#include "wire/frame_reader.hpp"

#include "wire/utf8.hpp"

#include <array>
#include <cstring>

namespace marchwire::wire {
namespace {

// RFC 6455, 7.4.1
constexpr std::uint16_t protocol_error = 1002;
constexpr std::uint16_t no_status = 1005;
constexpr std::uint16_t invalid_payload = 1007;
constexpr std::uint16_t message_too_big = 1009;

constexpr std::size_t control_payload_max = 125;
constexpr std::size_t mask_bytes = 4;

unsigned byte_at(const char* bytes, std::size_t i) { return static_cast<unsigned char>(bytes[i]); }

std::uint64_t big_endian(const char* bytes, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = (value << 8U) | byte_at(bytes, i);
    return value;
}

/// RFC 6455, 5.3: every payload byte is XORed with the key, in turn. Eight at a time.
void unmask(char* payload, std::size_t size, const char* key) {
    std::array<char, 8> twice{};
    std::memcpy(twice.data(), key, mask_bytes);
    std::memcpy(twice.data() + mask_bytes, key, mask_bytes);
    std::uint64_t wide_key = 0;
    std::memcpy(&wide_key, twice.data(), sizeof wide_key);
    std::size_t i = 0;
    for (; size - i >= sizeof wide_key; i += sizeof wide_key) {
        std::uint64_t word = 0;
        std::memcpy(&word, payload + i, sizeof word);
        word ^= wide_key;
        std::memcpy(payload + i, &word, sizeof word);
    }
    for (; i < size; ++i) payload[i] = static_cast<char>(payload[i] ^ twice[i % mask_bytes]);
}

bool is_control(Opcode opcode) { return (static_cast<unsigned>(opcode) & 0x8U) != 0; }

/// RFC 6455, 7.4: codes that may stand in a close frame.
bool may_be_sent(unsigned code) {
    const bool of_protocol = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    return of_protocol || (code >= 3000 && code <= 4999);
}

}  // namespace

FrameReader::FrameReader(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

std::span<char> FrameReader::prepare(std::size_t bytes) {
    // What was taken makes room before the buffer grows.
    if (begin_ != 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (buffer_.size() < end_ + bytes) buffer_.resize(end_ + bytes);
    return {buffer_.data() + end_, bytes};
}

void FrameReader::commit(std::size_t bytes) { end_ += bytes; }

void FrameReader::shrink() {
    if (begin_ != end_) return;
    begin_ = end_ = 0;
    std::string().swap(buffer_);  // = {} would keep the memory
    if (message_opcode_ == Opcode::continuation) std::string().swap(message_);
}

ReadEvent FrameReader::fail(std::uint16_t code, const char* rule) {
    failed_ = true;
    return Violation{code, rule};
}

bool FrameReader::parse_header(Header& header, ReadEvent& problem) {
    problem = NeedMore{};
    const char* bytes = buffer_.data() + begin_;
    const std::size_t available = end_ - begin_;
    if (available < 2) return false;
    const unsigned first = byte_at(bytes, 0);
    const unsigned second = byte_at(bytes, 1);
    const auto refuse = [&](std::uint16_t code, const char* rule) {
        problem = fail(code, rule);
        return false;
    };
    if ((first & 0x70U) != 0) return refuse(protocol_error, "reserved bits are set and no extension was agreed on");
    const unsigned opcode = first & 0x0FU;
    if (opcode > 10 || (opcode > 2 && opcode < 8)) return refuse(protocol_error, "this opcode is reserved");
    if ((second & 0x80U) == 0) return refuse(protocol_error, "a client masks its frames");
    header.fin = (first & 0x80U) != 0;
    header.opcode = static_cast<Opcode>(opcode);
    header.payload_bytes = second & 0x7FU;
    std::size_t length_bytes = 0;
    if (header.payload_bytes == 126) length_bytes = 2;
    if (header.payload_bytes == 127) length_bytes = 8;
    if (is_control(header.opcode) && (!header.fin || length_bytes != 0)) {
        return refuse(protocol_error,
                      header.fin ? "a control frame has at most 125 bytes" : "a control frame is not fragmented");
    }
    if (available < 2 + length_bytes) return false;
    if (length_bytes != 0) {
        header.payload_bytes = big_endian(bytes + 2, length_bytes);
        const std::uint64_t least = length_bytes == 2 ? 126 : 0x10000;
        if (header.payload_bytes < least) return refuse(protocol_error, "the shortest form of a length is used");
        if ((header.payload_bytes >> 63U) != 0) return refuse(protocol_error, "the highest bit of a length is zero");
    }
    if (header.payload_bytes > message_bytes_max_) return refuse(message_too_big, "the message is too large");
    header.mask_at = static_cast<std::uint32_t>(2 + length_bytes);
    header.header_bytes = 2 + length_bytes + mask_bytes;
    return available >= header.header_bytes;
}

ReadEvent FrameReader::next() {
    if (failed_) return NeedMore{};
    if (message_opcode_ == Opcode::continuation) message_.clear();
    for (;;) {
        Header header;
        ReadEvent problem;
        if (!parse_header(header, problem)) return problem;
        const std::size_t payload_bytes = header.payload_bytes;
        if (end_ - begin_ - header.header_bytes < payload_bytes) return NeedMore{};
        char* payload = buffer_.data() + begin_ + header.header_bytes;
        unmask(payload, payload_bytes, buffer_.data() + begin_ + header.mask_at);
        begin_ += header.header_bytes + payload_bytes;
        ++frames_;
        const std::string_view view(payload, payload_bytes);
        ReadEvent event = is_control(header.opcode) ? take_control(header, view) : take_data(header, view);
        // A fragment in the middle of a message is nothing to tell.
        if (!std::holds_alternative<NeedMore>(event)) return event;
    }
}

ReadEvent FrameReader::take_control(const Header& header, std::string_view payload) {
    static_assert(control_payload_max == 125);
    if (header.opcode == Opcode::ping) return PingFrame{payload};
    if (header.opcode == Opcode::pong) return PongFrame{payload};
    if (payload.empty()) return CloseFrame{no_status, {}};
    if (payload.size() == 1) return fail(protocol_error, "a close code has two bytes");
    const auto code = static_cast<std::uint16_t>(big_endian(payload.data(), 2));
    if (!may_be_sent(code)) return fail(protocol_error, "this close code may not be sent");
    const std::string_view reason = payload.substr(2);
    if (!is_utf8(reason)) return fail(invalid_payload, "a close reason is UTF-8");
    return CloseFrame{code, reason};
}

ReadEvent FrameReader::take_data(const Header& header, std::string_view payload) {
    const bool begins = header.opcode != Opcode::continuation;
    const bool open = message_opcode_ != Opcode::continuation;
    if (begins && open) return fail(protocol_error, "the message before was not finished");
    if (!begins && !open) return fail(protocol_error, "there is no message to continue");
    if (begins && header.fin) {
        if (header.opcode == Opcode::text && !is_utf8(payload)) return fail(invalid_payload, "text is UTF-8");
        return Message{header.opcode, payload};
    }
    if (begins) message_opcode_ = header.opcode;
    if (payload.size() > message_bytes_max_ - message_.size()) return fail(message_too_big, "the message is too large");
    message_.append(payload);
    if (!header.fin) return NeedMore{};
    const Opcode opcode = message_opcode_;
    message_opcode_ = Opcode::continuation;
    if (opcode == Opcode::text && !is_utf8(message_)) return fail(invalid_payload, "text is UTF-8");
    return Message{opcode, message_};
}

}  // namespace marchwire::wire
