/**
 * @file marchwire.h
 * Marchwire for C: a client with a thread of its own, and what lets a device in.
 *
 * How a client behaves is client-sdk/SPEC.md, the same for all SDKs. client-sdk/c/README.md begins with a follower of
 * ten lines, and says how other languages call this.
 *
 * **Threads.** Any function may be called from any thread, but for two things: nobody may use a handle while or after
 * it is freed, and a `marchwire_settings`, a `marchwire_invitation` or a `marchwire_event` is one thread's at a time.
 * Events are told on the client's own thread, one at a time. What is asked for there is done behind what is being told.
 * Functions that say "waits" wait until the client's thread has done it: hold no lock there that your callback waits
 * for. All others return at once. A callback may call everything but marchwire_client_free().
 *
 * **Errors.** Functions that can fail return a ::marchwire_status; what a server refuses comes as an event. No
 * exception leaves this library. A callback must return: it may neither longjmp out nor end its thread. What it throws,
 * where it is C++, becomes the fault `CALLBACK`; other languages say so by marchwire_event_fail().
 *
 * **Texts** are UTF-8 and end with a zero byte. What is passed in is copied. What comes by a `char**` is the caller's:
 * marchwire_string_free(). What comes as `const char*` lives as long as its function says.
 *
 * **Numbers.** Times are milliseconds since 1970 (UTC) by the server's clock; 0 means none. In JSON numbers of 64 bits
 * are strings, as in the Protobuf JSON mapping, and more fields may be added: pass over what you do not know.
 */
#ifndef MARCHWIRE_H
#define MARCHWIRE_H

#include <stddef.h>
#include <stdint.h>

/** Version of this header: the major one changes with what an older program cannot live with. */
#define MARCHWIRE_VERSION_MAJOR 0
/** Changes with what is added. */
#define MARCHWIRE_VERSION_MINOR 1
/** Changes with what is mended. */
#define MARCHWIRE_VERSION_PATCH 0

/** What the library exports. */
#if defined(__GNUC__)
#define MARCHWIRE_API __attribute__((visibility("default")))
#else
#define MARCHWIRE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** How a call went: one of the MARCHWIRE_ statuses below. Newer libraries may have more. */
typedef int32_t marchwire_status;
enum {
    MARCHWIRE_OK = 0,               /**< Done, or on its way. */
    MARCHWIRE_NULL_ARGUMENT = 1,    /**< A pointer that must not be null is. */
    MARCHWIRE_INVALID_ARGUMENT = 2, /**< A text is no feed, no key, no position, ...: nothing was done. */
    MARCHWIRE_NOTHING = 3,          /**< There is none, or none yet. */
    MARCHWIRE_FULL = 4,             /**< Too much waits for the client's thread: try again later. */
    MARCHWIRE_IN_CALLBACK = 5,      /**< Not from within a callback: nothing was done. */
    MARCHWIRE_FAILED = 6            /**< No memory, no thread, or a fault of this library: nothing was done. */
};

/** What a status means, in one sentence.
 * @param status what a function returned
 * @return a text that lives as long as the library */
MARCHWIRE_API const char* marchwire_status_text(marchwire_status status);

/** The version of the library that is running, which may be newer than this header.
 * @return major * 1000000 + minor * 1000 + patch */
MARCHWIRE_API uint32_t marchwire_version(void);

/** Frees a text that came by a `char**`.
 * @param text may be null */
MARCHWIRE_API void marchwire_string_free(char* text);

/* ---- settings -------------------------------------------------------------------------------------------------------
 */

/** How a client is to be. Made, filled, given to marchwire_client_new(), which copies it, and freed. */
typedef struct marchwire_settings marchwire_settings;

/** Settings of an anonymous follower.
 * @param url ws://HOST:PORT/v1/ws (followers) or /v1/ops (staff), wss:// for TLS; what is wrong with it is told by the
 *        state `stopped`
 * @return null where `url` is null, or no memory is left */
MARCHWIRE_API marchwire_settings* marchwire_settings_new(const char* url);

/** Frees settings; clients that were made of them go on.
 * @param settings may be null */
MARCHWIRE_API void marchwire_settings_free(marchwire_settings* settings);

