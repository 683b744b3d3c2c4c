// One person's connection for one verb: opens, asks, waits, says why not.
#pragma once

#include "verb.hpp"

#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace marchwire::cli {

/// A random number for a device that lives as long as this call.
[[nodiscard]] std::uint64_t random_device_id();
[[nodiscard]] base::Refusal refusal_of(const sdk::Error& error);

/// By the device's file, else by the token; for a device that lives as long as this call.
[[nodiscard]] base::Result<sdk::ClientSettings> settings_of(const Context& context);

/// One thread; every call waits for its answer, at most ten seconds.
class PersonLink {
public:
    explicit PersonLink(const Context& context);

    /// UNAVAILABLE when nobody answers, UNAUTHENTICATED when the token is not known.
    [[nodiscard]] base::Result<sdk::Welcome> open();
    /// "campaign/march": the given one, else the one that the token is for.
    [[nodiscard]] base::Result<std::string> march_named(const std::string& given) const;
    /// The march as this person may see it: ops, else the own marshal feed.
    [[nodiscard]] base::Result<sdk::March> march(const std::string& name);
    /// Who may get in, from this person on.
    [[nodiscard]] base::Result<sdk::Access> access(const std::string& log, sdk::PersonId from);
    /// Its ops feed as JSON of OpsSnapshot, and where in the log that is.
    struct Whole {
        std::string json;
        sdk::Position position;
    };
    [[nodiscard]] base::Result<Whole> ops_snapshot(const std::string& name);
    /// Items of its ops feed from this entry on, as JSON; asked again where the server says that it is too often.
    [[nodiscard]] base::Result<sdk::History> history(const std::string& name, std::uint64_t from, std::uint32_t limit);
    /// The desk's rows of a campaign, by march.
    [[nodiscard]] base::Result<std::map<std::string, sdk::Row>> desk(const std::string& campaign);
    [[nodiscard]] base::Result<sdk::Accepted> send(const std::string& log, const sdk::Command& command);

private:
    /// True when `done` came to hold in time.
    [[nodiscard]] bool run_until(const std::function<bool()>& done);
    [[nodiscard]] base::Result<sdk::March> march_of(const sdk::FeedName& feed);
    void take_rows(const sdk::FeedItem& item);
    /// Time goes by; what comes meanwhile is taken.
    void rest(std::chrono::milliseconds time);

    boost::asio::io_context io_{1};
    std::optional<sdk::Welcome> welcome_;
    std::optional<base::Refusal> refused_;  ///< why there is no connection
    std::optional<sdk::Error> feed_refused_;
    std::string waiting_for_;  ///< why it is tried again
    std::map<std::string, sdk::Row> rows_;
    std::uint64_t rows_told_ = 0;        ///< items of rows that came
    std::optional<sdk::Client> client_;  ///< none: the device's file was refused
};

/// Opens, finds the march, lets `make` build the command from its state, sends it and prints the answer.
/// `march_given` may be empty. `make` is given the state only when `needs_state`; `self` is set in it for whoever is on
/// the roster.
struct PersonVerb {
    std::string march_given;
    bool needs_state = false;
    std::function<base::Result<sdk::Command>(const sdk::March&)> make;
};
/// Somebody of the roster, by callsign.
[[nodiscard]] base::Result<sdk::Member> called(const sdk::March& march, const std::string& callsign,
                                               std::string_view flag);
void run_verb(Context& context, const PersonVerb& verb);

/// Opens, finds the march and shows what it is like now; sends nothing that a person asked for.
void look(Context& context, const std::string& march_given, const std::function<void(const sdk::March&)>& show);

}  // namespace marchwire::cli
