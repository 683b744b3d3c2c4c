// A certificate for 127.0.0.1 that nobody trusts but who is given it: for measuring TLS.
#pragma once

#include <filesystem>
#include <string>

namespace marchwire::bench {

struct KeyPair {
    std::string certificate, key;  ///< PEM files
};

/// Made once in this directory: P-256, good for a day. Throws std::runtime_error when OpenSSL will not.
[[nodiscard]] KeyPair self_signed(const std::filesystem::path& directory);

}  // namespace marchwire::bench
