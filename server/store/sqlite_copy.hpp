// A copy of the database that SQLite writes in pieces while the database is in use.
#pragma once

#include "store/sqlite_statement.hpp"
#include "store/tables.hpp"

#include <filesystem>
#include <string>

namespace marchwire::store {

/// What `source` commits between two steps is written to the copy as well: it is whole after the last step, however
/// much was appended meanwhile. On the source's thread, and gone before that connection.
class SqliteCopy final : public TablesCopy {
public:
    /// Into `file`, which is there and empty. UNAVAILABLE when it cannot be opened.
    [[nodiscard]] static base::Result<std::unique_ptr<TablesCopy>> begin(sqlite3* source,
                                                                         const std::filesystem::path& file,
                                                                         const std::string& vfs);
    [[nodiscard]] base::Result<Copied> step() override;

private:
    struct Finish {
        void operator()(sqlite3_backup* copying) const { sqlite3_backup_finish(copying); }
    };
    explicit SqliteCopy(std::filesystem::path file) : file_(std::move(file)) {}
    [[nodiscard]] base::Refusal broken(int code) const;

    std::filesystem::path file_;
    Connection target_;
    std::unique_ptr<sqlite3_backup, Finish> copying_;  // after the connection: it goes first
};

}  // namespace marchwire::store
