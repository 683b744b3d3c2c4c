// The canary: names, numbers and coordinates that stand nowhere else go through every path, and then everything that
// is left behind is searched for them, in every form in which bytes hide.
#include "access/key_ring.hpp"
#include "base/base64.hpp"
#include "base/hmac.hpp"
#include "real_server.hpp"
#include "store/redis_log.hpp"
#include "store/sqlite_log.hpp"
#include "support/named.hpp"
#include "support/patience.hpp"
#include "support/vault_of.hpp"
#include "two_servers.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <cctype>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

namespace fs = std::filesystem;

const std::string marked_name = "Quagga Zorilla";
const std::string marked_phone = "+1 555 4711 0815";
const std::string marked_child = "Okapi Kudu";
const std::string marked_medical = "takes numbat drops";
const std::string marked_contact = "the aunt waits at booth 4711";
const std::string marked_coat = "a coat striped like a lemur";
constexpr sdk::LatLon marked_spot{38.612345, -90.198765};

std::string bytes_of(double number) {
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
}

std::string as_utf16(const std::string& text) {
    std::string wide;
    for (const char c : text) wide += {c, '\0'};
    return wide;
}

/// As it stands in the base64 of something larger, wherever it begins there: what depends on neighbours is cut off.
std::vector<std::string> in_base64(const std::string& bytes) {
    std::vector<std::string> all;
    for (std::size_t before = 0; before < 3; ++before) {
        std::string text = base::base64url(std::string(before, 'x') + bytes);
        const std::size_t first = before == 0 ? 0 : before + 1;
        const std::size_t whole = (before + bytes.size()) / 3 * 4;
        text = text.substr(first, whole - first);
        all.push_back(text);
        for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
        all.push_back(text);
    }
    return all;
}

std::vector<std::string> forms_of(const std::string& bytes, bool is_text) {
    std::vector<std::string> forms = in_base64(bytes);
    forms.push_back(bytes);
    std::string digits = base::hex(bytes);
    forms.push_back(digits);
    for (char& c : digits) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    forms.push_back(digits);
    if (is_text) forms.push_back(as_utf16(bytes));
    return forms;
}

/// What is marked, by what it is called, in all its forms.
const std::map<std::string, std::vector<std::string>>& marks() {
    static const std::map<std::string, std::vector<std::string>> all{
        {"name", forms_of(marked_name, true)},
        {"phone", forms_of(marked_phone, true)},
        {"child", forms_of(marked_child, true)},
        {"medical", forms_of(marked_medical, true)},
        {"contact", forms_of(marked_contact, true)},
        {"coat", forms_of(marked_coat, true)},
        {"lat", forms_of(bytes_of(marked_spot.lat), false)},
        {"lon", forms_of(bytes_of(marked_spot.lon), false)},
        {"lat as text", forms_of("38.61234", true)},
        {"lon as text", forms_of("90.19876", true)}};
    return all;
}

/// Marks that these bytes hold.
std::vector<std::string> marks_in(const std::string& bytes) {
    std::vector<std::string> found;
    for (const auto& [what, forms] : marks()) {
        for (const std::string& form : forms) {
            if (bytes.find(form) == std::string::npos) continue;
            found.push_back(what);
            break;
        }
    }
    return found;
}

