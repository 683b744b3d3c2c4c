/* The C SDK for client-sdk/vectors/play.py: lines of JSON in by standard input, what the app is told out by standard
 * output. vectors/README.md says which lines there are. */
#define _POSIX_C_SOURCE 200809L

#include <jansson.h>
#include <marchwire.h>

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** What was told while a command was being given: its reply is said behind that it is kept. */
struct held {
    char* line;
    struct held* next;
};

struct driver {
    marchwire_client* client;
    uint64_t device;
    json_t* tokens; /**< an array; the client's thread alone */
    size_t tokens_given;

    pthread_mutex_t lock; /**< what follows, and standard output */
    json_t* failing;      /**< by kind of event, as a set */
    json_t* reentering;   /**< the same */
    bool is_giving;
    struct held* first_held;
    struct held** last_held;
};

static void must(bool well, const char* what) {
    if (well) return;
    fprintf(stderr, "c_driver: %s\n", what);
    exit(2);
}

/** 64-bit numbers are strings. */
static uint64_t number_in(const json_t* object, const char* key) {
    const json_t* value = json_object_get(object, key);
    if (json_is_string(value)) return strtoull(json_string_value(value), NULL, 10);
    return (uint64_t)json_integer_value(value);
}

/* ---- what the app is told ------------------------------------------------------------------------------------------
 */

static const char* word_of(marchwire_event_kind kind) {
    static const char* const words[] = {"",        "state",   "snapshot", "item", "gap",   "discontinuity",
                                        "skipped", "refused", "reply",    "lost", "error", "fault",
                                        "token",   "history", "access"};
    return kind > 0 && (size_t)kind < sizeof words / sizeof *words ? words[kind] : words[0];
}

static void say_locked(const char* line) {
    puts(line);
    fflush(stdout);
}

static void say_state_of(struct driver* driver, marchwire_client* client, const char* feed) {
    char* position = NULL;
    char* state = NULL;
    json_t* at = NULL;
    json_t* event = json_pack("{s:s, s:s, s:n, s:n}", "event", "state_of", "feed", feed, "position", "json");
    char* line = NULL;
    if (marchwire_client_position(client, feed, &position) == MARCHWIRE_OK) {
        at = json_loads(position, 0, NULL);
        json_object_set(event, "position", json_object_get(at, "seq"));
    }
    if (marchwire_client_state(client, feed, &state) == MARCHWIRE_OK) {
        json_object_set_new(event, "json", json_loads(state, 0, NULL));
    }
    line = json_dumps(event, JSON_COMPACT);
    pthread_mutex_lock(&driver->lock);
    say_locked(line);
    pthread_mutex_unlock(&driver->lock);
    free(line);
    json_decref(event);
    json_decref(at);
    marchwire_string_free(position);
    marchwire_string_free(state);
}

/** The last again and again. */
static void give_token(struct driver* driver, const marchwire_event* event) {
    const size_t count = json_array_size(driver->tokens);
    const size_t at = driver->tokens_given < count ? driver->tokens_given++ : count - 1;
    const json_t* next = json_array_get(driver->tokens, at);
    const char* token = json_string_value(json_is_string(next) ? next : json_object_get(next, "token"));
    int64_t expires_at = 0;
    if (json_is_object(next)) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        expires_at = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + (int64_t)number_in(next, "lives_ms");
    }
    must(marchwire_client_give_token(marchwire_event_get_client(event), marchwire_event_get_number(event), token,
                                     expires_at) == MARCHWIRE_OK,
         "a token is not taken");
}

static void hold(struct driver* driver, const char* line) {
    struct held* one = malloc(sizeof *one);
    must(one != NULL, "no memory");
    one->line = strdup(line);
    one->next = NULL;
    *driver->last_held = one;
    driver->last_held = &one->next;
}

