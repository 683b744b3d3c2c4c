// `marchwire log verify|dump`: the log as an audit reads it, with or without a running server.
#include "access/key_ring.hpp"
#include "log_check.hpp"
#include "log_source.hpp"
#include "verb.hpp"
#include "wire/codec.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <memory>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct LogFlags {
    std::string log;
    std::uint64_t from = 1;
    std::uint64_t limit = 0;
    store::RedisPlace redis;
    std::string keys;
};

class LogVerb {
public:
    LogVerb(Context& context, const LogFlags& flags) : context_(context), flags_(flags) {}

    void verify() {
        const auto keys = existing_keys(flags_.keys.empty() ? context_.data + "/keys.json" : flags_.keys);
        if (!keys) return report(context_, keys.error());
        auto source = open_log_source(context_.data, flags_.redis);
        if (!source) return report(context_, source.error());
        const auto logs = wanted_logs(**source, flags_.log);
        if (!logs) return report(context_, logs.error());
        for (const base::LogId& log : *logs) {
            LogCheck check(*keys, log);
            base::Result<void> whole;
            const auto read = each_entry(**source, log, base::Seq{1}, [&](const store::StoredEntry& entry) {
                whole = check.add(entry);
                return whole.has_value();
            });
            if (!read) return report(context_, read.error());
            tell(log, check, whole);
        }
    }

    void dump() {
        const auto log = base::LogId::parse(flags_.log);
        if (!log) return report(context_, log.error());
        auto source = open_log_source(context_.data, flags_.redis);
        if (!source) return report(context_, source.error());
        std::uint64_t left = flags_.limit;
        base::Result<void> understood;
        const auto read = each_entry(**source, *log, base::Seq{flags_.from}, [&](const store::StoredEntry& stored) {
            understood = write(stored);
            return understood.has_value() && (flags_.limit == 0 || --left != 0);
        });
        if (!read) return report(context_, read.error());
        if (!understood) report(context_, understood.error());
    }

private:
    void tell(const base::LogId& log, const LogCheck& check, const base::Result<void>& whole) {
        const base::Tip& tip = check.tip();
        Json json{{"ok", whole.has_value()},
                  {"log", log.text()},
                  {"entries", tip.seq.value},
                  {"lost_entries", check.lost_entries()},
                  {"signed_tips", check.signed_tips()},
                  {"epoch", tip.epoch.value},
                  {"digest", base::hex(tip.digest)}};
        std::string text = log.text() + ": " + std::to_string(tip.seq.value) + " entries, " +
                           std::to_string(check.signed_tips()) + " signed tips, ";
        if (check.lost_entries() != 0) text += std::to_string(check.lost_entries()) + " lost and repaired, ";
        if (whole) {
            text += "whole, tip " + base::hex(tip.digest) + "\n";
        } else {
            context_.exit_code = ExitCode::damaged;
            json["field"] = whole.error().field;
            json["message"] = whole.error().message;
            text += "DAMAGED at " + whole.error().field + ": " + whole.error().message + "\n";
        }
        print(context_, json, text);
    }

    /// One line of JSON for an entry, with or without --json.
    base::Result<void> write(const store::StoredEntry& stored) {
        const auto entry = wire::decode_stored(stored.bytes);
        if (!entry) return entry.error();
        Json line{{"log", flags_.log},
                  {"seq", stored.tip.seq.value},
                  {"epoch", stored.tip.epoch.value},
                  {"digest", base::hex(stored.tip.digest)},
                  {"entry", Json::parse(wire::entry_json(*entry))}};
        if (entry->command) {
            line["id"] = {{"device", std::to_string(entry->command.device.value)},
                          {"counter", std::to_string(entry->command.counter)}};
        }
        context_.out << line.dump() << "\n";
        return {};
    }

    Context& context_;
    const LogFlags& flags_;
};

}  // namespace

void add_log(CLI::App& app, Context& context) {
    auto* log = app.add_subcommand("log", "what was accepted, by whom, when");
    log->require_subcommand(1);
    const auto flags = std::make_shared<LogFlags>();
    add_redis_place(*log, flags->redis);
    auto* verifying = log->add_subcommand("verify", "check chain and signed tips, of all logs or of one");
    verifying->add_option("log", flags->log, "CAMPAIGN or CAMPAIGN/MARCH");
    verifying->add_option("--keys", flags->keys, "the servers' key file (keys.json in --data)")
        ->envname("MARCHWIRE_KEYS");
    verifying->callback([&context, flags] { LogVerb(context, *flags).verify(); });
    auto* dumping = log->add_subcommand("dump", "one line of JSON for each entry");
    dumping->add_option("log", flags->log, "CAMPAIGN or CAMPAIGN/MARCH")->required();
    dumping->add_option("--from", flags->from, "first seq")->check(CLI::PositiveNumber);
    dumping->add_option("--limit", flags->limit, "at most so many entries");
    dumping->callback([&context, flags] { LogVerb(context, *flags).dump(); });
}

}  // namespace marchwire::cli
