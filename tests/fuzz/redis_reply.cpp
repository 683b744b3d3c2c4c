// However Redis' bytes are cut, the same replies come out of them, or the same complaint.
#include "bus/redis_reply.hpp"

#include "support/must.hpp"

#include <vector>

using marchwire::bus::Reply;
using marchwire::bus::ReplyReader;
using marchwire::test::must;

namespace {

struct Read {
    std::vector<Reply> replies;
    bool broken = false;
    bool operator==(const Read&) const = default;
};

Read read_in_pieces(const std::string& bytes, std::size_t piece) {
    ReplyReader reader;
    Read read;
    for (std::size_t at = 0; at < bytes.size() && !read.broken; at += piece) {
        reader.feed(std::string_view(bytes).substr(at, piece));
        while (auto reply = reader.next()) {
            if (reply->is_error()) (void)marchwire::bus::fault_of(reply->text);
            read.replies.push_back(*std::move(reply));
        }
        read.broken = !reader.broken().empty();
    }
    reader.reset();
    must(reader.broken().empty());
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    const Read whole = read_in_pieces(bytes, std::max<std::size_t>(bytes.size(), 1));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}}) must(read_in_pieces(bytes, piece) == whole);
    // What we say is read back as it was said.
    std::string said;
    const std::string_view arguments[] = {"SET", bytes};
    marchwire::bus::append_command(said, arguments);
    const Read back = read_in_pieces(said, said.size());
    must(back.replies.size() == 1 && back.replies[0].items.size() == 2 && back.replies[0].items[1].text == bytes);
    return 0;
}
