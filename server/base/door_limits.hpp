// The doors' part of the table of bounds: who is let in, and what stands before a conversation. A file of its own, for
// what decides, stores and shows marches has nothing to do with it.
#pragma once

#include "base/limits.hpp"

namespace marchwire::base::limits {

inline constexpr std::size_t connections_most = 200'000;      ///< of one server, however much memory it has; ours
inline constexpr std::size_t connections_least = 1'000;       ///< however little; ours
inline constexpr std::size_t connection_bytes = 64UL * 1024;  ///< of memory for each, half of it the kernel's; ours
inline constexpr std::size_t memory_part = 2;                 ///< a half of the memory is for connections; ours
inline constexpr std::size_t descriptors_kept = 512;          ///< for files, Redis, outbox, the host; ours
inline constexpr std::size_t staff_percent = 20;   ///< of connections and handshakes: followers take none of it
inline constexpr std::size_t handshakes = 20'000;  ///< no Hello or request yet, each with a deadline; as newcomers
inline constexpr std::uint32_t newcomers_per_second = 4'000;   ///< of a door: each may cost 0.2 ms of TLS; ours
inline constexpr std::uint32_t newcomers_burst = 20'000;       ///< a server's followers, when the one beside it died
inline constexpr std::size_t connections_per_address = 4'000;  ///< a campus or a carrier behind one NAT; ours
inline constexpr std::uint32_t newcomers_per_address_second = 100;     ///< the same; ours
inline constexpr std::uint32_t newcomers_per_address_burst = 4'000;    ///< all of them, when a server died
inline constexpr std::uint32_t blames_per_second = 1;                  ///< wrong tokens, broken rules; ours
inline constexpr std::uint32_t blames_burst = 100;                     ///< some strangers behind the NAT of a crowd
inline constexpr std::uint32_t blamed_newcomers_per_second = 5;        ///< of an address that was blamed more often
inline constexpr std::uint32_t blamed_newcomers_burst = 20;            ///< its others still come in; ours
inline constexpr std::size_t follower_works_a_turn = 4;                ///< reads, feeds opened: some 0.5 ms; ours
inline constexpr std::uint32_t follower_frames_per_second = 20;        ///< who follows has little to say; ours
inline constexpr std::uint32_t follower_frames_burst = 400;            ///< all feeds, a Subscribe each, and again
inline constexpr std::size_t handshakes_follower_per_address = 1'000;  ///< page loads of a campus at once; ours
inline constexpr std::size_t addresses = 65'536;                       ///< whose rates are remembered: 4 MB a table
inline constexpr Millis address_key_life = hours(1);                   ///< then addresses are known by other names
inline constexpr std::uint32_t hellos_per_second = 1'000;              ///< with a token, of a shard: 0.2 ms each
inline constexpr std::uint32_t hellos_burst = 5'000;                   ///< a shard's staff, when a server died
inline constexpr std::uint32_t wrong_tokens_per_second = 1;            ///< of an address, on a shard; ours
inline constexpr std::uint32_t wrong_tokens_burst = 30;                ///< yesterday's tokens behind one NAT; ours
inline constexpr std::uint32_t sessions_per_device = 100;              ///< of one token, on a shard: screens of a desk
inline constexpr std::size_t admin_http_connections = 64;              ///< scrapers and balancers; ours
inline constexpr std::size_t farewells = 64;                           ///< refused, and kept until they have read why
inline constexpr Millis farewell_deadline = seconds(1);                ///< so long at most
inline constexpr Millis retry_when_full = seconds(10);  ///< told with 503: somebody must leave first; ours
inline constexpr Millis retry_when_often = seconds(5);  ///< told with 429: rates refill by then; ours
inline constexpr std::size_t proxy_header_bytes = 536;  ///< v1 has 107; v2 is read to this and no more
inline constexpr std::size_t forwarded_hops = 16;       ///< of X-Forwarded-For, from its end; ours
inline constexpr Millis ticket_key_life = hours(2);     ///< two are held: a ticket is good for 2 to 4 h
inline constexpr std::size_t http_fields = 64;          ///< of a request; browsers behind two proxies send 25

}  // namespace marchwire::base::limits
