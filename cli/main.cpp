// marchwire: the command line.
#include "base/log.hpp"
#include "command_line.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
    try {
        // Standard output is the verb's: what a store has to say goes where errors go.
        marchwire::base::start_logging(marchwire::base::LogForm::text, "warn");
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        marchwire::cli::Context context{std::cout, std::cerr};
        return static_cast<int>(marchwire::cli::run(arguments, context));
    } catch (const std::exception& error) {
        std::cerr << "marchwire: " << error.what() << "\n";
        return static_cast<int>(marchwire::cli::ExitCode::refused);
    }
}
