// The subjects' protocols, one file each.
#pragma once

#include "load/protocol.hpp"

namespace marchwire::load {

[[nodiscard]] std::unique_ptr<Protocol> make_marchwire(const Plan& plan, Tally& tally);
[[nodiscard]] std::unique_ptr<Protocol> make_plain(const Plan& plan, Tally& tally);
[[nodiscard]] std::unique_ptr<Protocol> make_socketio(const Plan& plan, Tally& tally);
[[nodiscard]] std::unique_ptr<Protocol> make_nats(const Plan& plan, Tally& tally);
[[nodiscard]] std::unique_ptr<Protocol> make_mqtt(const Plan& plan, Tally& tally);

}  // namespace marchwire::load
