// Plays the scenes of staged marches: lets the people of the simulation and the host do what is due.
#pragma once

#include "admin_client.hpp"
#include "scene_player.hpp"
#include "staged_march.hpp"
#include "verb.hpp"

#include <functional>

namespace marchwire::cli {

/// One thread. Says in the log which city begins what, and which step could not be played.
class SceneStage {
public:
    /// Gives whoever has lost theirs another phone.
    using NewPhone = std::function<void(StagedMarch& march, std::string_view callsign)>;

    SceneStage(Context& context, AdminClient& admin, NewPhone new_phone)
        : context_(context), admin_(admin), new_phone_(std::move(new_phone)) {}

    /// A few times in each real second, once the march was seen; it stays where it is in memory.
    void play(StagedMarch& march, const sdk::March& state, sdk::UtcMs now);

private:
    /// One march at one moment.
    struct Moment {
        StagedMarch& staged;
        const sdk::March& state;
        sdk::UtcMs now = 0;
    };
    void perform(const Moment& moment, ScenePlayer& player, const Step& step);
    [[nodiscard]] base::Result<void> by_the_host(const Moment& moment, const Step& step);
    void by_a_person(const Moment& moment, ScenePlayer& player, const Step& step);
    void tell(const Moment& moment, std::string_view what, const ScenePlayer& player, const std::string& more = {});

    Context& context_;
    AdminClient& admin_;
    NewPhone new_phone_;
};

}  // namespace marchwire::cli
