// Backups of a log on disk: what is appended meanwhile, what goes wrong, and where one may be put.
#include "faulty_vfs.hpp"
#include "store/backup_file.hpp"
#include "store/sqlite_log.hpp"
#include "store/sqlite_tables.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <sys/stat.h>

using namespace marchwire;
using base::RefusalCode;
using store::BackupFile;
using Existing = store::BackupFile::Existing;

namespace {

namespace fs = std::filesystem;
const base::LogId kept_march = test::log_named("summer/denver-co");
const base::LogId gone_march = test::log_named("summer/boston-ma");

/// DATA with a log in it whose calls are done by hand, and a shelf for backups.
class Archive {
public:
    Archive() {
        auto form = (fs::temp_directory_path() / "marchwire-backup-XXXXXX").string();
        REQUIRE(::mkdtemp(form.data()) != nullptr);
        path_ = form;
        for (const auto& directory : {data(), shelf(), restored()}) fs::create_directory(directory);
        (void)support::faulty_vfs();
        auto tables = store::SqliteTables::open(data() / "marchwire.db", store::SqliteTables::Mode::write,
                                                support::faulty_vfs_name);
        REQUIRE(tables.has_value());
        log_.emplace(std::move(*tables), core::Level::synced, store::TableLog::Drive::by_caller);
    }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;
    ~Archive() {
        log_.reset();
        std::error_code error;
        fs::remove_all(path_, error);
    }
    [[nodiscard]] fs::path data() const { return path_ / "data"; }
    [[nodiscard]] fs::path shelf() const { return path_ / "shelf"; }
    [[nodiscard]] fs::path restored() const { return path_ / "restored"; }
    [[nodiscard]] BackupFile::Live live() const { return {data(), path_ / "keys" / "keys.json"}; }
    [[nodiscard]] store::TableLog& log() { return *log_; }

