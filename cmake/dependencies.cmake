# Third-party libraries, all from the distribution. Imported targets are SYSTEM: their warnings are not ours.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(spdlog REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(date REQUIRED)
find_package(pugixml REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PNG REQUIRED)

# hiredis 0.14 brings no package file.
find_path(hiredis_include hiredis/hiredis.h REQUIRED)
find_library(hiredis_library hiredis REQUIRED)
add_library(hiredis::hiredis UNKNOWN IMPORTED)
set_target_properties(hiredis::hiredis PROPERTIES
    IMPORTED_LOCATION "${hiredis_library}" INTERFACE_INCLUDE_DIRECTORIES "${hiredis_include}")
