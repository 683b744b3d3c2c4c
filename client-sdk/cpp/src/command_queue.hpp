// Commands that have no answer yet, and those that were answered lately: each keeps its id, so that sending it again
// has no second effect. No socket.
#pragma once

#include "marchwire/client.hpp"
#include "marchwire/v1/session.pb.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marchwire::sdk {

namespace v1 = marchwire::v1;

/// True for what a person said of a moment, and what an order's receipt is: kept in the queue's file. What leads decide
/// is not: an hour later it may be wrong (SPEC.md, F).
[[nodiscard]] bool is_durable(const v1::Command& command);

/// One thread. At most `in_flight_max` are sent and unanswered at once; the rest waits for its turn.
class CommandQueue {
public:
    static constexpr std::size_t in_flight_max = 200;  ///< below the server's burst of 400
    static constexpr std::uint32_t tries_max = 30;     ///< about a minute
    static constexpr Millis answered_kept{60'000};     ///< the server's design names it
    static constexpr std::size_t answered_max = 1'024;

    CommandQueue(std::uint64_t device, std::uint64_t counter, std::size_t waiting_max);

    /// From the queue's file: sent as before. `made`: by the steady clock, where made_at_ms is still missing.
    void restore(v1::Command message, Millis made);
    /// Empty when too many wait, or without a device. `made_at`: now, by the server; 0 while that is unknown.
    [[nodiscard]] std::optional<v1::Command> add(const std::string& log, v1::Command command, Millis now,
                                                 UtcMs made_at);
    struct Due {
        v1::Command message;
        bool is_new = false;  ///< it has its made_at_ms since now
    };
    /// What goes out now. `made_at` turns the moment of making into the server's time, once per command.
    template <class MadeAt>
    [[nodiscard]] std::vector<Due> due(Millis now, MadeAt made_at) {
        std::vector<Due> out;
        for (auto& [counter, waiting] : waiting_) {
            if (in_flight_ >= in_flight_max) break;
            if (waiting.in_flight || waiting.not_before > now) continue;
            const bool is_new = waiting.message.made_at_ms() == 0;
            if (is_new) waiting.message.set_made_at_ms(made_at(waiting.made));
            waiting.in_flight = true;
            ++in_flight_;
            out.push_back({waiting.message, is_new});
        }
        return out;
    }
    /// The connection is gone: none is in flight.
    void lost();
    /// Entries of this log were lost: what was answered lately goes out again, with its id. What is there still has the
    /// same answer and no second effect.
    void history_changed(const std::string& log, Millis now);
    /// The answer for the app; empty when the command is unknown, or will be tried again with its id, or when it was
    /// sent again and is accepted as before.
    struct Answer {
        Outcome outcome;
        bool is_second = false;   ///< it had been accepted, was lost with its log's end and is refused now
        bool is_durable = false;  ///< the file holds it
    };
    [[nodiscard]] std::optional<Answer> on_reply(const v1::Reply& reply, Millis now);
    /// When the next one may be sent that was told to wait.
    [[nodiscard]] std::optional<Millis> next_at() const;
    /// Answered a minute ago: these leave the file now.
    [[nodiscard]] std::vector<std::uint64_t> take_forgotten(Millis now);
    [[nodiscard]] std::optional<Millis> next_forgotten_at() const;
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }
    /// The last one that was used.
    [[nodiscard]] std::uint64_t counter() const { return counter_; }

private:
    struct Waiting {
        v1::Command message;
        Millis made{0};
        Millis not_before{0};
        std::uint32_t tries = 0;
        bool in_flight = false;
        bool told = false;  ///< the app has an answer: it was lost with its log's end
    };
    struct Answered {
        v1::Command message;
        Millis at{0};
    };
    void forget_answered(Millis now);

    std::uint64_t device_;
    std::uint64_t counter_;
    std::size_t waiting_max_;
    std::size_t in_flight_ = 0;
    std::map<std::uint64_t, Waiting> waiting_;  ///< by counter: order of making
    std::deque<Answered> answered_;             ///< accepted, oldest first
    std::vector<std::uint64_t> forgotten_;      ///< durable ones of those that were answered long ago
};

}  // namespace marchwire::sdk
