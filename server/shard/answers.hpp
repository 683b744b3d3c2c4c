// What a desk answers beside what was decided: refusals that are its own, and what an accepted command made.
#pragma once

#include "base/outcome.hpp"
#include "core/command.hpp"
#include "core/event.hpp"
#include "core/rights.hpp"

#include <cstdint>
#include <string>

namespace marchwire::shard {

/// A refusal that is about the server and not about the command: the same id is safe again.
[[nodiscard]] base::Refusal not_now(std::string message);
/// The log does not hold what this desk stands on.
[[nodiscard]] base::Refusal being_read();
[[nodiscard]] base::Refusal other_content();
[[nodiscard]] base::Refusal expired(const char* message);

/// To CancelSos; `left`: tries.
[[nodiscard]] base::Refusal wrong_pin(std::uint64_t left);

/// Of the host's command line or of a keeper: its commands may come without an id.
[[nodiscard]] bool is_machine(const core::Actor& actor);

/// The number of what an entry made (person, proposal, route version, notice, token, order, incident); 0 when nothing.
struct Made {
    std::uint64_t number = 0;
    bool proposed = false;
};
[[nodiscard]] Made made_by(const core::Event& event);
/// Commands whose answer names what they made: such an answer is read again from the log when it is asked twice.
[[nodiscard]] bool answer_names_something(const core::CommandBody& body);

/// What a client holds of a tip.
[[nodiscard]] base::Position position_of(const base::Tip& tip);

}  // namespace marchwire::shard
