// `marchwire roster import FILE`: a march's people, all checked before anybody is sent.
#include "admin_client.hpp"
#include "base/limits.hpp"
#include "import/host_command.hpp"
#include "import/roster_csv.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct RosterFlags {
    std::string file;
    std::string march;
    bool dry_run = false;
};

std::uint64_t wide(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end()) return 0;
    return found->is_string() ? std::stoull(found->get<std::string>()) : found->get<std::uint64_t>();
}

/// One import, step by step; each step that fails has reported why. Running the file again completes it.
class RosterImport {
public:
    RosterImport(Context& context, const RosterFlags& flags, base::LogId march)
        : context_(context), flags_(flags), march_(std::move(march)), admin_(context.data) {}

    void run() {
        if (!read_existing() || !read_draft()) return;
        count_changes();
        if (!flags_.dry_run && (!add_persons() || !assign(With::no_buddy) || !assign(With::buddy) || !tell_names())) {
            return;
        }
        tell();
    }

private:
    enum class With : std::uint8_t { no_buddy, buddy };

    bool refused(const base::Refusal& refusal) {
        report(context_, refusal);
        return false;
    }

    bool read_existing() {
        const auto campaign = admin_.state(march_.campaign_log().text());
        if (!campaign) return refused(campaign.error());
        for (const Json& person : Json::parse(*campaign).value("persons", Json::array())) {
            if (person.value("march", "") == march_.march.text())
                persons_[person.value("callsign", "")] = wide(person, "id");
        }
        const auto march = admin_.state(march_.text());
        if (!march) return refused(march.error());
        const Json state = Json::parse(*march);
        sections_ = state.value("sections", 0U);
        for (const Json& member : state.value("roster", Json::array())) roster_[member.value("callsign", "")] = member;
        return true;
    }

    bool read_draft() {
        const auto bytes = read_file(flags_.file, base::limits::csv_file_bytes);
        if (!bytes) return refused(bytes.error());
        draft_ = import::read_roster_csv(*bytes, sections_);
        Json findings = Json::array();
        for (const import::Finding& finding : draft_.findings) {
            const char* weight = finding.weight == import::Weight::error ? "error" : "warning";
            findings.push_back(
                {{"weight", weight}, {"row", finding.row}, {"column", finding.column}, {"message", finding.message}});
            if (!context_.json) context_.err << weight << ", " << import::text_of(finding) << "\n";
        }
        if (draft_.usable()) return true;
        context_.exit_code = ExitCode::bad_input;
        print(context_, {{"ok", false}, {"findings", findings}},
              "Nothing was imported: correct the errors and run it again.\n");
        return false;
    }

    bool add_persons() {
        for (const import::DraftMember& member : draft_.members) {
            if (persons_.contains(member.callsign)) continue;
            const Json wish{{"addPerson", {{"callsign", member.callsign}, {"march", march_.march.text()}}}};
            const auto added = admin_.ask(
                {{"verb", "command"}, {"log", march_.campaign_log().text()}, {"command", wish}});
            if (!added) return refused(added.error());
            persons_[member.callsign] = wide(*added, "made");
        }
        return true;
    }

    /// A buddy must be on the roster before anybody names them: in a second round.
    bool assign(With with) {
        for (const import::DraftMember& member : draft_.members) {
            const bool is_new = !roster_.contains(member.callsign);
            const bool is_due = with == With::no_buddy ? is_new : differs(member);
            if (!is_due) continue;
            Json duty{{"person", std::to_string(persons_.at(member.callsign))},
                      {"callsign", member.callsign},
                      {"role", upper(core::name_of(member.role))},
                      {"section", member.section},
                      {"noPhone", member.no_phone},
                      {"language", member.language}};
            if (with == With::buddy && !member.buddy.empty()) {
                duty["buddy"] = std::to_string(persons_.at(member.buddy));
            }
            const auto assigned = admin_.ask(
                {{"verb", "command"}, {"log", march_.text()}, {"command", {{"assignDuty", duty}}}});
            if (!assigned) return refused(assigned.error());
            roster_[member.callsign] = duty;
        }
        return true;
    }

