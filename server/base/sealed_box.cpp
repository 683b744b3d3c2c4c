#include "base/sealed_box.hpp"

#include "base/outcome.hpp"

#include <openssl/evp.h>

#include <memory>

namespace marchwire::base {
namespace {

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* in(std::string_view bytes) {
    return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}
unsigned char* out(std::string& bytes) { return static_cast<unsigned char*>(static_cast<void*>(bytes.data())); }

int length(std::string_view bytes) { return static_cast<int>(bytes.size()); }

const EVP_CIPHER* cipher_for(std::string_view key) {
    MARCHWIRE_INVARIANT(key.size() == 16 || key.size() == 32);
    return key.size() == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

}  // namespace

std::string seal(std::string_view key, std::string_view nonce, std::string_view with, std::string_view clear) {
    MARCHWIRE_INVARIANT(nonce.size() == gcm_nonce_bytes);
    const Cipher context(EVP_CIPHER_CTX_new());
    std::string sealed(clear.size(), '\0');
    std::string tag(gcm_tag_bytes, '\0');
    int size = 0;
    int last = 0;
    const bool made = context != nullptr &&
                      EVP_EncryptInit_ex(context.get(), cipher_for(key), nullptr, in(key), in(nonce)) == 1 &&
                      EVP_EncryptUpdate(context.get(), nullptr, &size, in(with), length(with)) == 1 &&
                      EVP_EncryptUpdate(context.get(), out(sealed), &size, in(clear), length(clear)) == 1 &&
                      EVP_EncryptFinal_ex(context.get(), out(sealed) + size, &last) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(gcm_tag_bytes),
                                          tag.data()) == 1;
    MARCHWIRE_INVARIANT(made);
    return sealed + tag;
}

std::optional<std::string> unseal(std::string_view key, std::string_view nonce, std::string_view with,
                                  std::string_view sealed) {
    if (sealed.size() < gcm_tag_bytes || nonce.size() != gcm_nonce_bytes) return std::nullopt;
    std::string tag(sealed.substr(sealed.size() - gcm_tag_bytes));
    sealed.remove_suffix(gcm_tag_bytes);
    const Cipher context(EVP_CIPHER_CTX_new());
    std::string clear(sealed.size(), '\0');
    int size = 0;
    int last = 0;
    const bool ready = context != nullptr &&
                       EVP_DecryptInit_ex(context.get(), cipher_for(key), nullptr, in(key), in(nonce)) == 1 &&
                       EVP_DecryptUpdate(context.get(), nullptr, &size, in(with), length(with)) == 1 &&
                       EVP_DecryptUpdate(context.get(), out(clear), &size, in(sealed), length(sealed)) == 1 &&
                       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(gcm_tag_bytes),
                                           tag.data()) == 1;
    MARCHWIRE_INVARIANT(ready);
    if (EVP_DecryptFinal_ex(context.get(), out(clear) + size, &last) != 1) return std::nullopt;
    return clear;
}

}  // namespace marchwire::base
