// All shards of one process.
#include "shard/city.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "shard/fabric.hpp"
#include "shard/front_page.hpp"
#include "shard/public_pages.hpp"
#include "shard/shard.hpp"
#include "wire/codec.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

namespace marchwire::shard {
namespace {

constexpr auto beats_per_second = base::limits::session_tick.value / base::limits::beat.value;

/// Opens the logs of the store, campaigns first, so that the boards are there when the marches send their rows. A few
/// at a time: a page of each is in memory. Lives on shard 0's thread until it is done.
class StartUp : public std::enable_shared_from_this<StartUp> {
public:
    StartUp(Fabric& fabric, City::Done done) : fabric_(fabric), done_(std::move(done)) {}

    void begin() {
        fabric_.settings().log.list([self = shared_from_this(), home = fabric_.at(0).mailbox()](auto logs) {
            home.post([self, logs = std::move(logs)] { self->on_list(logs); });
        });
    }

private:
    void on_list(const base::Result<std::vector<base::LogId>>& logs) {
        if (!logs) return finish(logs.error());
        waiting_.assign(logs->begin(), logs->end());
        // With other servers on the store a march is opened when it is wanted.
        if (fabric_.settings().bus != nullptr)
            std::erase_if(waiting_, [](const auto& log) { return !log.is_campaign(); });
        std::stable_partition(waiting_.begin(), waiting_.end(), [](const auto& log) { return log.is_campaign(); });
        go_on();
    }

    void go_on() {
        while (!waiting_.empty() && under_way_ < at_once) {
            const base::LogId log = waiting_.front();
            // Marches wait for the last campaign.
            if (!log.is_campaign() && campaigns_under_way_ > 0) return;
            waiting_.pop_front();
            ++under_way_;
            if (log.is_campaign()) ++campaigns_under_way_;
            open(log);
        }
        if (under_way_ > 0 || !waiting_.empty()) return;
        hold_listed();
        finish({});
    }

    void open(const base::LogId& log) {
        Shard& home = fabric_.home_of(log);
        home.mailbox().post([self = shared_from_this(), &home, log] {
            home.desks().open(log, [self, log](const auto& opened) {
                self->fabric_.at(0).mailbox().post([self, log, opened] { self->on_opened(log, opened); });
            });
        });
    }

    void on_opened(const base::LogId& log, const base::Result<std::vector<HeldBase>>& opened) {
        --under_way_;
        if (log.is_campaign()) --campaigns_under_way_;
        if (!opened) return finish(opened.error());
        for (const HeldBase& held : *opened) {
            if (held.log != log) {
                listed_.push_back(held);
            } else if (auto free = fabric_.topic_bases().hold(held); !free) {
                return finish(free.error());
            }
        }
        go_on();
    }

    /// A march that is listed and was not made goes on with its listed base, unless a log has it: that one is in use.
    void hold_listed() {
        for (const HeldBase& held : listed_) (void)fabric_.topic_bases().hold(held);
    }

    void finish(base::Result<void> outcome) {
        waiting_.clear();
        if (!done_) return;  // refused before, and others were still under way
        if (outcome) fabric_.take_duties();
        std::exchange(done_, nullptr)(std::move(outcome));
    }

