// Prepared statements.
#include "store/sqlite_statement.hpp"

namespace marchwire::store {

Statement::Statement(sqlite3* connection, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    statement_.reset(statement);
}

Statement& Statement::bind(int index, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), index, number);
    return *this;
}

Statement& Statement::bind(int index, std::string_view bytes) {
    // A null pointer would be NULL; nullptr destructor is SQLITE_STATIC: the caller keeps the bytes.
    sqlite3_bind_blob64(statement_.get(), index, bytes.empty() ? "" : bytes.data(), bytes.size(), nullptr);
    return *this;
}

Statement& Statement::bind(int index, std::span<const std::uint8_t> bytes) {
    sqlite3_bind_blob64(statement_.get(), index, bytes.data(), bytes.size(), nullptr);
    return *this;
}

Statement& Statement::bind_text(int index, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), nullptr, SQLITE_UTF8);
    return *this;
}

int Statement::run() {
    const int code = step();
    reset();
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::string_view Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data == nullptr ? std::string_view{}
                           : std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

}  // namespace marchwire::store
