// Beast's WebSocket client as an other end that we did not write.
#include "door.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace marchwire::net::test {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

class BeastClient {
public:
    explicit BeastClient(const TestDoor& door) : stream_(io_) {
        stream_.next_layer().connect({asio::ip::address_v4::loopback(), door.port()});
        stream_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol, "marchwire.v1.json");
        }));
        stream_.handshake("localhost", "/v1/ws");
        stream_.text(true);
    }
    void say(const std::string& json) { stream_.write(asio::buffer(json)); }
    Json read() {
        beast::flat_buffer buffer;
        stream_.read(buffer);
        return Json::parse(beast::buffers_to_string(buffer.data()));
    }
    /// Reads on to the end: the code of the server's close.
    unsigned read_close() {
        beast::error_code error;
        while (!error) {
            beast::flat_buffer buffer;
            stream_.read(buffer, error);
        }
        CHECK(error == websocket::error::closed);
        return stream_.reason().code;
    }
    websocket::stream<tcp::socket>& stream() { return stream_; }

private:
    asio::io_context io_;
    websocket::stream<tcp::socket> stream_;
};

TEST_CASE("Beast's client is welcomed and gets a feed", "[net][beast]") {
    TestDoor door;
    BeastClient client(door);
    client.say(R"({"hello":{"protocol":1,"subscribe":[{"feed":"public/c/m"}]}})");
    CHECK(client.read()["items"][0].contains("welcome"));
    CHECK(client.read()["items"][0].contains("subscribed"));
    CHECK(client.read()["items"][0].contains("snapshotPiece"));
}

TEST_CASE("Beast's client sends in fragments and closes in good order", "[net][beast]") {
    TestDoor door;
    BeastClient client(door);
    client.stream().auto_fragment(true);
    client.stream().write_buffer_bytes(8);
    client.say(R"({"hello":{"protocol":1,"client":"a name that does not fit into eight bytes"}})");
    CHECK(client.read()["items"][0].contains("welcome"));
    beast::error_code error;
    client.stream().close(websocket::close_code::normal, error);
    CHECK_FALSE(error);
    CHECK(door.shard.wait_left(1));
}

TEST_CASE("Beast's client reads the code with which the server closes", "[net][beast]") {
    TestDoor door;
    BeastClient client(door);
    client.say(R"({"hello":{"protocol":1}})");
    CHECK(client.read()["items"][0].contains("welcome"));
    door.on_shard([](HandShard& hand) { hand.ports.begin()->second->drain(base::Millis{5}); });
    CHECK(client.read_close() == static_cast<unsigned>(wire::CloseCode::drain));
    CHECK(door.shard.wait_left(1));
}

}  // namespace
}  // namespace marchwire::net::test
