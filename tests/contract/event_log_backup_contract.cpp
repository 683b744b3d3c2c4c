// What every store promises about a backup: a file with which a store opens, or a word about who makes it.
#include "event_log_contract.hpp"

#include "store/backup_file.hpp"
#include "store/sqlite_log.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <future>
#include <string>
#include <vector>

using namespace marchwire;
using namespace marchwire::contract;
using base::RefusalCode;

namespace {

namespace fs = std::filesystem;

#define FOR_EACH_STORE()                                      \
    const Subject subject = GENERATE(from_range(subjects())); \
    INFO("store: " << subject.name);                          \
    Store store(subject)

/// A directory beside the store's for what was copied.
class Shelf {
public:
    Shelf() {
        auto form = (fs::temp_directory_path() / "marchwire-shelf-XXXXXX").string();
        REQUIRE(::mkdtemp(form.data()) != nullptr);
        path_ = form;
    }
    Shelf(const Shelf&) = delete;
    Shelf& operator=(const Shelf&) = delete;
    ~Shelf() {
        std::error_code error;
        fs::remove_all(path_, error);
    }
    [[nodiscard]] fs::path path() const { return path_; }

private:
    fs::path path_;
};

base::Result<store::BackupMade> backup(Store& store, const fs::path& file) {
    std::promise<base::Result<store::BackupMade>> answer;
    store.log().backup(file, [&](base::Result<store::BackupMade> made) { answer.set_value(std::move(made)); });
    return answer.get_future().get();
}

}  // namespace

TEST_CASE("a backup opens with all that was stored or the store says who makes one", "[contract][store][backup]") {
    FOR_EACH_STORE();
    const auto tip = store.create(march, {"a", "b"});
    store.extend(march, tip, {"c"}, {{command(5, 1), 7, {}}});
    REQUIRE(store.put_checkpoint(march, {tip, "a fold"}).has_value());

    const Shelf shelf;
    auto file = store::BackupFile::make(shelf.path() / "marchwire.db", store::BackupFile::Existing::kept, {"/", "/"});
    REQUIRE(file.has_value());
    const auto made = backup(store, file->part());
    if (subject.name != "sqlite") {
        REQUIRE(made.has_error());
        CHECK(made.error().code == RefusalCode::invalid_argument);
        CHECK(made.error().field == "store");
        const bool tells_how = made.error().message.find("BGSAVE") != std::string::npos;
        CHECK(tells_how == subject.name.starts_with("redis"));
        return;
    }
    REQUIRE(made.has_value());
    REQUIRE(file->keep().has_value());
    Subject copied = subject;
    copied.open = [&](const auto&) { return store::SqliteLog::open(shelf.path()).value(); };
    Store restored(copied);
    CHECK(texts_of(restored.read(march, 1, 10).value()) == std::vector<std::string>{"a", "b", "c"});
    CHECK(restored.open(march).value().checkpoint.bytes == "a fold");
    CHECK(restored.list().value() == store.list().value());
    // It knows the commands that it has answered, and goes on from where it stood.
    const auto stood = restored.open(march).value().tip;
    auto again = group(march, stood, {"c"});
    again.ids = {{command(5, 1), 7, {}}};
    CHECK(refused(restored.append(again)).known.size() == 1);
    CHECK(restored.extend(march, stood, {"d"}).seq == base::Seq{4});
}
