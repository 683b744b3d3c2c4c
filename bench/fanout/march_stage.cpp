#include "fanout/march_stage.hpp"

#include "access/token.hpp"
#include "base/limits.hpp"
#include "support/staff_client.hpp"

#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <stdexcept>

namespace marchwire::bench {
namespace {

constexpr std::uint32_t sections = 5;

}  // namespace

MarchStage::MarchStage(const std::string& data_directory, std::uint32_t marches) : admin_(data_directory) {
    v1::Command create;
    auto& spec = *create.mutable_create_campaign()->mutable_spec();
    spec.set_name("Flag Day");
    spec.set_organiser("We");
    spec.set_wave(1);
    put(campaign, create);
    for (std::uint32_t number = 0; number < marches; ++number) {
        v1::Command command;
        auto& made = *command.mutable_create_march();
        made.set_sections(sections);
        made.mutable_spec()->set_city("St. Louis");
        made.mutable_spec()->set_state("MO");
        made.mutable_spec()->set_tz("America/Chicago");
        made.mutable_spec()->set_kind(v1::IN_PERSON);
        put(campaign + "/m" + std::to_string(number), command);
    }
}

nlohmann::json MarchStage::ask(const nlohmann::json& request) {
    auto answer = admin_.ask(request);
    if (!answer) throw std::runtime_error("marchwire refused: " + answer.error().field + " " + answer.error().message);
    return *std::move(answer);
}

/// What the command made.
std::uint64_t MarchStage::put(const std::string& log, const v1::Command& command) {
    std::string text;
    if (!google::protobuf::util::MessageToJsonString(command, &text).ok()) {
        throw std::runtime_error("a command that is no JSON");
    }
    const auto answer = ask({{"verb", "command"}, {"log", log}, {"command", nlohmann::json::parse(text)}});
    return answer.value("made", std::uint64_t{0});
}

std::string MarchStage::token(const char* role, const char* callsign, bool of_march) {
    nlohmann::json request{{"verb", "token_create"}, {"campaign", campaign}, {"role", role}, {"callsign", callsign}};
    if (of_march) request["march"] = crowded_march;
    return ask(request).at("token");
}

std::string MarchStage::desk_token() { return token("national-desk", "desk", false); }

std::string MarchStage::lead_token() { return token("city-lead", "lead", true); }

/// Not by token_create: that looks through all persons for each.
std::vector<std::string> MarchStage::marshal_tokens(std::uint32_t count) { return marshal_tokens(count, v1::SIDE, 0); }

std::vector<std::string> MarchStage::marshal_tokens(std::uint32_t count, v1::Role role, std::uint32_t section) {
    std::vector<std::string> tokens;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string callsign = v1::Role_Name(role) + " " + std::to_string(++people_);
        v1::Command person;
        person.mutable_add_person()->set_callsign(callsign);
        person.mutable_add_person()->set_march(crowded_march);
        const std::uint64_t number = put(campaign, person);
        v1::Command duty;
        duty.mutable_assign_duty()->set_person(number);
        duty.mutable_assign_duty()->set_callsign(callsign);
        duty.mutable_assign_duty()->set_role(role);
        duty.mutable_assign_duty()->set_section(section != 0 ? section : i % sections + 1);
        put(march_log, duty);
        tokens.push_back(access::new_token());
        const auto hash = access::hash_token(tokens.back());
        v1::Command issue;
        issue.mutable_issue_token()->set_hash(std::string(hash.begin(), hash.end()));
        issue.mutable_issue_token()->set_person(number);
        issue.mutable_issue_token()->set_role(role);
        issue.mutable_issue_token()->set_march(crowded_march);
        put(campaign, issue);
    }
    return tokens;
}

void MarchStage::fill_roster(std::uint32_t count) {
    constexpr std::uint64_t first_person = 1'000'000;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        std::string callsign = number;
        for (std::size_t c = number.size(); c < base::limits::callsign_characters; ++c) callsign += "\U0001F6B6";
        v1::Command duty;
        duty.mutable_assign_duty()->set_person(first_person + i);
        duty.mutable_assign_duty()->set_callsign(callsign);
        duty.mutable_assign_duty()->set_role(v1::SIDE);
        duty.mutable_assign_duty()->set_section(i % sections + 1);
        put(march_log, duty);
    }
}

std::uint32_t MarchStage::phase_version() {
    return ask({{"verb", "state"}, {"log", march_log}}).at("state").value("phaseVersion", 0U);
}

void MarchStage::open_street(std::uint16_t staff_port, const std::string& lead_token) {
    constexpr double units = 1e7;
    v1::Command import;
    auto& line = *import.mutable_import_route()->mutable_line();
    for (const double unit : {street_lat, street_lon, 0.0, street_metres / metres_per_degree}) {
        line.mutable_line()->add_delta_e7(static_cast<std::int32_t>(std::lround(unit * units)));
    }
    put(march_log, import);
    constexpr std::uint64_t device = 0xA12;
    test::StaffClient lead(staff_port, lead_token, device, "");
    v1::Command approve, activate;
    approve.mutable_approve_route()->set_version(1);
    activate.mutable_activate_route()->set_version(1);
    lead.ask(march_log, approve);
    lead.ask(march_log, activate);
}

std::uint32_t MarchStage::step_off(std::uint16_t staff_port, const std::string& lead_token) {
    constexpr std::uint64_t device = 0xA11;
    test::StaffClient lead(staff_port, lead_token, device, "");
    for (const v1::Phase to : {v1::ASSEMBLING, v1::MARCHING}) {
        v1::Command advance;
        advance.mutable_advance_phase()->set_to(to);
        advance.mutable_advance_phase()->set_phase_version(phase_version());
        lead.ask(march_log, advance);
    }
    return phase_version();
}

}  // namespace marchwire::bench
