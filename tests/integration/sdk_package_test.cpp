// The C++ SDK as somebody else has it: installed under a prefix, found by CMake and by pkg-config.
#include "integration/real_server.hpp"
#include "support/program.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace marchwire::test {
namespace {

namespace fs = std::filesystem;

const fs::path outside = fs::path(MARCHWIRE_SOURCE_DIR) / "tests/outside";

/// Runs it in a shell; both streams.
Ended in_shell(const std::string& command) { return run_program({"sh", "-c", "exec 2>&1; " + command}); }

/// A prefix with the SDK and nothing else.
struct Installed {
    Installed() {
        const Ended installed = in_shell("cmake --install " MARCHWIRE_BINARY_DIR " --component sdk --prefix " + prefix);
        INFO(installed.out);
        REQUIRE(installed.exit_code == 0);
    }
    /// Builds `name` of tests/outside by what pkg-config says.
    [[nodiscard]] std::string built_by_pkg_config(const std::string& compiler, const std::string& name,
                                                  const std::string& flags) const {
        std::string program = directory.path() + "/" + name + "_by_pkg_config";
        const Ended built = in_shell("export PKG_CONFIG_LIBDIR=" + prefix + "/lib/pkgconfig; " + compiler + " " +
                                     (outside / name).string() + " -o " + program + " $(pkg-config --cflags --libs " +
                                     flags + ")");
        INFO(built.out);
        REQUIRE(built.exit_code == 0);
        return program;
    }
    TemporaryDirectory directory;
    std::string prefix = directory.path() + "/prefix";
};

/// A march that is planned, and a program that follows it until it can say so.
struct FollowedMarch {
    FollowedMarch() { server.make_march(); }
    [[nodiscard]] std::string phase_by(std::vector<std::string> command) const {
        command.insert(command.begin(), {"timeout", "20"});
        command.insert(command.end(), {server.followers_url(), "public/" + march_name});
        return run_program(command).out;
    }
    RealServer server;
};

/// Names that a library shows or wants, as the linker knows them.
std::istringstream symbols(const std::string& kind, const std::string& library) {
    const Ended listed = in_shell("nm --dynamic --format=posix " + kind + " " + library);
    REQUIRE(listed.exit_code == 0);
    return std::istringstream(listed.out);
}
bool holds(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a project from outside finds the installed SDK and follows a march with each library",
          "[integration][sdk_package]") {
    const Installed sdk;
    const std::string build = sdk.directory.path() + "/build";
    const Ended built = in_shell("cmake -G Ninja -S " + outside.string() + " -B " + build +
                                 " -D CMAKE_CXX_COMPILER=" SDK_CXX " -D CMAKE_PREFIX_PATH=" + sdk.prefix +
                                 " && cmake --build " + build);
    INFO(built.out);
    REQUIRE(built.exit_code == 0);
    const FollowedMarch followed;
    CHECK(followed.phase_by({build + "/on_own_loop"}) == "planned\n");
    CHECK(followed.phase_by({build + "/on_own_thread"}) == "planned\n");
    CHECK(followed.phase_by({build + "/in_c"}) == "planned\n");
}

TEST_CASE("one file is built by what pkg-config says of the installed SDK", "[integration][sdk_package]") {
    const Installed sdk;
    const FollowedMarch followed;
    const std::string with_shared = sdk.built_by_pkg_config(SDK_CXX " -std=c++20", "on_own_thread.cpp",
                                                            "marchwire_sdk");
    const std::string in_c = sdk.built_by_pkg_config("cc -std=c11", "in_c.c", "marchwire");
    for (const std::string& program : {with_shared, in_c}) {
        CHECK(followed.phase_by({"env", "LD_LIBRARY_PATH=" + sdk.prefix + "/lib", program}) == "planned\n");
    }
    // Where the static library alone lies there, as it does with those who want no other.
    fs::remove(sdk.prefix + "/lib/libmarchwire_sdk.so");
    const std::string with_static = sdk.built_by_pkg_config(SDK_CXX " -std=c++20", "on_own_loop.cpp",
                                                            "--static marchwire_sdk");
    CHECK(followed.phase_by({with_static}) == "planned\n");
}

TEST_CASE("each installed header is compiled by itself and brings no library of ours with it",
          "[integration][sdk_package]") {
    const Installed sdk;
    for (const fs::directory_entry& header : fs::directory_iterator(sdk.prefix + "/include/marchwire")) {
        const std::string wanted = sdk.directory.path() + "/wanted";
        const Ended compiled = in_shell(
            SDK_CXX " -std=c++20 -fsyntax-only -x c++ -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -MD -MF " +
            wanted + " -I " + sdk.prefix + "/include -include " + header.path().string() + " /dev/null");
        INFO(header.path() << ": " << compiled.out);
        CHECK(compiled.exit_code == 0);
        std::stringstream files;
        files << std::ifstream(wanted).rdbuf();
        for (const char* library :
             {"/boost/", "/google/", "/openssl/", "/nlohmann/", "/sqlite3.h", MARCHWIRE_SOURCE_DIR}) {
            CHECK_FALSE(holds(files.str(), library));
        }
        CHECK(holds(files.str(), header.path().filename().c_str()));
    }
}

TEST_CASE("the shared library shows the SDK and wants neither Protobuf nor Boost", "[integration][sdk_package]") {
    std::istringstream shown = symbols("--defined-only", SDK_SHARED_PATH);
    std::size_t of_the_sdk = 0;
    for (std::string name; std::getline(shown, name);) {
        INFO(name);
        const bool is_ours = name.rfind("_ZN9marchwire3sdk", 0) == 0 || name.rfind("_ZNK9marchwire3sdk", 0) == 0;
        CHECK((is_ours || name.rfind("MARCHWIRE_SDK_0 ", 0) == 0));
        // What takes an app's io_context is in the static library alone.
        for (const char* foreign : {"8protobuf", "5boost", "9marchwire2v1"}) CHECK_FALSE(holds(name, foreign));
        of_the_sdk += is_ours ? 1 : 0;
    }
    CHECK(of_the_sdk > 50);
    std::istringstream wanted = symbols("--undefined-only", SDK_SHARED_PATH);
    for (std::string name; std::getline(wanted, name);) {
        INFO(name);
        for (const char* foreign : {"8protobuf", "5boost", "9marchwire"}) CHECK_FALSE(holds(name, foreign));
    }
    const Ended needed = in_shell("readelf --dynamic --wide " SDK_SHARED_PATH);
    CHECK(holds(needed.out, "soname: [libmarchwire_sdk.so.0]"));
    CHECK_FALSE(holds(needed.out, "libprotobuf"));
}

TEST_CASE("the SDK works in a program that has another Protobuf with the same messages", "[integration][sdk_package]") {
    const FollowedMarch followed;
    CHECK(followed.phase_by({TWO_PROTOBUFS_LINKED_PATH}) == "planned\n");
    const Ended loaded = run_program({"timeout", "20", TWO_PROTOBUFS_LOADED_PATH, followed.server.followers_url(),
                                      "public/" + march_name, FOLLOWER_PLUGIN_PATH});
    CHECK(loaded.out == "planned\n");
    CHECK(loaded.exit_code == 0);
}

}  // namespace marchwire::test
