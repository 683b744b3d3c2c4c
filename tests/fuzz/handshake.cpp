// Whatever stands in the fields of an upgrade, the answer is a whole 101 or says what to send instead.
#include "net/handshake.hpp"

#include "support/must.hpp"

#include <array>

using marchwire::test::must;

namespace net = marchwire::net;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes = marchwire::test::bytes_of(data, size);
    // One field a line.
    std::array<std::string_view, 6> fields{};
    std::string_view rest = bytes;
    for (std::string_view& field : fields) {
        const auto end = rest.find('\n');
        field = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    net::NetSettings settings;
    settings.origins = {"https://march.example.org"};
    const net::HandshakeRequest request{fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]};
    const auto answer = net::shake_hands(request, settings);
    if (!answer) {
        must(!answer.error().message.empty() && !answer.error().field.empty());
        return 0;
    }
    must(answer->response.starts_with("HTTP/1.1 101 ") && answer->response.ends_with("\r\n\r\n"));
    // Nothing of the request gets into the response's lines but a protocol that we know.
    must(answer->response.find("\r\n\r\n") == answer->response.size() - 4);
    must(!answer->origin_trusted || fields[5].empty() || fields[5] == settings.origins[0]);
    return 0;
}
