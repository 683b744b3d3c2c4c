# Warnings as errors, for our own targets only: link marchwire_warnings PRIVATE.
add_library(marchwire_warnings INTERFACE)
target_compile_options(marchwire_warnings INTERFACE
    -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wsuggest-override -Wcast-qual -Wnull-dereference
    -Wformat=2 -Wundef -Wdouble-promotion -Wmissing-declarations
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wuseless-cast>)
# GCC's flow-based warnings see paths that do not exist: behind the sanitizers' instrumentation, and, once it
# optimises, in every *result of Boost 1.81 (an unchecked pointer under NDEBUG) and in date's parser.
if(MARCHWIRE_SANITIZER OR NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(marchwire_warnings INTERFACE
        -Wno-null-dereference $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()

# Warnings are GCC's word. Clang builds for AddressSanitizer, for its speed; what is no C++ to it fails there.
if(MARCHWIRE_SANITIZER AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(marchwire_warnings INTERFACE -Wno-error)
endif()

# GCC warns that ThreadSanitizer does not see fences. Asio has them in each wait, behind a mutex that it does see.
if(MARCHWIRE_SANITIZER STREQUAL "thread")
    target_compile_options(marchwire_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()

# In a unity build each .cpp is included by another file, and GCC takes what it defines for a header's.
target_compile_options(marchwire_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)

# For folders whose switches are over our own enums: a new enumerator breaks the build even where
# somebody wrote a generic arm.
add_library(marchwire_closed_enums INTERFACE)
target_compile_options(marchwire_closed_enums INTERFACE -Wswitch-enum)
