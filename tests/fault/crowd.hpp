// The people of many marches with the SDK: marshals who check in, the desk that follows ops, a follower. (fault runs)
#pragma once

#include "fault/journal.hpp"
#include "integration/real_server.hpp"

#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace marchwire::fault {

/// Who may come in, made once for a data directory.
struct Guests {
    std::vector<std::string> slugs;     ///< of the marches, all in one campaign
    std::vector<std::string> marshals;  ///< tokens, one a march
    std::string desk;                   ///< token
};

enum class JournalAt : std::uint8_t { acknowledged, sent };

/// One thread, one io_context. Each crowd has devices of its own.
class Crowd {
public:
    Crowd(const test::Doors& doors, const Guests& guests, Journal& journal, JournalAt journal_at);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    /// Connects all and waits until every feed is whole.
    void gather();
    /// Check-ins in turn over all marches, and a notice of the desk with every 50th, until the moment. Then
    /// one more of each marshal, which nobody waits for.
    void check_in(unsigned per_second, std::chrono::steady_clock::time_point moment, std::mt19937_64& random);
    /// Takes what the server still said before it ended.
    void take_rest();
    /// From here on the counts of `broken_resumes` begin.
    void begin_resuming();
    /// Waits until all are back and every command has its answer.
    void resume();
    /// From here on they take nothing from the server (a control: `differences` must see that).
    void freeze() { frozen_ = true; }

    [[nodiscard]] std::size_t clients() const { return people_.size(); }
    [[nodiscard]] std::size_t acknowledged() const { return acknowledged_; }
    [[nodiscard]] std::size_t refused() const { return refused_; }
    /// Gaps, discontinuities and new snapshots since begin_resuming: nobody who resumes needs them.
    [[nodiscard]] std::size_t broken_resumes() const { return broken_resumes_; }
    /// Feeds whose fold is not, within 20 s, what `fresh` was told just now or what the server's log gives.
    /// Their names go to standard error.
    [[nodiscard]] std::size_t differences(Crowd& fresh, test::RealServer& server);

private:
    struct Person;
    struct Followed {
        Person* who;
        sdk::FeedName feed;
        std::size_t march;
    };

    Person& invite(const std::string& url, const std::string& token);
    void follow(Person& person, sdk::FeedKind kind, std::size_t march);
    void send(Person& person, std::size_t march, const sdk::Command& command);
    void send_next(std::mt19937_64& random);
    void send_check_in(std::size_t march, std::mt19937_64& random);
    void run_for(std::chrono::milliseconds time);
    void until(const char* what, const std::function<bool()>& holds);

    const Guests& guests_;
    Journal& journal_;
    JournalAt journal_at_;
    std::vector<std::string> logs_;  ///< "campaign/march", as the guests' slugs
    std::size_t sent_ = 0;
    std::size_t acknowledged_ = 0;
    std::size_t refused_ = 0;
    std::size_t broken_resumes_ = 0;
    bool frozen_ = false;
    std::vector<Followed> followed_;
    boost::asio::io_context io_{1};
    std::vector<std::unique_ptr<Person>> people_;  ///< the marshals, the desk, the follower; end before io_
};

}  // namespace marchwire::fault
