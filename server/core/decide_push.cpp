// Where devices may be woken by Web Push: what they subscribe is opaque here.
#include "base/limits.hpp"
#include "core/decide_family.hpp"

#include <algorithm>

namespace marchwire::core {

Decision decide_on(const Ask& ask, const SubscribePush& wish) {
    if (ask.self == nullptr) {
        return base::refuse(base::RefusalCode::not_found, "person",
                            "Only who is on this march's roster is woken for it.");
    }
    if (wish.sealed.empty()) return base::invalid("endpoint", "Give what the browser calls the endpoint.");
    if (wish.sealed.size() > base::limits::push_sealed_bytes) {
        return base::invalid("endpoint", "This subscription is longer than any push service makes them.");
    }
    return events_of(PushSubscribed{{ask.actor.person, ask.command.id.device, wish.sealed}});
}

Decision decide_on(const Ask& ask, const UnsubscribePush&) {
    const base::DeviceId device = ask.command.id.device;
    const bool held = std::ranges::any_of(ask.state.pushes, [&](const PushSubscription& one) {
        return one.person == ask.actor.person && one.device == device;
    });
    if (!held) return base::refuse(base::RefusalCode::not_found, "device", "This device is not subscribed to pushes.");
    return events_of(PushUnsubscribed{ask.actor.person, device});
}

// Names no term: what a push service says of a subscription holds whoever keeps the march.
Decision decide_on(const Ask& ask, const ForgetPush& wish) {
    const auto found = std::ranges::find_if(ask.state.pushes, [&](const PushSubscription& one) {
        return one.person == wish.person && one.sealed == wish.sealed;
    });
    if (found == ask.state.pushes.end()) {
        return base::refuse(base::RefusalCode::not_found, "sealed", "It was replaced or forgotten already.");
    }
    return events_of(PushUnsubscribed{found->person, found->device});
}

}  // namespace marchwire::core