/** Believes in more certificates than the system does.
 * @param settings not null
 * @param path a file of PEM
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_settings_set_ca_file(marchwire_settings* settings, const char* path);

/** The token that the client says at each connection.
 * @param settings not null
 * @param token what marchwire_redeem() gave, or one of your backend's
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_settings_set_token(marchwire_settings* settings, const char* token);

/** Has the client ask for a token before each connection, and half a minute before one expires, by the event
 * #MARCHWIRE_EVENT_TOKEN_WANTED, which marchwire_client_give_token() answers. What marchwire_settings_set_token() set
 * means nothing then.
 * @param settings not null
 * @param on 0: no, as at first
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_settings_set_asks_tokens(marchwire_settings* settings, int32_t on);

/** The device's key, by which the client signs each log-in.
 * @param settings not null
 * @param pem what marchwire_key_new() gave; it is kept in the client's memory alone
 * @return #MARCHWIRE_INVALID_ARGUMENT where it is no private key of P-256 */
MARCHWIRE_API marchwire_status marchwire_settings_set_key(marchwire_settings* settings, const char* pem);

/** Where check-ins, cries for help, counts, incidents and receipts are kept until they are answered, over restarts of
 * the app. Without it they are in memory alone.
 * @param settings not null
 * @param path a file that the library makes, for one device and one client at a time
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_settings_set_queue_file(marchwire_settings* settings, const char* path);

/** Who gives commands. Without a device all commands are refused.
 * @param settings not null
 * @param device what marchwire_device_new() gave, kept by the app; not 0
 * @param counter the last one that this device used (marchwire_client_counter()); 0 where the queue's file knows it
 * @return #MARCHWIRE_INVALID_ARGUMENT where `device` is 0 */
MARCHWIRE_API marchwire_status marchwire_settings_set_device(marchwire_settings* settings, uint64_t device,
                                                             uint64_t counter);

/** What the operator's logs call this app.
 * @param settings not null
 * @param name as "my-app/1.2"; no person in it
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_settings_set_name(marchwire_settings* settings, const char* name);

/** How long the client waits before it tries again: from 0 to `first_ms`, doubled with each try, to `most_ms` at most.
 * @param settings not null
 * @param first_ms milliseconds, from 1; 500 at first
 * @param most_ms milliseconds, from 1; 30000 at first
 * @return #MARCHWIRE_INVALID_ARGUMENT where they are less */
MARCHWIRE_API marchwire_status marchwire_settings_set_retry(marchwire_settings* settings, int64_t first_ms,
                                                            int64_t most_ms);

/** How many unanswered commands are kept; one more is refused.
 * @param settings not null
 * @param count from 1; 1000 at first
 * @return #MARCHWIRE_INVALID_ARGUMENT where it is 0 */
MARCHWIRE_API marchwire_status marchwire_settings_set_commands_waiting(marchwire_settings* settings, uint32_t count);

/* ---- getting in
 * ------------------------------------------------------------------------------------------------------ */

/** A number for a device, of the system's randomness. The app makes it once and keeps it.
 * @return not 0; 0 where the system has no randomness */
MARCHWIRE_API uint64_t marchwire_device_new(void);

/** A key for a device: P-256. Keep it where the app alone may read; whoever has it and the token is this device.
 * @param pem becomes PKCS #8, the caller's to free
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_key_new(char** pem);

/** An invite as it was handed over. */
typedef struct marchwire_invitation marchwire_invitation;

/** An invitation without anything in it.
 * @return null where no memory is left */
MARCHWIRE_API marchwire_invitation* marchwire_invitation_new(void);

/** Frees an invitation.
 * @param invitation may be null */
MARCHWIRE_API void marchwire_invitation_free(marchwire_invitation* invitation);

