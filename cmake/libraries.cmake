# Our own libraries: one per folder, sources found by glob, so that a new file needs no edit here.

# marchwire_folder(NAME DIR INCLUDE [EXCLUDE file.cpp...]): static library marchwire_NAME, alias
# marchwire::NAME, of DIR/*.cpp (header-only while there is no .cpp), include root INCLUDE.
function(marchwire_folder name directory include)
    cmake_parse_arguments(arg "" "" "EXCLUDE" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS "${directory}/*.cpp")
    foreach(excluded IN LISTS arg_EXCLUDE)
        list(REMOVE_ITEM sources "${directory}/${excluded}")
    endforeach()
    if(sources)
        add_library(marchwire_${name} STATIC ${sources})
        target_include_directories(marchwire_${name} PUBLIC "${include}")
        target_link_libraries(marchwire_${name} PRIVATE marchwire_warnings)
    else()
        add_library(marchwire_${name} INTERFACE)
        target_include_directories(marchwire_${name} INTERFACE "${include}")
    endif()
    add_library(marchwire::${name} ALIAS marchwire_${name})
endfunction()

# marchwire_uses(NAME TARGET...): what the folder may include and needs to link.
function(marchwire_uses name)
    get_target_property(type marchwire_${name} TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY")
        target_link_libraries(marchwire_${name} INTERFACE ${ARGN})
    else()
        target_link_libraries(marchwire_${name} PUBLIC ${ARGN})
    endif()
endfunction()

# marchwire_closed_enums_in(NAME...): see warnings.cmake.
function(marchwire_closed_enums_in)
    foreach(name IN LISTS ARGN)
        get_target_property(type marchwire_${name} TYPE)
        if(NOT type STREQUAL "INTERFACE_LIBRARY")
            target_link_libraries(marchwire_${name} PRIVATE marchwire_closed_enums)
        endif()
    endforeach()
endfunction()