    static constexpr std::size_t at_once = 8;
    Fabric& fabric_;
    City::Done done_;
    std::deque<base::LogId> waiting_;
    std::vector<HeldBase> listed_;  ///< marches as campaigns list them, made or not
    std::size_t under_way_ = 0;
    std::size_t campaigns_under_way_ = 0;
};

/// Asks every shard for a part and hands over all parts on shard 0's thread.
template <class Part, class Ask, class Whole>
void gather(Fabric& fabric, Ask ask, Whole whole) {
    struct Gathered {
        std::vector<Part> parts;
        std::size_t left;
    };
    auto gathered = std::make_shared<Gathered>(Gathered{{}, fabric.size()});
    for (std::size_t i = 0; i < fabric.size(); ++i) {
        Shard& shard = fabric.at(i);
        shard.mailbox().post([&fabric, &shard, gathered, ask, whole] {
            fabric.at(0).mailbox().post([gathered, whole, parts = ask(shard)]() mutable {
                std::move(parts.begin(), parts.end(), std::back_inserter(gathered->parts));
                if (--gathered->left == 0) whole(std::move(gathered->parts));
            });
        });
    }
}

/// Has every shard do something that ends later, and calls `done` on shard 0's thread when it has ended everywhere.
template <class Work>
void on_all(Fabric& fabric, Work work, std::function<void()> done) {
    auto left = std::make_shared<std::size_t>(fabric.size());
    for (std::size_t i = 0; i < fabric.size(); ++i) {
        Shard& shard = fabric.at(i);
        shard.mailbox().post([&fabric, &shard, left, work, done] {
            work(shard, [&fabric, left, done] {
                fabric.at(0).mailbox().post([left, done] {
                    if (--*left == 0) done();
                });
            });
        });
    }
}

/// Seconds that the host lets pass. Keeps itself alive until they are over.
class Passing : public std::enable_shared_from_this<Passing> {
public:
    Passing(Fabric& fabric, std::uint64_t seconds, std::function<void()> a_second, std::function<void()> done)
        : fabric_(fabric), left_(seconds), a_second_(std::move(a_second)), done_(std::move(done)) {}

    /// So many beats on each shard, then quiet.
    void settle(std::int64_t beats) {
        on_all(
            fabric_,
            [beats](Shard& shard, std::function<void()> quiet) {
                for (std::int64_t beat = 0; beat < beats; ++beat) shard.march_beat();
                shard.desks().when_quiet(std::move(quiet));
            },
            [self = shared_from_this()] { self->go_on(); });
    }

private:
    void go_on() {
        if (left_ == 0) return done_();
        --left_;
        a_second_();
        settle(beats_per_second);
    }

