// `marchwire export CAMPAIGN/MARCH FILE`: a march's log in a file, before it is deleted, and an entry that says so.
#include "base/hmac.hpp"
#include "person_link.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <ostream>

namespace marchwire::cli {
namespace {

using Json = nlohmann::json;

struct ExportFlags {
    std::string march;
    std::string file;
};

constexpr std::uint32_t page_items = 500;

/// Every entry of the ops feed, a line each, up to the one that the snapshot was made of, and the snapshot behind them.
base::Result<std::string> lines_of(PersonLink& link, const std::string& march) {
    const auto whole = link.ops_snapshot(march);
    if (!whole) return whole.error();
    std::string lines = Json{{"march", march}, {"entries", whole->position.seq}}.dump() + "\n";
    for (std::uint64_t from = 1; from <= whole->position.seq;) {
        const auto page = link.history(march, from, page_items);
        if (!page) return page.error();
        // Entries that are on no feed: all of a page may be such.
        if (page->items.empty()) from += page_items;
        for (const std::string& item : page->items) {
            const Json position = Json::parse(item).value("position", Json::object());
            const std::uint64_t seq = std::stoull(position.value("seq", "0"));
            if (seq > whole->position.seq) return lines + whole->json + "\n";
            lines += item + "\n";
            from = seq + 1;
        }
        if (!page->more) break;
    }
    return lines + whole->json + "\n";
}

base::Refusal not_written(const std::string& file) {
    const bool there = errno == EEXIST;
    return base::refuse(there ? base::RefusalCode::conflict : base::RefusalCode::unavailable, file,
                        there ? "This file is there already: name another."
                              : "This file cannot be written: look at its directory and the disk.");
}

/// For its owner alone, and never over another.
base::Result<void> write_new(const std::string& file, std::string_view text) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return not_written(file);
    bool written = true;
    while (written && !text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        written = count > 0;
        if (written) text.remove_prefix(static_cast<std::size_t>(count));
    }
    // It is said to be exported: then it has to be on the disk.
    written = written && ::fsync(descriptor) == 0;
    if (::close(descriptor) == 0 && written) return {};
    ::unlink(file.c_str());
    errno = EIO;
    return not_written(file);
}

void export_march(Context& context, const ExportFlags& flags) {
    PersonLink link(context);
    if (const auto opened = link.open(); !opened) return report(context, opened.error());
    const auto name = link.march_named(flags.march);
    if (!name) return report(context, name.error());
    const auto lines = lines_of(link, *name);
    if (!lines) return report(context, lines.error());
    if (const auto written = write_new(flags.file, *lines); !written) return report(context, written.error());
    const std::string sha256 = base::hex(base::sha256(*lines));
    const auto recorded = link.send(*name, sdk::RecordExport{sha256});
    if (!recorded) {
        context.err << "marchwire: " << flags.file << " is whole (sha256 " << sha256 << "), but was not recorded\n";
        return report(context, recorded.error());
    }
    print(context, {{"ok", true}, {"file", flags.file}, {"sha256", sha256}, {"proposed", recorded->proposed}},
          sha256 + "  " + flags.file + "\n" +
              (recorded->proposed ? "The national desk confirms proposal " + std::to_string(recorded->made) + ".\n"
                                  : ""));
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
    auto* verb = app.add_subcommand("export", "a march's log as JSON lines, for whoever may read all of it");
    const auto flags = std::make_shared<ExportFlags>();
    verb->add_option("march", flags->march, "CAMPAIGN/MARCH")->required();
    verb->add_option("file", flags->file, "a file that is not there yet; others cannot read it")->required();
    verb->footer(
        "The national desk's export is recorded in the log, which may be deleted then when its time has come;\n"
        "a city lead's waits for the national desk to confirm it.");
    verb->callback([&context, flags] { export_march(context, *flags); });
}

}  // namespace marchwire::cli
