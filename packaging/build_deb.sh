#!/usr/bin/env bash
# build_deb.sh BUILD_DIRECTORY VERSION FILE.deb: a Debian package of what was built there.
set -euo pipefail
build="$1" version="$2" out="$3"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
tree="$stage/tree"

install -D -m 755 "$build/marchwired" "$tree/usr/sbin/marchwired"
install -D -m 755 "$build/marchwire" "$tree/usr/bin/marchwire"
strip --strip-unneeded "$tree/usr/sbin/marchwired" "$tree/usr/bin/marchwire"
install -D -m 644 "$root/packaging/marchwire.service" "$tree/lib/systemd/system/marchwire.service"
install -D -m 644 "$root/packaging/marchwire.sysusers" "$tree/usr/lib/sysusers.d/marchwire.conf"
install -D -m 644 "$root/packaging/marchwire.toml" "$tree/etc/marchwire/marchwire.toml"
doc="$tree/usr/share/doc/marchwire"
install -D -m 644 -t "$doc" "$root/README.md" "$root/SECURITY.md" "$root/docs/EMBEDDING.md"
install -D -m 644 "$root/LICENSE" "$doc/copyright"
cp -r "$root/samples" "$root/docs" "$doc/"
# Pages for browsers, once they are built.
if [ -d "$root/web/dist" ]; then
    mkdir -p "$tree/usr/share/marchwire"
    cp -r "$root/web/dist" "$tree/usr/share/marchwire/web"
fi
find "$tree" -type d -exec chmod 755 {} +
find "$doc" -type f -exec chmod 644 {} +

# The libraries that the binaries want, in the versions of this system.
mkdir -p "$stage/debian" "$tree/DEBIAN"
printf 'Source: marchwire\n\nPackage: marchwire\nArchitecture: any\n' >"$stage/debian/control"
depends="$(cd "$stage" && dpkg-shlibdeps -O --ignore-missing-info "$tree/usr/sbin/marchwired" "$tree/usr/bin/marchwire" \
    2>/dev/null | sed -n 's/^shlibs:Depends=//p')"
[ -n "$depends" ] || { echo "build_deb: the libraries of $build/marchwired could not be found out" >&2; exit 1; }

cat >"$tree/DEBIAN/control" <<TEXT
Package: marchwire
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The Marchwire maintainers <marchwire@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Depends: $depends, tzdata, systemd | systemd-standalone-sysusers
Suggests: caddy, redis-server
Section: net
Priority: optional
Description: real-time coordination of marches and rallies
 Pushes march status, check-ins and route updates to marshals' phones, a live
 map and other apps over WebSockets. One server alone runs on an embedded log;
 several share one Redis.
TEXT
printf '/etc/marchwire/marchwire.toml\n' >"$tree/DEBIAN/conffiles"
install -m 755 "$root/packaging/postinst" "$root/packaging/postrm" "$tree/DEBIAN/"
dpkg-deb --root-owner-group --build "$tree" "$out" >/dev/null