/// The same of every file below a directory, each with its name.
std::vector<std::string> marks_below(const std::string& directory) {
    std::vector<std::string> found;
    for (const auto& file : fs::recursive_directory_iterator(directory)) {
        if (!file.is_regular_file()) continue;
        std::ifstream in(file.path(), std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        for (const std::string& what : marks_in(all)) found.push_back(file.path().filename().string() + ": " + what);
    }
    return found;
}

/// A closed march through which all that is marked has gone, seen by everybody who sees anything.
struct MarkedDay {
    RealServer& server;
    Somebody lead, marshal, follower;
    std::uint64_t marshal_person = 0;

    explicit MarkedDay(RealServer& at)
        : server(at),
          lead(at, (at.make_march(), at.token("city_lead", "Lead 1"))),
          marshal(at, at.token("side", "Side 1", 1)),
          follower(at, "") {
        lead.follow(feed("ops"));
        marshal.follow(feed("marshal"));
        follower.follow(feed("public"));
        follower.follow(feed("overview"));
        march_off(lead, marshal);
        for (const sdk::Member& member : lead.client.march(feed("ops"))->roster) {
            if (member.callsign == "Side 1") marshal_person = member.person;
        }
        lead.must(sdk::SetPersonDetails{marshal_person, marked_name, marked_phone});
        report_child();
        walk();
    }

    void report_child() {
        sdk::ReportIncident child;
        child.kind = sdk::IncidentKind::lost_child;
        child.place = {sdk::PlaceKind::section, 2};
        child.description = marked_coat;
        child.restricted = sdk::RestrictedBlock{marked_child, marked_medical, marked_contact};
        child.tell_all = true;
        lead.must(child);
    }

    /// On the spot that is marked, until the lead's map has it.
    void walk() {
        const auto at = server.ask({{"verb", "move_clock"}, {"seconds", 1U}}).at("now_ms").get<sdk::UtcMs>();
        lead.until([&] {
            marshal.client.report_position(march_name, {{marked_spot, 5, at}});
            marshal.poll();
            return saw<sdk::MarshalMoved>(lead);
        });
    }

    /// What the few may read is read.
    [[nodiscard]] bool opens() {
        const auto child = lead.must(sdk::ReadRestricted{1});
        const auto person = lead.must(sdk::RevealPerson{marshal_person});
        return child.restricted && child.restricted->name == marked_child && person.details &&
               person.details->name == marked_name && person.details->phone == marked_phone;
    }

    void close() {
        const auto version = [&] { return lead.client.march(feed("ops"))->phase_version; };
        lead.must(sdk::AdvancePhase{sdk::Phase::rally, version(), {}});
        lead.until([&] { return lead.client.march(feed("ops"))->phase == sdk::Phase::rally; });
        lead.must(sdk::AdvancePhase{sdk::Phase::closed, version(), march_slug});
        lead.until([&] { return lead.client.march(feed("ops"))->phase == sdk::Phase::closed; });
    }

    /// What the public and the host's monitoring are shown.
    [[nodiscard]] std::vector<std::string> marks_outside() {
        std::string all = server.metrics() + follower.state(feed("public")).dump() +
                          follower.state(feed("overview")).dump() + server.dump();
        for (const char* target : {"/", "/v1/marches/flag-day/st-louis-mo", "/v1/overview/flag-day"}) {
            all += server.page(server.followers_address(), target);
        }
        return marks_in(all);
    }
};

void let_days_pass(RealServer& server, int days) {
    for (int hour = 0; hour < days * 24; ++hour) server.ask({{"verb", "move_clock"}, {"seconds", 3'600U}});
}

/// How many parts of the march's entries are sealed, and how many of them these keys open.
struct SealedParts {
    std::size_t sealed = 0;
    std::size_t opened = 0;
};

SealedParts sealed_parts(store::EventLog& log, const std::string& key_file) {
    const auto march = log_named(march_name);
    const shard::Vault vault = vault_of(log, march, access::KeyRing::open(key_file).value().chain_key(march));
    std::promise<base::Result<store::Entries>> answered;
    log.read(march, base::Seq{1}, 1'000, [&](auto read) { answered.set_value(std::move(read)); });
    SealedParts parts;
    for (const store::StoredEntry& stored : answered.get_future().get().value()) {
        const std::size_t sealed = wire::decode_stored(stored.bytes)->sealed.size();
        parts.sealed += sealed;
        parts.opened += sealed - vault.decode(stored.bytes)->sealed.size();
    }
    return parts;
}

const std::vector<std::string> canary_clock = {"--demo-clock", "2018-06-14T15:00:00Z,0"};

}  // namespace

TEST_CASE("the search of the canary finds what lies open", "[integration][canary]") {
    const TemporaryDirectory directory;
    const auto found = [&](const std::string& bytes) {
        std::ofstream(directory.path() + "/file", std::ios::binary) << bytes;
        return marks_below(directory.path());
    };
    CHECK(found("nothing").empty());
    for (const std::string& hidden : {marked_child, as_utf16(marked_child), base::hex(marked_child),
                                      base::base64url("a" + marked_child), base::base64url("ab" + marked_child)}) {
        CHECK(found("before " + hidden + " behind") == std::vector<std::string>{"file: child"});
    }
    CHECK(found(bytes_of(marked_spot.lat)) == std::vector<std::string>{"file: lat"});
}

TEST_CASE("no file and no page of a server holds a name or a coordinate and none opens after its time",
          "[integration][canary]") {
    RealServer server(canary_clock);
    const std::string keys = server.data() + "/keys.json";
    {
        MarkedDay day(server);
        CHECK(day.opens());
        day.close();
        CHECK(day.marks_outside().empty());
        CHECK(marks_below(server.data()).empty());
    }
    CHECK(server.stop() == 0);
    CHECK(marks_in(server.said()).empty());
    CHECK(marks_below(server.data()).empty());
    {
        // With the keys each of them opens: a place, what describes the child twice, and the order.
        const auto log = store::SqliteLog::open(server.data()).value();
        const SealedParts parts = sealed_parts(*log, keys);
        CHECK(parts.sealed >= 3);
        CHECK(parts.opened == parts.sealed);
    }
    server.start();
    let_days_pass(server, 4);
    CHECK(server.state().at("retention").contains("restrictedForgottenAtMs"));
    CHECK(server.stop() == 0);
    const auto log = store::SqliteLog::open(server.data()).value();
    const SealedParts parts = sealed_parts(*log, keys);
    CHECK(parts.sealed >= 3);
    CHECK(parts.opened == 0);
}

TEST_CASE("neither Redis nor its files hold a name or a coordinate and none opens after its time",
          "[integration][canary][redis]") {
    SharedRedis shared(canary_clock);
    RealServer server(shared.arguments());
    const std::string keys = shared.directory.path() + "/keys.json";
    const auto parts = [&] {
        const auto log = store::RedisLog::open({shared.redis.settings(), {}, 0, {}, false}).value();
        return sealed_parts(*log, keys);
    };
    {
        MarkedDay day(server);
        wait_until([&] { return keeps_march(server); });
        CHECK(day.opens());
        day.close();
        CHECK(day.marks_outside().empty());
    }
    CHECK(shared.redis.ask({"SAVE"}).text == "OK");
    CHECK(marks_below(shared.directory.path()).empty());
    const SealedParts open = parts();
    CHECK(open.sealed >= 3);
    CHECK(open.opened == open.sealed);

    let_days_pass(server, 4);
    wait_until([&] { return parts().opened == 0; });
    CHECK(parts().sealed == open.sealed);
    CHECK(marks_below(shared.directory.path()).empty());
    server.signal(SIGABRT);
    for (const auto& file : fs::directory_iterator(fs::current_path())) {
        CHECK_FALSE(file.path().filename().string().starts_with("core"));
    }
}

}  // namespace marchwire::test
