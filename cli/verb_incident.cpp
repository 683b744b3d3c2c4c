// `marchwire incident ...`: what happens on the street, who has it, and how far it has come.
#include "item_text.hpp"
#include "person_link.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>
#include <string>

namespace marchwire::cli {
namespace {

using IncidentMade = base::Result<sdk::Command>;
using Json = nlohmann::json;

struct IncidentFlags {
    std::string march;
    std::uint32_t number = 0;
    std::string kind;
    std::string severity;
    std::string state;
    std::string owner;
    std::string description;
    std::string note;
    std::uint32_t post = 0, section = 0;
    std::optional<std::uint32_t> metre;
    std::uint32_t duplicate_of = 0;
    bool tell_all = false, escalate = false;
    sdk::Methane methane;
    std::string restricted_file;
};
using IncidentWish = std::shared_ptr<IncidentFlags>;

CLI::App* add_incident_verb(CLI::App& app, const std::string& name, const std::string& about,
                            const IncidentWish& flags) {
    auto* verb = app.add_subcommand(name, about);
    verb->add_option("--march", flags->march, "CAMPAIGN/MARCH; without it the one that your token is for");
    return verb;
}

CLI::App* add_of_number(CLI::App& app, const std::string& name, const std::string& about, const IncidentWish& flags) {
    auto* verb = add_incident_verb(app, name, about, flags);
    verb->add_option("number", flags->number, "the incident's, as `marchwire incident list` shows it")->required();
    return verb;
}

void add_place(CLI::App& verb, const IncidentWish& flags) {
    auto* post = verb.add_option("--post", flags->post, "at this waypoint");
    auto* section = verb.add_option("--section", flags->section, "with this section");
    auto* metre = verb.add_option("--metre", flags->metre, "so far along the route");
    post->excludes(section)->excludes(metre);
    section->excludes(metre);
}

void add_methane(CLI::App& verb, const IncidentWish& flags) {
    verb.add_flag("--major", flags->methane.major, "a major incident");
    verb.add_option("--exact-place", flags->methane.exact_place);
    verb.add_option("--type", flags->methane.type);
    verb.add_option("--hazards", flags->methane.hazards);
    verb.add_option("--access", flags->methane.access, "which way help comes in");
    verb.add_option("--casualties", flags->methane.casualties);
    verb.add_option("--services", flags->methane.services, "which are there or asked for");
}

void add_details(CLI::App& verb, const IncidentWish& flags) {
    verb.add_option("--severity", flags->severity, "info, warning, urgent");
    verb.add_option("--description", flags->description, "what you see; never a name");
    verb.add_option("--restricted", flags->restricted_file,
                    "file of three lines: name, medical, contact; only few may read them")
        ->check(CLI::ExistingFile);
    verb.add_flag("--tell-all", flags->tell_all, "lost child: all on duty get the description");
    add_place(verb, flags);
    add_methane(verb, flags);
}

std::optional<sdk::Place> place_of(const IncidentFlags& flags) {
    if (flags.post != 0) return sdk::Place{sdk::PlaceKind::post, flags.post};
    if (flags.section != 0) return sdk::Place{sdk::PlaceKind::section, flags.section};
    if (flags.metre) return sdk::Place{sdk::PlaceKind::route_metre, *flags.metre};
    return std::nullopt;
}

base::Result<sdk::Severity> severity_of(const IncidentFlags& flags, sdk::Severity usual) {
    if (flags.severity.empty()) return usual;
    const auto severity = sdk::severity_named(flags.severity);
    if (!severity) return base::invalid("--severity", "Say info, warning or urgent.");
    return *severity;
}

base::Result<sdk::IncidentKind> kind_of(const IncidentFlags& flags) {
    if (flags.kind.empty()) return sdk::IncidentKind::unknown;
    const auto kind = sdk::incident_kind_named(flags.kind);
    if (kind) return *kind;
    return base::invalid(
        "kind",
        "Say medical, lost-child, police, confrontation, crowd, fire, vehicle, obstruction, weather or "
        "other.");
}

/// Not from the command line, which others on the machine can read.
std::optional<sdk::RestrictedBlock> restricted_of(const IncidentFlags& flags) {
    if (flags.restricted_file.empty()) return std::nullopt;
    std::ifstream file(flags.restricted_file);
    sdk::RestrictedBlock block;
    for (std::string* line : {&block.name, &block.medical, &block.contact}) {
        if (!std::getline(file, *line)) break;
    }
    return block;
}

IncidentMade reported(const IncidentFlags& flags) {
    const auto kind = kind_of(flags);
    if (!kind) return kind.error();
    const auto severity = severity_of(flags, sdk::Severity::warning);
    if (!severity) return severity.error();
    sdk::ReportIncident wish;
    wish.kind = *kind;
    wish.severity = *severity;
    wish.place = place_of(flags).value_or(sdk::Place{});
    wish.description = flags.description;
    wish.methane = flags.methane;
    wish.restricted = restricted_of(flags);
    wish.tell_all = flags.tell_all;
    return sdk::Command(std::move(wish));
}

IncidentMade updated(const IncidentFlags& flags, std::uint32_t version) {
    const auto kind = kind_of(flags);
    if (!kind) return kind.error();
    const auto severity = severity_of(flags, sdk::Severity::unknown);
    if (!severity) return severity.error();
    sdk::UpdateIncident wish;
    if (!flags.state.empty()) {
        const auto state = sdk::incident_state_named(flags.state);
        if (!state) return base::invalid("--state", "Say triaged, on-scene or closed.");
        wish.state = *state;
    }
    wish.incident = flags.number;
    wish.version = version;
    wish.kind = *kind;
    wish.severity = *severity;
    wish.place = place_of(flags);
    wish.description = flags.description;
    wish.note = flags.note;
    if (flags.methane != sdk::Methane{}) wish.methane = flags.methane;
    wish.restricted = restricted_of(flags);
    wish.duplicate_of = flags.duplicate_of;
    wish.escalate = flags.escalate;
    wish.tell_all = flags.tell_all;
    return sdk::Command(std::move(wish));
}

/// Runs what is made of the incident's number and its version now.
void run_with_version(Context& context, const IncidentWish& flags,
                      const std::function<IncidentMade(const sdk::March&, std::uint32_t)>& make) {
    run_verb(context, {flags->march, true, [&](const sdk::March& march) -> IncidentMade {
                           const sdk::Incident* incident = march.incident(flags->number);
                           if (incident == nullptr) {
                               return base::refuse(base::RefusalCode::not_found, "number",
                                                   "There is no such incident that you may see.");
                           }
                           return make(march, incident->version);
                       }});
}

// ---- looking -------------------------------------------------------------------------------------

Json note_json(const sdk::IncidentNote& note) {
    return {{"at_ms", note.at},
            {"by", note.by},
            {"state", sdk::name_of(note.state)},
            {"owner", note.owner},
            {"text", note.text}};
}

Json incident_json(const sdk::Incident& incident) {
    Json notes = Json::array();
    for (const sdk::IncidentNote& note : incident.notes) notes.push_back(note_json(note));
    return {{"number", incident.number},
            {"kind", sdk::name_of(incident.kind)},
            {"severity", sdk::name_of(incident.severity)},
            {"state", sdk::name_of(incident.state)},
            {"version", incident.version},
            {"description", incident.description},
            {"reporter", incident.reporter},
            {"owner", incident.owner},
            {"decide_by_ms", incident.decide_by},
            {"duplicate_of", incident.duplicate_of},
            {"escalated", incident.escalated},
            {"told_by", incident.told_by},
            {"is_restricted", incident.is_restricted},
            {"major", incident.methane.major},
            {"casualties", incident.methane.casualties},
            {"notes", std::move(notes)}};
}

void list_incidents(Context& context, const sdk::March& march) {
    Json incidents = Json::array();
    std::string text;
    for (const sdk::Incident& incident : march.incidents) {
        incidents.push_back(incident_json(incident));
        text += incident_text(incident, march) + "\n";
        for (const sdk::IncidentNote& note : incident.notes) {
            if (!note.text.empty()) text += "  " + clock_text(note.at) + " UTC " + note.text + "\n";
        }
    }
    print(context, {{"ok", true}, {"incidents", std::move(incidents)}}, text.empty() ? "no incidents\n" : text);
}

// ---- verbs ---------------------------------------------------------------------------------------

void add_report(CLI::App& incident, Context& context, const IncidentWish& flags) {
    auto* verb = add_incident_verb(incident, "report", "tell of something that happens", flags);
    verb->add_option("kind", flags->kind, "medical, lost-child, police, confrontation, crowd, fire, vehicle, ...")
        ->required();
    add_details(*verb, flags);
    verb->callback([&context, flags] {
        run_verb(context, {flags->march, false, [&](const sdk::March&) { return reported(*flags); }});
    });
}

void add_update(CLI::App& incident, Context& context, const IncidentWish& flags) {
    auto* verb = add_of_number(incident, "update", "add to it, or say how far it has come", flags);
    verb->add_option("--state", flags->state, "triaged, on-scene, closed");
    verb->add_option("--kind", flags->kind, "what it is instead");
    verb->add_option("--note", flags->note, "for its timeline");
    verb->add_option("--duplicate-of", flags->duplicate_of, "the incident that it repeats");
    verb->add_flag("--escalate", flags->escalate, "call on the national desk");
    add_details(*verb, flags);
    verb->callback([&context, flags] {
        run_with_version(context, flags,
                         [flags](const sdk::March&, std::uint32_t version) { return updated(*flags, version); });
    });
}

void add_assign(CLI::App& incident, Context& context, const IncidentWish& flags) {
    auto* verb = add_of_number(incident, "assign", "give it to somebody", flags);
    verb->add_option("callsign", flags->owner, "whose it is from now on")->required();
    verb->callback([&context, flags] {
        run_with_version(context, flags, [flags](const sdk::March& march, std::uint32_t version) -> IncidentMade {
            const auto owner = called(march, flags->owner, "callsign");
            if (!owner) return owner.error();
            return sdk::Command(sdk::AssignIncident{flags->number, version, owner->person});
        });
    });
}

void add_endings(CLI::App& incident, Context& context, const IncidentWish& flags) {
    auto* resolve = add_of_number(incident, "resolve", "it is over; of a lost child: all are told FOUND", flags);
    resolve->add_option("--outcome", flags->note, "how it ended");
    resolve->callback([&context, flags] {
        run_with_version(context, flags, [flags](const sdk::March&, std::uint32_t version) {
            return IncidentMade(sdk::ResolveIncident{flags->number, version, flags->note});
        });
    });
    auto* reopen = add_of_number(incident, "reopen", "it is not over", flags);
    reopen->add_option("--reason", flags->note, "why not");
    reopen->callback([&context, flags] {
        run_with_version(context, flags, [flags](const sdk::March&, std::uint32_t version) {
            return IncidentMade(sdk::ReopenIncident{flags->number, version, flags->note});
        });
    });
}

}  // namespace

void add_incident(CLI::App& app, Context& context) {
    auto* incident = app.add_subcommand("incident", "what happens on the street, and who has it");
    incident->require_subcommand(1);
    const auto flags = std::make_shared<IncidentFlags>();
    add_report(*incident, context, flags);
    add_assign(*incident, context, flags);
    add_update(*incident, context, flags);
    add_endings(*incident, context, flags);
    auto* all = add_incident_verb(*incident, "list", "those that you may see, with their timelines", flags);
    all->callback([&context, flags] {
        look(context, flags->march, [&](const sdk::March& march) { list_incidents(context, march); });
    });
    auto* read = add_of_number(*incident, "restricted", "what only few may read; the log tells that you did", flags);
    read->callback([&context, flags] {
        run_verb(context, {flags->march, false,
                           [&](const sdk::March&) { return IncidentMade(sdk::ReadRestricted{flags->number}); }});
    });
}

}  // namespace marchwire::cli
