#!/bin/sh
# Collects the root folder of the image:  collect.sh INSTALLED IMAGE
# The installed files, the libraries that they link, CA certificates, time zones, units, a user, and the
# folders that a volume or the operator fills.
set -eu
installed=$1
image=$2

mkdir -p "$image/tmp" "$image/etc" "$image/var/lib/penstock" "$image/usr/local/lib/penstock/plugins"
chmod 1777 "$image/tmp"
cp -a "$installed/etc/penstock" "$image/etc/"
for part in bin lib share/penstock; do
  mkdir -p "$image/usr/$part"
  cp -a "$installed/usr/$part/." "$image/usr/$part/"
done
rm -rf "$image"/usr/lib/systemd "$image"/usr/lib/sysusers.d "$image"/usr/lib/tmpfiles.d \
  "$image"/usr/lib/*/cmake

# ldd prints the path of each library and of the loader; they keep their paths.
find "$image/usr/bin" "$image/usr/lib" -type f \( -name penstock -o -name '*.so' \) -exec ldd {} + |
  sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*\) .*/\1/p' | sort -u |
  while read -r library; do
    mkdir -p "$image$(dirname "$library")"
    cp -L "$library" "$image$library"
  done

mkdir -p "$image/etc/ssl/certs"
cp -L /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"
mkdir -p "$image/usr/share/zoneinfo"
cp -a /usr/share/zoneinfo/. "$image/usr/share/zoneinfo/"
mkdir -p "$image/usr/share/xml"
cp -a /usr/share/xml/udunits "$image/usr/share/xml/"
rm -rf "$image/usr/share/zoneinfo/right" "$image/usr/share/zoneinfo/posix"
echo 'penstock:x:10001:10001::/var/lib/penstock:/sbin/nologin' >"$image/etc/passwd"
echo 'penstock:x:10001:' >"$image/etc/group"
echo 'hosts: files dns' >"$image/etc/nsswitch.conf"
chown 10001:10001 "$image/var/lib/penstock"
