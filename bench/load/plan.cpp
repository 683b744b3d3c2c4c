#include "load/plan.hpp"

#include <nlohmann/json.hpp>

namespace marchwire::load {

NLOHMANN_JSON_SERIALIZE_ENUM(Pattern,
                             {{Pattern::quiet, "quiet"}, {Pattern::paced, "paced"}, {Pattern::saturated, "saturated"}})

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Door, port, staff_port)

Plan plan_of(std::string_view json) {
    const auto said = nlohmann::json::parse(json);
    Plan plan;
    const auto read = [&](const char* key, auto& value) {
        if (const auto found = said.find(key); found != said.end()) found->get_to(value);
    };
    read("protocol", plan.protocol);
    read("port", plan.port);
    read("staff_port", plan.staff_port);
    read("more_servers", plan.more_servers);
    read("tls", plan.tls);
    read("subscribers", plan.subscribers);
    read("topics", plan.topics);
    read("topics_each", plan.topics_each);
    read("publishers", plan.publishers);
    read("opening_at_once", plan.opening_at_once);
    read("tries", plan.tries);
    read("stalled", plan.stalled);
    read("stalled_pinging", plan.stalled_pinging);
    read("slow", plan.slow);
    read("slow_bytes_per_second", plan.slow_bytes_per_second);
    read("slow_buffer_bytes", plan.slow_buffer_bytes);
    read("churn_per_second", plan.churn_per_second);
    read("pattern", plan.pattern);
    read("events_per_second", plan.events_per_second);
    read("burst", plan.burst);
    read("outstanding", plan.outstanding);
    read("orders_per_second", plan.orders_per_second);
    read("orders_by_others", plan.orders_by_others);
    read("check_ins_per_second", plan.check_ins_per_second);
    read("warm_ms", plan.warm_ms);
    read("window_ms", plan.window_ms);
    read("until_last_order", plan.until_last_order);
    read("campaign", plan.campaign);
    read("subscriber_feed", plan.subscriber_feed);
    read("subscriber_token", plan.subscriber_token);
    read("desk_token", plan.desk_token);
    read("lead_token", plan.lead_token);
    read("phase_version", plan.phase_version);
    read("marshal_tokens", plan.marshal_tokens);
    read("dashboards", plan.dashboards);
    read("server", plan.server);
    read("beside", plan.beside);
    read("server_core", plan.server_core);
    return plan;
}

}  // namespace marchwire::load
