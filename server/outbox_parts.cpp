#include "outbox_parts.hpp"

#include <array>
#include <utility>

namespace marchwire {

base::Result<std::unique_ptr<outbox::Outbox>> open_outbox(const base::Config& config, const access::KeyRing& keys) {
    if (config.webhook.empty() && config.push_contact.empty()) return std::unique_ptr<outbox::Outbox>();
    outbox::OutboxSettings settings;
    settings.webhook = config.webhook;
    settings.webhook_secret_file = config.webhook_secret_file;
    settings.push_contact = config.push_contact;
    settings.ca = config.outbox_ca;
    settings.push_networks = config.push_private ? outbox::Networks::any : outbox::Networks::public_only;
    // All servers of a store have the same key file, so browsers subscribe once and whoever keeps a march can call.
    settings.push_seed = keys.key_for("vapid");
    settings.seal_key = keys.key_for("push");
    return outbox::Outbox::open(settings);
}

std::vector<ops::Figure> outbox_figures(const outbox::Outbox& outbox) {
    using Way = std::pair<const char*, const outbox::WayCounts*>;
    const std::array<Way, 2> ways = {Way("webhook", &outbox.webhook_counts()), Way("push", &outbox.push_counts())};
    std::vector<ops::Figure> figures;
    const auto add = [&](const char* name, const char* help, ops::Kind kind, auto value_of) {
        for (const auto& [way, counts] : ways) {
            figures.push_back({name, help, kind, static_cast<double>(value_of(*counts)), {{"way", way}}});
        }
    };
    const auto counter = ops::Kind::counter;
    using Counts = outbox::WayCounts;
    add("marchwire_outbox_called_total", "Calls for phones that an order waits for, answered with 2xx.", counter,
        [](const Counts& way) { return way.called.load(); });
    add("marchwire_outbox_retried_total", "Calls that failed and were put off.", counter,
        [](const Counts& way) { return way.retried.load(); });
    add("marchwire_outbox_refused_total", "Calls that were refused for good.", counter,
        [](const Counts& way) { return way.refused.load(); });
    add("marchwire_outbox_exhausted_total", "Calls given up after too many tries, or too late.", counter,
        [](const Counts& way) { return way.exhausted.load(); });
    add("marchwire_outbox_dropped_total", "Calls that had no room.", counter,
        [](const Counts& way) { return way.dropped.load(); });
    add("marchwire_outbox_forgotten_total", "Subscriptions that their push service no longer knew.", counter,
        [](const Counts& way) { return way.forgotten.load(); });
    add("marchwire_outbox_waiting", "Calls that wait for their turn or their next try.", ops::Kind::gauge,
        [](const Counts& way) { return way.waiting.load(); });
    return figures;
}

}  // namespace marchwire
