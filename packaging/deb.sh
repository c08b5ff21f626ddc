#!/usr/bin/env bash
# Makes a Debian package of an executable for Linux: packaging/deb.sh dist/linux-x64/tracker amd64 dist
# The executable must run here, or another one of the same version be named by TRACKER: it prints the manual.
set -euo pipefail
executable=$(realpath "$1")
architecture=$2
target=$(realpath "$3")
tracker=$(realpath "${TRACKER:-$executable}")
cd "$(dirname "$0")/.."
version=$("$tracker" --version | cut -d ' ' -f 2)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

# Source, path in the package, mode.
put() { install -D --mode="$3" "$1" "$root$2"; }

put "$executable" /usr/bin/tracker 755
for unit in tracker.service tracker.socket; do put "packaging/systemd/$unit" "/usr/lib/systemd/system/$unit" 644; done
put packaging/tracker.toml /etc/tracker/tracker.toml 644
cat LICENSE THIRD-PARTY-LICENSES | put /dev/stdin /usr/share/doc/bittorrent-tracker/copyright 644
examples=/usr/share/doc/bittorrent-tracker/examples
for file in grafana/tracker.json prometheus/scrape.yml prometheus/tracker.rules.yml; do
  put "packaging/$file" "$examples/$file" 644
done
print() { "$tracker" "${@:2}" | install -D --mode=644 /dev/stdin "$root$1"; }
print /usr/share/man/man1/tracker.1 manual
gzip --best --no-name "$root/usr/share/man/man1/tracker.1"
print /usr/share/bash-completion/completions/tracker completions bash
print /usr/share/zsh/vendor-completions/_tracker completions zsh
print /usr/share/fish/vendor_completions.d/tracker.fish completions fish

for script in postinst prerm postrm; do put "packaging/debian/$script" "/DEBIAN/$script" 755; done
# A package must name an address of its maintainer. There is none, and a domain of RFC 2606 says so.
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" packaging/debian/control >"$root/DEBIAN/control"
echo /etc/tracker/tracker.toml >"$root/DEBIAN/conffiles"
dpkg-deb --root-owner-group --build "$root" "$target/bittorrent-tracker_${version}_$architecture.deb"
