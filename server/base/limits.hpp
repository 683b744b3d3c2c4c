// Every bound in one table: what it bounds, its unit, and why it has this size.
#pragma once

#include "base/units.hpp"

#include <cstddef>
#include <cstdint>

namespace marchwire::base::limits {

// --- wire -------------------------------------------------------------------------------------
inline constexpr std::size_t message_bytes = 64UL * 1024;        ///< none larger, either way (DESIGN 4.6)
inline constexpr std::size_t batch_bytes = 16UL * 1024;          ///< at most so much per write (DESIGN 4.5)
inline constexpr std::size_t snapshot_piece_bytes = 8UL * 1024;  ///< class D goes in pieces (DESIGN 4.5)
inline constexpr std::size_t yielding_bytes = 8UL * 1024;        ///< and so do newest values: an order waits behind one
inline constexpr std::size_t http_header_bytes = 8UL * 1024;     ///< Beast 1.81 parser is guarded by this (DESIGN 7)

// --- connections ------------------------------------------------------------------------------
inline constexpr Millis hello_deadline_public = seconds(5);  ///< DESIGN 6
inline constexpr Millis hello_deadline_staff = seconds(15);  ///< DESIGN 6; 5 s when crowded
inline constexpr Millis hello_deadline_staff_crowded = seconds(5);
inline constexpr Millis write_stall_follower = seconds(10);          ///< nothing moves: closed (DESIGN 4.5)
inline constexpr Millis write_stall_staff = seconds(60);             ///< a jammed cell must not spiral (DESIGN 4.5)
inline constexpr Millis close_deadline = seconds(3);                 ///< a peer that sends Close and holds on
inline constexpr Millis ping_after_idle = seconds(45);               ///< keeps NATs of mobile networks open; ours
inline constexpr Millis dead_after_silence = seconds(100);           ///< two pings unanswered; ours
inline constexpr std::size_t unproven_staff_per_address = 64;        ///< before Hello (DESIGN 6); a campus NAT fits
inline constexpr std::size_t connections = 18'000;                   ///< below the descriptor limit with room for files
inline constexpr std::size_t subscriptions_per_session = 80;         ///< 60 marches and some; ours
inline constexpr std::size_t queue_bytes_follower = 256UL * 1024;    ///< class A and B of a follower; ours
inline constexpr std::size_t queue_bytes_staff = 2UL * 1024 * 1024;  ///< class A and B of staff; ours
inline constexpr std::size_t queue_answer_bytes = 256UL * 1024;      ///< class D of a session: five full answers; ours
inline constexpr std::size_t queue_total_bytes_followers = 256UL * 1024 * 1024;  ///< waiting for all followers: ours
inline constexpr std::size_t queue_total_bytes_staff = 256UL * 1024 * 1024;      ///< apart, so that a crowd takes none
inline constexpr int send_buffer_bytes = 64 * 1024;         ///< SO_SNDBUF: no minutes of old data (DESIGN 4.5)
inline constexpr int not_sent_low_water_bytes = 16 * 1024;  ///< TCP_NOTSENT_LOWAT (DESIGN 4.5)
inline constexpr std::uint32_t commands_per_second = 20;    ///< per session, refilled; ours
inline constexpr std::uint32_t commands_burst = 1'000;  ///< an off-line phone's queue arrives at once (SPEC E5); ours
inline constexpr std::uint32_t follower_burst = 100;    ///< has no queue: all its subscriptions at once; ours
inline constexpr std::uint32_t client_frames_per_second = 100;  ///< pings and fragments too; beyond it: closed
inline constexpr std::uint32_t client_frames_burst = 1'200;  ///< such a queue, and what else a phone says when it comes

// --- sockets ----------------------------------------------------------------------------------
inline constexpr Millis http_request_deadline = seconds(10);  ///< a whole request header, and a whole answer; ours
inline constexpr Millis http_keep_alive = seconds(30);        ///< between two requests of one client; ours
inline constexpr Millis accept_pause{100};                    ///< no descriptors left: a retry at once burns a core
inline constexpr std::size_t socket_read_bytes = 4UL * 1024;  ///< asked of a socket at once; commands are small
inline constexpr std::size_t control_frames = 32;             ///< pongs waiting; a client that sends more pings is cut
inline constexpr std::size_t staff_crowded = 512;             ///< unproven staff sockets: from here Hello has 5 s

// --- TLS --------------------------------------------------------------------------------------
inline constexpr Millis tls_handshake_follower = seconds(5);      ///< as much as a Hello has (DESIGN 6)
inline constexpr Millis tls_handshake_staff = seconds(15);        ///< the same; 5 s when crowded
inline constexpr std::size_t tls_record_bytes = 16UL * 1024;      ///< the largest that TLS knows (RFC 8446, 5.1)
inline constexpr std::size_t tls_record_slow_bytes = 4UL * 1024;  ///< is seen as a whole only: 2 s at 2 KB/s, not 8

// --- host's door ------------------------------------------------------------------------------
inline constexpr std::size_t admin_line_bytes = 16UL * 1024 * 1024;     ///< a route of 100 000 points as JSON fits
inline constexpr std::size_t admin_answer_bytes = 256UL * 1024 * 1024;  ///< state of a march with 50 routes of 100 000
                                                                        ///< points
inline constexpr std::size_t admin_connections = 16;                    ///< the command line of one host; ours

/// Faster than this a demo's phones would be a load, and a hiccup of the machine would look like a jam. Ours.
inline constexpr double demo_pace_most = 20;
inline constexpr std::uint64_t clock_seconds = 3'600;  ///< moved at once by move_clock; its answer waits so long; ours

// --- log and desk -----------------------------------------------------------------------------
inline constexpr std::size_t entry_bytes = 4UL * 1024 * 1024;  ///< a route of 100 000 points is about 1.6 MB
inline constexpr std::size_t group_commands = 512;             ///< commands decided and appended as one group
inline constexpr std::size_t desk_queue_commands = 8'192;      ///< waiting for a desk; beyond it UNAVAILABLE
inline constexpr int append_tries = 8;                         ///< DESIGN 3
inline constexpr Millis append_moment{16};    ///< full jitter of who lost to others: 8 ms a group are 125 a second and
                                              ///< server
inline constexpr int groups_to_gather = 100;  ///< after a lost race, each for such a moment; ours
inline constexpr std::uint64_t id_window = 1'024;  ///< remembered counters per device and log (DESIGN 4.2)
inline constexpr Millis id_age = hours(24);        ///< DESIGN 4.2
inline constexpr std::size_t log_page_bytes = 4UL * 1024 * 1024;      ///< one page of a log; an entry always fits
inline constexpr std::size_t checkpoint_bytes = 256UL * 1024 * 1024;  ///< 50 routes of 100 000 points are 80 MB
inline constexpr std::size_t store_group_calls = 4'096;               ///< done and committed as one group; ours
inline constexpr std::size_t store_group_bytes = 16UL * 1024 * 1024;  ///< four pages read or so much written per COMMIT
inline constexpr std::size_t store_queue_bytes = 512ULL * 1024 * 1024;  ///< waiting for the disk; beyond it UNAVAILABLE
inline constexpr int wal_pages = 4'096;                                 ///< 16 MB, then a checkpoint of SQLite; ours
inline constexpr int backup_step_pages = 64;                            ///< 256 KB between two COMMITs; docs/BACKUP.md
inline constexpr std::uint64_t checkpoint_every_entries = 5'000;        ///< opening 100 000 entries stays under 100 ms
inline constexpr std::uint64_t sign_tip_every_entries = 1'000;          ///< DESIGN 4.4
inline constexpr std::size_t replay_window_entries = 4'096;             ///< kept in memory per march for resumes; ours
inline constexpr std::uint64_t up_to_every_entries = 500;               ///< DESIGN 5
inline constexpr Millis up_to_every = seconds(5);                       ///< DESIGN 5
inline constexpr std::size_t history_entries = 500;                     ///< one GetHistory

// --- Redis ------------------------------------------------------------------------------------
inline constexpr Millis redis_connect_deadline = seconds(2);  ///< name, socket, TLS and greeting; ours
inline constexpr Millis redis_reply_deadline = seconds(2);    ///< nothing answered: the link is taken for dead; ours
inline constexpr Millis redis_replica_wait{500};              ///< by WAIT, below the deadline of a reply; ours
inline constexpr Millis redis_call_deadline = seconds(5);     ///< of a call over lost links; then UNAVAILABLE; ours
inline constexpr Millis redis_retry_first{50};                ///< full jitter from here, doubled each time,
inline constexpr Millis redis_retry_most = seconds(1);        ///< up to here: back within 5 s of Redis (issue 4)
inline constexpr std::size_t redis_requests = 16'384;         ///< on their way over one link; four groups of a store
inline constexpr std::size_t redis_reply_items = 65'536;      ///< of one array; a window of entries has 8 192
inline constexpr std::size_t redis_read_bytes = 64UL * 1024;  ///< asked of the socket at once; ours
inline constexpr std::size_t redis_read_page = 256;           ///< entries that a script looks at between two counts
inline constexpr std::size_t redis_groups = 2;                ///< on their way: one is done while one travels; ours
inline constexpr std::size_t archive_beyond = 200'000;        ///< entries of a log in its stream: 80 MB (DESIGN 8)
inline constexpr std::size_t archive_block_entries = 10'000;  ///< archived at once; packed half of what it was; ours
inline constexpr std::size_t archive_block_bytes = 16UL * 1024 * 1024;  ///< before packing; an entry always fits
inline constexpr Millis bus_nonce_every = seconds(1);       ///< heartbeat through the own channel (DESIGN 8)
inline constexpr int bus_nonces_missed = 3;                 ///< then the link is opened anew (DESIGN 8)
inline constexpr Millis bus_tail_check_every = seconds(5);  ///< followed logs are asked for their tips (DESIGN 8)
inline constexpr Millis bus_lag_high{500};                  ///< BUS_LAG (DOMAIN, alerts)
inline constexpr Millis bus_lag_for = seconds(10);          ///< in each beat for so long (DOMAIN, alerts)
inline constexpr Millis bus_lost_kept = minutes(10);        ///< a lost server is a loss, then how it is. Ours
inline constexpr Millis bus_nonce_age = seconds(2);         ///< older: staff is not served (DESIGN 10)
inline constexpr Millis lease_life = seconds(3);            ///< of a march's keeping (DESIGN 3)
inline constexpr Millis lease_held{2'500};                  ///< by the holder's own clock; then it stops (DESIGN 3)
inline constexpr Millis repair_wait = seconds(3);           ///< for the keeper's repair of a log that was cut; ours
inline constexpr std::size_t leases_back = 8;               ///< given back a second to one who has come; ours

// --- domain -----------------------------------------------------------------------------------
inline constexpr std::size_t marches_per_campaign = 2'000;
inline constexpr std::size_t roster_entries = 5'000;  ///< per march
inline constexpr std::size_t callsign_characters = 40;
inline constexpr std::size_t name_characters = 200;
inline constexpr std::size_t notice_characters = 500;
inline constexpr std::size_t reason_characters = 300;
inline constexpr std::size_t notices_kept = 50;
inline constexpr std::size_t calls_to_action = 20;
inline constexpr std::size_t routes_kept = 50;        ///< versions per march
inline constexpr std::size_t route_points = 100'000;  ///< 1 000 000 is refused with the remedy
inline constexpr std::size_t route_waypoints = 500;
inline constexpr std::uint32_t sections_default = 5;  ///< DESIGN 2
inline constexpr std::uint32_t sections = 60;
inline constexpr std::size_t tokens_per_campaign = 50'000;
inline constexpr std::size_t invites_per_campaign = 50'000;
inline constexpr std::uint32_t invite_tries = 5;               ///< wrong codes; then only the link opens it (issue 6)
inline constexpr Millis invite_life = hours(24L * 120);        ///< sheets are printed weeks before the day; ours
inline constexpr Millis invite_life_desk = hours(24L * 7);     ///< of the national desk, where no day is named; ours
inline constexpr Millis device_invite_life = minutes(30);      ///< a second device stands beside the first (DESIGN 10)
inline constexpr std::size_t devices_per_person = 3;           ///< a phone, a tablet, a spare; ours
inline constexpr Millis proof_life = minutes(15);              ///< then a device signs anew (issue 6)
inline constexpr Millis recovery_life = hours(24);             ///< a lead comes in by it and makes a device; ours
inline constexpr std::size_t app_token_bytes = 2'048;          ///< of an embedding app: about 400 in use; ours
inline constexpr Millis app_token_life = minutes(10);          ///< what was signed is soon worth nothing (issue 6)
inline constexpr Millis app_token_leeway = seconds(30);        ///< clocks of two hosts, one without NTP for a day; ours
inline constexpr std::size_t issuers = 16;                     ///< apps that a server believes; ours
inline constexpr std::size_t issuer_keys = 8;                  ///< one in use, one that comes, some that go; ours
inline constexpr std::size_t issuer_marches = 64;              ///< a whole campaign is one; ours
inline constexpr std::size_t issuer_characters = 64;           ///< of a name, an audience, a key's id; ours
inline constexpr std::size_t issuer_file_bytes = 64UL * 1024;  ///< all that fit are 30 KB; ours
inline constexpr Millis proof_deadline = minutes(1);           ///< so long it may take: a jammed network; ours
inline constexpr std::size_t access_persons = 100;             ///< in one answer to ReadAccess: under 64 KB; ours
inline constexpr std::size_t access_devices = 8;               ///< of a person in such an answer; ours
inline constexpr std::size_t sos_pin_digits_least = 4;         ///< of a PIN: a thumb in a glove; ours
inline constexpr std::size_t sos_pin_digits_most = 8;          ///< ours
inline constexpr std::uint32_t sos_pin_tries = 3;              ///< then the SOS stays (DOMAIN, commands)
inline constexpr std::size_t sos_pin_salt_bytes = 16;          ///< random, one for each person
inline constexpr std::uint64_t sos_pin_cost = 1U << 14U;       ///< scrypt's N, with r 8 and p 1: 16 MB and about 40 ms,
inline constexpr std::uint64_t sos_pin_block = 8;              ///< on a thread of its own that has one at a time; ours
inline constexpr std::size_t sos_pins_waiting = 256;           ///< hashes asked for: 20 s of that thread; ours
inline constexpr std::size_t redeem_body_bytes = 2'048;        ///< the only request body there is
inline constexpr std::uint32_t redeems_per_second = 50;        ///< of a server: a whole city scans at once in a minute
inline constexpr std::uint32_t redeems_burst = 500;            ///< ours
inline constexpr Millis correct_phase_within = minutes(10);    ///< DESIGN 2
inline constexpr Millis proposal_life = minutes(5);            ///< DOMAIN, commands
inline constexpr Millis handover_life = minutes(5);            ///< DESIGN 2
inline constexpr Millis track_life = seconds(120);             ///< positions live in memory only (DESIGN 3)
inline constexpr std::size_t positions_per_batch = 200;
inline constexpr Millis telemetry_unsure = seconds(90);          ///< after a takeover or bus gap (DESIGN 3)
inline constexpr Millis public_column_delay = seconds(60);       ///< DESIGN 5
inline constexpr std::uint32_t public_column_snap_metres = 100;  ///< DESIGN 5
inline constexpr std::size_t public_column_marshals = 3;         ///< fewer show only 'moving' (DESIGN 5)
inline constexpr Millis column_pace_over = seconds(180);         ///< a pace is that of so long: HEAD_TOO_FAST's 3 min
inline constexpr Millis column_pace_after = seconds(60);         ///< a shorter walk tells noise and no pace; ours
inline constexpr Millis column_place_every = seconds(5);         ///< head and tail kept for the pace; as phones report
inline constexpr std::size_t column_arrivals = 8;                ///< next waypoints that an arrival is told of; ours
inline constexpr Millis column_sampled_every = minutes(1);       ///< ColumnSampled (DOMAIN, commands)
inline constexpr std::uint32_t column_sample_snap_metres = 100;  ///< of its figures (DOMAIN, commands)
inline constexpr std::size_t column_conditions = 96;             ///< gaps, intersections ahead, and three more
inline constexpr double gap_metres = 40;                         ///< GAP_OPEN (DOMAIN, alerts), and
inline constexpr double gap_over_median = 2;                     ///< so many times the median gap
inline constexpr double gap_severe_metres = 100;                 ///< DOMAIN, alerts
inline constexpr Millis gap_raise = seconds(60);
inline constexpr double head_too_fast = 1.15;  ///< times the tail's pace (DOMAIN, alerts)
inline constexpr Millis head_too_fast_raise = minutes(3);
inline constexpr double column_stretched = 1.3;                ///< times the length at step-off (DOMAIN, alerts)
inline constexpr Millis column_stretched_raise = seconds(60);  ///< the table names none; as long as a gap; ours
inline constexpr double off_route_metres = 60;                 ///< OFF_ROUTE, beside the accuracy (DOMAIN, alerts)
inline constexpr Millis off_route_raise = seconds(45);
inline constexpr Millis intersection_soon = minutes(5);          ///< INTERSECTION_NOT_READY (DOMAIN, alerts)
inline constexpr Millis intersection_very_soon = minutes(2);     ///< critical (DOMAIN, alerts)
inline constexpr Millis intersection_raise = seconds(10);        ///< the table names none: a pace wavers; ours
inline constexpr std::size_t intersections_watched = 32;         ///< the next ones; more are not within minutes; ours
inline constexpr double intersection_passed_metres = 25;         ///< beyond it by so much: GPS wavers; ours
inline constexpr double same_corner_metres = 30;                 ///< a waypoint of two routes is one place; ours
inline constexpr int clear_over_raise = 2;                       ///< clear time by the raise time (DOMAIN, alerts)
inline constexpr std::uint32_t place_snap_metres = 50;           ///< DESIGN 2, check-in
inline constexpr std::uint32_t place_metre_max = 200'000;        ///< no march is longer than 200 km; ours
inline constexpr std::uint32_t headcount_max = 1'000'000;        ///< more on one route is a typing error; ours
inline constexpr Millis check_in_every_marching = minutes(20);   ///< DOMAIN, alerts
inline constexpr Millis check_in_every = minutes(30);            ///< in every other phase that expects them
inline constexpr Millis check_in_grace = minutes(5);             ///< after the nudge, before the alert
inline constexpr Millis ladder_step = seconds(120);              ///< from rung to rung (DOMAIN, alerts)
inline constexpr Millis ladder_step_urgent = seconds(60);        ///< SOS_UNOWNED; PERSON_DETAINED: ours
inline constexpr Millis no_show_after = minutes(30);             ///< past step-off, who is CONFIRMED; ours
inline constexpr Millis coverage_lost_after = seconds(120);      ///< DOMAIN, alerts
inline constexpr Millis staffing_low_after = seconds(60);        ///< a change of shift is no alarm; ours
inline constexpr Millis phase_late_after = minutes(10);          ///< DOMAIN, alerts
inline constexpr Millis network_lost_within = minutes(5);        ///< they fell silent together (DOMAIN, alerts)
inline constexpr Millis network_back_grace = seconds(30);        ///< then who is silent still is told of; ours
inline constexpr std::uint32_t network_lost_people = 3;          ///< at least (DOMAIN, alerts)
inline constexpr std::uint32_t network_lost_percent = 30;        ///< and more than this (DOMAIN, alerts)
inline constexpr std::uint32_t people_per_marshal = 100;         ///< of the latest count (DOMAIN, alerts)
inline constexpr std::uint32_t density_warning_per_10_m2 = 30;   ///< 3 per m2 (DOMAIN, alerts)
inline constexpr std::uint32_t density_critical_per_10_m2 = 40;  ///< 4 per m2 (DOMAIN, alerts)
inline constexpr std::uint32_t density_most_per_10_m2 = 150;     ///< nobody has measured more in a crowd; ours
inline constexpr std::uint8_t battery_warning_percent = 20;      ///< DOMAIN, alerts
inline constexpr std::uint8_t battery_critical_percent = 10;     ///< hand over (DOMAIN, alerts)
inline constexpr std::size_t preset_standard_roster = 20;        ///< from so many on (DOMAIN, alerts)
inline constexpr std::size_t preset_large_roster = 100;          ///< DOMAIN, alerts
inline constexpr std::size_t counts_kept = 100;                  ///< shown on ops; the log holds all; ours
inline constexpr std::size_t orders_open = 40;        ///< in a march; what hold, stop and reroute open goes beyond
inline constexpr Millis receipts_shown{500};          ///< what of them comes so long is one item on a dashboard. Ours
inline constexpr Millis receipts_gather{100};         ///< what one desk gets so long is one entry (DOMAIN, Orders)
inline constexpr Millis receipt_fresh{10'000};        ///< an older one was kept off-line and stands alone; ours
inline constexpr std::size_t orders_ended_kept = 24;  ///< for receipts of phones that were off-line: minutes; ours
inline constexpr std::size_t order_characters = 160;  ///< an order fits one SMS (DOMAIN, practice)
inline constexpr std::size_t order_template_characters = 40;
inline constexpr std::size_t order_parameters = 8;  ///< an intersection, a street, a time; ours
inline constexpr std::size_t order_parameter_characters = 80;
inline constexpr std::size_t order_names = 50;                ///< a topic of each: more is a section or a role
inline constexpr Millis order_deadline_most = hours(24);      ///< a day's march; ours
inline constexpr Millis order_due_halt = seconds(30);         ///< HOLD, STOP (DOMAIN, alerts)
inline constexpr Millis order_due = seconds(90);              ///< REROUTE (DOMAIN); the others that move people: ours
inline constexpr Millis order_due_info = minutes(10);         ///< DOMAIN, alerts
inline constexpr Millis order_due_plan = hours(1);            ///< a plan has changed: people are at home. Ours
inline constexpr Millis roll_call_due = minutes(3);           ///< DOMAIN, alerts
inline constexpr Millis order_step_halt = seconds(30);        ///< HOLD, STOP: at 60 s to the lead (DOMAIN, alerts)
inline constexpr std::size_t incidents_open = 100;            ///< in a march: more are told to a lead by radio; ours
inline constexpr std::size_t incidents_ended_kept = 24;       ///< to look back at, and to reopen; ours
inline constexpr std::size_t incident_notes_kept = 20;        ///< newest ones of each; the log holds all; ours
inline constexpr std::size_t incident_characters = 280;       ///< of a description; ours
inline constexpr std::size_t incident_told_characters = 120;  ///< of one that goes to all: with its words it fits an
                                                              ///< SMS
inline constexpr std::size_t incident_note_characters = 200;  ///< ours
inline constexpr std::size_t methane_characters = 120;        ///< of each line of the report; ours
inline constexpr Millis lost_child_decide = minutes(15);      ///< DOMAIN, alerts
inline constexpr Millis route_public_before = minutes(60);    ///< before the planned step-off (DESIGN 5)
inline constexpr std::size_t plan_phases = 16;                ///< a plan may name a phase twice (rally first)
inline constexpr std::size_t phase_history = 16;              ///< changes kept for CorrectPhase
inline constexpr std::size_t open_proposals = 64;             ///< alive at once in a march; ours
inline constexpr std::size_t persons_per_campaign = 100'000;
inline constexpr Millis places_kept = hours(24);              ///< DOMAIN, retention
inline constexpr Millis restricted_kept = hours(72);          ///< DOMAIN, retention
inline constexpr Millis persons_kept = hours(24L * 7);        ///< DOMAIN, retention
inline constexpr Millis march_log_kept = hours(24L * 30);     ///< DOMAIN, retention
inline constexpr Millis drill_kept = hours(24);               ///< DOMAIN, retention
inline constexpr Millis retention_after_plan = hours(24);     ///< nobody closed it (DOMAIN, retention)
inline constexpr Millis retention_warned_before = hours(48);  ///< DOMAIN, retention
inline constexpr Millis retention_step = hours(12);           ///< of its ladder: there are two days. Ours
inline constexpr Millis retention_proposal_life = hours(24);  ///< nobody of the national desk waits for it; ours
inline constexpr Millis shred_heard = seconds(60);            ///< all servers hear of it before the log goes; ours
inline constexpr Millis shred_marked = hours(24L * 30);       ///< a server cut off for less does not bring it back
inline constexpr std::size_t source_characters = 300;
inline constexpr std::size_t tz_characters = 64;        ///< the longest IANA name has 32
inline constexpr std::size_t language_characters = 35;  ///< BCP 47
inline constexpr std::size_t link_characters = 500;
inline constexpr std::size_t push_devices = 3;                  ///< subscriptions of a person: a phone, a spare; ours
inline constexpr std::size_t push_endpoint_characters = 1'024;  ///< the longest seen have about 500; ours
inline constexpr std::size_t push_sealed_bytes = 2'048;         ///< endpoint and keys with what sealing adds
inline constexpr std::size_t stored_key_bytes = 128;            ///< 32 bytes of key with what wrapping adds; a name
inline constexpr std::size_t phone_characters = 40;             ///< E.164 has 15 digits; with blanks, a prefix, a note
inline constexpr std::size_t details_sealed_bytes = 1'024;      ///< name and phone with what sealing adds
inline constexpr Millis wake_undelivered = seconds(10);         ///< an app that is there says DELIVERED by itself; ours
inline constexpr std::size_t unreached_told = 500;              ///< recipients in one entry: 16 bytes and a topic each
inline constexpr std::size_t desk_row_alerts = 20;              ///< open alerts shown per march on the desk feed

// --- flush ------------------------------------------------------------------------------------
inline constexpr Millis flush_tick{15};          ///< under load events gather so long at most (DESIGN 7)
inline constexpr std::size_t flush_events = 16;  ///< of one topic; then its run leaves. With the 8 of DESIGN 7 it and
                                                 ///< not the tick would decide at 500 events/s: 62 runs/s and not 45
inline constexpr Millis flush_hold{2};           ///< events wait so long for those that are being stored behind them
inline constexpr int flush_rest = 3;             ///< sending early may take a quarter of the time; ours
inline constexpr Millis newest_tick{100};        ///< class C under load: a tenth of what a dashboard may be behind
inline constexpr int newest_rest = 29;           ///< sending class C early may take a thirtieth of the time; ours

// --- shard ------------------------------------------------------------------------------------
inline constexpr std::size_t turn_sessions = 64;         ///< sent to before the shard reads again: half a ms; ours
inline constexpr std::size_t turn_sessions_newest = 8;   ///< newest values meanwhile: they yield, and are not starved
inline constexpr Millis unavailable_retry = seconds(1);  ///< told with UNAVAILABLE; ours
inline constexpr Millis beat{250};                       ///< real time: keepers look whether something is due; ours
inline constexpr Millis session_tick = seconds(1);       ///< real time: teeth of the wheel of deadlines, pings, UpTo
inline constexpr std::size_t window_at_opening = 1'024;  ///< entries read back so that clients resume over a restart
inline constexpr std::size_t opening_page_entries = 2'000;  ///< one read while a log is opened; ours
inline constexpr Millis followers_told_every = seconds(5);  ///< how many a server has, to the march's keeper; ours
inline constexpr Millis followers_told_life = seconds(15);  ///< then that server is taken to have none; ours
inline constexpr std::size_t servers_counted = 64;          ///< whose followers a keeper adds up; ours
inline constexpr Millis row_every = seconds(5);             ///< overview and desk: a march's row (DESIGN 5)
inline constexpr Millis public_column_every = seconds(5);   ///< the public one; ours
inline constexpr std::size_t history_bytes = 48UL * 1024;   ///< one answer to GetHistory stays under 64 KB
inline constexpr Millis stale_after = seconds(60);          ///< DOMAIN, alerts; a phone says something each 45 s
inline constexpr Millis unreachable_after = seconds(180);   ///< DOMAIN, alerts
inline constexpr std::size_t page_target_bytes = 256;       ///< of a public page; two slugs and some
inline constexpr std::size_t feeds_per_desk = 200'000;      ///< open feeds on one log; above all connections x doubles
inline constexpr Millis desk_idle = seconds(60);            ///< then a march that another server keeps is closed; ours

// --- outbox -----------------------------------------------------------------------------------
inline constexpr std::size_t outbox_waiting = 20'000;        ///< calls of a way out: a HOLD to four full rosters; ours
inline constexpr std::size_t outbox_lines = 8;               ///< connections of a way out at once; ours
inline constexpr int outbox_tries = 10;                      ///< of one call; ours
inline constexpr Millis outbox_retry_first{500};             ///< full jitter from here, doubled each time,
inline constexpr Millis outbox_retry_most = seconds(30);     ///< up to here; ours
inline constexpr Millis outbox_past_deadline = minutes(5);   ///< so long after the order's deadline it is tried; ours
inline constexpr Millis outbox_call_deadline = seconds(10);  ///< name, socket, TLS, request and answer; ours
inline constexpr std::size_t outbox_answer_bytes = 16UL * 1024;  ///< read of an answer, and of it only the status; ours
inline constexpr std::size_t outbox_secret_bytes = 4'096;        ///< the webhook's secret file; ours

// --- import -----------------------------------------------------------------------------------
inline constexpr std::size_t csv_file_bytes = 8UL * 1024 * 1024;     ///< 2 000 marches with long venues are 1 MB
inline constexpr std::size_t csv_columns = 64;                       ///< we know about 20; ours
inline constexpr std::size_t csv_field_bytes = 4'096;                ///< a quote left open swallows the file; ours
inline constexpr std::size_t import_findings = 500;                  ///< told about one file; nobody reads more
inline constexpr std::size_t route_file_bytes = 32UL * 1024 * 1024;  ///< 100 000 points as indented GPX are 20 MB
inline constexpr std::size_t route_file_lines = 200;                 ///< lines in one file to choose from; ours
inline constexpr std::size_t kml_folder_depth = 32;                  ///< folders in folders; ours
inline constexpr double site_from_city_metres = 60'000;    ///< two sites of one city; DOMAIN, README of samples
inline constexpr double route_from_site_metres = 100'000;  ///< a route further from the march's site is another's

}  // namespace marchwire::base::limits
