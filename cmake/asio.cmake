# Asio and Beast are compiled once each (their separate compilation modes), not in every file that
# opens a socket: instantiation is what costs on two cores.
add_library(marchwire_asio STATIC "${CMAKE_CURRENT_LIST_DIR}/asio_impl.cpp")
target_compile_definitions(marchwire_asio PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(marchwire_asio PUBLIC
    Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

add_library(marchwire_beast STATIC "${CMAKE_CURRENT_LIST_DIR}/beast_impl.cpp")
target_compile_definitions(marchwire_beast PUBLIC BOOST_BEAST_SEPARATE_COMPILATION)
target_link_libraries(marchwire_beast PUBLIC marchwire_asio)
