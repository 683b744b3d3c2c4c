// `marchwire import campaign|route FILE`: everything is checked before anything is sent.
#include "admin_client.hpp"
#include "base/limits.hpp"
#include "import/import_plan.hpp"
#include "import/route_file.hpp"
#include "verb.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;
using import::Change;

struct CampaignImportFlags {
    std::string file;
    std::string campaign;
    std::string name;
    std::string organiser;
    std::uint32_t wave = 1;
    bool dry_run = false;
};

Json json_of(const import::Findings& findings) {
    Json all = Json::array();
    for (const import::Finding& finding : findings) {
        all.push_back({{"weight", finding.weight == import::Weight::error ? "error" : "warning"},
                       {"row", finding.row},
                       {"column", finding.column},
                       {"message", finding.message}});
    }
    return all;
}

/// One import of one campaign file, step by step; each step that fails has reported why.
class CampaignImport {
public:
    CampaignImport(Context& context, const CampaignImportFlags& flags)
        : context_(context), flags_(flags), admin_(context.data) {}

    void run() {
        if (!read_draft() || !read_existing()) return;
        changes_ = import::plan_import(slug_, draft_, existing_);
        if (!flags_.dry_run && (!send() || !record())) return;
        tell();
    }

private:
    bool read_draft() {
        const std::string name = flags_.campaign.empty() ? std::filesystem::path(flags_.file).stem().string()
                                                         : flags_.campaign;
        const auto slug = base::Slug::parse(name, "--campaign");
        if (!slug) return refused(slug.error());
        slug_ = *slug;
        const auto bytes = read_file(flags_.file, base::limits::csv_file_bytes);
        if (!bytes) return refused(bytes.error());
        draft_ = import::read_campaign_csv(*bytes);
        if (!context_.json) {
            for (const auto& finding : draft_.findings) {
                const bool error = finding.weight == import::Weight::error;
                context_.err << (error ? "error, " : "warning, ") << import::text_of(finding) << "\n";
            }
        }
        if (draft_.usable()) return true;
        if (context_.json) {
            context_.out << Json{{"ok", false}, {"findings", json_of(draft_.findings)}}.dump() << "\n";
        } else {
            context_.err << "Nothing was imported: correct the errors and run it again.\n";
        }
        context_.exit_code = ExitCode::bad_input;
        return false;
    }

    bool refused(const base::Refusal& refusal) {
        report(context_, refusal);
        return false;
    }

    bool read_existing() {
        const auto state = admin_.state(slug_.text());
        if (!state && state.error().code == base::RefusalCode::not_found) return true;
        if (!state) return refused(state.error());
        const auto campaign = import::read_campaign_state(*state);
        if (!campaign) return refused(campaign.error());
        exists_ = true;
        last_import_ = campaign->last_import;
        for (const base::Slug& march : campaign->marches) {
            const auto one = admin_.state(base::LogId{slug_, march}.text());
            // Listed and never made: an import was cut short there. It is made now.
            if (!one && one.error().code == base::RefusalCode::not_found) continue;
            if (!one) return refused(one.error());
            auto read = import::read_march_state(*one);
            if (!read) return refused(read.error());
            existing_.push_back(*std::move(read));
        }
        return true;
    }

    bool send() {
        if (!exists_) {
            const core::CampaignSpec spec{flags_.name.empty() ? slug_.text() : flags_.name, flags_.organiser,
                                          flags_.wave, false};
            const base::LogId log{slug_, {}};
            const auto made = admin_.command(log.text(),
                                             import::command_json({log, {}, core::CreateCampaign{spec, 0}}));
            if (!made) return refused(made.error());
        }
        for (const import::PlannedChange& change : changes_) {
            for (const import::HostCommand& command : change.commands) {
                const auto answer = admin_.command(command.log.text(), import::command_json(command));
                if (answer) continue;
                // Without a server nothing further can work; the same file again completes it.
                if (answer.error().code == base::RefusalCode::unavailable) return refused(answer.error());
                failures_.push_back({{"march", change.slug.text()},
                                     {"row", change.row},
                                     {"code", base::name_of(answer.error().code)},
                                     {"field", answer.error().field},
                                     {"message", answer.error().message}});
                break;
            }
        }
        return true;
    }

