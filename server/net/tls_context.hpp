// The server's certificate and key, and what it speaks with them.
#pragma once

#include "base/outcome.hpp"
#include "net/ticket_keys.hpp"
#include "net/tls_session.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;

namespace marchwire::net {

/// PEM files: the certificate with the chain behind it, and its key without a passphrase.
struct TlsFiles {
    std::string certificate;
    std::string key;
};

/// TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only; no compression, renegotiation or early
/// data; sessions are resumed by tickets, of which the server keeps none, and whose keys outlive a renewed certificate.
/// Any thread.
class TlsContext {
public:
    /// The refusal names the setting and the file, and says what to do. An expired certificate is a warning in the log:
    /// clients refuse it, but nobody is helped by a server that does not start.
    [[nodiscard]] static base::Result<std::shared_ptr<TlsContext>> open(TlsFiles files);

    /// Reads the files again, for connections that come from now on. When it cannot, all stays as it was.
    [[nodiscard]] base::Result<void> reload();
    /// For a socket that was just accepted.
    [[nodiscard]] TlsSession session(int descriptor) const;
    [[nodiscard]] std::chrono::system_clock::time_point expires() const;
    [[nodiscard]] TicketKeys& ticket_keys() { return *ticket_keys_; }

private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    using Context = std::unique_ptr<ssl_ctx_st, Free>;
    explicit TlsContext(TlsFiles files);
    [[nodiscard]] static base::Result<Context> load(const TlsFiles& files, TicketKeys& ticket_keys);

    TlsFiles files_;
    std::unique_ptr<TicketKeys> ticket_keys_;  ///< outlives the contexts, which know it
    mutable std::mutex mutex_;                 ///< taken once for each connection
    Context context_;
};

}  // namespace marchwire::net
