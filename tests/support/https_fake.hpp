// Somebody else's HTTP server, with what it was asked and what it answers. (tests)
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace marchwire::test {

struct FakeRequest {
    std::string target;
    std::map<std::string, std::string> headers;  ///< by name in lower case
    std::string body;
};
struct FakeAnswer {
    unsigned status = 200;
    std::string retry_after = {};
    bool hangs_up = false;  ///< without an answer
};

/// On a port of 127.0.0.1, its threads its own; gone with it.
class HttpsFake {
public:
    enum class Speaks : std::uint8_t { plain, tls };
    /// Under TLS with a certificate of its own for localhost.
    explicit HttpsFake(Speaks speaks = Speaks::tls);
    ~HttpsFake();
    HttpsFake(const HttpsFake&) = delete;
    HttpsFake& operator=(const HttpsFake&) = delete;

    /// https://localhost:PORT/path or http://127.0.0.1:PORT/path.
    [[nodiscard]] std::string url(const std::string& path) const;
    /// Its own, for whoever is to believe it.
    [[nodiscard]] std::string certificate() const;
    /// The next requests are answered so, all others as the last was asked for by `always`: 200 at first.
    void answer(std::vector<FakeAnswer> next);
    void always(FakeAnswer answer);
    [[nodiscard]] std::vector<FakeRequest> requests() const;
    [[nodiscard]] std::size_t connections() const;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace marchwire::test
