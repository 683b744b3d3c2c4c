#include "fanout/load_child.hpp"

#include <cstdint>

namespace marchwire::bench {

std::unique_ptr<Child> begin_load(const std::filesystem::path& program, const nlohmann::json& plan,
                                  const std::vector<int>& cores) {
    ChildSettings settings;
    settings.arguments = {program.string()};
    settings.cores = cores;
    auto load = std::make_unique<Child>(settings);
    load->say(plan.dump());
    return load;
}

nlohmann::json said_by_load(const std::optional<std::string>& line, std::vector<std::string>& wrong) {
    auto said = line ? nlohmann::json::parse(*line, nullptr, false) : nlohmann::json();
    if (!said.is_object() || said.contains("failed")) {
        wrong.push_back(said.is_object() ? said.dump() : "the load generator said nothing");
        return nullptr;
    }
    const auto wrongs = said.value("wrong", nlohmann::json::object());
    for (const auto& [what, times] : wrongs.items()) {
        wrong.push_back(std::to_string(times.get<std::uint64_t>()) + " x " + what);
    }
    return said;
}

}  // namespace marchwire::bench