/** The invite's link; nothing else is needed with it.
 * @param invitation not null
 * @param link the whole of it
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_invitation_set_link(marchwire_invitation* invitation, const char* link);

/** A code that was spoken, in place of a link.
 * @param invitation not null
 * @param url the server's address, https://march.example.org
 * @param code "17-K7QF-M2PX", in any case
 * @param campaign null where the server has one campaign alone
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_invitation_set_code(marchwire_invitation* invitation, const char* url,
                                                             const char* code, const char* campaign);

/** By what the person's cry for help is cancelled. By the duress PIN it seems to be, and stays open for the leads.
 * @param invitation not null
 * @param pin 4 to 8 digits
 * @param duress_pin another; null: none
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_invitation_set_pins(marchwire_invitation* invitation, const char* pin,
                                                             const char* duress_pin);

/** Believes in more certificates than the system does.
 * @param invitation not null
 * @param path a file of PEM
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_invitation_set_ca_file(marchwire_invitation* invitation, const char* path);

/** Turns an invite into a token: asks the server once, and waits for its answer, 30 s at most. The same key may ask
 * again where none came: the invite is not lost. Not for a callback, whose client would stand still meanwhile.
 * @param invitation not null
 * @param key_pem the device's key, which the token is bound to
 * @param json becomes `{"token": "...", "pin_set": false}`, or `{"error": {"code": "EXPIRED", "field": "...",
 *        "message": "..."}}`; the caller's to free. `pin_set` is false too where another device of the person's had set
 *        one: that one holds
 * @return #MARCHWIRE_OK where `json` was set, though the server may have refused */
MARCHWIRE_API marchwire_status marchwire_redeem(const marchwire_invitation* invitation, const char* key_pem,
                                                char** json);

/* ---- events
 * ---------------------------------------------------------------------------------------------------------- */

/** What an event is about: one of MARCHWIRE_EVENT_. Newer libraries may tell more: pass over what you do not know. */
typedef int32_t marchwire_event_kind;
enum {
    MARCHWIRE_EVENT_STATE = 1,         /**< The connection: connecting, online, waiting, stopped. */
    MARCHWIRE_EVENT_SNAPSHOT = 2,      /**< A feed is whole, or whole again: marchwire_client_state(). */
    MARCHWIRE_EVENT_ITEM = 3,          /**< A change of a feed, folded already. */
    MARCHWIRE_EVENT_GAP = 4,           /**< Items are missing; being mended, no call is needed. */
    MARCHWIRE_EVENT_DISCONTINUITY = 5, /**< What is held of a feed is void; a snapshot follows. */
    MARCHWIRE_EVENT_SKIPPED = 6,       /**< The server left out newest values that had newer ones. */
    MARCHWIRE_EVENT_REFUSED = 7,       /**< A feed is not subscribed, or not any more. */
    MARCHWIRE_EVENT_REPLY = 8,         /**< What became of a command, once. */
    MARCHWIRE_EVENT_LOST = 9,          /**< It had been accepted, the store lost it, and it was refused then. */
    MARCHWIRE_EVENT_ERROR = 10,        /**< The server refused something else. */
    MARCHWIRE_EVENT_FAULT = 11,        /**< Something went wrong on this side; never the end. */
    MARCHWIRE_EVENT_TOKEN_WANTED = 12, /**< Answer by marchwire_client_give_token(). */
    MARCHWIRE_EVENT_HISTORY = 13,      /**< The answer to marchwire_client_history(). */
    MARCHWIRE_EVENT_ACCESS = 14        /**< The answer to marchwire_client_access(). */
};

/** Something that a client tells, for as long as the callback runs. */
typedef struct marchwire_event marchwire_event;

/** A connection with its thread, its feeds and its commands. */
typedef struct marchwire_client marchwire_client;

/** Is called with each event, on the client's thread.
 * @param user as it was given to marchwire_client_new()
 * @param event gone when this returns */
typedef void (*marchwire_on_event)(void* user, const marchwire_event* event);

/** What it is about.
 * @param event null: 0
 * @return MARCHWIRE_EVENT_... */
MARCHWIRE_API marchwire_event_kind marchwire_event_get_kind(const marchwire_event* event);

/** Whose it is. The first events may come before marchwire_client_new() has returned.
 * @param event null: null
 * @return the client, which may be called, but not freed */
MARCHWIRE_API marchwire_client* marchwire_event_get_client(const marchwire_event* event);

/** The feed that it is about.
 * @param event null: ""
 * @return "public/CAMPAIGN/MARCH", or "" where it is about none; gone with the event */
MARCHWIRE_API const char* marchwire_event_get_feed(const marchwire_event* event);

