// `marchwire audit`: who did what, and whether what says so was altered.
#include "import/local_time.hpp"
#include "log_check.hpp"
#include "log_source.hpp"
#include "verb.hpp"
#include "wire/codec.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct AuditFlags {
    std::string log;
    std::string by;
    std::string what;
    bool machines = false;
    store::RedisPlace redis;
    std::string keys;
};

/// The host has gone around the second lead: that is told with what people did.
bool is_recovery(const core::Entry& entry) {
    const auto* issued = std::get_if<core::TokenIssued>(&entry.event);
    return issued != nullptr && issued->token.recovery;
}

/// Reads a log from its first entry on: a chain says nothing about a part of it.
class Audit {
public:
    Audit(Context& context, const AuditFlags& flags, LogSource& source, const access::KeyRing& keys)
        : context_(context), flags_(flags), source_(source), keys_(keys) {}

    base::Result<void> run(const base::LogId& log) {
        if (auto known = learn_callsigns(log.campaign_log()); !known) return known;
        LogCheck check(keys_, log);
        base::Result<void> whole;
        const auto read = each_entry(source_, log, base::Seq{1}, [&](const store::StoredEntry& stored) {
            whole = check.add(stored);
            if (whole) tell(log, stored);
            return whole.has_value();
        });
        if (!read) return read;
        conclude(log, check, whole);
        return {};
    }

private:
    base::Result<void> learn_callsigns(const base::LogId& campaign) {
        return each_entry(source_, campaign, base::Seq{1}, [&](const store::StoredEntry& stored) {
            const auto entry = wire::decode_stored(stored.bytes);
            const auto* added = entry ? std::get_if<core::PersonAdded>(&entry->event) : nullptr;
            if (added != nullptr) callsigns_[added->person.id] = added->person.callsign;
            return true;
        });
    }

    /// The keeper and the host's command line are no persons.
    [[nodiscard]] std::string who(const core::Entry& entry) const {
        if (!entry.actor) return "server or host";
        const auto known = callsigns_.find(entry.actor);
        return known == callsigns_.end() ? "person " + std::to_string(entry.actor.value) : known->second;
    }

    void tell(const base::LogId& log, const store::StoredEntry& stored) {
        const auto entry = wire::decode_stored(stored.bytes);
        if (!entry || (!entry->actor && !flags_.machines && !is_recovery(*entry))) return;
        const std::string actor = who(*entry);
        const Json event = Json::parse(wire::entry_json(*entry)).value("event", Json::object());
        const std::string what = event.empty() ? std::string() : event.begin().key();
        const bool is_wanted = (flags_.by.empty() || flags_.by == actor) &&
                               (flags_.what.empty() || flags_.what == what);
        if (!is_wanted) return;
        const Json row{{"log", log.text()},
                       {"seq", stored.tip.seq.value},
                       {"at_ms", entry->at.value},
                       {"made_at_ms", entry->made_at.value},
                       {"by", actor},
                       {"what", what},
                       {"event", event.empty() ? event : *event.begin()}};
        const std::string text = import::local_text(entry->at, "UTC") + "\t" + log.text() + "\t" +
                                 std::to_string(stored.tip.seq.value) + "\t" + actor + "\t" + what + "\t" +
                                 row.at("event").dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
        print(context_, row, text);
    }

    void conclude(const base::LogId& log, const LogCheck& check, const base::Result<void>& whole) {
        Json row{{"log", log.text()},
                 {"entries", check.tip().seq.value},
                 {"signed_tips", check.signed_tips()},
                 {"whole", whole.has_value()}};
        std::string text = log.text() + ": " + std::to_string(check.tip().seq.value) + " entries, " +
                           std::to_string(check.signed_tips()) + " signed tips, ";
        if (whole) {
            text += "none was altered\n";
        } else {
            context_.exit_code = ExitCode::damaged;
            row["field"] = whole.error().field;
            row["message"] = whole.error().message;
            text += "DAMAGED at " + whole.error().field + ": " + whole.error().message + "\n";
        }
        print(context_, row, text);
    }

    Context& context_;
    const AuditFlags& flags_;
    LogSource& source_;
    const access::KeyRing& keys_;
    std::map<base::PersonId, std::string> callsigns_;  ///< of the campaign that is read
};

void audit(Context& context, const AuditFlags& flags) {
    const auto keys = existing_keys(flags.keys.empty() ? context.data + "/keys.json" : flags.keys);
    if (!keys) return report(context, keys.error());
    auto source = open_log_source(context.data, flags.redis);
    if (!source) return report(context, source.error());
    const auto logs = wanted_logs(**source, flags.log);
    if (!logs) return report(context, logs.error());
    Audit audit(context, flags, **source, *keys);
    for (const base::LogId& log : *logs) {
        if (const auto done = audit.run(log); !done) return report(context, done.error());
    }
}

}  // namespace

void add_audit(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("audit",
                                    "who did what, of all logs or of one, with chain and signed tips verified");
    const auto flags = std::make_shared<AuditFlags>();
    verb->add_option("log", flags->log, "CAMPAIGN or CAMPAIGN/MARCH");
    verb->add_option("--by", flags->by, "of this callsign alone");
    verb->add_option("--what", flags->what, "this alone, as in inviteMade, orderIssued, restrictedRead");
    verb->add_flag("--machines", flags->machines,
                   "what the server did by itself as well, and the host (whose recoveries are always told)");
    add_redis_place(*verb, flags->redis);
    verb->add_option("--keys", flags->keys, "the servers' key file (keys.json in --data)")->envname("MARCHWIRE_KEYS");
    verb->callback([&context, flags] { audit(context, *flags); });
}

}  // namespace marchwire::cli
