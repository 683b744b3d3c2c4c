// Who watches and writes on the demo day, by the SDK. (day runs)
#pragma once

#include "fault/day_log.hpp"
#include "fault/day_stage.hpp"

#include <marchwire/client.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::fault {

/// What was said to those who watch.
struct Told {
    std::size_t moves = 0;  ///< times that somebody came back, to whichever server
    std::size_t watchers_moved = 0;
    std::size_t gaps = 0;  ///< seen by the client itself, and mended
    std::size_t history_changed = 0;
    std::size_t history_trimmed = 0;
    std::size_t fell_behind = 0;

    [[nodiscard]] std::size_t discontinuities() const { return history_changed + history_trimmed + fell_behind; }
};

/// How the folds stand to what the logs give.
struct Folds {
    std::size_t compared = 0;
    std::size_t equal = 0;
    std::size_t lost = 0;  ///< entries that repairs found missing, over all watched marches
};

/// One thread, one io_context. The first march is the one that is written to at all servers at once.
class DayPeople {
public:
    /// `watched`: marches of the stage. Gives out their tokens; connects nobody.
    DayPeople(DayStage& stage, std::vector<std::string> watched);
    ~DayPeople();
    DayPeople(const DayPeople&) = delete;
    DayPeople& operator=(const DayPeople&) = delete;

    /// Connects all and waits until every feed is whole.
    void gather();
    /// Everybody is served, and writes while writing is on.
    void run_for(std::chrono::milliseconds time);
    /// Runs until it holds; false: not within this time. Throws when somebody's client has stopped.
    [[nodiscard]] bool until(const std::function<bool()>& holds, std::chrono::milliseconds within);

    void begin_writing() { writing_ = true; }
    /// Waits for the last answers.
    void end_writing();
    /// By the writers of each server, in the servers' order.
    [[nodiscard]] std::vector<std::size_t> accepted() const;

    /// Somebody looks at the first march, and falls asleep.
    void fall_asleep();
    /// Entries of the first march since then, as its watcher knows.
    [[nodiscard]] std::uint64_t slept_through() const;
    /// Comes back with the position of then, and waits for its feed to be whole.
    void wake_up();

    [[nodiscard]] std::size_t watchers() const { return watching_.size(); }
    [[nodiscard]] Told told() const;
    /// Every watcher and server against the log. Those that differ are named on standard error; so is a board that does
    /// not show what the logs say.
    [[nodiscard]] Folds compare(DayLog& log);

private:
    struct Person;
    struct Watching {
        Person* who;
        sdk::FeedName feed;
        std::string march;
    };
    struct Writing {
        Person* who;
        std::size_t server;
        bool checks_in;  ///< a marshal; else a lead, who posts notices
        std::size_t accepted = 0;
    };

    Person& invite(const std::string& url, const std::string& token);
    void watch(Person& person, sdk::FeedKind kind, const std::string& march);
    void write(Writing& one);
    [[nodiscard]] bool compare_march(DayLog& log, const std::string& march, Folds& folds);
    [[nodiscard]] bool hold_newest(const LogFold& fold, const std::string& march);
    void compare_boards(const std::string& march, const LogFold& fold, Folds& folds);

    DayStage& stage_;
    std::vector<std::string> watched_;
    bool writing_ = false;
    std::uint64_t written_ = 0;
    std::chrono::steady_clock::time_point write_at_;
    std::optional<sdk::Position> sleeping_at_;
    boost::asio::io_context io_{1};
    std::vector<std::unique_ptr<Person>> people_;  ///< end before io_
    std::vector<Watching> watching_;
    std::vector<Writing> writers_;
    std::string sleeper_token_;
    Person* desk_ = nullptr;
    Person* overview_ = nullptr;
};

}  // namespace marchwire::fault
