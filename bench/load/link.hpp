// One socket of the load generator.
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marchwire::load {

enum class Part : std::uint8_t { subscriber, publisher, lead, marshal, dashboard };
enum class Habit : std::uint8_t { quick, slow, stalled, stalled_pinging };
enum class Stage : std::uint8_t { none, connecting, upgrading, opening, ready, ended };

/// A topic as this socket follows it.
struct Followed {
    std::uint32_t topic = 0;   ///< 0 to plan.topics - 1
    std::uint32_t wire = 0;    ///< marchwire's number of it
    bool begun = false;        ///< something of it has come, or its state: the next must follow on
    std::uint64_t last = 0;    ///< number, or marchwire's seq, of the last that came
    std::uint32_t pieces = 0;  ///< of the snapshot, still to come
    bool subscribed = false;
};

struct Link {
    int socket = -1;
    SSL* tls = nullptr;
    std::uint32_t index = 0;
    Part part = Part::subscriber;
    Habit habit = Habit::quick;
    Stage stage = Stage::none;
    bool waits_to_write = false;
    std::uint32_t tries = 0;
    std::uint32_t awaited = 0;  ///< answers until it is ready
    std::uint64_t device = 0;   ///< marchwire's staff
    std::uint64_t counter = 0;
    std::int64_t connected_ns = 0;
    std::vector<Followed> follows;
    std::string in;      ///< the begin of a frame whose end has not come
    std::string stream;  ///< NATS, MQTT: the begin of a message whose end is in a later frame
    std::string out;     ///< to be written

    [[nodiscard]] bool is_quick() const { return habit == Habit::quick; }
    [[nodiscard]] Followed* followed(std::uint32_t topic) {
        for (Followed& one : follows) {
            if (one.topic == topic) return &one;
        }
        return nullptr;
    }
    [[nodiscard]] Followed* followed_by_wire(std::uint32_t wire) {
        for (Followed& one : follows) {
            if (one.wire == wire) return &one;
        }
        return nullptr;
    }
};

/// One socket's bytes, with or without TLS. All of them on one thread, on loopback.
namespace socket_io {

/// Begins to connect without waiting; -1 when the system has no socket left.
[[nodiscard]] int begin_connect(std::uint16_t port, std::uint32_t receive_buffer_bytes);
/// Waits for the handshake of TLS; false when there is none.
[[nodiscard]] bool secure(Link& link);
/// How many bytes came; 0: none for now; -1: the other end is gone.
[[nodiscard]] long read(Link& link, char* space, std::size_t size);
/// How many bytes went; 0: none for now; -1: the other end is gone.
[[nodiscard]] long write(Link& link, std::string_view bytes);
void close(Link& link);

}  // namespace socket_io
}  // namespace marchwire::load
