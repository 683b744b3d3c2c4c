// What a fuzz target promises holds, or the input is a find. (tests)
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

namespace marchwire::test {

inline void must(bool holds) {
    if (!holds) std::abort();
}

inline std::string bytes_of(const std::uint8_t* data, std::size_t size) { return {data, data + size}; }

}  // namespace marchwire::test

// Called by the fuzzer, or by support/replay_main.cpp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
