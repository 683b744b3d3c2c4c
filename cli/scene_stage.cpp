#include "scene_stage.hpp"

#include "import/local_time.hpp"
#include "programme.hpp"
#include "scene_command.hpp"
#include "scene_host.hpp"

#include <nlohmann/json.hpp>

#include <ostream>
#include <string>

namespace marchwire::cli {
namespace {

bool is_of_the_host(Act act) {
    return act == Act::draw_detour || act == Act::move_start || act == Act::revoke || act == Act::new_phone;
}

/// True when this act befalls the phone, and needs no answer.
bool befalls(Act act, SimulatedPerson& person) {
    if (act == Act::fall_silent || act == Act::off_line) {
        person.off_line(act == Act::fall_silent);
        return true;
    }
    if (act == Act::be_heard || act == Act::on_line) {
        person.on_line();
        return true;
    }
    return false;
}

}  // namespace

void SceneStage::play(StagedMarch& march, const sdk::March& state, sdk::UtcMs now) {
    if (march.players.size() != march.plays.size()) {
        for (const Playing& playing : march.plays) {
            march.players.emplace_back(playing.scene, march.first_time + playing.minute * minute, now);
        }
    }
    const Moment moment{march, state, now};
    for (ScenePlayer& player : march.players) {
        if (player.take_beginning(now)) tell(moment, " plays: ", player);
        if (const Step* step = player.due(now)) perform(moment, player, *step);
        if (const Step* step = player.take_given_up()) {
            tell(moment, " leaves out of ", player,
                 " (" + std::string(step->who) + " could not " + std::string(name_of(step->act)) + ")");
        }
    }
}

void SceneStage::perform(const Moment& moment, ScenePlayer& player, const Step& step) {
    if (is_of_the_host(step.act)) {
        const auto done = by_the_host(moment, step);
        if (done) return player.done(step);
        report(context_, done.error());
        return player.refused(step, moment.now);
    }
    if (step.who != everybody) return by_a_person(moment, player, step);
    if (step.act == Act::go_home && moment.state.phase != sdk::Phase::dispersing) return;
    for (const auto& person : moment.staged.persons) {
        if (befalls(step.act, *person)) continue;
        const sdk::Member* self = member_called(moment.state, person->callsign());
        const auto command = self == nullptr ? std::nullopt : command_of(step, moment.state, *self);
        if (command) person->send(*command, {});
        if (step.act == Act::go_home) person->go_home();
    }
    player.done(step);
}

base::Result<void> SceneStage::by_the_host(const Moment& moment, const Step& step) {
    StagedMarch& staged = moment.staged;
    if (step.act == Act::move_start) return move_start(admin_, staged.name);
    if (step.act == Act::draw_detour) {
        const sdk::Route* active = moment.state.active();
        if (active == nullptr) return base::refuse(base::RefusalCode::not_found, "route", "There is no active route.");
        return draw_detour(admin_, staged.name, *active);
    }
    if (step.act == Act::revoke) {
        const auto token = staged.tokens.find(std::string(step.about));
        if (token == staged.tokens.end()) {
            return base::refuse(base::RefusalCode::not_found, "token", std::string(step.about) + " has no phone.");
        }
        return revoke_phone(admin_, staged.name, token->second);
    }
    new_phone_(staged, step.about);
    return {};
}

void SceneStage::by_a_person(const Moment& moment, ScenePlayer& player, const Step& step) {
    SimulatedPerson* person = moment.staged.person(step.who);
    SimulatedLead* lead = moment.staged.lead(step.who);
    const sdk::Member* self = member_called(moment.state, step.who);
    if ((person == nullptr && lead == nullptr) || self == nullptr) return;
    if (person != nullptr && befalls(step.act, *person)) return player.done(step);
    const auto command = command_of(step, moment.state, *self);
    if (!command) return;
    const bool is_online = person != nullptr ? person->is_online() : lead->is_online();
    player.sent();
    const sdk::OnReply on_reply = [this, staged = &moment.staged, &player, &step](sdk::CommandId,
                                                                                  const sdk::Outcome& outcome) {
        const auto* error = std::get_if<sdk::Error>(&outcome);
        if (error == nullptr) return player.done(step);
        const SimulatedLead* acting = staged->acting();
        if (acting == nullptr) return;
        player.refused(step, acting->server_time());
        tell({*staged, *acting->march(), acting->server_time()}, " is refused in ", player,
             " (" + std::string(step.who) + ", " + std::string(name_of(step.act)) + ": " + error->message + ")");
    };
    if (person != nullptr) {
        person->send(*command, on_reply);
    } else {
        lead->send(*command, on_reply);
    }
    // Off-line it waits in the phone, and the scene goes on.
    if (!is_online) player.done(step);
}

void SceneStage::tell(const Moment& moment, std::string_view what, const ScenePlayer& player, const std::string& more) {
    const std::string local = import::local_text(base::UtcMs{moment.now}, moment.state.tz);
    const std::string march = moment.staged.name.substr(moment.staged.name.find('/') + 1);
    const std::string scene(name_of(player.scene()));
    print(context_, {{"march", moment.staged.name}, {"scene", scene}, {"said", std::string(what) + more}},
          local.substr(local.find('T') + 1) + " " + march + std::string(what) + scene + more + "\n");
    context_.out.flush();
}

}  // namespace marchwire::cli