/** And then does what the scenario wants of the callback for this kind of event. */
static void on_event(void* user, const marchwire_event* event) {
    struct driver* driver = user;
    const marchwire_event_kind kind = marchwire_event_get_kind(event);
    const char* word = word_of(kind);
    const char* feed = marchwire_event_get_feed(event);
    bool fails = false;
    bool reenters = false;
    if (kind == MARCHWIRE_EVENT_TOKEN_WANTED) {
        give_token(driver, event);
        return;
    }
    pthread_mutex_lock(&driver->lock);
    if (driver->is_giving && kind == MARCHWIRE_EVENT_REPLY) {
        hold(driver, marchwire_event_get_json(event));
    } else {
        say_locked(marchwire_event_get_json(event));
    }
    fails = json_object_get(driver->failing, word) != NULL;
    reenters = json_object_get(driver->reentering, word) != NULL;
    pthread_mutex_unlock(&driver->lock);
    if (reenters) {
        marchwire_client* client = marchwire_event_get_client(event);
        must(marchwire_client_subscribe(client, "overview/c") == MARCHWIRE_OK, "a callback may not subscribe");
        say_state_of(driver, client, *feed != '\0' ? feed : "overview/c");
    }
    if (fails) marchwire_event_fail(event, "a callback of the app fails");
}

/* ---- what it is told to do -----------------------------------------------------------------------------------------
 */

static void do_connect(struct driver* driver, json_t* value) {
    (void)value;
    must(marchwire_client_connect(driver->client) == MARCHWIRE_OK, "connect");
}

static void do_close(struct driver* driver, json_t* value) {
    (void)value;
    must(marchwire_client_close(driver->client) == MARCHWIRE_OK, "close");
}

static void do_drop(struct driver* driver, json_t* value) {
    (void)value;
    must(marchwire_client_drop(driver->client) == MARCHWIRE_OK, "drop");
}

static void do_subscribe(struct driver* driver, json_t* value) {
    marchwire_status status = MARCHWIRE_OK;
    if (json_is_string(value)) {
        status = marchwire_client_subscribe(driver->client, json_string_value(value));
    } else {
        char* position = json_dumps(json_object_get(value, "resume"), 0);
        status = marchwire_client_subscribe_from(driver->client, json_string_value(json_object_get(value, "feed")),
                                                 position);
        free(position);
    }
    must(status == MARCHWIRE_OK, "subscribe");
}

static void do_unsubscribe(struct driver* driver, json_t* value) {
    must(marchwire_client_unsubscribe(driver->client, json_string_value(value)) == MARCHWIRE_OK, "unsubscribe");
}

static void say_kept(struct driver* driver, uint64_t counter, bool durable) {
    printf("{\"event\":\"kept\",\"id\":{\"device\":\"%" PRIu64 "\",\"counter\":\"%" PRIu64 "\"},\"durable\":%s}\n",
           counter == 0 ? 0 : driver->device, counter, durable ? "true" : "false");
    fflush(stdout);
    while (driver->first_held != NULL) {
        struct held* one = driver->first_held;
        say_locked(one->line);
        driver->first_held = one->next;
        free(one->line);
        free(one);
    }
    driver->last_held = &driver->first_held;
    driver->is_giving = false;
}

static void do_command(struct driver* driver, json_t* value) {
    uint64_t counter = 0;
    int32_t durable = 0;
    char* log = strdup(json_string_value(json_object_get(value, "log")));
    char* body = NULL;
    json_object_del(value, "log");
    body = json_dumps(value, 0);
    pthread_mutex_lock(&driver->lock);
    driver->is_giving = true;
    pthread_mutex_unlock(&driver->lock);
    must(marchwire_client_command(driver->client, log, body, &counter, &durable) == MARCHWIRE_OK, "command");
    pthread_mutex_lock(&driver->lock);
    say_kept(driver, counter, durable != 0);
    pthread_mutex_unlock(&driver->lock);
    free(log);
    free(body);
}

static void do_report_position(struct driver* driver, json_t* value) {
    char* fixes = json_dumps(json_object_get(value, "fixes"), 0);
    must(marchwire_client_report_position(driver->client, json_string_value(json_object_get(value, "march")), fixes) ==
             MARCHWIRE_OK,
         "report_position");
    free(fixes);
}

static void do_screen(struct driver* driver, json_t* value) {
    must(marchwire_client_screen(driver->client, json_is_true(json_object_get(value, "off"))) == MARCHWIRE_OK,
         "screen");
}

