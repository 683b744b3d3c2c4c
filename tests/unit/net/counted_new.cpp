// A file of its own: where a compiler sees into both operators it takes malloc's memory for a mismatch.
#include "counted_new.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes) {
    if (void* const space = operator new(bytes, std::nothrow)) return space;
    throw std::bad_alloc();
}
void operator delete(void* space) noexcept { std::free(space); }
void operator delete(void* space, std::size_t) noexcept { std::free(space); }

namespace marchwire::net::test {

std::size_t allocations_of_thread() { return allocations; }

}  // namespace marchwire::net::test
