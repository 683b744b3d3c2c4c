// Desks of several servers on one store, in one thread. (tests)
#pragma once

#include "shard/log_desk.hpp"
#include "store/memory_log.hpp"
#include "support/named.hpp"
#include "support/patience.hpp"
#include "support/stage_log.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace marchwire::test {

using Outcome = base::Result<wire::Accepted>;

/// What was published, and what was told.
class Recorder final : public shard::Audience<core::MarchState> {
public:
    void stored(const core::Entry& entry, const base::Digest&) override { published.push_back(entry.seq.value); }
    void group_stored() override { ++groups; }
    void history_doubted() override { ++doubts; }
    void history_changed() override { ++losses; }
    void history_ended() override {}
    [[nodiscard]] bool repairs() const override { return keeps; }
    std::vector<std::uint64_t> published;
    int groups = 0;
    int doubts = 0;
    int losses = 0;
    bool keeps = false;
};

/// One server's desk on a store that several may write to.
struct Server {
    Server(store::MemoryLog& memory, base::ManualClock& clock)
        : io(std::make_shared<boost::asio::io_context>(1)), log(memory) {
        core::MarchState state;
        state.id = {slug("flag-day-2018"), slug("st-louis-mo")};
        desk = std::make_shared<shard::LogDesk<core::MarchState>>(
            shard::DeskPlace{state.id, log, clock, shard::Mailbox(io), counters, base::sha256("key")}, state,
            shard::Vault(base::sha256("key"), state.id), recorder);
    }
    std::shared_ptr<boost::asio::io_context> io;
    test::StageLog log;
    shard::Counters counters;
    Recorder recorder;
    std::shared_ptr<shard::LogDesk<core::MarchState>> desk;
};

struct Fixture {
    base::ManualClock clock{base::UtcMs{1'528'984'800'000}};
    store::MemoryLog memory{store::MemoryLog::Drive::by_caller};
    Server server{memory, clock};
    std::vector<Outcome> answers;
    std::uint64_t counter = 0;
    core::Actor lead;
    core::MarchState begun;

    Fixture() {
        lead.person = base::PersonId{7};
        lead.role = core::Role::city_lead;
        create(server);
        begun = server.desk->committed();
    }
    /// Another server on the same store, which last looked when the march had just been made.
    std::unique_ptr<Server> another() {
        auto other = std::make_unique<Server>(memory, clock);
        other->desk->restart(begun, server.desk->vault());
        return other;
    }
    void settle(Server& one) {
        std::size_t done = 1;
        while (done != 0) {
            one.io->restart();
            done = memory.run_some() + one.io->poll();
        }
    }
    void settle() { settle(server); }
    /// A desk that lost a race waits for a moment of its own.
    void settle_races() {
        test::wait_until([this] {
            settle();
            return !server.desk->busy();
        });
    }

    void create(Server& one) {
        core::CreateMarch wish;
        wish.spec.city = "St. Louis";
        wish.spec.tz = "America/Chicago";
        wish.topic_base = 1U << 16U;
        core::Actor host;
        host.host = true;
        shard::Asked asked;
        asked.command.body = wish;
        asked.actor = host;
        asked.answer = [](const Outcome& outcome) { REQUIRE(outcome.has_value()); };
        one.desk->submit(std::move(asked));
        settle(one);
    }
    core::Command command(core::CommandBody body) {
        core::Command command;
        command.id = {base::DeviceId{42}, ++counter};
        command.made_at = clock.now();
        command.body = std::move(body);
        return command;
    }
    /// Puts a command; its answer goes to `answers`.
    void put(Server& one, core::Command wish, std::uint64_t content_hash = 1) {
        shard::Asked asked;
        asked.command = std::move(wish);
        asked.actor = lead;
        asked.content_hash = content_hash;
        asked.answer = [this](Outcome outcome) { answers.push_back(std::move(outcome)); };
        one.desk->submit(std::move(asked));
    }
    void put(core::Command wish, std::uint64_t content_hash = 1) { put(server, std::move(wish), content_hash); }
    static core::PostNotice notice(const std::string& text) { return {core::Severity::info, {}, text, {}}; }
};

}  // namespace marchwire::test
