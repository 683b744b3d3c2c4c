// SQLite's handles with owners: a connection, a prepared statement, one run of it.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace marchwire::store {

struct CloseConnection {
    void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

/// A prepared statement that is used again and again. `bind` from 1; what is bound must live until `reset`.
class Statement {
public:
    Statement() = default;
    /// Empty (see `operator bool`) when the SQL cannot be prepared; the connection knows why.
    Statement(sqlite3* connection, const char* sql);

    [[nodiscard]] explicit operator bool() const { return statement_ != nullptr; }

    Statement& bind(int index, std::int64_t number);
    /// Zero bytes are a blob of length 0, not NULL.
    Statement& bind(int index, std::string_view bytes);
    Statement& bind(int index, std::span<const std::uint8_t> bytes);
    Statement& bind_text(int index, std::string_view text);

    /// SQLITE_ROW, SQLITE_DONE or an error.
    [[nodiscard]] int step() { return sqlite3_step(statement_.get()); }
    /// Runs a statement without rows. SQLITE_OK or an error.
    [[nodiscard]] int run();
    void reset();

    [[nodiscard]] std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }
    /// Until the next step or reset.
    [[nodiscard]] std::string_view bytes(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace marchwire::store