    /// An entry more, of 16 KB; whether it was stored by now.
    bool append(const base::LogId& march, const std::string& text) {
        base::Tip& tip = march == kept_march ? kept_ : gone_;
        store::AppendRequest request;
        request.log = march;
        request.new_log = tip == base::Tip{};
        request.expected = tip;
        base::Tip next = tip;
        next.seq = tip.seq.next();
        next.digest[0] = static_cast<std::uint8_t>(next.seq.value);
        request.entries = {{next, text + std::string(16'384, '.')}};
        request.now = base::UtcMs{1};
        bool stored = false;
        log().append(std::move(request), [&](const store::AppendOutcome& outcome) {
            stored = outcome.has_value() && std::holds_alternative<store::Appended>(*outcome);
        });
        log().run_some();
        if (stored) tip = next;
        return stored;
    }
    void fill() {
        for (int i = 0; i < 100; ++i) REQUIRE(append(kept_march, "kept"));
        for (int i = 0; i < 100; ++i) REQUIRE(append(gone_march, "gone"));
    }
    void begin_backup(const fs::path& file) {
        log().backup(file, [this](base::Result<store::BackupMade> made) { answers.push_back(std::move(made)); });
    }
    [[nodiscard]] base::Tip kept() const { return kept_; }

    std::vector<base::Result<store::BackupMade>> answers;

private:
    fs::path path_;
    base::Tip kept_;
    base::Tip gone_;
    std::optional<store::TableLog> log_;
};

std::string whole_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

BackupFile must_make(const Archive& archive, const fs::path& file) {
    auto made = BackupFile::make(file, Existing::kept, archive.live());
    REQUIRE(made.has_value());
    return *std::move(made);
}

}  // namespace

TEST_CASE("what is appended while a backup is written is stored meanwhile and is in it", "[store][backup]") {
    Archive archive;
    archive.fill();
    auto file = must_make(archive, archive.shelf() / "day.db");
    archive.begin_backup(file.part());
    int meanwhile = 0;
    for (; archive.answers.empty(); ++meanwhile) REQUIRE(archive.append(kept_march, "late"));
    REQUIRE(meanwhile > 5);
    REQUIRE(archive.answers.front().has_value());
    REQUIRE(archive.append(kept_march, "after it"));

    const auto bytes = file.keep();
    REQUIRE(bytes.has_value());
    CHECK(*bytes > 200 * 16'384);
    struct stat status {};
    REQUIRE(::stat((archive.shelf() / "day.db").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK_FALSE(fs::exists(archive.shelf() / "day.db.part"));

    fs::copy_file(archive.shelf() / "day.db", archive.restored() / "marchwire.db");
    auto copy = store::SqliteTables::open(archive.restored() / "marchwire.db", store::SqliteTables::Mode::look, "");
    REQUIRE(copy.has_value());
    CHECK((*copy)->tip((*copy)->find(kept_march).value()).seq.value == archive.kept().seq.value - 1);
    CHECK((*copy)->tip((*copy)->find(gone_march).value()).seq.value == 100);
}

TEST_CASE("a log that is shredded while a backup is written is not in it", "[store][backup]") {
    Archive archive;
    archive.fill();
    auto file = must_make(archive, archive.shelf() / "day.db");
    archive.begin_backup(file.part());
    archive.log().run_some();
    archive.log().run_some();
    REQUIRE(archive.answers.empty());
    bool shredded = false;
    archive.log().shred(gone_march, [&](const base::Result<store::Shredded>& said) {
        shredded = said.has_value() && said->files == store::Shredded::Files::rewritten;
    });
    while (archive.answers.empty()) archive.log().run_some();
    REQUIRE(shredded);
    REQUIRE(archive.answers.front().has_value());
    REQUIRE(file.keep().has_value());
    const std::string all = whole_file(archive.shelf() / "day.db");
    CHECK(all.find("gone....") == std::string::npos);
    CHECK(all.find("kept....") != std::string::npos);
}

TEST_CASE("a second backup at once is refused and the first goes on", "[store][backup]") {
    Archive archive;
    archive.fill();
    auto first = must_make(archive, archive.shelf() / "1.db");
    auto second = must_make(archive, archive.shelf() / "2.db");
    archive.begin_backup(first.part());
    archive.begin_backup(second.part());
    archive.log().run_some();
    REQUIRE(archive.answers.size() == 1);
    CHECK(archive.answers.front().error().code == RefusalCode::conflict);
    while (archive.answers.size() < 2) archive.log().run_some();
    CHECK(archive.answers.back().has_value());
    CHECK(first.keep().has_value());
}

TEST_CASE("a disk that is full under a backup harms no log", "[store][backup]") {
    Archive archive;
    archive.fill();
    {
        auto file = must_make(archive, archive.shelf() / "day.db");
        archive.begin_backup(file.part());
        support::faulty_vfs().fail_writes(1);
        while (archive.answers.empty()) archive.log().run_some();
        support::faulty_vfs().fail_writes(0);
        REQUIRE(archive.answers.front().has_error());
        CHECK(archive.answers.front().error().code == RefusalCode::unavailable);
        CHECK(archive.answers.front().error().message.find("Make room on that disk") != std::string::npos);
    }
    CHECK(fs::is_empty(archive.shelf()));
    CHECK(archive.log().healthy());
    CHECK(archive.append(kept_march, "after it"));
}

TEST_CASE("a backup that a stopping server gives up is told so", "[store][backup]") {
    Archive archive;
    archive.fill();
    auto file = must_make(archive, archive.shelf() / "day.db");
    archive.begin_backup(file.part());
    archive.log().run_some();
    REQUIRE(archive.answers.empty());
    archive.log().stop();
    REQUIRE(archive.answers.size() == 1);
    CHECK(archive.answers.front().error().code == RefusalCode::unavailable);
}

TEST_CASE("a backup is put beside nothing that is live", "[store][backup]") {
    Archive archive;
    fs::create_directory(archive.live().keys.parent_path());
    write_file(archive.live().keys, "{}");
    fs::create_directory_symlink(archive.data(), archive.shelf() / "by a link");
    for (const fs::path& place :
         {archive.data() / "marchwire.db", archive.data() / "new.db", archive.shelf() / "by a link" / "marchwire.db",
          archive.live().keys, fs::path("relative.db"), archive.shelf() / "",
          archive.shelf() / ".." / "data" / "marchwire.db-wal", archive.shelf() / "by a link"}) {
        INFO(place);
        const auto refused = BackupFile::make(place, Existing::replaced, archive.live());
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == RefusalCode::invalid_argument);
        CHECK(refused.error().field == "file");
    }
    // Nor does what is written beside it take away a key file that is called so.
    BackupFile::Live odd = archive.live();
    odd.keys = archive.shelf() / "day.db.part";
    write_file(odd.keys, "{}");
    CHECK(BackupFile::make(archive.shelf() / "day.db", Existing::kept, odd).has_error());
    CHECK(whole_file(odd.keys) == "{}");
}

TEST_CASE("a backup that cannot be put where it was wished says why", "[store][backup]") {
    Archive archive;
    CHECK(BackupFile::make(archive.shelf() / "none" / "day.db", Existing::kept, archive.live()).error().code ==
          RefusalCode::not_found);
    CHECK(BackupFile::make("/proc/day.db", Existing::kept, archive.live()).error().code == RefusalCode::unavailable);
    write_file(archive.shelf() / "day.db", "the one of yesterday");
    CHECK(BackupFile::make(archive.shelf() / "day.db", Existing::kept, archive.live()).error().code ==
          RefusalCode::conflict);
    CHECK(whole_file(archive.shelf() / "day.db") == "the one of yesterday");
}

TEST_CASE("a backup replaces another only when it is whole", "[store][backup]") {
    Archive archive;
    archive.fill();
    const fs::path day = archive.shelf() / "day.db";
    write_file(day, "the one of yesterday");
    write_file(archive.shelf() / "day.db.part", "cut off by a crash");
    {
        auto file = BackupFile::make(day, Existing::replaced, archive.live());
        REQUIRE(file.has_value());
        CHECK(fs::file_size(file->part()) == 0);
        archive.begin_backup(file->part());
        while (archive.answers.empty()) archive.log().run_some();
        // A page that the disk has lost.
        std::fstream damage(file->part(), std::ios::in | std::ios::out | std::ios::binary);
        damage.seekp(40 * 4'096);
        damage << std::string(3 * 4'096, '\0');
        damage.close();
        const auto damaged = file->keep();
        REQUIRE(damaged.has_error());
        CHECK(damaged.error().code == RefusalCode::unavailable);
    }
    CHECK(whole_file(day) == "the one of yesterday");
    {
        auto empty = BackupFile::make(day, Existing::replaced, archive.live());
        REQUIRE(empty.has_value());
        CHECK(empty->keep().has_error());
    }
    CHECK(whole_file(day) == "the one of yesterday");
    auto file = BackupFile::make(day, Existing::replaced, archive.live());
    REQUIRE(file.has_value());
    archive.begin_backup(file->part());
    while (archive.answers.size() < 2) archive.log().run_some();
    CHECK(file->keep().has_value());
    CHECK(whole_file(day).starts_with("SQLite format 3"));
}
