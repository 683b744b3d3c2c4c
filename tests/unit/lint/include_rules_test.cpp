// Each arrow of the house can be broken, and is then found.
#include "lint/include_rules.hpp"

#include <catch2/catch.hpp>

namespace {

using marchwire::lint::check_includes;

std::size_t objections(const std::string& path, const std::string& text) { return check_includes({path, text}).size(); }

}  // namespace

TEST_CASE("a folder includes itself and what its arrows point at", "[lint][includes]") {
    CHECK(objections("server/core/decide.cpp", "#include \"core/model.hpp\"\n#include \"base/ids.hpp\"\n") == 0);
    CHECK(objections("server/net/http.cpp", "#include \"session/session.hpp\"\n#include <boost/beast.hpp>\n") == 0);
    CHECK(objections("server/main.cpp", "#include \"store/sqlite_log.hpp\"\n#include \"net/listener.hpp\"\n") == 0);
}

TEST_CASE("an include against the arrows is found with its line", "[lint][includes]") {
    const auto findings = check_includes({"server/core/decide.cpp", "// one\n#include \"wire/codec.hpp\"\n"});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].line == 2);
    CHECK(findings[0].message == "core may not include wire/codec.hpp");
    CHECK(objections("server/base/ids.cpp", "#include \"core/model.hpp\"\n") == 1);
    CHECK(objections("server/fanout/send_queue.cpp", "#include \"core/model.hpp\"\n") == 1);
    CHECK(objections("server/fanout/send_queue.cpp", "#include \"session/session.hpp\"\n") == 1);
    CHECK(objections("server/net/connection.cpp", "#include \"store/event_log.hpp\"\n") == 1);
    CHECK(objections("server/attic/thing.cpp", "#include \"base/ids.hpp\"\n") == 1);
}

TEST_CASE("of store and bus the shard sees only the interfaces", "[lint][includes]") {
    CHECK(objections("server/shard/march_desk.cpp", "#include \"store/event_log.hpp\"\n") == 0);
    CHECK(objections("server/shard/march_desk.cpp", "#include \"store/sqlite_log.hpp\"\n") == 1);
    CHECK(objections("server/access/tokens.cpp", "#include \"store/memory_log.hpp\"\n") == 1);
}

TEST_CASE("core knows no clock, no chance, no thread, no log and no third party", "[lint][includes]") {
    const char* impure[] = {
        "<chrono>",           "<random>",        "<thread>", "<openssl/evp.h>", "<nlohmann/json.hpp>",
        "\"base/clock.hpp\"", "\"base/log.hpp\""};
    for (const std::string header : impure) {
        CAPTURE(header);
        CHECK(objections("server/core/decide.cpp", "#include " + header + "\n") == 1);
    }
    CHECK(objections("server/core/decide.cpp", "#include <vector>\n#include <boost/system/result.hpp>\n") == 0);
}

TEST_CASE("only wire includes the generated Protobuf code", "[lint][includes]") {
    CHECK(objections("server/wire/codec.cpp", "#include \"marchwire/v1/session.pb.h\"\n") == 0);
    CHECK(objections("server/session/session.cpp", "#include \"marchwire/v1/session.pb.h\"\n") == 1);
    CHECK(objections("server/main.cpp", "#include <marchwire/v1/session.pb.h>\n") == 1);
    CHECK(objections("server/session/session.cpp", "#include <google/protobuf/message.h>\n") == 1);
}

TEST_CASE("third-party libraries stay in the folders that wrap them", "[lint][includes]") {
    CHECK(objections("server/session/session.cpp", "#include <boost/asio/post.hpp>\n") == 1);
    CHECK(objections("server/shard/shard.cpp", "#include <boost/asio/post.hpp>\n") == 0);
    CHECK(objections("server/shard/shard.cpp", "#include <sqlite3.h>\n") == 1);
    CHECK(objections("server/wire/codec.cpp", "#include <spdlog/spdlog.h>\n") == 1);
}

TEST_CASE("server code is included by its path from server/", "[lint][includes]") {
    CHECK(objections("server/core/decide.cpp", "#include \"model.hpp\"\n") == 1);
    CHECK(objections("server/core/decide.cpp", "#include \"../core/model.hpp\"\n") == 1);
}

TEST_CASE("the SDK never includes the server", "[lint][includes]") {
    CHECK(objections("client-sdk/cpp/src/client.cpp", "#include \"base/ids.hpp\"\n") == 1);
    CHECK(objections("client-sdk/cpp/src/client.cpp", "#include \"marchwire/v1/session.pb.h\"\n") == 0);
    CHECK(objections("client-sdk/cpp/src/client.cpp", "#include \"connection.hpp\"\n") == 0);
}

TEST_CASE("the command line stands on SDK, store, import and base", "[lint][includes]") {
    CHECK(objections("cli/watch.cpp", "#include \"shard/shard.hpp\"\n") == 1);
    CHECK(objections("cli/watch.cpp", "#include \"marchwire/v1/session.pb.h\"\n") == 1);
    CHECK(objections("cli/log_dump.cpp", "#include \"store/sqlite_log.hpp\"\n#include \"import/campaign.hpp\"\n") == 0);
}

TEST_CASE("an include in a comment or a string is none", "[lint][includes]") {
    CHECK(objections("server/core/decide.cpp", "// #include \"wire/codec.hpp\"\n") == 0);
    CHECK(objections("server/core/decide.cpp", "/*\n#include \"wire/codec.hpp\"\n*/\n") == 0);
    CHECK(objections("server/core/decide.cpp", "auto s = R\"(\n#include \"wire/codec.hpp\"\n)\";\n") == 0);
}