static void do_state(struct driver* driver, json_t* value) {
    say_state_of(driver, driver->client, json_string_value(value));
}

static void add_to(struct driver* driver, json_t* set, const json_t* word) {
    pthread_mutex_lock(&driver->lock);
    json_object_set_new(set, json_string_value(word), json_true());
    pthread_mutex_unlock(&driver->lock);
}

static void do_throw(struct driver* driver, json_t* value) { add_to(driver, driver->failing, value); }

static void do_reenter(struct driver* driver, json_t* value) { add_to(driver, driver->reentering, value); }

static void hear(struct driver* driver, json_t* line) {
    static const struct {
        const char* verb;
        void (*act)(struct driver*, json_t*);
    } verbs[] = {{"connect", do_connect},
                 {"close", do_close},
                 {"drop", do_drop},
                 {"subscribe", do_subscribe},
                 {"unsubscribe", do_unsubscribe},
                 {"command", do_command},
                 {"report_position", do_report_position},
                 {"screen", do_screen},
                 {"state", do_state},
                 {"throw", do_throw},
                 {"reenter", do_reenter}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; ++i) {
        json_t* value = json_object_get(line, verbs[i].verb);
        if (value != NULL) verbs[i].act(driver, value);
    }
}

/* ---- the settings --------------------------------------------------------------------------------------------------
 */

static marchwire_settings* settings_of(struct driver* driver, const char* url, const json_t* line) {
    marchwire_settings* settings = marchwire_settings_new(url);
    const char* token = json_string_value(json_object_get(line, "token"));
    const char* queue = json_string_value(json_object_get(line, "queue"));
    const int64_t first = (int64_t)number_in(line, "retry_first_ms");
    const int64_t most = (int64_t)number_in(line, "retry_most_ms");
    const uint32_t waiting = (uint32_t)number_in(line, "commands_waiting");
    marchwire_status status = MARCHWIRE_OK;
    if (token != NULL) status |= marchwire_settings_set_token(settings, token);
    if (queue != NULL) status |= marchwire_settings_set_queue_file(settings, queue);
    if (first != 0) status |= marchwire_settings_set_retry(settings, first, most != 0 ? most : 30000);
    if (waiting != 0) status |= marchwire_settings_set_commands_waiting(settings, waiting);
    driver->device = number_in(line, "device");
    if (driver->device != 0) {
        status |= marchwire_settings_set_device(settings, driver->device, number_in(line, "counter"));
    }
    if (json_is_true(json_object_get(line, "signs"))) {
        char* pem = NULL;
        status |= marchwire_key_new(&pem);
        status |= marchwire_settings_set_key(settings, pem);
        marchwire_string_free(pem);
    }
    driver->tokens = json_deep_copy(json_object_get(line, "tokens"));
    if (driver->tokens != NULL) status |= marchwire_settings_set_asks_tokens(settings, 1);
    must(status == MARCHWIRE_OK, "the settings are not taken");
    return settings;
}

static void begin(struct driver* driver, const char* url, const json_t* line) {
    marchwire_settings* settings = settings_of(driver, url, line);
    driver->client = marchwire_client_new(settings, on_event, driver);
    marchwire_settings_free(settings);
    must(driver->client != NULL, "there is no client");
}

int main(int argc, char** argv) {
    struct driver driver = {.lock = PTHREAD_MUTEX_INITIALIZER};
    char* text = NULL;
    size_t size = 0;
    if (argc != 2) {
        fputs("c_driver ws://HOST:PORT/v1/ops\n", stderr);
        return 2;
    }
    driver.failing = json_object();
    driver.reentering = json_object();
    driver.last_held = &driver.first_held;
    while (getline(&text, &size, stdin) > 0) {
        json_t* line = json_loads(text, 0, NULL);
        must(line != NULL, "a line is no JSON");
        if (driver.client == NULL) {
            begin(&driver, argv[1], line);
        } else {
            hear(&driver, line);
        }
        json_decref(line);
    }
    /* The judge is gone. */
    must(marchwire_client_free(driver.client) == MARCHWIRE_OK, "free");
    json_decref(driver.tokens);
    json_decref(driver.failing);
    json_decref(driver.reentering);
    free(text);
    return 0;
}
