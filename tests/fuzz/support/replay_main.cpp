// Runs a fuzz target without a fuzzer: over every file of its corpus, then over seeded random inputs that
// are mutations of the corpus. A crash prints which input it was and the line that replays it.
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t largest_random_bytes = 4096;

// Written before each input, read only by the signal handler.
char current[512];

struct Options {
    std::string program;
    std::filesystem::path corpus;
    std::uint64_t inputs = 1'000;
    std::uint64_t seed = 1;
    std::uint64_t first = 0;  ///< random inputs before this one are skipped: for a replay
};

void tell_the_input(int signal) {
    // Only write() is safe here; a short write cannot be helped in a dying process.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, current, std::string_view(current).size());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void remember(const std::string& what) { std::snprintf(current, sizeof current, "\ncrashed on %s\n", what.c_str()); }

Input read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return Input(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(folder)) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.is_regular_file()) files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::size_t below(std::mt19937_64& random, std::size_t bound) { return random() % bound; }

/// Each input depends on seed and number alone, so that one can be replayed without the ones before it.
Input random_input(const std::vector<Input>& corpus, std::uint64_t seed, std::uint64_t number) {
    std::mt19937_64 random(seed * 0x9E3779B97F4A7C15ULL + number);
    Input input;
    if (!corpus.empty() && random() % 4 != 0) {
        input = corpus[below(random, corpus.size())];
    } else {
        input.resize(below(random, largest_random_bytes));
        for (auto& byte : input) byte = static_cast<std::uint8_t>(random());
    }
    const std::size_t edits = 1 + below(random, 8);
    for (std::size_t edit = 0; edit < edits; ++edit) {
        const std::size_t at = input.empty() ? 0 : below(random, input.size());
        const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
        switch (random() % 4) {
            case 0: input.insert(place, static_cast<std::uint8_t>(random())); break;
            case 1:
                if (!input.empty()) input.erase(place);
                break;
            case 2:
                if (!input.empty()) *place ^= static_cast<std::uint8_t>(1U << (random() % 8));
                break;
            default: input.resize(at); break;
        }
    }
    return input;
}

Options parse(int count, char** words) {
    Options options;
    options.program = words[0];
    for (int i = 1; i < count; ++i) {
        const std::string_view word = words[i];
        const bool has_value = i + 1 < count;
        if (word == "--inputs" && has_value) {
            options.inputs = std::strtoull(words[++i], nullptr, 10);
        } else if (word == "--seed" && has_value) {
            options.seed = std::strtoull(words[++i], nullptr, 10);
        } else if (word == "--first" && has_value) {
            options.first = std::strtoull(words[++i], nullptr, 10);
        } else {
            options.corpus = word;
        }
    }
    return options;
}

}  // namespace

int main(int count, char** words) {
    const Options options = parse(count, words);
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS, SIGILL}) std::signal(signal, tell_the_input);

    std::vector<Input> corpus;
    for (const auto& path : files_of(options.corpus)) {
        corpus.push_back(read_file(path));
        remember(path.string());
        LLVMFuzzerTestOneInput(corpus.back().data(), corpus.back().size());
    }
    for (std::uint64_t number = options.first; number < options.first + options.inputs; ++number) {
        const Input input = random_input(corpus, options.seed, number);
        remember("random input " + std::to_string(number) + "; replay it with: " + options.program + " " +
                 options.corpus.string() + " --seed " + std::to_string(options.seed) + " --first " +
                 std::to_string(number) + " --inputs 1");
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::printf("%zu files, %llu random inputs of seed %llu\n", corpus.size(),
                static_cast<unsigned long long>(options.inputs), static_cast<unsigned long long>(options.seed));
    return 0;
}
