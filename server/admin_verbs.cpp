#include "admin_verbs.hpp"

#include "admin_json.hpp"
#include "base/limits.hpp"
#include "core/vocabulary.hpp"
#include "wire/codec.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <utility>

namespace marchwire {
namespace {

using Json = nlohmann::json;

core::Actor host() {
    core::Actor actor;
    actor.host = true;
    actor.role = core::Role::keeper;  // of no person, as the entry will say
    return actor;
}

Json error_json(const base::Refusal& refusal) {
    Json error{{"code", base::name_of(refusal.code)}, {"field", refusal.field}, {"message", refusal.message}};
    if (refusal.current_version != 0) error["current_version"] = refusal.current_version;
    if (!refusal.current_value.empty()) error["current_value"] = refusal.current_value;
    if (refusal.retry_after_ms != 0) error["retry_after_ms"] = refusal.retry_after_ms;
    return error;
}

std::string line_of(Json said, bool ok) {
    said["ok"] = ok;
    return said.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string line_of(const base::Refusal& refusal) { return line_of({{"error", error_json(refusal)}}, false); }

/// Begins something that says on another thread when it is done.
template <class Work>
std::future<void> begin(Work work) {
    const auto done = std::make_shared<std::promise<void>>();
    work([done] { done->set_value(); });
    return done->get_future();
}

}  // namespace

AdminVerbs::AdminVerbs(Parts parts) : parts_(std::move(parts)), backups_(parts_.log, parts_.live), worker_(1) {}

AdminVerbs::~AdminVerbs() { finish(); }

void AdminVerbs::ask(std::string line, ops::AdminAnswer answer) {
    boost::asio::post(worker_,
                      [this, line = std::move(line), answer = std::move(answer)] { answer_line(line, answer); });
}

void AdminVerbs::finish() {
    worker_.join();
    backups_.finish();
}

void AdminVerbs::answer_line(const std::string& line, const ops::AdminAnswer& answer) {
    const Json request = Json::parse(line, nullptr, false);
    if (!request.is_object()) return answer(line_of(base::invalid("", "Send one JSON object a line.")));
    if (request.value("verb", Json()) == Json("backup")) return backup(request, answer);
    auto said = run(request);
    answer(said ? line_of(std::move(said->members), true) : line_of(said.error()));
}

void AdminVerbs::backup(const Json& request, const ops::AdminAnswer& answer) {
    const auto file = text_of(request, "file");
    if (!file) return answer(line_of(file.error()));
    const bool replace = request.value("replace", Json()) == Json(true);
    const auto existing = replace ? store::BackupFile::Existing::replaced : store::BackupFile::Existing::kept;
    backups_.write(*file, existing, [answer, file = *file, keys = parts_.live.keys](const auto& written) {
        if (!written) return answer(line_of(written.error()));
        answer(line_of({{"file", file},
                        {"bytes", written->bytes},
                        {"longest_step_us", written->longest_step.count()},
                        {"keys", keys.string()}},
                       true));
    });
}

AdminVerbs::Answer AdminVerbs::run(const Json& request) {
    const auto verb = text_of(request, "verb");
    if (!verb) return verb.error();
    if (*verb == "command") return run_command(request);
    if (*verb == "list") return list();
    if (*verb == "state") return state(request);
    if (*verb == "log_read") return log_read(request);
    if (*verb == "token_create") return token_create(request);
    if (*verb == "token_list") return token_list(request);
    if (*verb == "token_revoke") return token_revoke(request);
    if (*verb == "invite_create") return invite_create(request);
    if (*verb == "invite_again") return invite_again(request);
    if (*verb == "invite_member") return invite_member(request);
    if (*verb == "invite_list") return invite_list(request);
    if (*verb == "status") return status();
    if (*verb == "move_clock") return move_clock(request);
    if (*verb == "stop") {
        parts_.stop();
        return Said{Json::object()};
    }
    return base::invalid("verb", "There is no such verb; is the command line newer than the server?");
}

// ---- asking the city ---------------------------------------------------------------------------

base::Result<wire::Accepted> AdminVerbs::put(const base::LogId& log, core::Command command) {
    std::promise<base::Result<wire::Accepted>> answered;
    if (!command.made_at) command.made_at = parts_.clock.now();
    parts_.city.command(log, std::move(command), host(),
                        [&](base::Result<wire::Accepted> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
}

base::Result<wire::Accepted> AdminVerbs::put(const base::LogId& log, core::CommandBody body) {
    core::Command command;
    command.body = std::move(body);
    return put(log, std::move(command));
}

AdminVerbs::Answer AdminVerbs::state_of(const base::LogId& log) {
    std::promise<base::Result<std::string>> answered;
    parts_.city.state_json(log, [&](base::Result<std::string> result) { answered.set_value(std::move(result)); });
    const auto text = answered.get_future().get();
    if (!text) return text.error();
    return Said{Json::parse(*text)};
}

AdminVerbs::Answer AdminVerbs::run_command(const Json& request) {
    const auto log = log_of(request);
    if (!log) return log.error();
    const auto found = request.find("command");
    if (found == request.end()) return base::invalid("command", "Say what to do.");
    auto command = wire::decode_command_json(found->dump());
    if (!command) return command.error();
    if (std::holds_alternative<core::CreateMarch>(command->body)) return create_march(*log, *std::move(command));
    const auto accepted = put(*log, *std::move(command));
    if (!accepted) return accepted.error();
    return Said{accepted_json(*accepted)};
}

AdminVerbs::Answer AdminVerbs::create_march(const base::LogId& log, core::Command command) {
    if (log.is_campaign()) return base::invalid("log", "Name campaign and march, as in flag-day-2018/st-louis-mo.");
    const auto campaign = state_of(log.campaign_log());
    if (!campaign) return campaign.error();
    // One that is listed and was not made, because the server ended between the two, is made now.
    const Json marches = campaign->members.value("marches", Json::array());
    const bool listed = std::ranges::any_of(marches, [&](const Json& listing) {
        return listing.value("march", "") == log.march.text() && !listing.contains("forgottenAtMs");
    });
    if (!listed) {
        const auto added = put(log.campaign_log(), core::ListMarch{log.march, 0});
        if (!added) return added.error();
    }
    const auto accepted = put(log, std::move(command));
    if (!accepted) return accepted.error();
    return Said{accepted_json(*accepted)};
}

// ---- looking -----------------------------------------------------------------------------------

AdminVerbs::Answer AdminVerbs::list() {
    std::promise<std::vector<base::LogId>> answered;
    parts_.city.list([&](std::vector<base::LogId> logs) { answered.set_value(std::move(logs)); });
    Json names = Json::array();
    for (const base::LogId& log : answered.get_future().get()) names.push_back(log.text());
    return Said{Json{{"logs", std::move(names)}}};
}

AdminVerbs::Answer AdminVerbs::state(const Json& request) {
    const auto log = log_of(request);
    if (!log) return log.error();
    auto state = state_of(*log);
    if (!state) return state.error();
    return Said{Json{{"state", std::move(state->members)}}};
}

AdminVerbs::Answer AdminVerbs::log_read(const Json& request) {
    const auto log = log_of(request);
    if (!log) return log.error();
    const auto from = number_of(request, "from", 1);
    if (!from) return from.error();
    const auto limit = number_of(request, "limit", base::limits::history_entries);
    if (!limit) return limit.error();
    std::promise<base::Result<store::Entries>> answered;
    parts_.log.read(*log, base::Seq{*from}, std::min<std::size_t>(*limit, base::limits::history_entries),
                    [&](base::Result<store::Entries> result) { answered.set_value(std::move(result)); });
    const auto entries = answered.get_future().get();
    if (!entries) return entries.error();
    Json rows = Json::array();
    for (const store::StoredEntry& entry : *entries) {
        rows.push_back({{"seq", entry.tip.seq.value},
                        {"epoch", entry.tip.epoch.value},
                        {"digest", base::hex(entry.tip.digest)},
                        {"bytes", base::hex(entry.bytes)}});
    }
    return Said{Json{{"entries", std::move(rows)}}};
}

AdminVerbs::Answer AdminVerbs::status() const {
    const shard::CityCounts counts = parts_.city.counts();
    return Said{Json{{"version", MARCHWIRE_VERSION},
                     {"now_ms", parts_.clock.now().value},
                     {"demo_clock", parts_.clock.demo_notice()},
                     {"campaigns", counts.campaigns},
                     {"marches", counts.marches},
                     {"sessions", counts.sessions},
                     {"entries", counts.entries},
                     {"accepted", counts.accepted}}};
}

// ---- time ------------------------------------------------------------------------------------

/// With 0 seconds only what is under way is waited for. All servers of a store are moved alike: what one of them told
/// the others before it answered is heard by each that is moved afterwards.
AdminVerbs::Answer AdminVerbs::move_clock(const Json& request) {
    if (parts_.hand_clock == nullptr) {
        return base::invalid("verb", "This server's clock moves by itself; a host moves that of --demo-clock START,0.");
    }
    const auto seconds = number_of(request, "seconds", 0);
    if (!seconds) return seconds.error();
    if (*seconds > base::limits::clock_seconds) return base::invalid("seconds", "Move it by an hour at most.");
    const auto pass = [this](std::uint64_t so_many) {
        const auto a_second = [this] { parts_.hand_clock->advance(base::seconds(1)); };
        begin([&](auto done) { parts_.city.pass(so_many, a_second, std::move(done)); }).get();
    };
    pass(0);
    if (!hear_others()) {
        return base::refuse(base::RefusalCode::unavailable, "redis",
                            "This server does not hear the others at present, and its clock stands: ask again.");
    }
    pass(*seconds);
    return Said{Json{{"now_ms", parts_.clock.now().value}, {"kept", parts_.city.counts().kept}}};
}

bool AdminVerbs::hear_others() {
    const auto log = begin([this](auto done) { parts_.log.catch_up(std::move(done)); });
    const auto bus = begin(
        [this](auto done) { parts_.bus != nullptr ? parts_.bus->catch_up(std::move(done)) : done(); });
    const auto until = std::chrono::steady_clock::now() + base::duration_of(base::limits::redis_call_deadline);
    return log.wait_until(until) == std::future_status::ready && bus.wait_until(until) == std::future_status::ready;
}

}  // namespace marchwire
