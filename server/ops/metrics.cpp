#include "ops/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace marchwire::ops {

std::string metrics_page(std::span<const Figure> figures) {
    std::vector<prometheus::MetricFamily> families;
    for (const Figure& figure : figures) {
        if (families.empty() || families.back().name != figure.name) {
            auto& family = families.emplace_back();
            family.name = figure.name;
            family.help = figure.help;
            family.type = figure.kind == Kind::counter ? prometheus::MetricType::Counter
                                                       : prometheus::MetricType::Gauge;
        }
        auto& metric = families.back().metric.emplace_back();
        for (const auto& [name, value] : figure.labels) metric.label.push_back({name, value});
        if (figure.kind == Kind::counter) {
            metric.counter.value = figure.value;
        } else {
            metric.gauge.value = figure.value;
        }
    }
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace marchwire::ops
