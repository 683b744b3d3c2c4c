// What lets a device in: its number, its key, its invite.
#include "event_texts.hpp"
#include "handles.hpp"
#include "wall.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <memory>

using namespace marchwire;

uint64_t marchwire_device_new(void) {
    std::array<unsigned char, sizeof(std::uint64_t)> bits{};
    std::uint64_t device = 0;
    while (device == 0) {
        if (RAND_bytes(bits.data(), static_cast<int>(bits.size())) != 1) return 0;
        std::memcpy(&device, bits.data(), bits.size());
    }
    return device;
}

marchwire_status marchwire_key_new(char** pem) {
    if (pem == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    *pem = nullptr;
    return c::walled([&] { return c::hand_over(sdk::DeviceKey::generate().pem(), pem); });
}

marchwire_invitation* marchwire_invitation_new(void) {
    return c::walled<marchwire_invitation*>(nullptr, [] { return std::make_unique<marchwire_invitation>().release(); });
}

void marchwire_invitation_free(marchwire_invitation* invitation) { delete invitation; }

marchwire_status marchwire_invitation_set_link(marchwire_invitation* invitation, const char* link) {
    return c::set_text(
        invitation, link, [](auto& one) -> auto& { return one.said.link; });
}

marchwire_status marchwire_invitation_set_code(marchwire_invitation* invitation, const char* url, const char* code,
                                               const char* campaign) {
    if (invitation == nullptr || url == nullptr || code == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        invitation->said.url = url;
        invitation->said.code = code;
        invitation->said.campaign = campaign == nullptr ? "" : campaign;
        return MARCHWIRE_OK;
    });
}

marchwire_status marchwire_invitation_set_pins(marchwire_invitation* invitation, const char* pin,
                                               const char* duress_pin) {
    if (invitation == nullptr || pin == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        invitation->said.pin = pin;
        invitation->said.duress_pin = duress_pin == nullptr ? "" : duress_pin;
        return MARCHWIRE_OK;
    });
}

marchwire_status marchwire_invitation_set_ca_file(marchwire_invitation* invitation, const char* path) {
    return c::set_text(
        invitation, path, [](auto& one) -> auto& { return one.said.ca_file; });
}

marchwire_status marchwire_redeem(const marchwire_invitation* invitation, const char* key_pem, char** json) {
    if (json != nullptr) *json = nullptr;
    if (invitation == nullptr || key_pem == nullptr || json == nullptr) return MARCHWIRE_NULL_ARGUMENT;
    return c::walled([&]() -> marchwire_status {
        const auto key = sdk::DeviceKey::from_pem(key_pem);
        if (!key) return MARCHWIRE_INVALID_ARGUMENT;
        return c::hand_over(c::text_of(sdk::redeem(invitation->said, *key)), json);
    });
}
