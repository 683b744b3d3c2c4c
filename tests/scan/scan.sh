#!/usr/bin/env bash
# scan.sh BUILD_DIRECTORY PAGE.md: testssl.sh, sslscan and slowhttptest against a server of its own on loopback, under TLS with
# a certificate of an authority of its own. Writes what they found to the page; fails when anything is worse than LOW.
set -euo pipefail
build="$1" page="$2"
home="$(mktemp -d)"
server=''
declare -A door
connections="${MARCHWIRE_SCAN_CONNECTIONS:-1000}" seconds="${MARCHWIRE_SCAN_SECONDS:-45}"

end() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$home"
}
trap end EXIT

say() { printf '%s\n' "scan: $*" >&2; }

make_certificate() {
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    openssl req -x509 "${key[@]}" -days 90 -subj '/CN=Marchwire scan authority' -keyout "$home/ca.key" \
        -out "$home/ca.pem" 2>/dev/null
    openssl req "${key[@]}" -subj '/CN=localhost' -keyout "$home/key.pem" -out "$home/request.pem" 2>/dev/null
    # As certificates of the internet are: with a place of revocations.
    printf '%s\n' 'subjectAltName=DNS:localhost' 'basicConstraints=CA:FALSE' 'keyUsage=digitalSignature' \
        'extendedKeyUsage=serverAuth' 'crlDistributionPoints=URI:http://localhost/revoked.crl' >"$home/extensions"
    openssl x509 -req -in "$home/request.pem" -CA "$home/ca.pem" -CAkey "$home/ca.key" -CAcreateserial -days 90 \
        -extfile "$home/extensions" -out "$home/cert.pem" 2>/dev/null
}

# Sets `door` to their HOST:PORT.
start_server() {
    "$build/marchwired" --data "$home/data" --listen 127.0.0.1:0 --listen-ops 127.0.0.1:0 --admin 127.0.0.1:0 \
        --tls-cert "$home/cert.pem" --tls-key "$home/key.pem" >"$home/server.log" 2>&1 &
    server=$!
    local i ready=''
    for ((i = 0; i < 300; i++)); do
        ready="$(grep -m1 ' ready ' "$home/server.log" || true)"
        [ -z "$ready" ] || break
        sleep 0.1
    done
    [ -n "$ready" ] || { say "the server did not start: $(tail -n 1 "$home/server.log")"; exit 1; }
    door[followers]="localhost:$(sed -n 's/.* listen=[^ ]*:\([0-9]*\).*/\1/p' <<<"$ready")"
    door[staff]="localhost:$(sed -n 's/.* listen_ops=[^ ]*:\([0-9]*\).*/\1/p' <<<"$ready")"
}

