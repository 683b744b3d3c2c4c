#!/usr/bin/env python3
"""Marchwire's webhook on one side, the HTTP API of an SMS gateway on the other.

Listens on loopback, believes what is signed with the shared secret, looks the person up in a CSV of `person,phone`, and
has the gateway send one SMS per key. Whatever it answers other than 2xx is tried again by Marchwire.

    ./sms_gateway.py --secret secret.txt --phones phones.csv --gateway https://sms.example.org/send --token token.txt
"""
import argparse
import collections
import csv
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.request

OLDEST_SECONDS = 300
KEYS_KEPT = 10_000
TEXT = "An order waits for you. Open the Marchwire page, or call your section lead."


def read_line(path):
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sent = collections.OrderedDict()
    turn = threading.Lock()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(min(length, 4096))
        self.send_response(self.status_for(body))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def status_for(self, body):
        stamp = self.headers.get("Marchwire-Timestamp", "")
        made = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest("v1=" + made, self.headers.get("Marchwire-Signature", "")):
            return 401
        if abs(time.time() - int(stamp)) > OLDEST_SECONDS:
            return 401
        call = json.loads(body)
        with self.turn:  # the same key may come again while it is being sent, or from the march's next keeper
            if call["key"] in self.sent:
                return 200
            # The CSV is read each time: numbers are added on the day.
            with open(self.phones, newline="", encoding="utf-8") as file:
                phones = {row["person"]: row["phone"] for row in csv.DictReader(file)}
            phone = phones.get(str(call["person"]))
            if phone and not self.send_sms(phone, ("URGENT: " if call["urgent"] else "") + TEXT, call["key"]):
                return 503
            self.sent[call["key"]] = True
            while len(self.sent) > KEYS_KEPT:
                self.sent.popitem(last=False)
        return 200 if phone else 204

    def send_sms(self, phone, text, key):
        """Gateways differ: this is where yours goes."""
        request = urllib.request.Request(self.gateway, json.dumps({"to": phone, "text": text}).encode(), {
            "Content-Type": "application/json", "Authorization": "Bearer " + self.token, "Idempotency-Key": key})
        try:
            with urllib.request.urlopen(request, timeout=8) as answer:
                return 200 <= answer.status < 300
        except OSError as error:
            print(f"the gateway did not take it: {error}", flush=True)
            return False

    def log_message(self, *_):
        """Who is called is nobody's business."""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", type=int, default=8090, help="port on 127.0.0.1")
    parser.add_argument("--secret", required=True, help="file: marchwired's webhook_secret_file")
    parser.add_argument("--phones", required=True, help="CSV with the columns person and phone")
    parser.add_argument("--gateway", required=True, help="where the gateway takes messages")
    parser.add_argument("--token", required=True, help="file: what the gateway knows you by")
    given = parser.parse_args()
    Receiver.secret, Receiver.token = read_line(given.secret), read_line(given.token)
    Receiver.phones, Receiver.gateway = given.phones, given.gateway
    server = http.server.ThreadingHTTPServer(("127.0.0.1", given.listen), Receiver)
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
