// What `marchwire` answers to a script. `marchwire --help` shows this table.
#pragma once

#include "base/outcome.hpp"

namespace marchwire::cli {

enum class ExitCode : int {
    ok = 0,
    refused = 1,      ///< the server said no: wrong transition, rate, expired, too large
    usage = 2,        ///< the command line itself is wrong
    bad_input = 3,    ///< a file or a value in it; nothing was sent
    unavailable = 4,  ///< no server, or it could not store: the same call again is safe
    not_found = 5,
    denied = 6,      ///< no token, a wrong one, or one without the right
    conflict = 7,    ///< somebody changed the thing meanwhile
    damaged = 8,     ///< `log verify`: the chain or a signed tip is broken
    partly = 9,      ///< an import in which some commands were refused; the rest is in
    not_ready = 10,  ///< `ready`: something is missing somewhere
};

inline constexpr const char* exit_code_table =
    "Exit codes: 0 done; 1 refused; 2 wrong usage; 3 bad file or value, nothing was sent; 4 no server or nothing\n"
    "stored, safe to repeat; 5 not found; 6 not allowed; 7 changed meanwhile; 8 log damaged; 9 import partly done;\n"
    "10 something is not ready.";

[[nodiscard]] ExitCode exit_code_of(base::RefusalCode code);

}  // namespace marchwire::cli
