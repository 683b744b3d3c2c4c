// Blocks of an archive: entries laid end to end, and zlib over them.
#include "store/archive_block.hpp"

#include "base/limits.hpp"
#include "store/packed_bytes.hpp"

#include <zlib.h>

#include <utility>

namespace marchwire::store {
namespace {

namespace limits = base::limits;

constexpr std::string_view mark = "MWB1";
constexpr std::size_t header_bytes = mark.size() + 4;
constexpr std::size_t entry_header_bytes = tip_bytes + 4;
/// More is none of ours, whatever its header says: this much memory is taken for it.
constexpr std::size_t unpacked_most = 2 * limits::archive_block_bytes;

const Bytef* bytes_in(std::string_view text) { return reinterpret_cast<const Bytef*>(text.data()); }
Bytef* bytes_in(std::string& text) { return reinterpret_cast<Bytef*>(text.data()); }

std::string laid_out(const Entries& entries) {
    std::string bytes;
    std::size_t size = 0;
    for (const StoredEntry& entry : entries) size += entry_header_bytes + entry.bytes.size();
    bytes.reserve(size);
    for (const StoredEntry& entry : entries) {
        append_tip(bytes, entry.tip);
        append_number(bytes, entry.bytes.size(), 4);
        bytes += entry.bytes;
    }
    return bytes;
}

std::optional<std::string> inflated(std::string_view block) {
    if (block.size() < header_bytes || block.substr(0, mark.size()) != mark) return std::nullopt;
    const std::size_t size = number_at(block, mark.size(), 4);
    if (size == 0 || size > unpacked_most) return std::nullopt;
    block.remove_prefix(header_bytes);
    std::string bytes(size, '\0');
    uLongf filled = size;
    uLong used = block.size();
    const int result = uncompress2(bytes_in(bytes), &filled, bytes_in(block), &used);
    if (result != Z_OK || filled != size || used != block.size()) return std::nullopt;
    return bytes;
}

bool follows(const Entries& entries, const Tip& tip) {
    if (entries.empty()) return static_cast<bool>(tip.seq);
    const Tip& last = entries.back().tip;
    // What a repair found lost leaves a hole before it.
    return tip.epoch > last.epoch ? tip.seq > last.seq : tip.epoch == last.epoch && tip.seq == last.seq.next();
}

}  // namespace

std::string pack_block(const Entries& entries) {
    const std::string bytes = laid_out(entries);
    MARCHWIRE_INVARIANT(!bytes.empty() && bytes.size() <= unpacked_most);
    std::string block(mark);
    append_number(block, bytes.size(), 4);
    uLongf packed = compressBound(bytes.size());
    block.resize(header_bytes + packed);
    const int result = compress2(bytes_in(block) + header_bytes, &packed, bytes_in(std::string_view(bytes)),
                                 bytes.size(), Z_DEFAULT_COMPRESSION);
    MARCHWIRE_INVARIANT(result == Z_OK);
    block.resize(header_bytes + packed);
    return block;
}

std::optional<Entries> unpack_block(std::string_view block) {
    const auto unpacked = inflated(block);
    if (!unpacked) return std::nullopt;
    Entries entries;
    for (std::string_view rest = *unpacked; !rest.empty();) {
        if (rest.size() < entry_header_bytes) return std::nullopt;
        const auto tip = unpacked_tip(rest.substr(0, tip_bytes));
        const std::size_t size = number_at(rest, tip_bytes, 4);
        rest.remove_prefix(entry_header_bytes);
        if (rest.size() < size || !follows(entries, *tip)) return std::nullopt;
        entries.push_back({*tip, std::string(rest.substr(0, size))});
        rest.remove_prefix(size);
    }
    return entries;
}

}  // namespace marchwire::store
