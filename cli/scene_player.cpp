#include "scene_player.hpp"

#include "programme.hpp"

#include <utility>

namespace marchwire::cli {

ScenePlayer::ScenePlayer(Scene scene, sdk::UtcMs begins_at, sdk::UtcMs now) : scene_(scene), begins_at_(begins_at) {
    if (now <= begins_at_ + step_patience) return;
    begun_ = true;
    next_ = script_of(scene_).steps.size();
}

bool ScenePlayer::take_beginning(sdk::UtcMs now) {
    if (begun_ || now < begins_at_) return false;
    begun_ = true;
    return true;
}

sdk::UtcMs ScenePlayer::due_at(const Step& step) const { return begins_at_ + step.minute * minute; }

const Step* ScenePlayer::due(sdk::UtcMs now) {
    const auto steps = script_of(scene_).steps;
    if (!begun_ || next_ >= steps.size()) return nullptr;
    const Step& step = steps[next_];
    if (now > due_at(step) + step_patience) {
        given_up_ = &step;
        waits_ = false;
        ++next_;
        return nullptr;
    }
    return waits_ || now < due_at(step) || now < not_before_ ? nullptr : &step;
}

bool ScenePlayer::is_current(const Step& step) const {
    const auto steps = script_of(scene_).steps;
    return next_ < steps.size() && &steps[next_] == &step;
}

void ScenePlayer::done(const Step& step) {
    if (!is_current(step)) return;
    waits_ = false;
    ++next_;
}

void ScenePlayer::refused(const Step& step, sdk::UtcMs now) {
    if (!is_current(step)) return;
    waits_ = false;
    not_before_ = now + after_step_refused;
}

const Step* ScenePlayer::take_given_up() { return std::exchange(given_up_, nullptr); }

}  // namespace marchwire::cli
