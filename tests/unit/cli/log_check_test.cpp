// What `log verify` finds: every entry that was altered or lost, and tips that the server never signed.
#include "log_check.hpp"

#include "admin_fake.hpp"
#include "core/chain.hpp"
#include "core/event.hpp"
#include "wire/codec.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace marchwire::cli {
namespace {

const base::LogId march_log = *base::LogId::parse("flag-day-2018/st-louis-mo");

access::KeyRing keys_in(const TemporaryDirectory& directory) {
    auto keys = access::KeyRing::open(directory.path() + "/keys.json");
    REQUIRE(keys.has_value());
    return *std::move(keys);
}

/// A log of these events, chained as the server chains it.
class Chained {
public:
    explicit Chained(const access::KeyRing& keys) : hmac_(keys.chain_key(march_log)) {}
    void add(core::Event event) {
        core::Entry entry;
        entry.seq = tip_.seq.next();
        entry.at = base::UtcMs{1'528'992'000'000};
        entry.event = std::move(event);
        store::StoredEntry stored{{tip_.epoch, entry.seq, {}}, wire::encode_stored(entry)};
        stored.tip.digest = core::next_digest(hmac_, tip_.digest, entry.seq, stored.bytes);
        tip_ = stored.tip;
        entries.push_back(std::move(stored));
    }
    /// By one who stood on all of it, where the log was found cut after `found`.
    void repair(const base::Tip& found) {
        const base::Tip verified = tip_;
        tip_.epoch = base::Epoch{tip_.epoch.value + 1};
        add(core::LogRepaired{found, verified, {}});
    }
    [[nodiscard]] const base::Tip& tip() const { return tip_; }
    std::vector<store::StoredEntry> entries;

private:
    base::Hmac hmac_;
    base::Tip tip_;
};

base::Result<std::uint64_t> verdict(const access::KeyRing& keys, const std::vector<store::StoredEntry>& entries) {
    LogCheck check(keys, march_log);
    for (const auto& entry : entries) {
        if (auto fine = check.add(entry); !fine) return fine.error();
    }
    return check.signed_tips();
}

/// Three entries, then the signed tip of the third.
Chained whole_log(const access::KeyRing& keys) {
    Chained log(keys);
    for (std::uint32_t sections = 1; sections <= 3; ++sections) log.add(core::SectionsSet{sections});
    log.add(core::TipSigned{log.tip(), keys.sign_tip(march_log, log.tip())});
    return log;
}

}  // namespace

TEST_CASE("a whole log passes and its signed tips are counted", "[cli][log]") {
    const TemporaryDirectory directory;
    const auto keys = keys_in(directory);
    const auto found = verdict(keys, whole_log(keys).entries);
    REQUIRE(found.has_value());
    CHECK(*found == 1);
}

TEST_CASE("a log that was repaired is whole, and what it lost is counted", "[cli][log][repair]") {
    const TemporaryDirectory directory;
    const auto keys = keys_in(directory);
    Chained log = whole_log(keys);
    const base::Tip found = log.entries[1].tip;
    log.repair(found);
    log.add(core::SectionsSet{4});
    auto cut = log.entries;
    cut.erase(cut.begin() + 2, cut.begin() + 4);
    LogCheck check(keys, march_log);
    for (const auto& entry : cut) REQUIRE(check.add(entry).has_value());
    CHECK(check.lost_entries() == 2);
    CHECK(check.tip() == log.tip());

    // More is gone than its repair knew of.
    cut.erase(cut.begin() + 1);
    const auto verdict_of_cut = verdict(keys, cut);
    REQUIRE(verdict_of_cut.has_error());
    CHECK(verdict_of_cut.error().field == "seq 5");
}

TEST_CASE("an entry that was altered or lost or exchanged is named by its seq", "[cli][log]") {
    const TemporaryDirectory directory;
    const auto keys = keys_in(directory);
    const auto whole = whole_log(keys).entries;

    auto altered = whole;
    altered[1].bytes.back() = static_cast<char>(altered[1].bytes.back() ^ 1);
    CHECK(verdict(keys, altered).error().field == "seq 2");

    auto lost = whole;
    lost.erase(lost.begin() + 1);
    CHECK(verdict(keys, lost).error().field == "seq 2");

    auto exchanged = whole;
    std::swap(exchanged[0], exchanged[1]);
    CHECK(verdict(keys, exchanged).error().field == "seq 1");
}

TEST_CASE("a chain made with another key does not pass", "[cli][log]") {
    const TemporaryDirectory ours;
    const TemporaryDirectory theirs;
    CHECK(verdict(keys_in(ours), whole_log(keys_in(theirs)).entries).error().field == "seq 1");
}

TEST_CASE("a tip that is not in the log or not signed by the server is damage", "[cli][log]") {
    const TemporaryDirectory directory;
    const auto keys = keys_in(directory);
    Chained foreign_tip(keys);
    foreign_tip.add(core::SectionsSet{1});
    base::Tip invented = foreign_tip.tip();
    invented.digest[0] ^= 1U;
    foreign_tip.add(core::TipSigned{invented, keys.sign_tip(march_log, invented)});
    CHECK(verdict(keys, foreign_tip.entries).error().message.find("is not in this log") != std::string::npos);

    Chained forged(keys);
    forged.add(core::SectionsSet{1});
    auto signature = keys.sign_tip(march_log, forged.tip());
    signature[5] ^= 1U;
    forged.add(core::TipSigned{forged.tip(), signature});
    CHECK(verdict(keys, forged.entries).error().message.find("not by this server's key") != std::string::npos);
}

}  // namespace marchwire::cli