    /// When all of the file is in, the campaign says so.
    bool record() {
        if (!failures_.empty()) return true;
        const auto command = import::plan_record(slug_, draft_, changes_, last_import_);
        if (!command) return true;
        const auto answer = admin_.command(command->log.text(), import::command_json(*command));
        return answer || refused(answer.error());
    }

    [[nodiscard]] std::size_t count(Change change) const {
        return static_cast<std::size_t>(std::ranges::count(changes_, change, &import::PlannedChange::change));
    }

    void tell() {
        if (!failures_.empty()) context_.exit_code = ExitCode::partly;
        Json marches = Json::array();
        std::string text;
        for (const import::PlannedChange& change : changes_) {
            if (change.change == Change::unchanged) continue;
            marches.push_back({{"march", change.slug.text()},
                               {"change", import::name_of(change.change)},
                               {"row", change.row},
                               {"differences", change.differences}});
            text += std::string(import::name_of(change.change)) + "\t" + change.slug.text();
            if (change.change == Change::untouched) text += "\tis " + std::string(core::name_of(change.phase));
            text += "\n";
            for (const std::string& difference : change.differences) text += "\t" + difference + "\n";
        }
        for (const Json& failure : failures_) {
            context_.err << "refused, row " << failure.at("row") << ", " << failure.at("march").get<std::string>()
                         << ": " << failure.at("message").get<std::string>() << "\n";
        }
        Json json{{"ok", failures_.empty()}, {"campaign", slug_.text()}, {"dry_run", flags_.dry_run},
                  {"marches", marches},      {"failures", failures_},    {"findings", json_of(draft_.findings)}};
        text += slug_.text() + ":";
        for (const auto change :
             {Change::created, Change::changed, Change::unchanged, Change::vanished, Change::untouched}) {
            json[std::string(import::name_of(change))] = count(change);
            text += " " + std::to_string(count(change)) + " " + std::string(import::name_of(change));
        }
        print(context_, json, text + (flags_.dry_run ? " (nothing was sent)\n" : "\n"));
    }

    Context& context_;
    const CampaignImportFlags& flags_;
    AdminClient admin_;
    base::Slug slug_;
    import::CampaignDraft draft_;
    std::vector<import::ExistingMarch> existing_;
    bool exists_ = false;
    core::ImportRecord last_import_;
    std::vector<import::PlannedChange> changes_;
    std::vector<Json> failures_;
};

struct RouteImportFlags {
    std::string file;
    std::string march;
    std::string line;
    bool approve = false;
    bool activate = false;
    bool dry_run = false;
};

class RouteImport {
public:
    RouteImport(Context& context, const RouteImportFlags& flags)
        : context_(context), flags_(flags), admin_(context.data) {}

    void run() {
        if (!read()) return;
        if (!flags_.dry_run && !send()) return;
        const auto& line = *draft_.line;
        const std::string name = line.name.empty() ? "route" : line.name;
        Json json{{"ok", true},
                  {"march", flags_.march},
                  {"dry_run", flags_.dry_run},
                  {"name", line.name},
                  {"points", line.points.size()},
                  {"waypoints", line.waypoints.size()},
                  {"source", line.source},
                  {"warnings", draft_.warnings}};
        if (!flags_.dry_run) json["version"] = route_.version;
        const std::string what = name + ": " + std::to_string(line.points.size()) + " points, " +
                                 std::to_string(line.waypoints.size()) + " waypoints\n";
        print(context_, json,
              flags_.dry_run ? what + "(nothing was sent)\n"
                             : "version " + std::to_string(route_.version) + ", " + done_ + "; " + what);
    }

private:
    bool refused(const base::Refusal& refusal) {
        report(context_, refusal);
        return false;
    }

