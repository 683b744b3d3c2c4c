// The server's own keys in their file.
#include "access/key_ring.hpp"

#include "core/chain.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace marchwire::access {
namespace {

using Json = nlohmann::json;
using Key32 = std::array<std::uint8_t, 32>;

constexpr std::size_t file_bytes_max = 4'096;

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// A file descriptor that is closed on every way out.
class OpenFile {
public:
    explicit OpenFile(int fd) : fd_(fd) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

base::Refusal trouble(const std::string& path, const std::string& message) {
    return base::refuse(base::RefusalCode::unavailable, path, message);
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: OpenSSL wants unsigned characters
}

std::string hex(const Key32& key) {
    std::string text;
    for (const std::uint8_t byte : key) {
        text += "0123456789abcdef"[byte >> 4U];
        text += "0123456789abcdef"[byte & 15U];
    }
    return text;
}

std::optional<Key32> key_of(const Json& file, const char* name) {
    const auto found = file.find(name);
    if (found == file.end() || !found->is_string()) return std::nullopt;
    const auto& text = found->get_ref<const std::string&>();
    Key32 key{};
    if (text.size() != key.size() * 2) return std::nullopt;
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = digits.find(text[i]);
        if (digit == std::string_view::npos) return std::nullopt;
        const std::size_t high = key.at(i / 2);
        key.at(i / 2) = static_cast<std::uint8_t>(high * 16 + digit);
    }
    return key;
}

KeyPtr private_key(const Key32& seed) {
    KeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
    MARCHWIRE_INVARIANT(key != nullptr);
    return key;
}

PublicKey public_key(const Key32& seed) {
    PublicKey key{};
    std::size_t size = key.size();
    MARCHWIRE_INVARIANT(EVP_PKEY_get_raw_public_key(private_key(seed).get(), key.data(), &size) == 1);
    return key;
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(fd) == 0;
}

/// Whole and on disk, or not there: written beside, then named. A name that exists already wins.
bool write_new(const std::string& path, std::string_view bytes) {
    const std::string beside = path + ".new";
    ::unlink(beside.c_str());
    {
        const OpenFile file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
        if (!file || !write_all(file.get(), bytes)) return false;
    }
    const bool named = ::link(beside.c_str(), path.c_str()) == 0;
    ::unlink(beside.c_str());
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    const OpenFile directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return named && directory && ::fsync(directory.get()) == 0;
}

std::optional<std::string> read_whole(int fd) {
    std::string text(file_bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto got = ::read(fd, text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > file_bytes_max) return std::nullopt;
    text.resize(size);
    return text;
}

}  // namespace

base::Result<KeyRing> KeyRing::open(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return make(path);
        return trouble(path, "The key file cannot be looked at: check that its directory may be entered.");
    }
    return read(path);
}

base::Result<KeyRing> KeyRing::make(const std::string& path) {
    KeyRing ring;
    const bool random = RAND_bytes(ring.master_.data(), static_cast<int>(ring.master_.size())) == 1 &&
                        RAND_bytes(ring.signing_seed_.data(), static_cast<int>(ring.signing_seed_.size())) == 1;
    MARCHWIRE_INVARIANT(random);
    ring.signing_public_ = public_key(ring.signing_seed_);
    const Json file{{"version", 1},
                    {"chain_key", hex(ring.master_)},
                    {"signing_seed", hex(ring.signing_seed_)},
                    {"signing_public", hex(ring.signing_public_)}};
    if (!write_new(path, file.dump(2) + "\n")) {
        return trouble(path, "The key file cannot be written: make its directory, writable for the server's user.");
    }
    return ring;
}

base::Result<KeyRing> KeyRing::read(const std::string& path) {
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return trouble(path, "The key file cannot be read: give it to the server's user.");
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return trouble(path, "The key file cannot be looked at: try again.");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return trouble(path, "Others may read the server's keys: run chmod 600 on this file.");
    }
    const auto damaged = [&] {
        return trouble(path,
                       "The key file is damaged: put it back from the backup. Logs cannot be verified without it.");
    };
    const auto text = read_whole(file.get());
    if (!text) return damaged();
    const Json keys = Json::parse(*text, nullptr, false);
    if (!keys.is_object()) return damaged();
    if (keys.value("version", Json()) != Json(1)) {
        return trouble(path, "The key file is of another version: run the server that wrote it, or a newer one.");
    }
    const auto master = key_of(keys, "chain_key");
    const auto seed = key_of(keys, "signing_seed");
    const auto shown = key_of(keys, "signing_public");
    if (!master || !seed || !shown || public_key(*seed) != *shown) return damaged();
    KeyRing ring;
    ring.master_ = *master;
    ring.signing_seed_ = *seed;
    ring.signing_public_ = *shown;
    return ring;
}

base::Hash256 KeyRing::chain_key(const base::LogId& log) const {
    const std::string name = log.text();
    const std::array<std::string_view, 2> parts{"chain/", name};
    return base::Hmac(master_).of(parts);
}

base::Hash256 KeyRing::key_for(std::string_view purpose) const {
    const std::array<std::string_view, 2> parts{"key/", purpose};
    return base::Hmac(master_).of(parts);
}

Signature KeyRing::sign_tip(const base::LogId& log, const base::Tip& tip) const {
    const std::string statement = core::tip_statement(log, tip);
    const KeyPtr key = private_key(signing_seed_);
    const ContextPtr context(EVP_MD_CTX_new());
    Signature signature{};
    std::size_t size = signature.size();
    const bool made = context != nullptr &&
                      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(statement), statement.size()) ==
                          1;
    MARCHWIRE_INVARIANT(made);
    return signature;
}

bool is_signed_tip(const PublicKey& key, const base::LogId& log, const base::Tip& tip, const Signature& signature) {
    const std::string statement = core::tip_statement(log, tip);
    const KeyPtr shown(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
    const ContextPtr context(EVP_MD_CTX_new());
    return shown != nullptr && context != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, shown.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(statement), statement.size()) ==
               1;
}

}  // namespace marchwire::access
