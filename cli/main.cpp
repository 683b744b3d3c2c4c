// marchwire: the command line.
#include "command_line.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    try {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        marchwire::cli::Context context{std::cout, std::cerr};
        return static_cast<int>(marchwire::cli::run(arguments, context));
    } catch (const std::exception& error) {
        std::cerr << "marchwire: " << error.what() << "\n";
        return static_cast<int>(marchwire::cli::ExitCode::refused);
    }
}
