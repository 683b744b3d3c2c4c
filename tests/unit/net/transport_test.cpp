// The bytes of one client, plain and under TLS: what is taken, in which order, and what it costs in memory.
#include "tls_client.hpp"

#include "net/transport.hpp"

#include <malloc.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace marchwire::net::test {
namespace {

using boost::system::error_code;

/// A pair of sockets on loopback; the far end is read without blocking.
struct Line {
    /// 0: as the kernel has it.
    explicit Line(int send_buffer = 0, int receive_buffer = 0) {
        tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        if (send_buffer != 0) acceptor.set_option(asio::socket_base::send_buffer_size(send_buffer));
        far.open(tcp::v4());
        if (receive_buffer != 0) far.set_option(asio::socket_base::receive_buffer_size(receive_buffer));
        far.connect(acceptor.local_endpoint());
        acceptor.accept(near);
        near.non_blocking(true);
        far.non_blocking(true);
        near.set_option(tcp::no_delay(true));
        far.set_option(tcp::no_delay(true));
    }
    asio::io_context io;
    tcp::socket near{io};
    tcp::socket far{io};
};

/// The far end, as one reads and writes it.
class FarEnd {
public:
    explicit FarEnd(tcp::socket& socket, SSL* ssl = nullptr) : socket_(socket), ssl_(ssl) {}
    std::string read() {
        std::string all;
        std::array<char, 3000> bytes{};
        for (;;) {
            error_code error;
            const int got = ssl_ == nullptr ? static_cast<int>(socket_.read_some(asio::buffer(bytes), error))
                                            : SSL_read(ssl_, bytes.data(), static_cast<int>(bytes.size()));
            if (error || got <= 0) return all;
            all.append(bytes.data(), static_cast<std::size_t>(got));
        }
    }
    void write(const std::string& bytes) {
        if (ssl_ == nullptr) {
            asio::write(socket_, asio::buffer(bytes));
        } else {
            REQUIRE(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0);
        }
    }

private:
    tcp::socket& socket_;
    SSL* ssl_;
};

/// Both ends on this thread until both have shaken hands.
Owned<SSL> shake(TlsSession& near, tcp::socket& far, SSL_CTX* context) {
    Owned<SSL> ssl(SSL_new(context));
    SSL_set_fd(ssl.get(), far.native_handle());
    TlsStep step = TlsStep::wait_read;
    bool far_done = false;
    for (int turn = 0; turn < 1'000'000 && (step != TlsStep::done || !far_done); ++turn) {
        ERR_clear_error();
        far_done = far_done || SSL_connect(ssl.get()) == 1;
        if (step != TlsStep::done) step = near.handshake();
        REQUIRE(step != TlsStep::failed);
    }
    REQUIRE((step == TlsStep::done && far_done));
    return ssl;
}

struct Server {
    CertificateFiles files;
    std::shared_ptr<TlsContext> tls = TlsContext::open(files.make().files()).value();
    Owned<SSL_CTX> context = client_context();
};

/// Plain or under TLS, with whatever stands for the other end.
struct Pair {
    explicit Pair(bool under_tls, int send_buffer = 0, int receive_buffer = 0) : line(send_buffer, receive_buffer) {
        if (under_tls) {
            TlsSession session = server.tls->session(line.near.native_handle());
            ssl = shake(session, line.far, server.context.get());
            transport.emplace(std::move(line.near), std::move(session));
        } else {
            transport.emplace(std::move(line.near));
        }
        far.emplace(line.far, ssl.get());
    }
    Server server;
    Line line;
    Owned<SSL> ssl;
    std::optional<Transport> transport;
    std::optional<FarEnd> far;
};

std::vector<iovec> pieces_of(const std::vector<std::string>& texts) {
    std::vector<iovec> pieces;
    for (const std::string& text : texts) pieces.push_back({const_cast<char*>(text.data()), text.size()});
    return pieces;
}

std::string read_until(Pair& pair, std::size_t bytes) {
    std::string all;
    while (all.size() < bytes) all += pair.far->read();
    return all;
}

TEST_CASE("pieces go out in their order in one call", "[net][transport]") {
    Pair pair(GENERATE(false, true));
    const std::vector<std::string> texts = {"", "one ", "two ", "", std::string(20'000, 'x'), " three"};
    const auto pieces = pieces_of(texts);
    error_code error;
    const std::size_t taken = pair.transport->write_some(pieces, error);
    const std::string all = std::accumulate(texts.begin(), texts.end(), std::string());
    CHECK_FALSE(error);
    REQUIRE(taken == all.size());
    CHECK(read_until(pair, all.size()) == all);
}

TEST_CASE("bytes that the network does not take are offered again and arrive once", "[net][transport]") {
    Pair pair(GENERATE(false, true), 4'096, 4'096);
    std::string all;
    for (int i = 0; all.size() < 1'000'000; ++i) all += std::to_string(i) + " ";
    std::string seen;
    std::size_t sent = 0;
    int refusals = 0;
    while (sent < all.size()) {
        // Each time from another place in memory, and cut in other places.
        const std::vector<std::string> texts = {all.substr(sent, 10 + sent % 700),
                                                all.substr(std::min(all.size(), sent + 10 + sent % 700), 30'000)};
        error_code error;
        const std::size_t taken = pair.transport->write_some(pieces_of(texts), error);
        sent += taken;
        if (error == asio::error::would_block) {
            REQUIRE(taken == 0);
            ++refusals;
            seen += pair.far->read();
        } else {
            REQUIRE_FALSE(error);
            REQUIRE(taken > 0);
        }
    }
    CHECK(refusals > 10);
    seen += read_until(pair, all.size() - seen.size());
    CHECK(seen == all);
}

TEST_CASE("a peer that has not taken what it was given gets short records", "[net][transport]") {
    Pair pair(true, 0, 4'096);
    const std::string all(60'000, 'x');
    const iovec piece{const_cast<char*>(all.data()), all.size()};
    error_code error;
    const auto send = [&] { return pair.transport->write_some({&piece, 1}, error); };
    // More than the far end has room for, and nobody reads there: from here on the line is full.
    REQUIRE(send() == all.size());
    REQUIRE(pair.transport->unsent_in_kernel() > 0);
    REQUIRE(send() == all.size());
    // What is deciphered at once is one record.
    std::array<char, 20'000> bytes{};
    std::size_t seen = 0;
    std::size_t longest = 0;
    while (seen < 2 * all.size()) {
        const int got = SSL_read(pair.ssl.get(), bytes.data(), static_cast<int>(bytes.size()));
        if (got <= 0) continue;
        if (seen >= all.size()) longest = std::max(longest, static_cast<std::size_t>(got));
        seen += static_cast<std::size_t>(got);
    }
    CHECK(longest == base::limits::tls_record_slow_bytes);
}

TEST_CASE("what is not there would block and what is inside is said to be", "[net][transport]") {
    const bool tls = GENERATE(false, true);
    Pair pair(tls);
    std::array<char, 10> bytes{};
    error_code error;
    CHECK(pair.transport->read_some(bytes, error) == 0);
    CHECK(error == asio::error::would_block);
    pair.far->write("0123456789abcde");
    std::size_t read = 0;
    while (read == 0) read = pair.transport->read_some(bytes, error);
    CHECK(std::string(bytes.data(), read) == "0123456789");
    CHECK(pair.transport->holds_read_bytes() == tls);
    REQUIRE(pair.transport->read_some(bytes, error) == 5);
    CHECK_FALSE(pair.transport->holds_read_bytes());
    CHECK(std::string(bytes.data(), 5) == "abcde");
}

TEST_CASE("an end that says nothing more can still read", "[net][transport]") {
    Pair pair(GENERATE(false, true));
    pair.transport->end_sending();
    pair.far->write("last words");
    std::array<char, 32> bytes{};
    error_code error;
    std::size_t read = 0;
    while (read == 0) {
        read = pair.transport->read_some(bytes, error);
        REQUIRE((read != 0 || error == asio::error::would_block));
    }
    CHECK(std::string(bytes.data(), read) == "last words");
}

TEST_CASE("a closed transport stays closed and touches no descriptor", "[net][transport]") {
    Pair pair(GENERATE(false, true));
    pair.transport->close();
    pair.transport->close();
    std::array<char, 8> bytes{};
    const iovec piece{bytes.data(), bytes.size()};
    error_code error;
    CHECK(pair.transport->read_some(bytes, error) == 0);
    CHECK(error == asio::error::bad_descriptor);
    CHECK(pair.transport->write_some({&piece, 1}, error) == 0);
    CHECK(error == asio::error::bad_descriptor);
    CHECK(pair.transport->unsent_in_kernel() == 0);
}

TEST_CASE("writing to a peer that is gone is an error and no signal", "[net][transport]") {
    Pair pair(GENERATE(false, true));
    pair.line.far.set_option(asio::socket_base::linger(true, 0));
    pair.line.far.close();
    const std::string text(1'000, 'x');
    const iovec piece{const_cast<char*>(text.data()), text.size()};
    error_code error;
    while (!error) (void)pair.transport->write_some({&piece, 1}, error);
    CHECK(error != asio::error::would_block);
    while (error != asio::error::broken_pipe && error != asio::error::connection_aborted) {
        (void)pair.transport->write_some({&piece, 1}, error);
        REQUIRE(error);
    }
}

// Sanitizers have an allocator of their own, which mallinfo2 knows nothing of.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("an idle connection under TLS holds 15 KB at most", "[net][transport]") {
    const Server server;
    const auto make = [&server](Line& line) {
        TlsSession session = server.tls->session(line.near.native_handle());
        const Owned<SSL> far = shake(session, line.far, server.context.get());
        Transport transport(std::move(line.near), std::move(session));
        std::array<char, 4'096> bytes{};
        error_code error;
        REQUIRE(SSL_write(far.get(), bytes.data(), 300) == 300);
        while (transport.read_some(bytes, error) == 0) {
        }
        CHECK(transport.read_some(bytes, error) == 0);
        const iovec piece{bytes.data(), bytes.size()};
        CHECK(transport.write_some({&piece, 1}, error) == bytes.size());
        return transport;
    };
    constexpr std::size_t connections = 100;
    std::vector<std::unique_ptr<Line>> lines;
    for (std::size_t i = 0; i < connections + 10; ++i) lines.push_back(std::make_unique<Line>());
    std::vector<Transport> transports;
    transports.reserve(connections + 10);
    for (std::size_t i = 0; i < 10; ++i) transports.push_back(make(*lines[i]));  // what is made once
    const std::size_t before = ::mallinfo2().uordblks;
    for (std::size_t i = 10; i < connections + 10; ++i) transports.push_back(make(*lines[i]));
    const std::size_t each = (::mallinfo2().uordblks - before) / connections;
    CAPTURE(each);
    CHECK(each < 15 * 1024);
    CHECK(each > 1024);
}
#endif

}  // namespace
}  // namespace marchwire::net::test
