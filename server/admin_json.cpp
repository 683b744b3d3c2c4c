#include "admin_json.hpp"

namespace marchwire {
namespace {

using Json = nlohmann::json;

const char* level_name(core::Level level) {
    switch (level) {
        case core::Level::none: return "NONE";
        case core::Level::stored: return "STORED";
        case core::Level::synced: return "SYNCED";
        case core::Level::replicated: return "REPLICATED";
    }
    return "NONE";
}

}  // namespace

Json accepted_json(const wire::Accepted& accepted) {
    return {{"level", level_name(accepted.level)},
            {"position",
             {{"epoch", accepted.position.epoch.value},
              {"seq", accepted.position.seq.value},
              {"digest", std::to_string(accepted.position.digest)}}},
            {"made", accepted.made}};
}

base::Result<std::string> text_of(const Json& request, const char* field) {
    const auto found = request.find(field);
    if (found == request.end() || !found->is_string()) return base::invalid(field, "Give this as text.");
    return found->get<std::string>();
}

base::Result<std::uint64_t> number_of(const Json& request, const char* field, std::uint64_t otherwise) {
    const auto found = request.find(field);
    if (found == request.end()) return otherwise;
    if (!found->is_number_unsigned()) return base::invalid(field, "Give this as a whole number.");
    return found->get<std::uint64_t>();
}

base::Result<base::LogId> log_of(const Json& request, const char* field) {
    const auto text = text_of(request, field);
    if (!text) return text.error();
    return base::LogId::parse(*text);
}

std::uint64_t wide(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end()) return 0;
    return found->is_string() ? std::stoull(found->get<std::string>()) : found->get<std::uint64_t>();
}

}  // namespace marchwire
