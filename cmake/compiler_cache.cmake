# ccache in front of the compiler where it is installed: a rebuild of known code costs 0.01 s a file.
find_program(MARCHWIRE_CCACHE ccache)
if(MARCHWIRE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${MARCHWIRE_CCACHE}")
endif()
