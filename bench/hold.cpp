// A Hold to 500 marshals, one in ten of them off-line: when do all who are connected have it, when is the matrix whole
// after the others came back, and what does it cost a dashboard in bytes? On the real server, with its log on a disk.
#include "fanout/march_stage.hpp"
#include "support/report.hpp"
#include "support/server_child.hpp"
#include "support/staff_crowd.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace marchwire;
using bench::MarchStage;
using bench::StaffCrowd;
using test::StaffClient;
using Clock = StaffCrowd::Clock;
using std::chrono::milliseconds;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t marshals = 500;
constexpr std::size_t off_line = marshals / 10;
constexpr std::size_t lead = marshals;  ///< its number in the crowd
constexpr std::uint64_t first_device = 1'000;
/// A phone says at once that it has the order; its person looks after a few seconds and answers. Ours.
constexpr double sees_within_s = 4, answers_within_s = 6;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "hold: %s\n", why.c_str());
    std::exit(1);
}

/// What one person still has to send, and when.
struct Due {
    Clock::time_point at;
    std::size_t who = 0;
    v1::Command command;
};

/// One order from its issue until all have acknowledged it.
class HoldRun {
public:
    HoldRun(StaffCrowd& crowd, unsigned seed) : crowd_(crowd), random_(seed) {}

    void issue(std::uint32_t phase_version) {
        v1::Command hold;
        hold.mutable_hold()->set_phase_version(phase_version);
        hold.mutable_hold()->set_reason("an ambulance crosses");
        issued_ = Clock::now();
        crowd_[lead].put(MarchStage::march_log, hold);
        crowd_[lead].flush();
    }
    /// Until so many have been told and have acknowledged.
    void until_acked(std::size_t count) {
        const auto deadline = Clock::now() + std::chrono::seconds(60);
        while (acked_.size() < count) {
            if (Clock::now() > deadline) give_up("not all acknowledged within a minute");
            send_due();
            const auto next = due_.empty() ? deadline : due_.front().at;
            crowd_.receive(std::min(next, deadline), [&](std::size_t who, const v1::Item& item) { take(who, item); });
        }
        whole_ = Clock::now();
    }
    [[nodiscard]] double told_ms() const { return Milliseconds(last_told_ - issued_).count(); }
    [[nodiscard]] double after_last_ack_ms() const { return Milliseconds(whole_ - last_ack_).count(); }
    [[nodiscard]] double receipts_kb() const { return static_cast<double>(bytes_) / 1'000; }
    [[nodiscard]] double entries() const { return static_cast<double>(entries_); }
    /// Places of the roster that were told as acknowledged more than once.
    [[nodiscard]] double twice() const {
        return static_cast<double>(std::ranges::count_if(acked_, [](const auto& one) { return one.second > 1; }));
    }

private:
    void take(std::size_t who, const v1::Item& item) {
        if (item.has_reply() && item.reply().has_error()) give_up("refused: " + item.reply().error().message());
        // Who comes back has the order from the snapshot.
        if (who != lead && item.has_snapshot_piece()) take_snapshot(who, item.snapshot_piece().bytes());
        if (!item.has_entry()) return;
        const v1::Event& event = item.entry().event();
        if (who == lead && event.has_receipts_moved()) take_receipts(item);
        if (who != lead && event.has_order_issued()) take_order(who, event.order_issued().order().number());
    }
    void take_snapshot(std::size_t who, const std::string& bytes) {
        v1::MarshalSnapshot snapshot;
        if (!snapshot.ParseFromString(bytes)) give_up("a marshal's snapshot of several pieces");
        for (const v1::Order& order : snapshot.orders()) take_order(who, order.number());
    }
    void take_receipts(const v1::Item& item) {
        const v1::Receipts& receipts = item.entry().event().receipts_moved().receipts();
        bytes_ += item.ByteSizeLong();
        ++entries_;
        for (int i = 0; i < receipts.ordinals_size(); ++i) {
            if (receipts.states(i) == v1::RECEIPT_ACKED) ++acked_[receipts.ordinals(i)];
        }
    }
    void take_order(std::size_t who, std::uint32_t order) {
        const auto now = Clock::now();
        if (who < marshals - off_line) last_told_ = now;
        v1::Command delivered, seen, ack;
        delivered.mutable_mark_delivered()->set_order(order);
        seen.mutable_mark_seen()->set_order(order);
        ack.mutable_acknowledge()->set_order(order);
        const auto sees = now + within(sees_within_s);
        due_.push_back({now, who, delivered});
        due_.push_back({sees, who, seen});
        due_.push_back({sees + within(answers_within_s), who, ack});
        std::ranges::stable_sort(due_, {}, &Due::at);
    }
    Clock::duration within(double seconds) {
        std::uniform_real_distribution<double> some(0, seconds);
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(some(random_)));
    }
    void send_due() {
        const auto now = Clock::now();
        const auto later = std::ranges::find_if(due_, [now](const Due& one) { return one.at > now; });
        for (auto one = due_.begin(); one != later; ++one) {
            if (one->command.has_acknowledge()) last_ack_ = now;
            crowd_[one->who].put(MarchStage::march_log, one->command);
            crowd_[one->who].flush();
        }
        due_.erase(due_.begin(), later);
    }

