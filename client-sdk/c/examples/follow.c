/* Follows a march on the console, as anybody may: follow ws://HOST:8080/v1/ws public/CAMPAIGN/MARCH
 * It prints the whole of it, then each change, as JSON. */
#define _POSIX_C_SOURCE 200809L

#include <marchwire.h>

#include <signal.h>
#include <stdio.h>

static void on_event(void* user, const marchwire_event* event) {
    char* whole = NULL;
    (void)user;
    switch (marchwire_event_get_kind(event)) {
        case MARCHWIRE_EVENT_SNAPSHOT:
            if (marchwire_client_state(marchwire_event_get_client(event), marchwire_event_get_feed(event), &whole) ==
                MARCHWIRE_OK) {
                puts(whole);
            }
            marchwire_string_free(whole);
            break;
        case MARCHWIRE_EVENT_ITEM: puts(marchwire_event_get_json(event)); break;
        default: fprintf(stderr, "%s\n", marchwire_event_get_json(event)); break;
    }
    fflush(stdout);
}

int main(int argc, char** argv) {
    sigset_t ends;
    int which = 0;
    marchwire_settings* settings = NULL;
    marchwire_client* client = NULL;
    if (argc != 3) {
        fputs("follow ws://HOST:8080/v1/ws public/CAMPAIGN/MARCH\n", stderr);
        return 2;
    }
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);

    settings = marchwire_settings_new(argv[1]);
    client = marchwire_client_new(settings, on_event, NULL);
    marchwire_settings_free(settings);
    if (marchwire_client_subscribe(client, argv[2]) != MARCHWIRE_OK) {
        fprintf(stderr, "'%s' is no feed\n", argv[2]);
        marchwire_client_free(client);
        return 2;
    }
    marchwire_client_connect(client);
    sigwait(&ends, &which);
    marchwire_client_free(client);
    return 0;
}
