// Since when each condition of the column's alerts holds or is gone: a fold over the exact column, beside the state.
#pragma once

#include "core/column.hpp"
#include "core/command.hpp"

#include <optional>
#include <vector>

namespace marchwire::core {

/// What the keeper tells its march of the column comes from here. Bounded by limits::column_conditions. One thread.
/// A condition that cannot be told (nobody's position is known, positions were missed) neither holds nor is gone: its
/// time begins anew once it can be told again.
class ColumnWatch {
public:
    /// Each second.
    void look(const MarchState& state, const OpsColumn& column);
    /// As last looked at, without a term.
    [[nodiscard]] const ObserveColumn& seen() const { return seen_; }

private:
    struct Measured {
        AlertKind kind = AlertKind::gap_open;
        std::uint32_t number = 0;
        bool holds = false;
        bool severe = false;
        double figure = 0;
    };
    void follow_step_off(const MarchState& state, const OpsColumn& column);
    [[nodiscard]] std::vector<Measured> measured(const MarchState& state, const OpsColumn& column) const;
    static void measure_intersections(const MarchState& state, const OpsColumn& column, std::vector<Measured>& all);
    [[nodiscard]] ColumnCondition continued(const Measured& measured, UtcMs now) const;

    ObserveColumn seen_;
    std::optional<Metres> tail_at_step_off_;
};

}  // namespace marchwire::core