# ---- testssl.sh -------------------------------------------------------------------------------------
# Its severities: OK, INFO, LOW, MEDIUM, HIGH, CRITICAL, and WARN where it could not look.
with_testssl() {
    local name="$1" at="$2" csv="$home/testssl-$1.csv"
    say "testssl.sh on the $name's door"
    timeout 1200 testssl --quiet --color 0 --warnings batch --add-ca "$home/ca.pem" --ip 127.0.0.1 \
        --csvfile "$csv" "$at" >"$home/testssl-$name.log" 2>&1 || true
    [ -s "$csv" ] || { say "testssl.sh found nothing: $(tail -n 3 "$home/testssl-$name.log")"; exit 1; }
    # "id","fqdn/ip","port","severity","finding","cve","cwe"
    sed 1d "$csv" | awk -F'","' -v name="$name" -v rows="$home/testssl-rows" -v bad="$home/bad" '
        { sub(/^"/, "", $1); count[$4]++ }
        $4 == "LOW" || $4 == "MEDIUM" || $4 == "HIGH" || $4 == "CRITICAL" || $4 == "WARN" || $4 == "FATAL" {
            printf "| %s | %s | %s | %s |\n", name, $4, $1, $5 >>rows
            if ($4 != "LOW" && $4 != "WARN") printf "testssl.sh %s: %s %s %s\n", name, $4, $1, $5 >>bad
        }
        $1 == "overall_grade" { grade = $5 }
        END {
            printf "| testssl.sh | %s | %d OK, %d INFO, %d LOW, %d MEDIUM, %d HIGH, %d CRITICAL; grade %s |\n", name,
                count["OK"], count["INFO"], count["LOW"], count["MEDIUM"], count["HIGH"], count["CRITICAL"], grade
        }' >>"$home/summary"
}

# ---- sslscan ----------------------------------------------------------------------------------------
with_sslscan() {
    local name="$1" at="$2" log="$home/sslscan-$1.log" protocols weak said
    say "sslscan on the $name's door"
    timeout 300 sslscan --no-colour "$at" >"$log" 2>&1 || true
    protocols="$(sed -n 's/^\(SSLv[23]\|TLSv1\.[0-3]\) *enabled$/\1/p' "$log" | paste -sd ' ')"
    weak="$(grep -E '^(Accepted|Preferred)' "$log" | grep -cEv 'GCM|CHACHA20' || true)"
    said="$(grep -E 'renegotiation (not|is)|support compression|Compression (en|dis)abled|support(s)? TLS Fallback' "$log" |
        sed 's/^ *//' | paste -sd ';' | sed 's/;/; /g')"
    printf '| sslscan | %s | %s; %s cipher suites, %s of them neither GCM nor ChaCha20; %s |\n' "$name" "$protocols" \
        "$(grep -cE '^(Accepted|Preferred)' "$log" || true)" "$weak" "$said" >>"$home/summary"
    [ "$protocols" = 'TLSv1.2 TLSv1.3' ] || echo "sslscan $name: speaks '$protocols'" >>"$home/bad"
    [ "$weak" = 0 ] || echo "sslscan $name: $weak weak cipher suites" >>"$home/bad"
    ! grep -E 'heartbleed$|Insecure session renegotiation|Compression enabled' "$log" | grep -v ' not ' >>"$home/bad"
}

# ---- slowhttptest -----------------------------------------------------------------------------------
# Whoever comes meanwhile must be served: it asks each second, with three seconds of patience.
with_slow_clients() {
    local name="$1" at="$2" what="$3" mode="$4" out="$home/slow-$1-$4" rows unserved
    say "slowhttptest $what on the $name's door"
    (cd "$home" && timeout $((seconds + 60)) slowhttptest -c "$connections" "-$mode" -g -o "$out" -i 10 -r 200 \
        -l "$seconds" -p 3 -x 24 -u "https://$at/" >"$out.log" 2>&1) || true
    [ -s "$out.csv" ] || { say "slowhttptest has no figures: $(tail -n 3 "$out.log")"; exit 1; }
    # Seconds, Closed, Pending, Connected, Service Available (0: not served)
    rows="$(sed 1d "$out.csv" | grep -c . || true)"
    unserved="$(sed 1d "$out.csv" | awk -F, '$1 > 0 && $5 == 0' | grep -c . || true)"
    printf '| slowhttptest | %s | %s, %s connections: most at once %s, closed %s, served in %d of %d looks |\n' "$name" \
        "$what" "$connections" "$(sed 1d "$out.csv" | awk -F, '$4 > most { most = $4 } END { print most + 0 }')" \
        "$(tail -n 1 "$out.csv" | cut -d, -f2)" "$((rows - unserved))" "$rows" >>"$home/summary"
    # It looks from the address that it attacks from, and the staff's door lets 64 of one stand in it (notes.md).
    [ "$unserved" = 0 ] || [ "$name$mode" = staffH ] || echo "slowhttptest $name: $what, not served $unserved times of $rows" >>"$home/bad"
}

write_page() {
    local commit
    commit="$(git -c safe.directory="$PWD" rev-parse --short HEAD 2>/dev/null || echo unknown)"
    {
        cat <<TEXT
# Scans

What three scanners say of a server's doors under TLS, on loopback, with a P-256 certificate of an authority of their own that was
made for it. \`./dev scan\` does it anew, writes this page, and fails when anything is worse than LOW or when somebody who came
meanwhile was not served.

$(date -u +%F), commit $commit, $(basename "$build") build, OpenSSL $(openssl version | cut -d' ' -f2): testssl.sh \
$(dpkg-query -W -f='${Version}' testssl.sh), sslscan $(dpkg-query -W -f='${Version}' sslscan), slowhttptest \
$(dpkg-query -W -f='${Version}' slowhttptest).

| Scanner | Door | What it found |
|---|---|---|
TEXT
        cat "$home/summary"
        printf '\nAll that testssl.sh takes for LOW or worse, or could not look at:\n\n'
        if [ -s "$home/testssl-rows" ]; then
            printf '| Door | Severity | What | It says |\n|---|---|---|---|\n'
            cat "$home/testssl-rows"
        else
            printf 'nothing.\n'
        fi
        [ ! -f "$(dirname "${BASH_SOURCE[0]}")/notes.md" ] || cat "$(dirname "${BASH_SOURCE[0]}")/notes.md"
    } >"$page"
}

make_certificate
start_server
touch "$home/bad"
for name in followers staff; do with_sslscan "$name" "${door[$name]}"; done
# Both doors have the same TLS of the same object; the followers' has pages as well.
with_testssl followers "${door[followers]}"
for name in followers staff; do
    with_slow_clients "$name" "${door[$name]}" 'slow headers' H
    with_slow_clients "$name" "${door[$name]}" 'slow bodies' B
    with_slow_clients "$name" "${door[$name]}" 'slow reading' X
done
kill -0 "$server" 2>/dev/null || echo "the server ended" >>"$home/bad"
write_page
if [ -s "$home/bad" ]; then
    cat "$home/bad" >&2
    exit 1
fi
say "nothing above LOW; $page has it"
