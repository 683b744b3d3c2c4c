# Shared libraries of ours: made of objects that are compiled anyway, and showing what their version script names and
# nothing else. So an app may have another Protobuf, another Boost, and the same .proto files beside them.
find_library(MARCHWIRE_PROTOBUF_ARCHIVE libprotobuf.a REQUIRED)

# What lets the distribution's archive, which is compiled for programs, into a shared library.
add_library(marchwire_protobuf_inside OBJECT "${CMAKE_CURRENT_LIST_DIR}/protobuf_inside.cpp")
target_link_libraries(marchwire_protobuf_inside PRIVATE marchwire_warnings protobuf::libprotobuf)
set_target_properties(marchwire_protobuf_inside PROPERTIES UNITY_BUILD OFF)

# marchwire_shared(TARGET NAME EXPORTS FILE OBJECTS TARGET...): libNAME.so.0 in the build's lib/, of all objects of these
# libraries and of Protobuf. FILE is the version script. Whoever links it inherits nothing.
function(marchwire_shared target name)
    cmake_parse_arguments(arg "" "EXPORTS" "OBJECTS" ${ARGN})
    set(objects)
    foreach(part IN LISTS arg_OBJECTS ITEMS marchwire_protobuf_inside)
        list(APPEND objects "$<TARGET_OBJECTS:${part}>")
    endforeach()
    add_library(${target} SHARED ${objects})
    # Not the imported targets: those who link the installed library would have to find them, too.
    target_link_libraries(${target} PRIVATE "${MARCHWIRE_PROTOBUF_ARCHIVE}" ${OPENSSL_SSL_LIBRARY}
        ${OPENSSL_CRYPTO_LIBRARY} ${SQLite3_LIBRARIES} Threads::Threads)
    target_link_options(${target} PRIVATE "LINKER:--version-script=${arg_EXPORTS}" LINKER:--as-needed)
    # A sanitizer's own symbols are in the program.
    if(NOT MARCHWIRE_SANITIZER)
        target_link_options(${target} PRIVATE LINKER:-z,defs)
    endif()
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME "${name}" VERSION "${PROJECT_VERSION}" SOVERSION 0 LINKER_LANGUAGE CXX
        LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib" LINK_DEPENDS "${arg_EXPORTS}")
endfunction()

# marchwire_archive(TARGET NAME OBJECTS TARGET...): the same objects as libNAME.a in the build's lib/. Protobuf and the
# other libraries are for the app to link.
function(marchwire_archive target name)
    cmake_parse_arguments(arg "" "" "OBJECTS" ${ARGN})
    set(objects)
    foreach(part IN LISTS arg_OBJECTS)
        list(APPEND objects "$<TARGET_OBJECTS:${part}>")
    endforeach()
    add_library(${target} STATIC ${objects})
    set_target_properties(${target} PROPERTIES OUTPUT_NAME "${name}" LINKER_LANGUAGE CXX
        ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
endfunction()
