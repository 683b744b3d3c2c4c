#include "verb.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <ostream>

namespace marchwire::cli {

ExitCode exit_code_of(base::RefusalCode code) {
    switch (code) {
        case base::RefusalCode::invalid_argument:
        case base::RefusalCode::too_large: return ExitCode::bad_input;
        case base::RefusalCode::unauthenticated:
        case base::RefusalCode::permission_denied: return ExitCode::denied;
        case base::RefusalCode::not_found: return ExitCode::not_found;
        case base::RefusalCode::conflict: return ExitCode::conflict;
        case base::RefusalCode::invalid_transition:
        case base::RefusalCode::expired:
        case base::RefusalCode::rate_limited: return ExitCode::refused;
        case base::RefusalCode::unavailable: return ExitCode::unavailable;
    }
    MARCHWIRE_INVARIANT(false);
}

void report(Context& context, const base::Refusal& refusal) {
    context.exit_code = exit_code_of(refusal.code);
    if (context.json) {
        const nlohmann::json error{
            {"code", base::name_of(refusal.code)}, {"field", refusal.field}, {"message", refusal.message}};
        context.out << nlohmann::json{{"ok", false}, {"error", error}}.dump(-1, ' ', false,
                                                                            nlohmann::json::error_handler_t::replace)
                    << "\n";
        return;
    }
    context.err << "marchwire: " << base::name_of(refusal.code);
    if (!refusal.field.empty()) context.err << " (" << refusal.field << ")";
    context.err << ": " << refusal.message << "\n";
}

void print(Context& context, const nlohmann::json& json, std::string_view text) {
    if (context.json) {
        context.out << json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    } else {
        context.out << text;
    }
}

base::Result<std::string> read_file(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::refuse(base::RefusalCode::not_found, path, "This file cannot be read; check its name.");
    std::string bytes;
    bytes.resize(most + 1);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    if (bytes.size() <= most) return bytes;
    return base::refuse(base::RefusalCode::too_large, path,
                        "This file is larger than " + std::to_string(most) + " bytes; split or simplify it.");
}

std::string lower_case(std::string text) {
    for (char& one : text) one = static_cast<char>(std::tolower(static_cast<unsigned char>(one)));
    return text;
}

base::Result<void> write_private_file(const std::string& path, const std::string& text, Existing existing) {
    const int mode = existing == Existing::kept ? O_EXCL : O_TRUNC;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | mode, S_IRUSR | S_IWUSR);
    if (descriptor < 0 && errno == EEXIST) {
        return base::refuse(base::RefusalCode::conflict, path, "This file is there already: name another one.");
    }
    const bool written = descriptor >= 0 && ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 &&
                         ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         ::fsync(descriptor) == 0;
    if (descriptor >= 0) (void)::close(descriptor);
    if (written) return {};
    if (descriptor >= 0) (void)::unlink(path.c_str());
    return base::refuse(base::RefusalCode::unavailable, path, "This file cannot be written: look at its directory.");
}

}  // namespace marchwire::cli
