// A program with a Protobuf of its own, the distribution's shared one, in which the very .proto files of the SDK are
// registered; the SDK comes in beside it, linked or loaded: two_protobufs URL FEED [PLUGIN]. (tests)
#include "marchwire/v1/public.pb.h"

#include <dlfcn.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <cstddef>
#include <iostream>
#include <string>

namespace {

using PhaseOf = bool (*)(const char* url, const char* feed, char* into, std::size_t size);

/// Whether this program's own Protobuf knows the messages and reads and writes them.
bool own_protobuf_works() {
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    if (pool->FindMessageTypeByName("marchwire.v1.Notice") != marchwire::v1::Notice::descriptor()) return false;
    marchwire::v1::Notice notice;
    notice.set_text("Water at the corner");
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(notice, &json).ok()) return false;
    marchwire::v1::Notice again;
    return google::protobuf::util::JsonStringToMessage(json, &again).ok() && again.text() == notice.text();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3 || !own_protobuf_works()) return 2;
    void* plugin = argc == 3 ? RTLD_DEFAULT : dlopen(argv[3], RTLD_NOW | RTLD_GLOBAL);
    if (argc > 3 && plugin == nullptr) std::cerr << dlerror() << '\n';
    const auto phase_of = reinterpret_cast<PhaseOf>(dlsym(plugin, "phase_of"));
    if (phase_of == nullptr) return 3;
    std::array<char, 32> phase{};
    if (!phase_of(argv[1], argv[2], phase.data(), phase.size())) return 4;
    if (!own_protobuf_works()) return 5;
    std::cout << phase.data() << '\n';
}
