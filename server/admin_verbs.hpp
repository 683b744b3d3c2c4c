// What the host's command line may ask of the running server, over the admin socket.
#pragma once

#include "access/key_ring.hpp"
#include "backups.hpp"
#include "base/clock.hpp"
#include "bus/bus.hpp"
#include "ops/admin_socket.hpp"
#include "shard/city.hpp"

#include <boost/asio/thread_pool.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace marchwire {

/// Answers `{"verb": ...}` lines with `{"ok":true,...}` or `{"ok":false,"error":{code,field,message}}`:
///
/// | verb | asks | answers |
/// |---|---|---|
/// | command | log, command (a Command as JSON; its id may be left out) | level, position, made |
/// | list | | logs |
/// | state | log | state: OpsSnapshot, or CampaignCheckpoint without token hashes |
/// | log_read | log, from, limit | entries: seq, epoch, digest and bytes in hexadecimal |
/// | token_create | campaign, march, role, callsign, section, expires_ms | token (shown this once), number, person |
/// | the same with recover | campaign, march, role, callsign: of a city lead who was in | the same, expires_ms |
/// | token_list | campaign | tokens |
/// | token_revoke | campaign, number, reason | |
/// | invite_create | as token_create, second_device | link and code (shown this once), number, person, expires_ms |
/// | invite_again | campaign, number | the same, for the same person; their devices and invites are void |
/// | invite_member | campaign, march, callsign | the same, for somebody of the roster |
/// | invite_list | campaign | invites |
/// | backup | file (absolute), replace | file, bytes, longest_step_us, keys (the key file, which is not in it) |
/// | status | | version, sessions, marches, ..., demo_clock |
/// | move_clock | seconds | now_ms, kept (marches); when all that is due by then is stored and told |
/// | stop | | then the server drains and ends |
///
/// Verbs run one after the other on a thread of their own, which waits for the city: they are rare and few. A backup
/// has a thread more, so that nobody waits for it who needs a token.
class AdminVerbs {
public:
    struct Parts {
        shard::City& city;
        store::EventLog& log;
        const base::Clock& clock;
        base::ManualClock* hand_clock;            ///< the same, where the host moves it; else null
        bus::Bus* bus;                            ///< null: there are no other servers
        store::BackupFile::Live live;             ///< where no backup may be put
        std::function<std::string()> public_url;  ///< what the links of invites begin with
        std::function<void()> stop;               ///< begins the end of the server; any thread
    };
    explicit AdminVerbs(Parts parts);
    ~AdminVerbs();
    AdminVerbs(const AdminVerbs&) = delete;
    AdminVerbs& operator=(const AdminVerbs&) = delete;

    /// ops::AdminRequest. Any thread.
    void ask(std::string line, ops::AdminAnswer answer);
    /// Takes no more verbs and returns when the last has been answered. Before the city ends.
    void finish();

private:
    using Json = nlohmann::json;
    /// The members of an answer. A type of its own: anything at all turns into a Json.
    struct Said {
        Json members;
    };
    using Answer = base::Result<Said>;

    void answer_line(const std::string& line, const ops::AdminAnswer& answer);
    void backup(const Json& request, const ops::AdminAnswer& answer);
    [[nodiscard]] Answer run(const Json& request);
    [[nodiscard]] Answer run_command(const Json& request);
    [[nodiscard]] Answer create_march(const base::LogId& log, core::Command command);
    [[nodiscard]] Answer list();
    [[nodiscard]] Answer state(const Json& request);
    [[nodiscard]] Answer log_read(const Json& request);
    [[nodiscard]] Answer token_create(const Json& request);
    [[nodiscard]] Answer token_recover(const base::LogId& scope, core::Role role, const std::string& callsign);
    [[nodiscard]] Answer token_list(const Json& request);
    [[nodiscard]] Answer token_revoke(const Json& request);
    [[nodiscard]] Answer invite_create(const Json& request);
    [[nodiscard]] Answer invite_again(const Json& request);
    [[nodiscard]] Answer invite_member(const Json& request);
    [[nodiscard]] Answer invite_list(const Json& request);
    [[nodiscard]] Answer status() const;
    [[nodiscard]] Answer move_clock(const Json& request);
    [[nodiscard]] bool hear_others();

    /// Waits for the city's answer.
    [[nodiscard]] base::Result<wire::Accepted> put(const base::LogId& log, core::Command command);
    [[nodiscard]] base::Result<wire::Accepted> put(const base::LogId& log, core::CommandBody body);
    [[nodiscard]] Answer state_of(const base::LogId& log);
    /// Where a person of this role is to be: the march, or the campaign.
    [[nodiscard]] base::Result<base::LogId> scope_of(const Json& request, core::Role role);
    [[nodiscard]] Answer invite(const base::LogId& scope, core::InviteMarshal wish);
    [[nodiscard]] base::Result<base::UtcMs> invite_expires(const Json& request, const base::LogId& scope);
    [[nodiscard]] base::Result<std::uint64_t> enlist(const Json& request, const base::LogId& scope, core::Role role,
                                                     const std::string& callsign);
    [[nodiscard]] base::Result<std::uint64_t> person_for(const base::LogId& scope, const std::string& callsign);
    [[nodiscard]] Answer member_called(const base::LogId& march, const std::string& callsign);
    [[nodiscard]] base::Result<void> put_on_roster(const base::LogId& march, std::uint64_t person,
                                                   const std::string& callsign, core::Role role, std::uint32_t section);

    Parts parts_;
    Backups backups_;
    boost::asio::thread_pool worker_;
};

}  // namespace marchwire