    StaffCrowd& crowd_;
    std::mt19937 random_;
    std::vector<Due> due_;
    std::map<std::uint32_t, int> acked_;
    std::size_t bytes_ = 0, entries_ = 0;
    Clock::time_point issued_, last_told_, last_ack_, whole_;
};

struct Stand {
    explicit Stand(const std::filesystem::path& directory)
        : server(MARCHWIRED_PATH, directory), stage(server.data().string(), 1) {
        lead_token = stage.lead_token();
        tokens = stage.marshal_tokens(marshals);
        phase_version = stage.step_off(server.staff_port(), lead_token);
        for (std::size_t i = 0; i < marshals; ++i) {
            crowd.add(client(i));
            v1::Command on_post;
            on_post.mutable_check_in()->set_report(v1::ON_POST);
            (void)crowd[i].ask(MarchStage::march_log, on_post);
            crowd[i].subscribe(feed);
        }
        crowd.add(StaffClient(server.staff_port(), lead_token, ++devices, "ops/" + MarchStage::march_log));
    }
    StaffClient client(std::size_t number) {
        // The same phone comes back as the same device, but commands count on: another is as good here.
        return {server.staff_port(), tokens[number], ++devices, ""};
    }
    /// What came before is of no interest.
    void quiet() {
        const auto end = Clock::now() + milliseconds(500);
        while (Clock::now() < end) crowd.receive(end, [](std::size_t, const v1::Item&) {});
    }
    void release() {
        v1::Command release;
        release.mutable_release()->set_phase_version(++phase_version);
        (void)crowd[lead].ask(MarchStage::march_log, release);
        ++phase_version;
        quiet();
    }

    static inline const std::string feed = "marshal/" + MarchStage::march_log;
    std::uint64_t devices = first_device;
    bench::ServerChild server;
    MarchStage stage;
    std::string lead_token;
    std::vector<std::string> tokens;
    std::uint32_t phase_version = 0;
    StaffCrowd crowd;
};

}  // namespace

int main(int argc, char** argv) {
    const auto options = bench::read_options(argc, argv);
    const bench::Scratch scratch(".");
    Stand stand(scratch.path());
    std::vector<double> told, converged, kilobytes, entries, twice;
    for (int round = 0; round < options.rounds(5, 1); ++round) {
        stand.quiet();
        for (std::size_t i = marshals - off_line; i < marshals; ++i) stand.crowd.leave(i);
        HoldRun run(stand.crowd, static_cast<unsigned>(round + 1));
        run.issue(stand.phase_version);
        run.until_acked(marshals - off_line);
        told.push_back(run.told_ms());
        for (std::size_t i = marshals - off_line; i < marshals; ++i) {
            stand.crowd.come_back(i, stand.client(i));
            stand.crowd[i].subscribe(Stand::feed);
        }
        run.until_acked(marshals);
        converged.push_back(run.after_last_ack_ms());
        kilobytes.push_back(run.receipts_kb());
        entries.push_back(run.entries());
        twice.push_back(run.twice());
        stand.release();
    }
    bench::Report report;
    const std::string what = "a Hold to 500 marshals, 50 of them off-line";
    report.add(what, "marchwire", "issued to shown on the last connected phone", "ms", told);
    report.add(what, "marchwire", "last acknowledgement to the whole matrix on ops", "ms", converged);
    report.add(what, "marchwire", "acknowledged twice", "", twice);
    report.add(what, "marchwire", "receipts, as items of one dashboard", "KB", kilobytes);
    report.add(what, "marchwire", "entries of receipts", "", entries);
    return report.write(options) ? 0 : 1;
}
