// Lets the distribution's libprotobuf.a into a shared library, where all of this is hidden.
//
// The archive is compiled for programs. Two things of that a shared library cannot have: code that reaches a thread's
// variable at an offset known when the program is linked, and code that reaches data of another library directly. The
// first is in one object alone, that of arenas. Nobody makes one: what does so would want functions that are not here,
// the linker would take that object for them, and fail. Here stand those that ask for an arena and never get any. For
// the second this file has the data itself: the tables of the standard streams, the types of numbers, `nothrow` and
// `stderr`. Should another version of the archive want more, the link fails and names it.
#include <google/protobuf/arena.h>

#include <dlfcn.h>

#include <cxxabi.h>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <sstream>
#include <typeinfo>

// ---- arenas --------------------------------------------------------------------------------------
namespace google::protobuf {
namespace {
[[noreturn]] void there_is_no_arena() { std::abort(); }
}  // namespace

namespace internal {
__thread ThreadSafeArena::ThreadCache ThreadSafeArena::thread_cache_ = {0, ~std::uint64_t{0}, nullptr};
ThreadSafeArena::~ThreadSafeArena() { there_is_no_arena(); }
void ThreadSafeArena::AddCleanup(void* /*element*/, void (* /*cleanup*/)(void*)) { there_is_no_arena(); }
std::uint64_t ThreadSafeArena::SpaceAllocated() const { there_is_no_arena(); }
std::uint64_t ThreadSafeArena::SpaceUsed() const { there_is_no_arena(); }
}  // namespace internal

void* Arena::AllocateAlignedNoHook(std::size_t /*bytes*/) { there_is_no_arena(); }
void* Arena::AllocateAlignedWithHook(std::size_t /*bytes*/, const std::type_info* /*type*/) { there_is_no_arena(); }
void* Arena::AllocateAlignedWithHookForArray(std::size_t /*bytes*/, const std::type_info* /*type*/) {
    there_is_no_arena();
}
std::pair<void*, internal::SerialArena::CleanupNode*> Arena::AllocateAlignedWithCleanup(
    std::size_t /*bytes*/, const std::type_info* /*type*/) {
    there_is_no_arena();
}
}  // namespace google::protobuf

// ---- data of the standard library ---------------------------------------------------------------
// Streams: their tables come with what is compiled of them.
template class std::basic_streambuf<char>;
template class std::basic_ios<char>;
template class std::basic_stringbuf<char>;
template class std::basic_ostringstream<char>;
template class std::basic_stringstream<char>;

// Where this destructor is defined the compiler puts the type_info of all numbers.
namespace __cxxabiv1 {
__fundamental_type_info::~__fundamental_type_info() = default;
}  // namespace __cxxabiv1

namespace std {
const nothrow_t nothrow{};
}  // namespace std

// Another variable than that of the C library, with the same value: set before anything else of this library runs.
extern "C" {
FILE* stderr = nullptr;  // NOLINT: declared so
}
namespace {
[[gnu::constructor(101)]] void find_stderr() { stderr = *static_cast<FILE**>(dlsym(RTLD_DEFAULT, "stderr")); }
}  // namespace
