# What the target `sdk` builds and `cmake --install BUILD --prefix PREFIX --component sdk` puts there: headers and libraries
# of the SDKs, and what find_package(marchwire) and pkg-config read. Nothing else is installed this way: the server comes as
# a Debian package.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
add_custom_target(sdk)
set(marchwire_config_directory "${CMAKE_INSTALL_LIBDIR}/cmake/marchwire")

# marchwire_installed(HEADERS TARGET NAME [TARGET NAME]...): the headers below that directory, and the libraries that they
# are of, each known outside as marchwire::NAME.
function(marchwire_installed headers)
    set(libraries ${ARGN})
    while(libraries)
        list(POP_FRONT libraries target name)
        target_include_directories(${target} INTERFACE
            "$<BUILD_INTERFACE:${headers}>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
        set_target_properties(${target} PROPERTIES EXPORT_NAME "${name}")
        add_dependencies(sdk ${target})
        install(TARGETS ${target} EXPORT marchwire_targets
            LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk
            ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT sdk)
    endwhile()
    install(DIRECTORY "${headers}/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk
        FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
endfunction()

# marchwire_pkg_config(NAME DESCRIPTION [STATIC FLAG...]): NAME.pc, which stands as far below the prefix as the libraries do,
# wherever the prefix is. STATIC is what the static library needs beside itself: flags and no packages, for those who want
# the shared one need not have them.
function(marchwire_pkg_config name description)
    cmake_parse_arguments(arg "" "" "STATIC" ${ARGN})
    cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY
        "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" OUTPUT_VARIABLE up)
    list(JOIN arg_STATIC " " private)
    string(CONFIGURE [[
prefix=${pcfiledir}/@up@
Name: @name@
Description: @description@
Version: @PROJECT_VERSION@
Libs: -L${prefix}/@CMAKE_INSTALL_LIBDIR@ -l@name@
Libs.private: @private@
Cflags: -I${prefix}/@CMAKE_INSTALL_INCLUDEDIR@
]] text @ONLY)
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/lib/pkgconfig/${name}.pc" CONTENT "${text}" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/lib/pkgconfig/${name}.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT sdk)
endfunction()

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/marchwireConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/lib/cmake/marchwireConfig.cmake"
    INSTALL_DESTINATION "${marchwire_config_directory}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/lib/cmake/marchwireConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/lib/cmake/marchwireConfig.cmake"
    "${PROJECT_BINARY_DIR}/lib/cmake/marchwireConfigVersion.cmake"
    DESTINATION "${marchwire_config_directory}" COMPONENT sdk)
install(EXPORT marchwire_targets NAMESPACE marchwire:: DESTINATION "${marchwire_config_directory}" COMPONENT sdk)