/** What it answers, or how it is answered.
 * @param event null: 0
 * @return of a reply and a lost command: the command's counter (0: it was refused at once); of #MARCHWIRE_EVENT_HISTORY
 *         and #MARCHWIRE_EVENT_ACCESS: the request; of #MARCHWIRE_EVENT_TOKEN_WANTED: the number to answer with; else 0
 */
MARCHWIRE_API uint64_t marchwire_event_get_number(const marchwire_event* event);

/** All of it as JSON on one line, made when it is asked for. The shapes stand in client-sdk/c/README.md.
 * @param event null: ""
 * @return gone with the event; "" where no memory is left */
MARCHWIRE_API const char* marchwire_event_get_json(const marchwire_event* event);

/** Says that the app's own code failed over this event: the client tells the fault `CALLBACK` behind it, and goes on.
 * For languages whose exceptions must not pass through C.
 * @param event not null, and from within its callback
 * @param why one sentence; null: none
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_event_fail(const marchwire_event* event, const char* why);

/* ---- the client
 * ------------------------------------------------------------------------------------------------------ */

/** Makes a client and starts its thread. It connects when marchwire_client_connect() says so.
 * @param settings are copied
 * @param on_event null: nothing is told
 * @param user goes to each call of `on_event`
 * @return null where `settings` is null, or the system gives no memory or thread */
MARCHWIRE_API marchwire_client* marchwire_client_new(const marchwire_settings* settings, marchwire_on_event on_event,
                                                     void* user);

/** Ends a client: waits for the callback that runs, and no other comes. A goodbye that marchwire_client_close() began
 * is said to its end, for two seconds at most; a name that is being looked up is waited for as long as the system
 * takes. Do so before the process ends: the client's thread must not outlive what it stands on.
 * @param client null: nothing is to do
 * @return #MARCHWIRE_IN_CALLBACK from within one of its callbacks: it is not freed, and goes on */
MARCHWIRE_API marchwire_status marchwire_client_free(marchwire_client* client);

/** Begins to connect, and goes on until it is closed, refused for good or freed.
 * @param client not null
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_client_connect(marchwire_client* client);

/** Says goodbye; the state `stopped` follows. Unanswered commands stay unanswered.
 * @param client not null
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_client_close(marchwire_client* client);

/** As if the network went away: connecting begins anew at once. For apps that hear of another network before TCP does.
 * @param client not null
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_client_drop(marchwire_client* client);

/** Wants a feed: a snapshot, then items.
 * @param client not null
 * @param feed `public/CAMPAIGN/MARCH`, `ops/...`, `marshal/...`, `overview/CAMPAIGN` or `desk/CAMPAIGN`
 * @return #MARCHWIRE_INVALID_ARGUMENT where it is no feed's name; what the server says to it comes as an event */
MARCHWIRE_API marchwire_status marchwire_client_subscribe(marchwire_client* client, const char* feed);

/** Wants what came after a position that the app kept. Nothing is folded until the next snapshot.
 * @param client not null
 * @param feed as above
 * @param position what marchwire_client_position() gave
 * @return #MARCHWIRE_INVALID_ARGUMENT where one of both is none */
MARCHWIRE_API marchwire_status marchwire_client_subscribe_from(marchwire_client* client, const char* feed,
                                                               const char* position);

/** Wants a feed no more.
 * @param client not null
 * @param feed as above
 * @return #MARCHWIRE_INVALID_ARGUMENT where it is no feed's name */
MARCHWIRE_API marchwire_status marchwire_client_unsubscribe(marchwire_client* client, const char* feed);

/** Gives a command, and waits until it is kept, not until it is answered: #MARCHWIRE_EVENT_REPLY tells that, once,
 * perhaps before this has returned.
 * @param client not null
 * @param log what it is for: "CAMPAIGN/MARCH", or "CAMPAIGN"
 * @param json a `marchwire.v1.Command` in the Protobuf JSON mapping without id, log and madeAtMs:
 *        `{"checkIn": {"report": "ON_POST"}}`
 * @param counter becomes the counter of its id; 0: refused at once, the reply says why. May be null
 * @param durable becomes 1 where it is in the queue's file: a kill of the app does not lose it. May be null
 * @return a status; text that is no command is answered by a reply */
MARCHWIRE_API marchwire_status marchwire_client_command(marchwire_client* client, const char* log, const char* json,
                                                        uint64_t* counter, int32_t* durable);

