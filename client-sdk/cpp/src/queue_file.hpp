// Commands without an answer on a disk, so that the end of the app loses none. (internal to the SDK)
#pragma once

#include "marchwire/values.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace marchwire::sdk {

/// A file of SQLite for one device, held by one client at a time. What a call has stored is there after a kill at any
/// moment. One thread. Calls wait for the disk: a few milliseconds on a phone.
class QueueFile {
public:
    struct Row {
        std::uint64_t counter = 0;
        std::string message;  ///< v1::Command, encoded
        UtcMs made_wall = 0;  ///< by the device's clock
    };
    struct Opened;
    /// Makes it where there is none. Of what is no such file a copy is kept as `path`.broken, and it begins empty;
    /// a file of another device is left as it is: `file` is null then.
    [[nodiscard]] static Opened open(const std::string& path, std::uint64_t device);
    ~QueueFile();
    QueueFile(const QueueFile&) = delete;
    QueueFile& operator=(const QueueFile&) = delete;

    /// In place of the row with this counter. Synced. False: it is not stored (`problem`).
    [[nodiscard]] bool put(const Row& row);
    /// Not sent again after a restart, and gone from the file at the next opening.
    void mark_answered(std::uint64_t counter);
    void erase(std::uint64_t counter);
    /// No counter up to this one is used for other content, whatever happens. False as `put`.
    [[nodiscard]] bool reserve(std::uint64_t counter);
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    struct Finish {
        void operator()(sqlite3_stmt* statement) const;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finish>;
    explicit QueueFile(std::unique_ptr<sqlite3, Close> database);
    struct Failure {
        int code = 0;  ///< of SQLite
        std::string problem;
    };
    [[nodiscard]] static std::variant<std::unique_ptr<QueueFile>, Failure> try_open(const std::string& path);
    [[nodiscard]] bool run(const char* sql);
    [[nodiscard]] bool prepare(const char* sql, Statement& into);
    [[nodiscard]] bool prepare_all();
    [[nodiscard]] bool step(Statement& statement);
    [[nodiscard]] std::vector<Row> rows();
    [[nodiscard]] std::uint64_t value_of(std::string_view name);
    [[nodiscard]] bool set_value(std::string_view name, std::uint64_t value);

    std::unique_ptr<sqlite3, Close> database_;
    Statement put_, mark_, erase_, set_;
    std::string problem_;
};
struct QueueFile::Opened {
    std::unique_ptr<QueueFile> file;  ///< null: nothing can be kept
    std::vector<Row> rows;            ///< unanswered, in order of their counters
    std::uint64_t counter = 0;        ///< the highest that was used or reserved
    std::string problem;              ///< empty: all is well
};

}  // namespace marchwire::sdk
