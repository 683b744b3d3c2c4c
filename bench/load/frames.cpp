#include "load/frames.hpp"

namespace marchwire::load {
namespace {

void put_head(std::string& out, unsigned opcode, std::size_t size, unsigned mask_bit) {
    out.push_back(static_cast<char>(0x80U | opcode));
    unsigned more = 0;
    if (size < 126) {
        out.push_back(static_cast<char>(mask_bit | size));
    } else if (size < 65'536) {
        out.push_back(static_cast<char>(mask_bit | 126U));
        more = 2;
    } else {
        out.push_back(static_cast<char>(mask_bit | 127U));
        more = 8;
    }
    while (more-- > 0) out.push_back(static_cast<char>(size >> (8U * more) & 0xFFU));
}

}  // namespace

bool next_frame(std::string_view& left, Frame& frame) {
    if (left.size() < 2) return false;
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(left[at]); };
    std::uint64_t size = byte(1) & 0x7FU;
    std::size_t head = 2;
    if (size >= 126) {
        head = size == 126 ? 4 : 10;
        if (left.size() < head) return false;
        size = 0;
        for (std::size_t i = 2; i < head; ++i) size = size << 8U | byte(i);
    }
    if (left.size() - head < size) return false;
    frame.opcode = byte(0) & 0x0FU;
    frame.last = (byte(0) & 0x80U) != 0;
    frame.payload = left.substr(head, size);
    left.remove_prefix(head + size);
    return true;
}

void put_client_frame(std::string& out, unsigned opcode, std::string_view payload) {
    constexpr unsigned masked = 0x80;
    put_head(out, opcode, payload.size(), masked);
    out.append(4, '\0').append(payload);
}

void put_server_frame(std::string& out, unsigned opcode, std::string_view payload) {
    put_head(out, opcode, payload.size(), 0);
    out.append(payload);
}

}  // namespace marchwire::load
