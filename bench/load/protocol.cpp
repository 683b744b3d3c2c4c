#include "load/protocol.hpp"

#include "load/protocols.hpp"

namespace marchwire::load {

std::unique_ptr<Protocol> make_protocol(const Plan& plan, Tally& tally) {
    if (plan.protocol == "marchwire") return make_marchwire(plan, tally);
    if (plan.protocol == "plain" || plan.protocol == "floor" || plan.protocol == "nchan") {
        return make_plain(plan, tally);
    }
    if (plan.protocol == "socketio") return make_socketio(plan, tally);
    if (plan.protocol == "nats") return make_nats(plan, tally);
    if (plan.protocol == "mqtt") return make_mqtt(plan, tally);
    return nullptr;
}

}  // namespace marchwire::load
