# Hardening of everything that we compile for release, third-party units included.
# Sanitizers bring checks of their own and do not mix with _FORTIFY_SOURCE.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT MARCHWIRE_SANITIZER)
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS
        -fstack-protector-strong)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i.86")
        add_compile_options(-fcf-protection)
    endif()
    add_link_options($<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -Wl,-z,relro -Wl,-z,now)
endif()
