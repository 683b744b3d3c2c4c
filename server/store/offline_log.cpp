// Reads of a data directory at rest.
#include "store/offline_log.hpp"

#include "store/call.hpp"
#include "store/sqlite_tables.hpp"

#include <algorithm>
#include <utility>

namespace marchwire::store {

base::Result<OfflineLog> OfflineLog::open(const std::filesystem::path& directory) {
    const auto file = directory / "marchwire.db";
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        return base::refuse(base::RefusalCode::not_found, "data",
                            "There is no " + file.string() + "; name the directory that the server was given.");
    }
    auto lock = DataLock::take_existing(directory);
    if (!lock) return lock.error();
    auto tables = SqliteTables::open(file, SqliteTables::Mode::look, "");
    if (!tables) return tables.error();
    return OfflineLog(std::move(*lock), std::move(*tables));
}

OfflineLog::OfflineLog(DataLock lock, std::unique_ptr<SqliteTables> tables)
    : lock_(std::move(lock)), tables_(std::move(tables)) {}
OfflineLog::OfflineLog(OfflineLog&&) noexcept = default;

OfflineLog::~OfflineLog() {
    if (tables_) tables_->close();
}

std::vector<LogId> OfflineLog::list() { return tables_->logs(); }

base::Result<OpenedLog> OfflineLog::open(const LogId& log) {
    const auto number = tables_->find(log);
    if (!number) {
        return base::refuse(base::RefusalCode::not_found, "log", "There is no log " + log.text() + " in this data.");
    }
    OpenedLog opened{tables_->tip(*number), tables_->checkpoint(*number)};
    if (!tables_->failure().empty()) return unavailable("Cannot read the data: " + tables_->failure() + ".");
    return opened;
}

base::Result<Entries> OfflineLog::read(const LogId& log, Seq from, std::size_t limit) {
    const auto number = tables_->find(log);
    if (!number) {
        return base::refuse(base::RefusalCode::not_found, "log", "There is no log " + log.text() + " in this data.");
    }
    auto entries = tables_->read(*number, std::max(from, Seq{1}), limit);
    if (!tables_->failure().empty()) return unavailable("Cannot read the data: " + tables_->failure() + ".");
    return entries;
}

}  // namespace marchwire::store
