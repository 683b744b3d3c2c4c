// Getting in: the key of a device, and what turns an invite into a token. For leads: who may get in.
#pragma once

#include "marchwire/api.hpp"
#include "marchwire/commands.hpp"
#include "marchwire/values.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

typedef struct evp_pkey_st EVP_PKEY;  // NOLINT: as OpenSSL declares it

namespace boost::asio {
class io_context;
}

namespace marchwire::sdk {

/// A P-256 key that never leaves its device: it signs each log-in, so that a token alone opens nothing. Copies are the
/// same key. Any thread.
class DeviceKey {
public:
    /// A new one, from the system's randomness.
    [[nodiscard]] MARCHWIRE_SDK_API static DeviceKey generate();
    /// Of what `pem` gave; empty when it is no P-256 key.
    [[nodiscard]] MARCHWIRE_SDK_API static std::optional<DeviceKey> from_pem(const std::string& pem);
    /// PKCS #8. Keep it where the app alone may read; whoever has it and the token is this device.
    [[nodiscard]] MARCHWIRE_SDK_API std::string pem() const;
    /// The point, uncompressed: 65 bytes.
    [[nodiscard]] MARCHWIRE_SDK_API std::string public_key() const;
    /// ES256: r and s, 64 bytes. What ClientSettings::sign wants.
    [[nodiscard]] MARCHWIRE_SDK_API std::string sign(std::string_view text) const;

private:
    explicit DeviceKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}
    std::shared_ptr<EVP_PKEY> key_;
};

/// An invite as it was handed over: its link, or the server's address with a spoken code.
struct Invitation {
    std::string url;       ///< https://march.example.org, or the link itself; http:// where TLS is not spoken
    std::string ca_file;   ///< PEM, believed beside what the system trusts; empty: none
    std::string link;      ///< the whole link, or what stands behind its '#'; empty: a code is given
    std::string code;      ///< "17-K7QF-M2PX", in any case
    std::string campaign;  ///< with a code; may be empty where the server has one campaign alone
    /// By what the person's cry for help is cancelled: 4 to 8 digits; empty: by nothing. By the duress PIN it seems to
    /// be, on this phone and those near it, and stays open for the leads.
    std::string pin, duress_pin;
};
/// What to keep of it.
struct CameIn {
    std::string token;
    bool pin_set = false;  ///< false too where another device of the person's had set one: that one holds
};
/// The token, or why not: NOT_FOUND (no such invite), EXPIRED, INVALID_TRANSITION (used by another device, or waits for
/// a lead's confirmation), PERMISSION_DENIED (wrong code), RATE_LIMITED, UNAVAILABLE (no answer came).
using Redeemed = std::variant<CameIn, Error>;
/// Asks the server once, within 30 s, and waits. The same key may ask again when no answer came: the invite is not
/// lost. Any thread.
[[nodiscard]] MARCHWIRE_SDK_API Redeemed redeem(const Invitation& invitation, const DeviceKey& key);
/// The same without waiting. `done` on the io_context's thread.
MARCHWIRE_SDK_STATIC void redeem(boost::asio::io_context& io, const Invitation& invitation, const DeviceKey& key,
                                 std::function<void(const Redeemed&)> done);

// ---- for leads ---------------------------------------------------------------------------------
/// How far an invite has come.
enum class InviteState : std::uint8_t { unknown = 0, unconfirmed = 1, open = 2, redeemed = 3, revoked = 4 };

/// A device, or a token made on the host, that may get in.
struct Device {
    std::uint32_t number = 0;  ///< what RevokeDevice names
    Role role = Role::unknown;
    UtcMs since = 0;
    UtcMs expires_at = 0;      ///< 0: never
    std::uint32_t invite = 0;  ///< that it came by; 0: none
};
/// An invite that was made for a person.
struct Invite {
    std::uint32_t number = 0;
    Role role = Role::unknown;
    InviteState state = InviteState::unknown;
    UtcMs expires_at = 0;
    PersonId by = 0;  ///< 0: the host
    bool second_device = false;
    std::string code;  ///< to be spoken; empty: void after five wrong ones, or not for you
};
/// By what a person may get in.
struct PersonAccess {
    PersonId person = 0;
    std::string callsign;
    std::vector<Device> devices;
    std::vector<Invite> invites;  ///< open, or unconfirmed
};
/// The answer to Client::read_access, in pages.
struct Access {
    std::vector<PersonAccess> persons;
    PersonId next = 0;  ///< ask again from here; 0: that was all
    std::optional<Error> error;
};
/// On the client's thread.
using OnAccess = std::function<void(const Access&)>;

/// The name of a state as people read it.
[[nodiscard]] MARCHWIRE_SDK_API std::string_view name_of(InviteState state);
/// What the log holds of a link's secret: its SHA-256, 32 bytes.
[[nodiscard]] MARCHWIRE_SDK_API std::string hash_of_secret(std::string_view secret);
/// A secret that nobody guesses: 43 characters of base64url.
[[nodiscard]] MARCHWIRE_SDK_API std::string new_secret();

}  // namespace marchwire::sdk