    bool read() {
        const auto log = base::LogId::parse(flags_.march);
        if (!log) return refused(log.error());
        if (log->is_campaign()) return refused(base::invalid("--march", "Name it as CAMPAIGN/MARCH."));
        log_ = *log;
        const auto bytes = read_file(flags_.file, base::limits::route_file_bytes);
        if (!bytes) return refused(bytes.error());
        auto state = admin_.state(flags_.march);
        if (!state) return refused(state.error());
        state_ = *std::move(state);
        const auto march = import::read_march_state(state_);
        if (!march) return refused(march.error());
        active_ = march->active_route;
        auto draft = import::read_route(*bytes, {flags_.line, march->spec.site});
        if (!draft) return refused(draft.error());
        draft_ = *std::move(draft);
        if (!context_.json) {
            for (const std::string& warning : draft_.warnings) context_.err << "warning, " << warning << "\n";
        }
        return true;
    }

    base::Result<Json> ask(import::HostBody body) {
        return admin_.command(flags_.march, import::command_json({log_, {}, std::move(body)}));
    }

    bool send() {
        const auto there = import::find_route(state_, *draft_.line);
        if (there) {
            route_ = *there;
            done_ = "was there";
        } else {
            const auto made = ask(core::ImportRoute{draft_.line});
            if (!made) return refused(made.error());
            route_ = {made->value("made", 0U), core::RouteStatus::draft};
        }
        const bool approves = (flags_.approve || flags_.activate) && route_.status == core::RouteStatus::draft;
        if (approves) {
            const auto approved = ask(core::ApproveRoute{route_.version});
            if (!approved) return refused(approved.error());
            done_ = "approved";
        }
        if (flags_.activate && route_.status != core::RouteStatus::active) {
            const auto active = ask(core::ActivateRoute{route_.version, active_});
            if (!active) return refused(active.error());
            done_ = "active";
        }
        return true;
    }

    Context& context_;
    const RouteImportFlags& flags_;
    AdminClient admin_;
    base::LogId log_;
    std::string state_;
    std::uint32_t active_ = 0;
    import::RouteDraft draft_;
    import::ExistingRoute route_;
    std::string done_ = "imported";
};

}  // namespace

void add_import(CLI::App& app, Context& context) {
    auto* importing = app.add_subcommand("import", "campaigns and routes from files");
    importing->require_subcommand(1);
    const auto csv = std::make_shared<CampaignImportFlags>();
    auto* campaign = importing->add_subcommand("campaign", "marches from a CSV file; may be run again");
    campaign->add_option("file", csv->file)->required();
    campaign->add_option("--campaign", csv->campaign, "its slug; without it the file's name");
    campaign->add_option("--name", csv->name, "of a campaign that is new");
    campaign->add_option("--organiser", csv->organiser, "of a campaign that is new");
    campaign->add_option("--wave", csv->wave, "of a campaign that is new");
    campaign->add_flag("--dry-run", csv->dry_run, "print the difference and send nothing");
    campaign->callback([&context, csv] { CampaignImport(context, *csv).run(); });

    const auto file = std::make_shared<RouteImportFlags>();
    auto* route = importing->add_subcommand("route", "a route from GeoJSON, GPX or KML");
    route->add_option("file", file->file)->required();
    route->add_option("--march", file->march, "CAMPAIGN/MARCH")->required();
    route->add_option("--line", file->line, "name or number, when the file holds several lines");
    route->add_flag("--approve", file->approve);
    route->add_flag("--activate", file->activate, "approve it too, and make it the march's route");
    route->add_flag("--dry-run", file->dry_run, "check the file and send nothing");
    route->callback([&context, file] { RouteImport(context, *file).run(); });
}

}  // namespace marchwire::cli
