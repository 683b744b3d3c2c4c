// The page that Prometheus reads.
#include "ops/metrics.hpp"

#include <catch2/catch.hpp>

namespace marchwire::ops {
namespace {

TEST_CASE("figures of one name are one family with its help and kind", "[ops][metrics]") {
    const std::vector<Figure> figures = {
        {"marchwire_sessions", "Connected clients.", Kind::gauge, 3, {{"door", "staff"}}},
        {"marchwire_sessions", "Connected clients.", Kind::gauge, 40, {{"door", "followers"}}},
        {"marchwire_commands_total", "Commands answered.", Kind::counter, 7, {}},
    };
    CHECK(metrics_page(figures) ==
          "# HELP marchwire_sessions Connected clients.\n"
          "# TYPE marchwire_sessions gauge\n"
          "marchwire_sessions{door=\"staff\"} 3\n"
          "marchwire_sessions{door=\"followers\"} 40\n"
          "# HELP marchwire_commands_total Commands answered.\n"
          "# TYPE marchwire_commands_total counter\n"
          "marchwire_commands_total 7\n");
}

TEST_CASE("no figures make an empty page", "[ops][metrics]") { CHECK(metrics_page({}).empty()); }

}  // namespace
}  // namespace marchwire::ops
