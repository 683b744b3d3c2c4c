// One measurement: a fresh server, a fresh load generator, one window.
#pragma once

#include "fanout/cases.hpp"
#include "support/samples.hpp"

#include <map>
#include <string>
#include <vector>

namespace marchwire::bench {

/// What did not go as it should, for the table and the exit code.
struct Troubles {
    std::map<std::string, std::string> missing;  ///< subject (or case), and why it was not measured
    std::vector<std::string> wrong;              ///< a delivery that was lost, doubled, changed or out of order
};

class Measuring {
public:
    Measuring(Places places, Samples& samples, Troubles& troubles)
        : places_(std::move(places)), samples_(samples), troubles_(troubles) {}

    /// What goes wrong is told in the troubles; a subject that is missing there is not tried again.
    void one(const Case& measured, const std::string& subject, int round);

private:
    using Json = nlohmann::json;

    [[nodiscard]] bool is_missing(const Case& measured, const std::string& subject) const;
    [[nodiscard]] Json plan_for(const Case& measured, const Server& server) const;
    void add(const char* metric, const char* unit, double value);
    /// Open, go, result; null when it failed, which is told.
    [[nodiscard]] Json run(const Json& plan);
    /// The next thing that it says; null when it failed, which is told as is everything that it found wrong.
    [[nodiscard]] Json heard(Child& load, int within_ms);
    [[nodiscard]] Json taken(const std::optional<std::string>& line);

    void plain(const Case& measured, const Server& server);
    void tell_deliveries(const Json& result);
    void tell_orders(const Json& result);
    void tell_latency_over_base(const Json& with, const Json& without);
    void idle(const Case& measured, const Server& server);
    void stalled(const Case& measured, Server& server);
    void hostile(const Case& measured, Server& server);
    void tell_fates(const Json& fates);
    void storm(const Case& measured, const Server& server);
    [[nodiscard]] Json watch_stalled(Child& load, const Server& server, std::uint32_t sessions_without);

    Places places_;
    Samples& samples_;
    Troubles& troubles_;
    SampleKey now_;
    int round_ = 0;
};

}  // namespace marchwire::bench
