// Plays one scene step by step: says what is due and when it is given up. Knows neither clocks nor sockets.
#pragma once

#include "scene.hpp"

#include <marchwire/values.hpp>

namespace marchwire::cli {

/// Steps are played one after the other. A step waits until it can be done, at most `step_patience`.
class ScenePlayer {
public:
    /// `now`: when the march was seen first. What began long before is over and is not played.
    ScenePlayer(Scene scene, sdk::UtcMs begins_at, sdk::UtcMs now);

    [[nodiscard]] Scene scene() const { return scene_; }
    /// True once, when the scene begins.
    [[nodiscard]] bool take_beginning(sdk::UtcMs now);
    /// The step to be tried now; null: none is due, or an answer is waited for.
    [[nodiscard]] const Step* due(sdk::UtcMs now);
    /// The due step was sent, and its answer is waited for.
    void sent() { waits_ = true; }
    /// That step is done. An answer that comes after the step was given up changes nothing.
    void done(const Step& step);
    void refused(const Step& step, sdk::UtcMs now);
    /// The step that was given up since the last call; null: none.
    [[nodiscard]] const Step* take_given_up();

private:
    [[nodiscard]] bool is_current(const Step& step) const;
    [[nodiscard]] sdk::UtcMs due_at(const Step& step) const;

    Scene scene_;
    sdk::UtcMs begins_at_;
    bool begun_ = false;
    bool waits_ = false;
    std::size_t next_ = 0;
    sdk::UtcMs not_before_ = 0;  ///< after a refusal
    const Step* given_up_ = nullptr;
};

/// Of the demo's time.
inline constexpr sdk::UtcMs step_patience{20 * 60'000L};
inline constexpr sdk::UtcMs after_step_refused{60'000};

}  // namespace marchwire::cli
