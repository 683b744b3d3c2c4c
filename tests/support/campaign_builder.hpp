// A campaign under test: commands in, its state after them. (tests)
#pragma once

#include "core/decide.hpp"
#include "support/named.hpp"

#include <catch2/catch.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace marchwire::test {

/// Flag Day 2018 with St. Louis listed, told to by the host's command line unless said otherwise.
struct CampaignBuilder {
    core::CampaignState state;
    base::UtcMs now{1'528'984'800'000};
    core::Actor host;

    CampaignBuilder() {
        host.host = true;
        state.id = {slug("flag-day-2018"), base::Slug{}};
        must(core::CreateCampaign{{"Flag Day", "Families Belong Together", 1, false}, 1U << 16U});
        must(core::ListMarch{slug("st-louis-mo"), 2U << 16U});
    }
    base::Result<std::vector<core::Event>> tell(const core::Actor& actor, core::CommandBody body) {
        const core::Command command{{}, now, core::Level::none, std::move(body)};
        const core::Context context{now, actor};
        auto outcome = core::decide(state, command, context);
        if (!outcome) return outcome;
        for (const core::Event& event : *outcome) {
            base::Digest digest{};
            digest[0] = static_cast<std::uint8_t>(state.tip.seq.value + 1);
            core::apply(state, core::stamp(state, event, command, context), digest);
        }
        return outcome;
    }
    void must(core::CommandBody body) { must(host, std::move(body)); }
    void must(const core::Actor& actor, core::CommandBody body) {
        const auto outcome = tell(actor, std::move(body));
        if (!outcome) FAIL("refused: " << outcome.error().field << ": " << outcome.error().message);
    }
    base::Refusal refused(core::CommandBody body) { return refused(host, std::move(body)); }
    base::Refusal refused(const core::Actor& actor, core::CommandBody body) {
        const auto outcome = tell(actor, std::move(body));
        REQUIRE(outcome.has_error());
        CHECK_FALSE(outcome.error().message.empty());
        return outcome.error();
    }
    [[nodiscard]] core::IssueToken token(std::uint8_t first, core::Role role = core::Role::side) const {
        core::IssueToken wish;
        wish.hash[0] = first;
        wish.person = base::PersonId{1};
        wish.role = role;
        wish.march = slug("st-louis-mo");
        return wish;
    }
};

}  // namespace marchwire::test