/** Says where this device is. Neither stored nor answered; dropped while there is no connection.
 * @param client not null
 * @param march "CAMPAIGN/MARCH"
 * @param fixes an array of `marchwire.v1.Fix` in the Protobuf JSON mapping:
 *        `[{"at": {"latE7": 386270000, "lonE7": -901990000}, "accuracyMetres": 12, "fixAtMs": "1528992000000"}]`
 * @return #MARCHWIRE_INVALID_ARGUMENT where it is none */
MARCHWIRE_API marchwire_status marchwire_client_report_position(marchwire_client* client, const char* march,
                                                                const char* fixes);

/** The screen of this device went off, or on again: silence of a phone in a pocket is no alarm.
 * @param client not null
 * @param off 0: on
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_client_screen(marchwire_client* client, int32_t off);

/** Asks for a part of a feed's past; #MARCHWIRE_EVENT_HISTORY answers, perhaps before this has returned. Waits.
 * @param client not null
 * @param feed a feed of a march
 * @param from the first seq
 * @param limit so many items at most
 * @param number becomes what the event will name. May be null
 * @return #MARCHWIRE_INVALID_ARGUMENT where it is no feed's name */
MARCHWIRE_API marchwire_status marchwire_client_history(marchwire_client* client, const char* feed, uint64_t from,
                                                        uint32_t limit, uint64_t* number);

/** Asks who may get in; for leads, the national desk and auditors. #MARCHWIRE_EVENT_ACCESS answers, perhaps
 * before this has returned. Waits.
 * @param client not null
 * @param log "CAMPAIGN/MARCH", or "CAMPAIGN" for its desk
 * @param from a person; 0: the first
 * @param number becomes what the event will name. May be null
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_client_access(marchwire_client* client, const char* log, uint64_t from,
                                                       uint64_t* number);

/** Answers #MARCHWIRE_EVENT_TOKEN_WANTED, from any thread, within its callback or later (30 s at most). A second
 * answer, and one to an older question, count for nothing.
 * @param client not null
 * @param number what marchwire_event_get_number() said
 * @param token null: there is none now
 * @param expires_at_ms when it does, UTC; 0: unknown, and it is not renewed ahead
 * @return a status */
MARCHWIRE_API marchwire_status marchwire_client_give_token(marchwire_client* client, uint64_t number, const char* token,
                                                           int64_t expires_at_ms);

/** Whether the server has let it in. Waits.
 * @param client null: 0
 * @return 1 or 0 */
MARCHWIRE_API int32_t marchwire_client_is_online(marchwire_client* client);

/** The server's clock now. Waits.
 * @param client null: 0
 * @return milliseconds since 1970; 0 before the first connection */
MARCHWIRE_API int64_t marchwire_client_server_time(marchwire_client* client);

/** Commands that no answer has come to. Waits.
 * @param client null: 0
 * @return how many */
MARCHWIRE_API uint64_t marchwire_client_unanswered(marchwire_client* client);

/** The last counter that this device used, here or before: to be kept for marchwire_settings_set_device(). Receipts
 * that the client sends by itself use counters too. Waits.
 * @param client null: 0
 * @return the counter */
MARCHWIRE_API uint64_t marchwire_client_counter(marchwire_client* client);

/** Where a feed stands, to be kept for marchwire_client_subscribe_from(). Waits.
 * @param client not null
 * @param feed a feed of a march
 * @param json becomes `{"epoch": 1, "seq": "5", "digest": "..."}`, the caller's to free; null where the status is not
 * OK
 * @return #MARCHWIRE_NOTHING before its snapshot */
MARCHWIRE_API marchwire_status marchwire_client_position(marchwire_client* client, const char* feed, char** json);

/** What all items of a feed come to, in the Protobuf JSON mapping of its snapshot message (PublicSnapshot, OpsSnapshot,
 * MarshalSnapshot, OverviewRows, DeskRows). Waits.
 * @param client not null
 * @param feed as above
 * @param json becomes one line, the caller's to free; null where the status is not OK
 * @return #MARCHWIRE_NOTHING before it is whole */
MARCHWIRE_API marchwire_status marchwire_client_state(marchwire_client* client, const char* feed, char** json);

#ifdef __cplusplus
}
#endif

#endif
