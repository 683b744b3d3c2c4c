// The host's door over a real Unix socket.
#include "ops/admin_socket.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <filesystem>
#include <thread>

namespace marchwire::ops {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

/// A running door that answers each line with itself in brackets.
class Door {
public:
    Door()
        : path_(std::filesystem::temp_directory_path() / ("marchwire-admin-" + std::to_string(::getpid()) + ".sock")),
          socket_(std::make_shared<AdminSocket>(
              io_, [](std::string line, const AdminAnswer& answer) { answer("[" + line + "]"); })) {
        REQUIRE(socket_->start(path_.string()).has_value());
        thread_ = std::thread([this] { io_.run(); });
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    ~Door() {
        asio::post(io_, [this] { socket_->stop(); });
        asio::post(io_, [this] { io_.stop(); });
        thread_.join();
    }
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
    asio::io_context io_;
    std::shared_ptr<AdminSocket> socket_;
    std::thread thread_;
};

TEST_CASE("the door answers each line in order", "[ops][admin]") {
    const Door door;
    asio::io_context io;
    Protocol::socket socket(io);
    socket.connect(Protocol::endpoint(door.path()));
    asio::write(socket, asio::buffer(std::string("one\ntwo\n")));
    std::string buffer;
    asio::read_until(socket, asio::dynamic_buffer(buffer), "[two]\n");
    CHECK(buffer == "[one]\n[two]\n");
}

TEST_CASE("only the user that runs the server may open the door", "[ops][admin]") {
    const Door door;
    struct stat status {};
    REQUIRE(::stat(door.path().c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("a door at an impossible place is refused with its path", "[ops][admin]") {
    asio::io_context io;
    const auto socket = std::make_shared<AdminSocket>(io, [](std::string, const AdminAnswer&) {});
    const auto refused = socket->start("/nowhere/at/all/admin.sock");
    REQUIRE(refused.has_error());
    CHECK(refused.error().field == "/nowhere/at/all/admin.sock");
    const auto too_long = socket->start("/tmp/" + std::string(200, 'x'));
    REQUIRE(too_long.has_error());
    CHECK(too_long.error().message.find("too long") != std::string::npos);
}

}  // namespace
}  // namespace marchwire::ops
