/* Says in which phase a march is, in C: in_c ws://HOST:8080/v1/ws public/CAMPAIGN/MARCH */
#define _POSIX_C_SOURCE 200809L

#include <marchwire.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_event(void* user, const marchwire_event* event) {
    char* whole = NULL;
    (void)user;
    if (marchwire_event_get_kind(event) != MARCHWIRE_EVENT_SNAPSHOT) return;
    if (marchwire_client_state(marchwire_event_get_client(event), marchwire_event_get_feed(event), &whole) ==
        MARCHWIRE_OK) {
        puts(strstr(whole, "\"PLANNED\"") != NULL ? "planned" : whole);
    }
    marchwire_string_free(whole);
    fflush(stdout);
    kill(getpid(), SIGTERM);
}

int main(int argc, char** argv) {
    sigset_t ends;
    int which = 0;
    marchwire_settings* settings = NULL;
    marchwire_client* client = NULL;
    if (argc != 3) return 2;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    settings = marchwire_settings_new(argv[1]);
    client = marchwire_client_new(settings, on_event, NULL);
    marchwire_settings_free(settings);
    marchwire_client_subscribe(client, argv[2]);
    marchwire_client_connect(client);
    sigwait(&ends, &which);
    marchwire_client_free(client);
    return 0;
}
