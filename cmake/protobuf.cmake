# marchwire_protobuf(TARGET FILES...): C++ code for .proto files below PROJECT_SOURCE_DIR/proto, in a
# library of its own, without our warnings. Include as "marchwire/v1/session.pb.h".
function(marchwire_protobuf target)
    set(root "${PROJECT_SOURCE_DIR}/proto")
    set(generated "${PROJECT_BINARY_DIR}/generated")
    file(MAKE_DIRECTORY "${generated}")
    set(sources)
    foreach(file IN LISTS ARGN)
        cmake_path(RELATIVE_PATH file BASE_DIRECTORY "${root}" OUTPUT_VARIABLE name)
        cmake_path(REMOVE_EXTENSION name LAST_ONLY)
        set(outputs "${generated}/${name}.pb.h" "${generated}/${name}.pb.cc")
        # Every .proto is a dependency of each: they import one another.
        add_custom_command(
            OUTPUT ${outputs}
            COMMAND protobuf::protoc --cpp_out=${generated} --proto_path=${root} ${file}
            DEPENDS ${ARGN}
            COMMENT "protoc ${name}.proto"
            VERBATIM)
        list(APPEND sources ${outputs})
    endforeach()
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} SYSTEM PUBLIC "${generated}")
    target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
    target_compile_options(${target} PRIVATE -w)
    # The generated files use the same names as one another.
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
    # For tools that only need the headers.
    add_custom_target(${target}_code DEPENDS ${sources})
endfunction()
