#!/usr/bin/env python3
"""Follows a march on the console, as anybody may: follow.py ws://HOST:8080/v1/ws public/CAMPAIGN/MARCH

By ctypes alone. MARCHWIRE_LIBRARY names the library where the system does not find it."""
import ctypes
import json
import os
import signal
import sys

EVENT_STATE, EVENT_SNAPSHOT, EVENT_ITEM = 1, 2, 3
ON_EVENT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


def load():
    library = ctypes.CDLL(os.environ.get("MARCHWIRE_LIBRARY", "libmarchwire.so.0"))
    handle, text, status = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32
    for name, result, *arguments in [
            ("settings_new", handle, text),
            ("settings_free", None, handle),
            ("client_new", handle, handle, ON_EVENT, handle),
            ("client_free", status, handle),
            ("client_connect", status, handle),
            ("client_subscribe", status, handle, text),
            ("client_state", status, handle, text, ctypes.POINTER(handle)),
            ("string_free", None, handle),
            ("event_get_kind", ctypes.c_int32, handle),
            ("event_get_client", handle, handle),
            ("event_get_feed", text, handle),
            ("event_get_json", text, handle)]:
        function = getattr(library, f"marchwire_{name}")
        function.restype, function.argtypes = result, arguments
    return library


def state_of(library, client, feed):
    """What all items of the feed come to; None before it is whole."""
    whole = ctypes.c_void_p()
    if library.marchwire_client_state(client, feed, ctypes.byref(whole)) != 0:
        return None
    try:
        return json.loads(ctypes.string_at(whole))
    finally:
        library.marchwire_string_free(whole)


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    library = load()

    @ON_EVENT
    def on_event(_, event):
        kind = library.marchwire_event_get_kind(event)
        if kind in (EVENT_SNAPSHOT, EVENT_ITEM):
            feed = library.marchwire_event_get_feed(event)
            march = state_of(library, library.marchwire_event_get_client(event), feed)
            if march is not None:
                phase = march.get("phase", {})
                print(f"{march.get('about', {}).get('city')}: {phase.get('phase')} {phase.get('sentence', '')}", flush=True)
        elif kind == EVENT_STATE:
            print(library.marchwire_event_get_json(event).decode(), file=sys.stderr)

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    settings = library.marchwire_settings_new(sys.argv[1].encode())
    client = library.marchwire_client_new(settings, on_event, None)
    library.marchwire_settings_free(settings)
    if library.marchwire_client_subscribe(client, sys.argv[2].encode()) != 0:
        print(f"'{sys.argv[2]}' is no feed", file=sys.stderr)
        library.marchwire_client_free(client)
        return 2
    library.marchwire_client_connect(client)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    library.marchwire_client_free(client)
    return 0


if __name__ == "__main__":
    sys.exit(main())
