// The outbox as the server's settings have it, and what is shown of it to the operator.
#pragma once

#include "access/key_ring.hpp"
#include "base/config.hpp"
#include "ops/metrics.hpp"
#include "outbox/outbox.hpp"

#include <memory>
#include <vector>

namespace marchwire {

/// Null when there is nothing to call.
[[nodiscard]] base::Result<std::unique_ptr<outbox::Outbox>> open_outbox(const base::Config& config,
                                                                        const access::KeyRing& keys);

[[nodiscard]] std::vector<ops::Figure> outbox_figures(const outbox::Outbox& outbox);

}  // namespace marchwire
