// Each rule of tidiness can be broken, and is then found.
#include "lint/tidiness_rules.hpp"

#include <catch2/catch.hpp>

namespace {

using marchwire::lint::check_tidiness;
using marchwire::lint::functions_of;

std::string lines(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "    ++n;\n";
    return text;
}

std::size_t findings(const std::string& text, const std::string& path = "server/core/thing.cpp") {
    return check_tidiness({path, text}).size();
}

}  // namespace

TEST_CASE("a function of 60 lines fits, one of 61 does not", "[lint][tidiness]") {
    CHECK(findings("void f(int n) {\n" + lines(58) + "}\n") == 0);
    const auto found = check_tidiness({"a.cpp", "\nvoid f(int n) {\n" + lines(59) + "}\n"});
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
}

TEST_CASE("a long namespace or class is not a long function", "[lint][tidiness]") {
    std::string many = "namespace a {\nclass B final : public C {\npublic:\n";
    for (int i = 0; i < 40; ++i) many += "    void f() const noexcept override {\n        g({1, 2});\n    }\n";
    many += "};\n}\n";
    CHECK(functions_of(many).size() == 40);
    CHECK(findings(many) == 0);
}

TEST_CASE("a long method of a class in a namespace is found", "[lint][tidiness]") {
    CHECK(findings("namespace a {\nstruct B {\n    auto f() -> std::string {\n" + lines(70) + "    }\n};\n}\n") == 1);
}

TEST_CASE("a constructor's member initialisers do not hide its body", "[lint][tidiness]") {
    const std::string head = "Foo::Foo(int a) : a_{a}, b_{std::vector<int>{1, 2}}, c_(3) {\n";
    CHECK(findings(head + lines(70) + "}\n") == 1);
    CHECK(functions_of(head + "}\nint g() { return 1; }\n").size() == 2);
    CHECK(findings("Foo::Foo(int a) : a_{a}, b_{0} {\n" + lines(70) + "}\n") == 1);
}

TEST_CASE("a long table is not a function, and what follows it is still seen", "[lint][tidiness]") {
    const std::string table = "constexpr Row rows[] = {\n" + std::string(3'000, '\n').substr(0, 90) + "};\n";
    CHECK(findings(table) == 0);
    CHECK(findings(table + "int f() {\n" + lines(70) + "}\n") == 1);
}

TEST_CASE("braces in strings, comments, characters and macros do not count", "[lint][tidiness]") {
    const std::string tricky =
        "#define LOOP(x) \\\n    do { \\\n        x; \\\n    }\n"
        "int f() {\n    const char c = '{'; // {\n    return g(\"{{\", R\"({)\", 1'000, c);\n}\nint h() { return 2; "
        "}\n";
    CHECK(functions_of(tricky).size() == 2);
}

TEST_CASE("a file of more than 500 lines is to be split", "[lint][tidiness]") {
    CHECK(findings(std::string(500, '\n')) == 0);
    CHECK(findings(std::string(501, '\n')) == 1);
}

TEST_CASE("marks of unfinished work are found in comments and code, not in strings", "[lint][tidiness]") {
    for (const std::string word : {"TODO", "FIXME", "XXX", "HACK"}) {
        CAPTURE(word);
        CHECK(findings("// " + word + ": later\n") == 1);
        CHECK(findings("int " + word + " = 1;\n") == 1);
        CHECK(findings("auto s = \"" + word + "\";\n") == 0);
        CHECK(findings("int " + word + "S = 1;\n") == 0);
    }
}

TEST_CASE("using namespace std is found", "[lint][tidiness]") {
    CHECK(findings("using  namespace std;\n") == 1);
    CHECK(findings("using namespace std::chrono_literals;\n") == 0);
    CHECK(findings("// never say using namespace std\n") == 0);
}

TEST_CASE("a sleep is found in tests and let be elsewhere", "[lint][tidiness]") {
    const std::string nap = "void f() { std::this_thread::sleep_for(ms); }\n";
    CHECK(findings(nap, "tests/unit/core/a_test.cpp") == 1);
    CHECK(findings(nap, "bench/a.cpp") == 0);
}

TEST_CASE("a class name that says nothing is found", "[lint][tidiness]") {
    for (const std::string name :
         {"MarchManager", "EventHandler", "StringUtil", "RouteHelper", "MarchData", "PersonInfo", "BatchProcess"}) {
        CAPTURE(name);
        CHECK(findings("class " + name + " {};\n") == 1);
        CHECK(findings("struct " + name + ";\n") == 1);
    }
    CHECK(findings("class DataSet;\nstruct Informed;\nenum class Handlers;\n") == 0);
}