    /// Last, and each time anew: what is stored of them is sealed, and nobody compares it.
    bool tell_names() {
        for (const import::DraftMember& member : draft_.members) {
            if (member.name.empty() && member.phone.empty()) continue;
            const Json details{{"person", std::to_string(persons_.at(member.callsign))},
                               {"name", member.name},
                               {"phone", member.phone}};
            const auto told = admin_.ask(
                {{"verb", "command"}, {"log", march_.text()}, {"command", {{"setPersonDetails", details}}}});
            if (!told) return refused(told.error());
            ++named_;
        }
        return true;
    }

    [[nodiscard]] bool differs(const import::DraftMember& member) const {
        const auto known = roster_.find(member.callsign);
        if (known == roster_.end()) return true;
        const Json& now = known->second;
        return lower_case(now.value("role", "")) != core::name_of(member.role) ||
               now.value("section", 0U) != member.section || buddy_in(now) != member.buddy ||
               now.value("noPhone", false) != member.no_phone ||
               (!member.language.empty() && now.value("language", "") != member.language);
    }

    [[nodiscard]] std::string buddy_in(const Json& member) const {
        const std::uint64_t buddy = wide(member, "buddy");
        const auto found = std::ranges::find_if(persons_, [buddy](const auto& one) { return one.second == buddy; });
        return found == persons_.end() ? std::string() : found->first;
    }

    void count_changes() {
        for (const import::DraftMember& member : draft_.members) {
            if (!roster_.contains(member.callsign)) {
                ++created_;
            } else if (differs(member)) {
                ++changed_;
            }
        }
    }

    static std::string upper(std::string_view word) {
        std::string text(word);
        for (char& one : text) one = static_cast<char>(std::toupper(static_cast<unsigned char>(one)));
        return text;
    }

    void tell() {
        Json gone = Json::array();
        std::string text;
        for (const auto& [callsign, member] : roster_) {
            const bool listed = std::ranges::any_of(
                draft_.members, [&name = callsign](const auto& one) { return one.callsign == name; });
            if (listed) continue;
            gone.push_back(callsign);
            text += "not in the file, and left on the roster: " + callsign + "\n";
        }
        const auto unchanged = draft_.members.size() - created_ - changed_;
        if (named_ != 0) text += "names and numbers stored sealed: " + std::to_string(named_) + "\n";
        text = (flags_.dry_run ? "would add " : "added ") + std::to_string(created_) + ", changed " +
               std::to_string(changed_) + ", as they were " + std::to_string(unchanged) + "\n" + text;
        print(context_,
              {{"ok", true}, {"created", created_}, {"changed", changed_}, {"unchanged", unchanged}, {"gone", gone}},
              text);
    }

    Context& context_;
    const RosterFlags& flags_;
    base::LogId march_;
    AdminClient admin_;
    std::uint32_t sections_ = 0;
    std::map<std::string, std::uint64_t> persons_;  ///< of the march, by callsign
    std::map<std::string, Json> roster_;            ///< the same
    import::RosterDraft draft_;
    std::size_t created_ = 0;
    std::size_t changed_ = 0;
    std::size_t named_ = 0;  ///< whose name or number was sent
};

}  // namespace

void add_roster(CLI::App& app, Context& context) {
    auto* roster = app.add_subcommand("roster", "a march's people");
    roster->require_subcommand(1);
    const auto flags = std::make_shared<RosterFlags>();
    auto* importing = roster->add_subcommand(
        "import", "from a CSV: callsign, role, section, buddy, no_phone, language, name, phone");
    importing->add_option("file", flags->file)->required();
    importing->add_option("--march", flags->march, "CAMPAIGN/MARCH")->required();
    importing->add_flag("--dry-run", flags->dry_run, "say what would change, and change nothing");
    importing->callback([&context, flags] {
        const auto march = base::LogId::parse(flags->march);
        if (!march || march->is_campaign()) {
            return report(context,
                          base::invalid("--march", "Name campaign and march, as in flag-day-2018/st-louis-mo."));
        }
        RosterImport(context, *flags, *march).run();
    });
    add_persons(*roster, context);
}

}  // namespace marchwire::cli