    Fabric& fabric_;
    std::uint64_t left_;
    std::function<void()> a_second_;
    std::function<void()> done_;
};

}  // namespace

City::City(CitySettings settings) : fabric_(std::make_shared<Fabric>(std::move(settings))) {}

City::~City() {
    for (std::size_t i = 0; i < shards(); ++i) fabric_->at(i).join();
}

void City::start(Done done) {
    if (fabric_->settings().drive != Drive::by_hand) {
        for (std::size_t i = 0; i < shards(); ++i) fabric_->at(i).start();
    }
    fabric_->at(0).mailbox().post([fabric = fabric_.get(), done = std::move(done)]() mutable {
        std::make_shared<StartUp>(*fabric, std::move(done))->begin();
    });
}

void City::stop(base::Millis delay, const Done& done) {
    on_all(
        *fabric_,
        [delay](Shard& shard, std::function<void()> closed) {
            shard.drain(delay);
            shard.desks().close(std::move(closed));
        },
        [done] { done({}); });
}

std::size_t City::shards() const { return fabric_->size(); }

session::Backend& City::backend(std::size_t shard) { return fabric_->at(shard); }

boost::asio::io_context& City::io_context(std::size_t shard) { return fabric_->at(shard).io_context(); }

std::size_t City::least_loaded() const {
    std::size_t least = 0;
    for (std::size_t i = 1; i < shards(); ++i) {
        if (fabric_->at(i).figures().sessions < fabric_->at(least).figures().sessions) least = i;
    }
    return least;
}

void City::command(const base::LogId& log, core::Command command, core::Actor actor,
                   std::function<void(base::Result<wire::Accepted>)> done) {
    Shard& home = fabric_->home_of(log);
    Asked asked;
    asked.command = std::move(command);
    asked.actor = std::move(actor);
    // Behind this turn's parcels: a token that was just issued is known everywhere before its maker hears of it.
    asked.answer = [&home, done = std::move(done)](auto outcome) {
        home.mailbox().post([done, outcome = std::move(outcome)] { done(outcome); });
    };
    fabric_->put(log, std::move(asked));
}

void City::state_json(const base::LogId& log, std::function<void(base::Result<std::string>)> done) {
    Shard& home = fabric_->home_of(log);
    const auto tell = [&home, log, done = std::move(done)] {
        if (const auto* march = home.desks().march(log);
            march != nullptr && march->state().exists() && !march->state().is_shredded()) {
            done(wire::state_json(march->state()));
        } else if (const auto* campaign = home.desks().campaign(log);
                   campaign != nullptr && campaign->state().exists()) {
            done(wire::state_json(campaign->state()));
        } else {
            done(base::refuse(base::RefusalCode::not_found, "log",
                              "There is no such campaign or march: check its name."));
        }
    };
    home.mailbox().post([&home, log, tell] { home.desks().when_open(log, tell); });
}

void City::list(std::function<void(std::vector<base::LogId>)> done) {
    if (fabric_->settings().bus != nullptr) {
        // Not all are open here.
        const auto tell = [home = fabric_->at(0).mailbox(), done = std::move(done)](auto logs) {
            home.post([done, logs = std::move(logs)] { done(logs ? *logs : std::vector<base::LogId>{}); });
        };
        return fabric_->settings().log.list(tell);
    }
    gather<base::LogId>(
        *fabric_, [](Shard& shard) { return shard.desks().logs(); },
        [done = std::move(done)](std::vector<base::LogId> logs) {
            std::sort(logs.begin(), logs.end());
            done(std::move(logs));
        });
}

void City::page(const std::string& target, std::function<void(session::PageAnswer)> done) {
    const auto page = parse_page(target);
    const base::Clock& clock = fabric_->settings().clock;
    if (!page) {
        fabric_->at(0).mailbox().post([done = std::move(done)] { done(no_page()); });
        return;
    }
    if (page->kind == PageKind::front) {
        gather<FrontRow>(
            *fabric_, [](Shard& shard) { return front_rows(shard.desks()); },
            [&clock, done = std::move(done)](std::vector<FrontRow> rows) {
                done(front_page(std::move(rows), clock.now(), clock.demo_notice()));
            });
        return;
    }
    Shard& home = fabric_->home_of(page->log);
    const auto tell = [&home, page = *page, done = std::move(done)] {
        done(home.is_drill(page.log.campaign) ? no_page() : log_page(home.desks(), page));
    };
    home.mailbox().post([&home, log = page->log, tell] { home.desks().when_open(log, tell); });
}

CityCounts City::counts() const {
    CityCounts sum;
    for (std::size_t i = 0; i < shards(); ++i) {
        const Counters& one = fabric_->at(i).figures();
        sum.kept += one.kept;
        sum.keepings += one.keepings;
        sum.histories_changed += one.histories_changed;
        sum.repairs += one.repairs;
        sum.sessions += one.sessions;
        sum.queued_bytes += one.queued_bytes;
        sum.marches += one.marches;
        sum.campaigns += one.campaigns;
        sum.appends += one.appends;
        sum.append_tries += one.append_tries;
        sum.entries += one.entries;
        sum.accepted += one.accepted;
        for (std::size_t code = 0; code < sum.refused.size(); ++code) sum.refused.at(code) += one.refused.at(code);
        sum.items += one.items;
        sum.deliveries += one.deliveries;
    }
    return sum;
}

void City::beat() {
    for (std::size_t i = 0; i < shards(); ++i) {
        for (std::int64_t beat = 0; beat < beats_per_second; ++beat) fabric_->at(i).beat();
    }
}

void City::pass(std::uint64_t seconds, std::function<void()> a_second, std::function<void()> done) {
    std::make_shared<Passing>(*fabric_, seconds, std::move(a_second), std::move(done))->settle(0);
}

}  // namespace marchwire::shard
