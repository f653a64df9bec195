#!/bin/sh
# Builds the packages of this tree:  packaging/build.sh deb|rpm FOLDER
#
# Builds from the files that git tracks, in their current state, copied to a folder beside the
# packages. Builds are reproducible: every time stamp is that of debian/changelog's last entry.
set -eu
kind=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

version=$(sed -n 's/^project(penstock VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
full=$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)
if [ "${full%-*}" != "$version" ]; then
  echo "CMakeLists.txt has version $version, packaging/debian/changelog ${full%-*}; make them the same" >&2
  exit 1
fi
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l packaging/debian/changelog -S Timestamp)
export SOURCE_DATE_EPOCH

tree=$out/penstock-$version
rm -rf "$tree"
mkdir "$tree"
git rev-parse HEAD >/dev/null 2>&1 ||
  { echo "packages are built from a git clone: its files are those that go in" >&2; exit 1; }
git ls-files -z | tar -c --null -T - | tar -x -C "$tree"

build_deb() {
  cp -r packaging/debian "$tree/debian"
  (cd "$tree" && dpkg-buildpackage -b -us -uc)
}

build_rpm() {
  tar -c -C "$out" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    "penstock-$version" | gzip -n >"$out/penstock-$version.tar.gz"
  # On Debian, rpm does not know the installed build dependencies.
  nodeps=
  [ ! -e /etc/debian_version ] || nodeps=--nodeps
  rpmbuild -bb $nodeps --define "_topdir $out/rpmbuild" --define "_sourcedir $out" \
    --define "_rpmdir $out" --define "_buildhost reproducible" \
    --define "use_source_date_epoch_as_buildtime 1" \
    --define "clamp_mtime_to_source_date_epoch 1" packaging/rpm/penstock.spec
  find "$out" -mindepth 2 -name '*.rpm' -not -path '*/rpmbuild/*' -exec mv {} "$out" \;
}

"build_$kind"
rm -rf "$tree" "$out/rpmbuild"
