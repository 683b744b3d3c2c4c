// Commands that the host gives over the admin socket, and what is read back, in the Protobuf JSON mapping
// of proto/marchwire/v1 (wire/codec.hpp reads it). Here and not in wire: only hosts write it.
#pragma once

#include "core/command.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace marchwire::import {

/// What a host may ask; enums are written by number, so that a renamed word changes nothing.
using HostBody = std::variant<core::CreateCampaign, core::UpdateCampaign, core::CreateMarch, core::UpdateMarch,
                              core::MoveVenue, core::Reschedule, core::SetSections, core::ImportRoute,
                              core::ApproveRoute, core::ActivateRoute, core::RecordImport>;

struct HostCommand {
    base::LogId log;
    core::CommandId id;  ///< none: the same command again has a second effect
    HostBody body;
};

/// One Command as a JSON object. The topic base is left out: the server chooses it. made_at too: the
/// server's clock may be a demo clock.
[[nodiscard]] std::string command_json(const HostCommand& command);

/// What an import must know of a march that exists.
struct ExistingMarch {
    base::Slug slug;
    core::MarchSpec spec;
    std::uint32_t spec_version = 0;
    core::Phase phase = core::Phase::planned;
    std::uint32_t active_route = 0;
};

/// From the JSON of an OpsSnapshot, as the admin socket's `state` answers it. UNAVAILABLE when it is none.
[[nodiscard]] base::Result<ExistingMarch> read_march_state(std::string_view json);

struct ExistingRoute {
    std::uint32_t version = 0;
    core::RouteStatus status = core::RouteStatus::draft;
};

/// The newest version of this march that has this line and can still be used (DRAFT, APPROVED, ACTIVE), so that the
/// same file makes no second version. `json` is that of an OpsSnapshot.
[[nodiscard]] std::optional<ExistingRoute> find_route(std::string_view json, const core::RouteLine& line);

struct ExistingCampaign {
    core::CampaignSpec spec;
    std::uint32_t spec_version = 0;
    std::vector<base::Slug> marches;  ///< in the order of their making
    core::ImportRecord last_import;   ///< number 0: none was recorded
};

/// From the JSON of a CampaignCheckpoint.
[[nodiscard]] base::Result<ExistingCampaign> read_campaign_state(std::string_view json);

}  // namespace marchwire::import
