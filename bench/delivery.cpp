// What do the hot parts of a delivery cost by themselves? Time by Google Benchmark, and instructions counted by
// callgrind: the figure that another machine can repeat.
#include "core/topics.hpp"
#include "fanout/newest_table.hpp"
#include "fanout/run.hpp"
#include "fanout/send_queue.hpp"
#include "support/report.hpp"
#include "wire/codec.hpp"
#include "wire/frame_reader.hpp"

#include <benchmark/benchmark.h>

#include <sys/wait.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace marchwire;
using fanout::DeliveryClass;
using fanout::LiveItem;
using wire::Encoding;

constexpr std::size_t payload_bytes = 200;  ///< as in the fan-out benchmark
constexpr std::size_t gathered = 16;        ///< items of a run under load
constexpr std::uint64_t marshals = 1'000;

LiveItem notice(std::uint64_t seq) {
    LiveItem item;
    item.topic = base::TopicNumber{0x10001};
    item.position.seq = base::Seq{seq};
    item.messages[0] = wire::make_message(std::string(payload_bytes, 'n'), wire::Encoding::proto);
    return item;
}

LiveItem position(std::uint64_t person) {
    LiveItem item = notice(0);
    item.delivery = DeliveryClass::c;
    item.key = {item.topic.value, 3, person};
    item.messages[0] = wire::make_message(std::string(60, 'p'), wire::Encoding::proto);
    return item;
}

/// A masked frame of a client with this message.
std::string client_frame(std::string_view message) {
    std::string frame{'\x82', static_cast<char>(0x80U | 126U), static_cast<char>(message.size() >> 8U),
                      static_cast<char>(message.size() & 0xFFU)};
    const std::array<char, 4> mask{'m', 'a', 's', 'k'};
    frame.append(mask.data(), mask.size());
    for (std::size_t i = 0; i < message.size(); ++i) frame += static_cast<char>(message[i] ^ mask.at(i % 4));
    return frame;
}

std::string padded_ping() {
    // An unknown field of 120 bytes behind a ping: a message of a command's size.
    return std::string("\x3A\x02\x08\x05", 4) + std::string("\xFA\x06\x78", 3) + std::string(120, 'x');
}

/// One hot part: `once` does it one time; what it needs is made before.
struct Part {
    const char* name;
    const char* unit;  ///< of what
    std::function<std::function<void()>()> prepare;
};

std::function<void()> build_frame() {
    auto items = std::make_shared<std::vector<LiveItem>>();
    for (std::uint64_t i = 1; i <= gathered; ++i) items->push_back(notice(i));
    return [items] { benchmark::DoNotOptimize(fanout::Run(*items).frame(Encoding::proto)); };
}

std::function<void()> replace_newest() {
    auto table = std::make_shared<fanout::NewestTable>();
    auto values = std::make_shared<std::vector<LiveItem>>();
    for (std::uint64_t i = 0; i < 2 * marshals; ++i) values->push_back(position(i % marshals));
    return [table, values, next = std::size_t{0}]() mutable {
        table->put((*values)[next++ % values->size()]);
        if (next % 100 == 0) (void)table->publish();
    };
}

std::function<void()> share_newest() {
    auto table = std::make_shared<fanout::NewestTable>();
    for (std::uint64_t i = 0; i < marshals; ++i) table->put(position(i));
    (void)table->publish();
    return [table] { benchmark::DoNotOptimize(table->after(0, Encoding::proto, 8'192).frame); };
}

std::function<void()> drain_queue() {
    auto queue = std::make_shared<fanout::SendQueue>(fanout::SendQueue::Limits{1UL << 20U, 1UL << 20U},
                                                     std::make_shared<fanout::QueueBudget>(1UL << 24U));
    auto message = wire::make_frame(wire::Opcode::binary, std::string(payload_bytes, 'n'));
    return [queue, message] {
        for (std::size_t i = 0; i < gathered; ++i) (void)queue->push(DeliveryClass::b, message);
        while (wire::Frame next = queue->next_ordered()) benchmark::DoNotOptimize(next);
    };
}

std::function<void()> decode_message() {
    auto frame = std::make_shared<std::string>(client_frame(padded_ping()));
    auto reader = std::make_shared<wire::FrameReader>(64UL * 1024);
    return [frame, reader] {
        const auto space = reader->prepare(frame->size());
        frame->copy(space.data(), space.size());
        reader->commit(frame->size());
        const auto event = reader->next();
        benchmark::DoNotOptimize(wire::decode_client(std::get<wire::Message>(event).payload, Encoding::proto));
        (void)reader->next();
    };
}

const std::array<Part, 5> parts{{
    {"a run of 16 items of 200 bytes framed", "run", build_frame},
    {"a position takes the place of the one before", "value", replace_newest},
    {"newest values that others were given already", "part", share_newest},
    {"16 messages through a send queue", "burst", drain_queue},
    {"a client's message read, unmasked and decoded", "message", decode_message},
}};

/// What callgrind counts of so many repetitions, with all that is around them.
double instructions(const char* program, std::size_t part, int repetitions) {
    const fs::path out = fs::temp_directory_path() / ("marchwire-callgrind." + std::to_string(::getpid()));
    const std::string command = "valgrind --tool=callgrind --callgrind-out-file=" + out.string() + " " + program +
                                " --count " + std::to_string(part) + " " + std::to_string(repetitions) +
                                " >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    double counted = 0;
    std::ifstream file(out);
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("summary: ")) counted = std::stod(line.substr(9));
    }
    fs::remove(out);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? counted : 0;
}

int repeat(std::size_t part, int repetitions) {
    const auto once = parts.at(part).prepare();
    for (int i = 0; i < repetitions; ++i) once();
    return 0;
}

/// Gathers what Google Benchmark measured.
class Samples final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(const Context&) override { return true; }
    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.run_type == Run::RT_Iteration) nanoseconds.push_back(run.GetAdjustedCPUTime());
        }
    }
    std::vector<double> nanoseconds;
};

std::vector<double> time_of(const Part& part, int rounds) {
    benchmark::ClearRegisteredBenchmarks();
    benchmark::RegisterBenchmark(part.name,
                                 [&part](benchmark::State& state) {
                                     const auto once = part.prepare();
                                     for (auto _ : state) once();
                                 })
        ->Repetitions(rounds)
        ->MinTime(0.1);
    Samples samples;
    benchmark::RunSpecifiedBenchmarks(&samples);
    return samples.nanoseconds;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::string_view(argv[1]) == "--count") {
        return repeat(std::stoul(argv[2]), std::stoi(argv[3]));
    }
    const auto options = bench::read_options(argc, argv);
    bench::Report report;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = parts.at(i);
        report.add(part.name, "marchwire", "time per " + std::string(part.unit), "ns",
                   time_of(part, options.rounds(7, 3)));
        constexpr int few = 2'000;
        constexpr int many = 6'000;
        const double less = instructions(argv[0], i, few);
        const double more = instructions(argv[0], i, many);
        if (less == 0 || more == 0) {
            std::fputs("valgrind is missing or failed: no instructions were counted\n", stderr);
            return 1;
        }
        const std::array<double, 1> each{(more - less) / (many - few)};
        report.add(part.name, "marchwire", "instructions per " + std::string(part.unit), "count", each);
    }
    return report.write(options) ? 0 : 1;
}
